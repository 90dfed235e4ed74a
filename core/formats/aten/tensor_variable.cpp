#include "formats/aten/tensor_variable.h"

#include <utility>

namespace unitscope::aten {
namespace {

constexpr std::size_t kMaxViews = 64;

/// Marks everything that may share memory with `storage`.
void markUncertain(TensorStorage& first) {
  std::vector<std::shared_ptr<TensorStorage>> reached;
  const auto spread = [&](const TensorStorage& from) {
    for (const auto& weak : from.copies)
      if (auto other = weak.lock(); other && !other->uncertain && other.get() != &first) {
        other->uncertain = true;
        reached.push_back(std::move(other));
      }
  };
  spread(first);
  while (!reached.empty()) {
    const auto next = std::move(reached.back());
    reached.pop_back();
    spread(*next);
  }
}

}  // namespace

TensorRef TensorMemory::fresh(ValueId value) const {
  auto storage = std::make_shared<TensorStorage>();
  storage->value = value;
  auto tensor = std::make_shared<TensorVariable>();
  tensor->storage = std::move(storage);
  tensor->value = value;
  return tensor;
}

ValueId TensorMemory::read(const TensorRef& tensor) const {
  const TensorStorage& storage = *tensor->storage;
  if (storage.uncertain)
    emitter_.fail(
        "a tensor is read that an in-place operator may have overwritten through a reshaped copy or view of it; "
        "replace the in-place operator in the model and export again");
  if (tensor->version != storage.version) {
    ValueId value = storage.value;
    for (const ViewStep& step : tensor->views) value = step.apply(value);
    tensor->value = value;
    tensor->version = storage.version;
  }
  return tensor->value;
}

TensorRef TensorMemory::view(const TensorRef& base, ViewStep step, ValueId result) const {
  if (base->views.size() >= kMaxViews) emitter_.fail("views of views are nested too deeply");
  auto tensor = std::make_shared<TensorVariable>(*base);
  tensor->views.push_back(std::move(step));
  tensor->value = result;
  tensor->version = base->storage->version;
  return tensor;
}

TensorRef TensorMemory::viewOrCopy(const TensorRef& base, ValueId result) const {
  TensorRef tensor = fresh(result);
  tensor->storage->copies.push_back(base->storage);
  auto& others = base->storage->copies;
  std::erase_if(others, [](const auto& weak) { return weak.expired(); });
  others.push_back(tensor->storage);
  return tensor;
}

void TensorMemory::write(const TensorRef& tensor, ValueId value) const {
  read(tensor);
  TensorStorage& storage = *tensor->storage;
  std::vector<ValueId> bases{storage.value};
  for (std::size_t i = 0; i + 1 < tensor->views.size(); ++i) bases.push_back(tensor->views[i].apply(bases.back()));
  ValueId whole = value;
  for (std::size_t i = tensor->views.size(); i-- > 0;) {
    const ViewStep& step = tensor->views[i];
    if (!step.write)
      emitter_.fail(
          "an in-place operator writes through '" + step.name +
          "', which cannot be told apart from what else it changes; replace it in the model and export again");
    whole = step.write(bases[i], whole);
  }
  storage.value = whole;
  ++storage.version;
  tensor->value = value;
  tensor->version = storage.version;
  markUncertain(storage);
}

}  // namespace unitscope::aten
