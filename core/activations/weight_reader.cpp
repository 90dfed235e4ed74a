#include "activations/weight_reader.h"

#include <cstring>

#include "runtime/error.h"

namespace unitscope {

std::vector<double> WeightReader::read(std::int64_t first, std::int64_t count) const {
  if (first < 0 || count < 0 || count > data_.count() || first > data_.count() - count)
    throw Error("weights", "of shape " + toString(data_.shape()) + " end before the unit asked for");
  const std::size_t size = sizeOf(data_.dtype());
  const auto bytes =
      data_.bytes().subspan(static_cast<std::size_t>(first) * size, static_cast<std::size_t>(count) * size);
  if (data_.dtype() == DType::Float32) {
    // Most of all weights; one by one they are asked for by the thousand.
    std::vector<double> values(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < values.size(); ++i) {
      float value = 0.0F;
      std::memcpy(&value, bytes.data() + i * sizeof(float), sizeof(float));
      values[i] = static_cast<double>(value);
    }
    return values;
  }
  return TensorData(data_.dtype(), {count}, bytes, data_.owner()).toDoubles();
}

}  // namespace unitscope
