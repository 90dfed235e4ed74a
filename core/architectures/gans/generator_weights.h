#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "graph/named_tensor.h"

namespace unitscope {

/// A generator's tensors under their own names, while a network is built around them. Remembers what was asked for, so
/// that a tensor that the network has no place for does not go unnoticed.
class GeneratorWeights {
 public:
  /// Those whose names begin with the prefix; they are referred to, not copied.
  GeneratorWeights(std::span<const NamedTensor> tensors, const std::string& prefix);

  /// One more, of another place in the file.
  void add(const NamedTensor& tensor) { tensors_.emplace(tensor.name, &tensor.data); }
  bool has(const std::string& name) const { return tensors_.contains(name); }
  /// The tensor's shape. Throws Error naming it where it is missing, has another rank or an empty dimension.
  Shape shapeOf(const std::string& name, std::size_t rank) const;
  /// The tensor as float32. Throws Error naming it where it is missing, has another shape, or is made of integers.
  TensorData take(const std::string& name, const Shape& shape);
  /// take() of the shape that it has.
  TensorData takeAny(const std::string& name, std::size_t rank) { return take(name, shapeOf(name, rank)); }
  /// Names a tensor that evaluation does not need.
  void leaveAside(const std::string& name) { used_.insert(name); }
  /// The number of NAME0, NAME1... for which `after` follows: count("layer", ".weight"). At most `most`.
  std::int64_t count(const std::string& before, const std::string& after, std::int64_t most) const;
  /// Throws Error naming the first tensor that was neither taken nor left aside.
  void checkAllUsed() const;

 private:
  std::unordered_map<std::string, const TensorData*> tensors_;
  std::unordered_set<std::string> used_;
};

}  // namespace unitscope
