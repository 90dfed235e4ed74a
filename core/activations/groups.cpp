#include "activations/groups.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <ATen/ATen.h>

#include "activations/factors.h"
#include "activations/layer_score.h"
#include "activations/place_maps.h"
#include "engine/devices.h"
#include "engine/model_internal.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr const char* kSubject = "groups of units";
constexpr std::int64_t kFewest = 2, kMost = 16;
constexpr double kTolerance = 1e-5;
// In doubles 512 MB; a step of the search needs little beside it.
constexpr std::int64_t kLargestMatrix = std::int64_t{1} << 26;

struct Stacked {
  at::Tensor matrix;  // [P,C], nothing negative
  double negative = 0.0;
};

/// The places of all pictures below one another.
Stacked stack(const std::vector<Array>& maps) {
  std::vector<at::Tensor> rows;
  std::int64_t numbers = 0;
  for (const Array& map : maps) {
    if (map.shape.size() != 3 || elementCount(map.shape) < 1)
      throw Error(kSubject, "a map of places must be [C,h,w], not " + toString(map.shape));
    if (map.shape[0] != maps.front().shape[0]) throw Error(kSubject, "the pictures' maps differ in their units");
    numbers += elementCount(map.shape);
    if (numbers > kLargestMatrix)
      throw Error(kSubject, "these are too many activations at once; take fewer pictures or a smaller layer");
    rows.push_back(viewOf(map).flatten(1).t());
  }
  at::Tensor all = at::cat(rows).to(at::kDouble).contiguous();
  const double whole = all.pow(2).sum().item<double>();
  if (!std::isfinite(whole)) throw Error(kSubject, "some activations are no numbers");
  all.clamp_min_(0.0);
  return {all, whole > 0.0 ? 1.0 - all.pow(2).sum().item<double>() / whole : 0.0};
}

/// What `activation` and `gradient` (maps [C,h,w]) give, in the parts that the groups make of them.
GroupContributions contributionsOf(const LayerScore& at, const at::Tensor& directions, const Array& strengths) {
  const at::NoGradGuard noGradients;
  const at::Tensor gradient = at.gradient();
  GroupContributions result;
  result.total = (gradient * at.activation()).sum(at::kDouble).item<double>();
  const at::Tensor here = at.form().maps(gradient)[0].to(at::kCPU, at::kFloat);
  const at::Tensor along = at::mm(directions, here.flatten(1)).reshape(strengths.shape);
  const at::Tensor parts = viewOf(strengths) * along;
  const at::Tensor sums = parts.to(at::kDouble).sum(at::IntArrayRef{1, 2}).contiguous();
  result.groups.assign(sums.data_ptr<double>(), sums.data_ptr<double>() + sums.numel());
  result.maps = toArray(parts);
  result.rest = result.total - sums.sum().item<double>();
  result.score = at.score().target(at.rows()).item<double>();
  return result;
}

}  // namespace

ChannelGroups groupActivations(const std::vector<Array>& maps, std::int64_t groups, std::int64_t steps,
                               std::uint64_t seed, const Progress& progress, const CancelToken& cancel) {
  if (groups < kFewest || groups > kMost)
    throw Error(kSubject, "there can be " + std::to_string(kFewest) + " to " + std::to_string(kMost) +
                              " of them, not " + std::to_string(groups));
  if (steps < 1) throw Error(kSubject, "at least one step is needed");
  if (maps.empty()) throw Error(kSubject, "there is no picture");
  const Stacked stacked = stack(maps);
  if (stacked.matrix.size(0) < groups || stacked.matrix.size(1) < groups)
    throw Error(kSubject, "the layer has " + std::to_string(stacked.matrix.size(1)) + " units at " +
                              std::to_string(stacked.matrix.size(0)) + " places, too few for " +
                              std::to_string(groups) + " groups; choose an earlier layer or fewer groups");
  const Factors factors = nonNegativeFactors(stacked.matrix, groups, steps, kTolerance, seed, progress, cancel);
  ChannelGroups result;
  result.directions = toArray(factors.parts);
  result.explained = factors.explained;
  result.negative = stacked.negative;
  result.steps = factors.steps;
  const at::Tensor sizes = factors.weights.sum(0) * factors.parts.sum(1);
  const double whole = sizes.sum().item<double>();
  for (std::int64_t k = 0; k < groups; ++k)
    result.shares.push_back(whole > 0.0 ? sizes[k].item<double>() / whole : 0.0);
  std::int64_t first = 0;
  for (const Array& map : maps) {
    const std::int64_t places = map.shape[1] * map.shape[2];
    result.maps.push_back(
        toArray(factors.weights.narrow(0, first, places).t().reshape({groups, map.shape[1], map.shape[2]})));
    first += places;
  }
  return result;
}

ChannelGroups groupChannels(Model& model, const GroupsQuestion& question, const Progress& progress,
                            const CancelToken& cancel) {
  prepareComputeThread(model.settings());
  std::vector<Array> maps;
  for (const Array& input : question.inputs) {
    cancel.check();
    maps.push_back(layerMaps(model, input, question.layer, cancel));
  }
  ChannelGroups result = groupActivations(maps, question.groups, question.steps, question.seed,
                                          progress.part(0.0, question.attribute ? 0.9 : 1.0), cancel);
  result.layer = question.layer;
  if (question.attribute) {
    result.target = question.target;
    const at::Tensor directions = viewOf(result.directions);
    for (std::size_t i = 0; i < maps.size(); ++i) {
      cancel.check();
      progress.report(0.9 + 0.1 * static_cast<double>(i) / static_cast<double>(maps.size()), "Contributions");
      LayerScore at(model, question.inputs[i], question.layer, result.target, cancel);
      result.target = at.query().target;
      result.contributions.push_back(contributionsOf(at, directions, result.maps[i]));
    }
    result.targetLabel = model.label(result.target);
  }
  progress.report(1.0);
  return result;
}

ActivationGrid activationGrid(const Array& maps, std::int64_t rows, std::int64_t columns) {
  if (maps.shape.size() != 3 || elementCount(maps.shape) < 1)
    throw Error("activation grid", "a map of places must be [C,h,w], not " + toString(maps.shape));
  const std::int64_t height = maps.shape[1], width = maps.shape[2];
  ActivationGrid grid;
  grid.rows = rows == 0 ? height : rows;
  grid.columns = columns == 0 ? width : columns;
  if (grid.rows < 1 || grid.columns < 1 || grid.rows > height || grid.columns > width)
    throw Error("activation grid", "there can be 1 to " + std::to_string(height) + " rows and 1 to " +
                                       std::to_string(width) + " columns here");
  const at::NoGradGuard noGradients;
  const at::Tensor cells = at::adaptive_avg_pool2d(viewOf(maps).unsqueeze(0), {grid.rows, grid.columns})[0];
  const at::Tensor vectors = cells.flatten(1).t().contiguous();
  const at::Tensor lengths = at::linalg_vector_norm(vectors, 2, at::IntArrayRef{1}).contiguous();
  grid.vectors = toArray(vectors);
  grid.lengths = toArray(lengths).values;
  const float largest = *std::ranges::max_element(grid.lengths);
  for (const float length : grid.lengths) grid.sizes.push_back(largest > 0.0F ? length / largest : 0.0F);
  return grid;
}

}  // namespace unitscope
