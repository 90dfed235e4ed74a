#include "architectures/gans/spectral_norm.h"

#include <cmath>
#include <utility>

#include "runtime/error.h"

namespace unitscope {

TensorData spectralWeight(GeneratorWeights& weights, const std::string& name, const Shape& shape) {
  const std::string stored = name + ".weight_orig";
  if (!weights.has(stored) && weights.has(name + ".weight")) return weights.take(name + ".weight", shape);
  const TensorData data = weights.take(stored, shape);
  const std::int64_t rows = shape.front(), columns = data.count() / rows;
  const std::vector<double> u = weights.take(name + ".weight_u", {rows}).toDoubles();
  const std::vector<double> v = weights.take(name + ".weight_v", {columns}).toDoubles();
  const std::vector<double> matrix = data.toDoubles();
  double sigma = 0.0;
  for (std::size_t row = 0; row < u.size(); ++row) {
    double product = 0.0;
    for (std::size_t column = 0; column < v.size(); ++column) product += matrix[row * v.size() + column] * v[column];
    sigma += u[row] * product;
  }
  if (!std::isfinite(sigma) || sigma == 0.0)
    throw Error(stored,
                "its spectral norm is " + std::string(sigma == 0.0 ? "0" : "not a number") + ": the file is damaged");
  std::vector<float> values;
  values.reserve(matrix.size());
  for (const double value : matrix) values.push_back(static_cast<float>(value / sigma));
  return TensorData::fromFloats(shape, std::move(values));
}

}  // namespace unitscope
