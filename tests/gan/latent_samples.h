#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "engine/array.h"

namespace unitscope::test {

/// A number in -1..1 by formula, so that other programs can make the same data.
inline double sampleAt(int i, int k) {
  const double v = std::sin(12.9898 * i + 78.233 * k + 1.0) * 43758.5453;
  return 2.0 * (v - std::floor(v)) - 1.0;
}

inline Array sampleArray(Shape shape, int series) {
  const std::int64_t count = elementCount(shape);
  Array array{std::move(shape), {}};
  for (int i = 0; i < static_cast<int>(count); ++i) array.values.push_back(static_cast<float>(sampleAt(i, series)));
  return array;
}

inline TensorData sampleTensor(Shape shape, int series, double scale = 1.0) {
  Array array = sampleArray(std::move(shape), series);
  for (float& value : array.values) value *= static_cast<float>(scale);
  return TensorData::fromFloats(std::move(array.shape), std::move(array.values));
}

inline double dot(const float* a, const float* b, std::size_t count) {
  double sum = 0.0;
  for (std::size_t i = 0; i < count; ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

}  // namespace unitscope::test
