#include <cmath>

#include "gan/boundary.h"
#include "gan/latent_rows.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

/// Below this the rest is rounding.
constexpr double kNothingLeft = 1e-5;

at::Tensor unitRows(const std::vector<Array>& vectors, std::int64_t width) {
  std::vector<at::Tensor> rows;
  for (const Array& vector : vectors) {
    at::Tensor row = vectorOf(vector, "direction");
    if (row.numel() != width) throw Error("direction", "has other sizes than the rest");
    const double length = row.norm().item<double>();
    if (!(length > 0.0)) throw Error("direction", "has no length");
    rows.push_back(row / length);
  }
  return at::stack(rows);
}

}  // namespace

Array withoutParts(const Array& normal, const std::vector<Array>& others) {
  at::Tensor rest = unitRows({normal}, vectorOf(normal, "direction").numel())[0];
  if (!others.empty()) {
    const auto [left, values, basis] = at::linalg_svd(unitRows(others, rest.numel()), false);
    // Directions that others express already would else come out as noise.
    const std::int64_t rank = (values > kNothingLeft * values[0]).sum().item<std::int64_t>();
    const at::Tensor kept = basis.narrow(0, 0, rank);
    rest = rest - at::mv(kept.t(), at::mv(kept, rest));
  }
  const double length = rest.norm().item<double>();
  if (length < kNothingLeft) throw Error("direction", "is a mixture of the others: nothing is left without them");
  Array result = plainArray(rest / length);
  result.shape = normal.shape;
  return result;
}

Entanglement entanglement(const std::vector<std::vector<float>>& scores, const std::vector<Array>& normals) {
  Entanglement result;
  if (!scores.empty()) {
    std::vector<at::Tensor> rows;
    for (const std::vector<float>& one : scores) {
      if (one.size() < 2 || one.size() != scores.front().size())
        throw Error("scores", "must be as many for each attribute, and at least two");
      const at::Tensor row = at::tensor(one, at::kDouble);
      const at::Tensor centred = row - row.mean();
      rows.push_back(centred / centred.norm());  // all equal: 0/0, which is the NaN that is promised
    }
    const at::Tensor all = at::stack(rows);
    result.correlation = plainArray(at::mm(all, all.t()).clamp(-1.0, 1.0));
  }
  if (!normals.empty()) {
    const at::Tensor all = unitRows(normals, vectorOf(normals.front(), "direction").numel());
    result.cosine = plainArray(at::mm(all, all.t()).clamp(-1.0, 1.0));
  }
  return result;
}

}  // namespace unitscope
