#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include <ATen/ATen.h>

#include "exec/operator.h"

namespace unitscope::ops {

using Tensors = std::vector<at::Tensor>;
using Ints = std::vector<std::int64_t>;

/// Axis counted from the start; throws Error unless it lies in [-rank, rank).
std::int64_t wrapAxis(const OpCall& call, std::int64_t axis, std::int64_t rank);
/// The same for a list, which comes back sorted; throws Error for an axis that occurs twice.
Ints wrapAxes(const OpCall& call, Ints axes, std::int64_t rank);
/// 0, 1, ..., count-1.
Ints counting(std::int64_t count, std::int64_t first = 0);

/// All tensors on one device: those on the CPU follow the others. Undefined ones stay undefined.
Tensors onOneDevice(const OpCall& call);
/// `t` where `like` is.
at::Tensor beside(const at::Tensor& t, const at::Tensor& like);
/// Indices as int64 on x's device, counted from the start: those in [-size, 0) are wrapped. Throws Error when one lies
/// outside [-size, size).
at::Tensor wrapIndices(const OpCall& call, const at::Tensor& indices, std::int64_t size, const at::Tensor& x);

/// LibTorch's type for a TensorProto::DataType number; throws Error naming a type that this build cannot compute with.
at::ScalarType scalarTypeOf(const OpCall& call, std::int64_t onnxType);
/// Throws Error unless input i has at least (exactly) this many axes.
const at::Tensor& atLeast(const OpCall& call, std::size_t i, std::int64_t rank);
const at::Tensor& exactly(const OpCall& call, std::size_t i, std::int64_t rank);
bool isFloat(const at::Tensor& t);

/// Where results that no data input determines go: floats to the run's device, all else to the CPU.
at::TensorOptions creationOptions(const OpCall& call, at::ScalarType type);

/// Adds an operator with one input that is an elementwise function.
void addUnary(OperatorTable& table, std::string_view op, at::Tensor (*function)(const at::Tensor&));

}  // namespace unitscope::ops
