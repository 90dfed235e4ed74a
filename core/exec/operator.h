#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/ATen.h>

#include "graph/graph.h"

namespace unitscope {

/// One evaluation of one node: what an operator sees.
struct OpCall {
  const Node& node;
  std::span<const at::Tensor> inputs;  ///< undefined tensors where an optional input is left out
  /// Device that the run computes on. Small integer tensors that carry shapes and axes stay on the CPU whatever
  /// this is, so an operator that mixes such an input with data moves it itself.
  at::Device device;

  bool has(std::size_t i) const { return i < inputs.size() && inputs[i].defined(); }
  /// Input i; throws Error naming the node when it is missing.
  const at::Tensor& in(std::size_t i) const;
  /// Input i as a list of integers (1-D or scalar, any integer type, any device); throws Error otherwise.
  std::vector<std::int64_t> ints(std::size_t i) const;
  /// Input i as one number; throws Error when it has not exactly one element.
  double number(std::size_t i) const;
  std::int64_t integer(std::size_t i) const;
  std::size_t outputCount() const { return node.outputs.size(); }
  /// Throws Error("Conv 'conv1'", reason).
  [[noreturn]] void fail(const std::string& reason) const;
};

/// Computes a node's outputs from its inputs, never changing an input in place, with plain differentiable
/// LibTorch calls wherever the operator has a derivative.
using OpFunction = std::function<std::vector<at::Tensor>(const OpCall&)>;

/// Operators by domain and name, with the semantics of kCanonicalOpset.
class OperatorTable {
 public:
  void add(std::string_view op, OpFunction function, std::string_view domain = {});
  /// nullptr for an operator that this build does not know.
  const OpFunction* find(std::string_view op, std::string_view domain = {}) const;
  std::vector<std::string> names() const;

 private:
  std::map<std::string, OpFunction, std::less<>> functions_;
};

/// Every operator of this build. Built once; immutable afterwards.
const OperatorTable& standardOperators();

}  // namespace unitscope
