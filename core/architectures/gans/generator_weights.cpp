#include "architectures/gans/generator_weights.h"

#include <algorithm>

#include "architectures/tensor_names.h"
#include "architectures/weight_fit.h"
#include "runtime/error.h"

namespace unitscope {

GeneratorWeights::GeneratorWeights(std::span<const NamedTensor> tensors, const std::string& prefix) {
  for (const NamedTensor& tensor : tensors)
    if (tensor.name.starts_with(prefix) && !isCounter(tensor.name))
      tensors_.emplace(tensor.name.substr(prefix.size()), &tensor.data);
}

Shape GeneratorWeights::shapeOf(const std::string& name, std::size_t rank) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) throw Error(name, "is missing");
  const Shape& shape = found->second->shape();
  if (shape.size() != rank || std::ranges::any_of(shape, [](std::int64_t n) { return n < 1; }))
    throw Error(name,
                "has the shape " + toString(shape) + " where " + std::to_string(rank) + " dimensions are expected");
  return shape;
}

TensorData GeneratorWeights::take(const std::string& name, const Shape& shape) {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) throw Error(name, "is missing (expected with the shape " + toString(shape) + ")");
  if (found->second->shape() != shape)
    throw Error(name,
                "has the shape " + toString(found->second->shape()) + " where " + toString(shape) + " is expected");
  used_.insert(name);
  return toFloat32(name, *found->second);
}

std::int64_t GeneratorWeights::count(const std::string& before, const std::string& after, std::int64_t most) const {
  std::int64_t n = 0;
  while (n < most && has(before + std::to_string(n) + after)) ++n;
  return n;
}

void GeneratorWeights::checkAllUsed() const {
  std::string first;  // by name, since the order of a hash table is no order to report in
  for (const auto& [name, data] : tensors_)
    if (!used_.contains(name) && (first.empty() || name < first)) first = name;
  if (!first.empty()) throw Error(first, "the network has no place for it");
}

}  // namespace unitscope
