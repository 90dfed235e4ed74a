#pragma once

#include <array>
#include <memory>
#include <unordered_map>

#include <ATen/ATen.h>

#include "graph/graph.h"

namespace unitscope {

/// A graph's weights and constants as tensors, converted when first asked for and kept in the forms that runs use:
/// float32 or bfloat16, row-major or channels-last.
class ParameterStore {
 public:
  struct Form {
    bool bfloat16 = false;
    bool channelsLast = false;
  };

  ParameterStore(std::shared_ptr<const Graph> graph, at::Device device);

  /// The tensor of a parameter or constant. Floats follow the form and the device; integer and bool constants stay
  /// on the CPU, where shape arithmetic happens.
  const at::Tensor& get(ValueId id, Form form);
  void replace(ValueId id, at::Tensor value);
  void reset(ValueId id);
  void setDevice(at::Device device);
  /// Grows with every replace, reset and change of device: what was derived from weights is stale when it differs.
  std::uint64_t version() const noexcept { return version_; }

 private:
  at::Tensor make(ValueId id, Form form);

  std::shared_ptr<const Graph> graph_;
  at::Device device_;
  std::unordered_map<ValueId, at::Tensor> replaced_;
  std::array<std::unordered_map<ValueId, at::Tensor>, 4> forms_;
  std::uint64_t version_ = 0;
};

}  // namespace unitscope
