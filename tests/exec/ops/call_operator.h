#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include "exec/evaluate_node.h"
#include "exec/operator.h"
#include "graph/graph.h"
#include "runtime/error.h"

namespace unitscope::test {

using Attributes = std::map<std::string, Attribute, std::less<>>;
using Ints = std::vector<std::int64_t>;

/// Outputs of one operator, computed as the Executor does. Undefined inputs count as left out.
inline std::vector<at::Tensor> callAll(const std::string& op, const std::vector<at::Tensor>& inputs,
                                       Attributes attributes = {}, std::size_t outputs = 1, std::string domain = {}) {
  Node node;
  node.op = op;
  node.domain = std::move(domain);
  node.name = "n";
  node.attributes = std::move(attributes);
  for (std::size_t i = 0; i < inputs.size(); ++i)
    node.inputs.push_back(inputs[i].defined() ? static_cast<ValueId>(i) : kNoValue);
  for (std::size_t i = 0; i < outputs; ++i) node.outputs.push_back(static_cast<ValueId>(inputs.size() + i));
  return evaluateNode({node, inputs, at::kCPU}, standardOperators().find(op, node.domain), ReluRule::Standard, {});
}

inline at::Tensor callOne(const std::string& op, const std::vector<at::Tensor>& inputs, Attributes attributes = {},
                          std::string domain = {}) {
  return callAll(op, inputs, std::move(attributes), 1, std::move(domain)).at(0);
}

/// What the operator says when it refuses; empty when it does not.
inline std::string refusal(const std::string& op, const std::vector<at::Tensor>& inputs, Attributes attributes = {}) {
  try {
    callAll(op, inputs, std::move(attributes));
  } catch (const Error& e) {
    return e.what();
  }
  return {};
}

/// Numbers without pattern in [-1, 1], the same in every run.
inline at::Tensor waves(const Ints& shape, double seed = 0.0, at::ScalarType type = at::kDouble) {
  std::int64_t count = 1;
  for (const std::int64_t s : shape) count *= s;
  const at::Tensor i = at::arange(count, at::kDouble);
  return ((i * 12.9898 + seed + 0.1).sin() * 43.7585).sin().reshape(shape).to(type);
}

inline at::Tensor longs(const Ints& values) {
  return at::tensor(values, at::kLong);
}

inline bool near(const at::Tensor& a, const at::Tensor& b, double tolerance = 1e-6) {
  if (a.sizes() != b.sizes()) return false;
  if (a.numel() == 0) return true;
  return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>() <= tolerance;
}

/// Largest difference between the derivative that LibTorch finds for input `which` and central differences, over
/// the size of the derivative. Infinite when there is none.
inline double gradientError(const std::string& op, std::vector<at::Tensor> inputs, const Attributes& attributes = {},
                            std::size_t which = 0, const std::string& domain = {}) {
  const auto value = [&](const at::Tensor& x) {
    inputs[which] = x;
    const at::Tensor y = callOne(op, inputs, attributes, domain);
    return (y * waves(y.sizes().vec(), 0.7)).sum();
  };
  const at::Tensor x = inputs[which].clone();
  const at::Tensor leaf = x.clone().set_requires_grad(true);
  const at::Tensor y = value(leaf);
  if (!y.requires_grad()) return std::numeric_limits<double>::infinity();
  const at::Tensor analytic = torch::autograd::grad({y}, {leaf})[0].contiguous();
  constexpr double kStep = 1e-6;
  double worst = 0;
  const double size = std::max(analytic.abs().max().item<double>(), 1e-3);
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    at::Tensor up = x.clone(), down = x.clone();
    up.data_ptr<double>()[i] += kStep;
    down.data_ptr<double>()[i] -= kStep;
    const double numeric = (value(up).item<double>() - value(down).item<double>()) / (2 * kStep);
    worst = std::max(worst, std::abs(numeric - analytic.data_ptr<double>()[i]) / size);
  }
  return worst;
}

}  // namespace unitscope::test
