#include "exec/parameter_store.h"

#include <utility>

#include "exec/tensors.h"
#include "runtime/error.h"

namespace unitscope {

ParameterStore::ParameterStore(std::shared_ptr<const Graph> graph, at::Device device)
    : graph_(std::move(graph)), device_(device) {}

const at::Tensor& ParameterStore::get(ValueId id, Form form) {
  auto& kept = forms_[(form.bfloat16 ? 1U : 0U) + (form.channelsLast ? 2U : 0U)];
  const auto it = kept.find(id);
  if (it != kept.end()) return it->second;
  return kept.emplace(id, make(id, form)).first->second;
}

at::Tensor ParameterStore::make(ValueId id, Form form) {
  at::Tensor tensor;
  if (form.bfloat16 || form.channelsLast) {
    // Forms derive from the plain one, so that weights which need no change are shared with it.
    tensor = get(id, {});
    if (form.bfloat16 && tensor.scalar_type() == at::kFloat) tensor = tensor.to(at::kBFloat16);
    if (form.channelsLast && tensor.dim() == 4 && tensor.is_floating_point())
      tensor = tensor.contiguous(at::MemoryFormat::ChannelsLast);
    return tensor;
  }
  if (const auto it = replaced_.find(id); it != replaced_.end()) {
    tensor = it->second;
  } else {
    const Value& value = graph_->value(id);
    if (!value.data) throw Error(value.name, "is not a parameter or constant");
    tensor = toTensor(*value.data);
  }
  return tensor.is_floating_point() ? tensor.to(device_) : tensor;
}

void ParameterStore::replace(ValueId id, at::Tensor value) {
  const at::Tensor& current = get(id, {});
  if (value.sizes() != current.sizes())
    throw Error(graph_->value(id).name, "a weight can only be replaced by one of the same shape");
  replaced_[id] = value.to(current.device(), current.scalar_type());
  for (auto& kept : forms_) kept.erase(id);
  ++version_;
}

void ParameterStore::reset(ValueId id) {
  if (replaced_.erase(id) == 0) return;
  for (auto& kept : forms_) kept.erase(id);
  ++version_;
}

void ParameterStore::setDevice(at::Device device) {
  if (device == device_) return;
  device_ = device;
  for (auto& kept : forms_) kept.clear();
  ++version_;
}

}  // namespace unitscope
