#include <string>
#include <utility>

#include "exec/ops/convolution.h"
#include "exec/ops/families.h"
#include "exec/ops/helpers.h"

namespace unitscope::ops {
namespace {

std::pair<double, double> rangeOf(const OpCall& call, at::ScalarType type) {
  switch (type) {
    case at::kByte: return {0, 255};
    case at::kChar: return {-128, 127};
    case at::kShort: return {-32768, 32767};
    case at::kInt: return {-2147483648.0, 2147483647.0};
    default: call.fail("cannot quantise to this element type");
  }
}

/// Scale or zero point, shaped to broadcast against x: one number, one for each place on the axis, or blocks.
at::Tensor spread(const OpCall& call, const at::Tensor& v, const at::Tensor& x) {
  if (v.numel() == 1) return v.reshape({});
  const std::int64_t axis = wrapAxis(call, call.node.intOr("axis", 1), x.dim());
  const std::int64_t block = call.node.intOr("block_size", 0);
  if (v.dim() == 1 && block == 0) {
    if (v.size(0) != x.size(axis)) call.fail("scale and zero point need one entry for each place on the axis");
    Ints shape(static_cast<std::size_t>(x.dim()), 1);
    shape[static_cast<std::size_t>(axis)] = v.size(0);
    return v.reshape(shape);
  }
  if (v.dim() != x.dim() || block < 1 || block > x.size(axis)) call.fail("scale and zero point do not fit the input");
  const at::Tensor wide = v.repeat_interleave(block, axis);
  if (wide.size(axis) < x.size(axis)) call.fail("there are too few blocks");
  return wide.narrow(axis, 0, x.size(axis));
}

at::Tensor quantise(const OpCall& call, const at::Tensor& x, const at::Tensor& scale, const at::Tensor& zero,
                    at::ScalarType type) {
  const auto [low, high] = rangeOf(call, type);
  at::Tensor y = (x / scale).round();
  if (zero.defined()) y = y + zero.to(y.scalar_type());
  return y.clamp(low, high).to(type);
}

Tensors quantizeLinear(const OpCall& call) {
  const at::Tensor x = isFloat(call.in(0)) ? call.in(0) : call.in(0).to(at::kFloat);
  at::ScalarType type = at::kByte;
  if (call.has(2))
    type = call.in(2).scalar_type();
  else if (call.node.intOr("output_dtype", 0) != 0)
    type = scalarTypeOf(call, call.node.intOr("output_dtype", 0));
  const at::Tensor zero = call.has(2) ? spread(call, beside(call.in(2), x), x) : at::Tensor();
  return {quantise(call, x, spread(call, beside(call.in(1), x), x), zero, type)};
}

Tensors dequantizeLinear(const OpCall& call) {
  const at::Tensor& scale = call.in(1);
  const at::Tensor x = beside(call.in(0), scale);
  at::Tensor y = x.to(x.scalar_type() == at::kInt ? at::kDouble : at::kFloat);
  if (call.has(2)) y = y - spread(call, beside(call.in(2), scale), x).to(y.scalar_type());
  return {(y * spread(call, scale, x)).to(scale.scalar_type())};
}

/// Range that includes 0, in 256 steps; outputs values, scale and zero point.
Tensors dynamicQuantizeLinear(const OpCall& call) {
  const at::Tensor x = call.in(0).detach();
  if (x.numel() == 0) call.fail("the input is empty");
  const at::Tensor low = x.min().clamp_max(0), high = x.max().clamp_min(0);
  const at::Tensor scale = (high - low) / 255;
  const at::Tensor safe = at::where(scale == 0, at::ones_like(scale), scale);
  const at::Tensor zero = (-low / safe).clamp(0, 255).round().to(at::kByte);
  return {quantise(call, x, safe, zero, at::kByte), scale, zero};
}

/// Input i in float64 (exact for sums of 8-bit products) without its zero point, which runs along `axis`.
at::Tensor centred(const OpCall& call, std::size_t i, std::size_t zero, std::int64_t axis) {
  const at::Tensor x = call.in(i).to(at::kDouble);
  if (!call.has(zero)) return x;
  const at::Tensor z = beside(call.in(zero), x).to(at::kDouble);
  if (z.numel() == 1) return x - z.reshape({});
  if (z.dim() != 1) return x - z;
  Ints shape(static_cast<std::size_t>(x.dim()), 1);
  shape[static_cast<std::size_t>(wrapAxis(call, axis, x.dim()))] = -1;
  return x - z.reshape(shape);
}

Tensors convInteger(const OpCall& call) {
  return {convolve(call, centred(call, 0, 2, 1), centred(call, 1, 3, 0), {}).to(at::kInt)};
}

Tensors matmulInteger(const OpCall& call) {
  return {at::matmul(centred(call, 0, 2, -2), centred(call, 1, 3, -1)).to(at::kInt)};
}

/// Scale of input i along an axis of the result.
at::Tensor scaleAlong(const OpCall& call, std::size_t i, const at::Tensor& like, std::int64_t axis) {
  const at::Tensor s = beside(call.in(i), like).to(at::kDouble);
  if (s.numel() == 1) return s.reshape({});
  if (s.dim() != 1) return s;
  Ints shape(static_cast<std::size_t>(like.dim()), 1);
  shape[static_cast<std::size_t>(wrapAxis(call, axis, like.dim()))] = -1;
  return s.reshape(shape);
}

/// Inputs: x, scale, zero, w, scale, zero, y scale, y zero, bias.
Tensors qLinearConv(const OpCall& call) {
  at::Tensor y = convolve(call, centred(call, 0, 2, 1), centred(call, 3, 5, 0),
                          call.has(8) ? call.in(8).to(at::kDouble) : at::Tensor());
  y = y * scaleAlong(call, 1, y, 1) * scaleAlong(call, 4, y, 1);
  return {quantise(call, y, scaleAlong(call, 6, y, 1), call.in(7).reshape({}), call.in(7).scalar_type())};
}

/// Inputs: a, scale, zero, b, scale, zero, y scale, y zero.
Tensors qLinearMatmul(const OpCall& call) {
  at::Tensor y = at::matmul(centred(call, 0, 2, -2), centred(call, 3, 5, -1));
  y = y * scaleAlong(call, 1, y, -2) * scaleAlong(call, 4, y, -1);
  return {quantise(call, y, scaleAlong(call, 6, y, -1), call.in(7).reshape({}), call.in(7).scalar_type())};
}

}  // namespace

void addQuantized(OperatorTable& table) {
  table.add("QuantizeLinear", quantizeLinear);
  table.add("DequantizeLinear", dequantizeLinear);
  table.add("DynamicQuantizeLinear", dynamicQuantizeLinear);
  table.add("ConvInteger", convInteger);
  table.add("MatMulInteger", matmulInteger);
  table.add("QLinearConv", qLinearConv);
  table.add("QLinearMatMul", qLinearMatmul);
}

}  // namespace unitscope::ops
