#pragma once

#include <cstdint>
#include <vector>

#include "graph/tensor_data.h"

namespace unitscope {

/// Some of a large tensor's elements as doubles, without converting the rest.
class WeightReader {
 public:
  explicit WeightReader(const TensorData& data) : data_(data) {}

  const Shape& shape() const { return data_.shape(); }
  std::int64_t count() const { return data_.count(); }
  /// `count` elements from `first` on. Throws Error where there are not as many.
  std::vector<double> read(std::int64_t first, std::int64_t count) const;
  double at(std::int64_t index) const { return read(index, 1).front(); }

 private:
  const TensorData& data_;
};

}  // namespace unitscope
