#include "gan/sefa.h"

#include <algorithm>

#include "gan/latent_rows.h"
#include "runtime/error.h"

namespace unitscope {

SefaDirections sefaOf(const Array& weights, std::int64_t count, bool normalise) {
  if (count < 1) throw Error("directions", "at least one must be asked for");
  at::Tensor matrix = rowsOf(weights, "weights");
  SefaDirections found;
  const at::Tensor lengths = matrix.norm(2, 0);
  const at::Tensor kept = lengths.nonzero().reshape({-1});
  if (kept.numel() == 0) throw Error("weights", "are all zero, so no direction is larger than another");
  matrix = matrix.index_select(1, kept);
  if (normalise) matrix = matrix / lengths.index_select(0, kept);
  found.outputs = kept.numel();
  const auto [values, vectors] = at::linalg_eigh(at::mm(matrix, matrix.t()));
  const double whole = values.sum().item<double>();
  count = std::min(count, values.size(0));
  // They come in rising order.
  found.vectors = plainArray(withFixedSigns(vectors.t().flip(0).narrow(0, 0, count)));
  for (std::int64_t k = 0; k < count; ++k) {
    found.eigenvalues.push_back(std::max(0.0, values[values.size(0) - 1 - k].item<double>()));
    found.explained.push_back(found.eigenvalues.back() / whole);
  }
  return found;
}

SefaDirections findSefa(Model& model, const SefaQuestion& question, const Progress& progress,
                        const CancelToken& cancel) {
  const Array weights = latentWeights(model, question, progress, cancel);
  cancel.check();
  SefaDirections found = sefaOf(weights, question.count, question.normalise);
  found.layers = question.layers;
  return found;
}

std::vector<LatentDirection> directionsOf(const SefaDirections& found, const std::string& space) {
  std::vector<LatentDirection> directions;
  const std::size_t width = found.vectors.values.size() / std::max<std::size_t>(1, found.eigenvalues.size());
  for (std::size_t k = 0; k < found.eigenvalues.size(); ++k) {
    LatentDirection direction;
    direction.name = "SeFa " + std::to_string(k + 1);
    direction.source = "sefa";
    direction.space = space;
    const auto from = found.vectors.values.begin() + static_cast<std::ptrdiff_t>(k * width);
    direction.vector = {{static_cast<std::int64_t>(width)}, {from, from + static_cast<std::ptrdiff_t>(width)}};
    // Readers of z and w have numbers too, but what is added to z reaches all of them.
    if (space == "w+") direction.layers = found.layers;
    direction.details = {{"eigenvalue", found.eigenvalues[k]}, {"explained_variance", found.explained[k]}};
    directions.push_back(std::move(direction));
  }
  return directions;
}

}  // namespace unitscope
