#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "architectures/architecture.h"
#include "graph/named_tensor.h"

namespace unitscope::test {

inline Architecture architectureNamed(const std::string& name) {
  for (Architecture& architecture : knownArchitectures())
    if (architecture.name == name) return architecture;
  return {};
}

/// Values that differ from tensor to tensor, positive, so that they may be variances too.
inline TensorData someTensor(const Shape& shape, std::size_t seed) {
  std::vector<float> values(static_cast<std::size_t>(elementCount(shape)));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.01f + static_cast<float>((i * 7 + seed) % 101) / 101.0f;
  return TensorData::fromFloats(shape, std::move(values));
}

/// Weights that fit an architecture, each name behind `prefix`.
inline std::vector<NamedTensor> someWeights(const std::string& architecture, const ArchitectureSizes& sizes = {},
                                            const std::string& prefix = {}) {
  std::vector<NamedTensor> tensors;
  for (const ParameterShape& parameter : parametersOf(architectureNamed(architecture), sizes))
    tensors.push_back({prefix + parameter.name, someTensor(parameter.shape, tensors.size())});
  return tensors;
}

}  // namespace unitscope::test
