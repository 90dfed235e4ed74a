#include "exec/ops/convolution.h"

#include <algorithm>
#include <string>

#include "exec/ops/families.h"
#include "exec/ops/window.h"

namespace unitscope::ops {
namespace {

bool anyNegative(const Ints& list) {
  return std::ranges::any_of(list, [](std::int64_t v) { return v < 0; });
}

at::Tensor biasOf(const OpCall& call) {
  return call.has(2) ? call.in(2) : at::Tensor();
}

std::int64_t groupsOf(const OpCall& call) {
  const std::int64_t groups = call.node.intOr("group", 1);
  if (groups < 1) call.fail("group is " + std::to_string(groups));
  return groups;
}

Ints kernelOf(const at::Tensor& weight) {
  return weight.sizes().slice(2).vec();
}

void checkRanks(const OpCall& call, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  if (x.dim() < 3 || x.dim() > 5) call.fail("the input needs batch, channel and one to three spatial axes");
  if (weight.dim() != x.dim())
    call.fail("weights of rank " + std::to_string(weight.dim()) + " do not fit an input of rank " +
              std::to_string(x.dim()));
  if (bias.defined() && bias.dim() != 1) call.fail("the bias must be a list");
}

/// Padding of a ConvTranspose: given, or from the wanted output sizes.
void padTransposed(const OpCall& call, at::IntArrayRef sizes, const Ints& outputPadding, Window& w) {
  const std::string mode = call.node.stringOr("auto_pad", "NOTSET");
  const bool same = mode == "SAME_UPPER" || mode == "SAME_LOWER";
  Ints wanted = call.node.intsOr("output_shape");
  if (wanted.empty() && !same) return;
  if (wanted.empty())
    for (std::size_t i = 0; i < w.kernel.size(); ++i) wanted.push_back(sizes[i + 2] * w.strides[i]);
  if (wanted.size() != w.kernel.size()) call.fail("output_shape needs one entry for each spatial axis");
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] < 1) call.fail("output_shape contains " + std::to_string(wanted[i]));
    const std::int64_t total = w.strides[i] * (sizes[i + 2] - 1) + outputPadding[i] + w.extent(i) - wanted[i];
    // What the result lacks is added behind.
    const std::int64_t removed = std::max<std::int64_t>(total, 0), less = removed / 2;
    w.begin[i] = mode == "SAME_UPPER" ? less : removed - less;
    w.end[i] = total - w.begin[i];
  }
}

Tensors convTranspose(const OpCall& call) {
  const at::Tensor& x = call.in(0);
  const at::Tensor& weight = call.in(1);
  checkRanks(call, x, weight, biasOf(call));
  Window w = readWindow(call, x.sizes(), kernelOf(weight));
  const std::size_t axes = w.kernel.size();
  const Ints outputPadding = call.node.intsOr("output_padding", Ints(axes, 0));
  if (outputPadding.size() != axes || anyNegative(outputPadding))
    call.fail("output_padding must hold one number of at least 0 for each spatial axis");
  padTransposed(call, x.sizes(), outputPadding, w);
  const std::int64_t groups = groupsOf(call);

  bool direct = w.symmetric() && !anyNegative(w.begin);
  for (std::size_t i = 0; i < axes; ++i)
    direct = direct && outputPadding[i] < std::max(w.strides[i], w.dilations[i]) && w.begin[i] < w.extent(i);
  if (direct)
    return {at::convolution(x, weight, biasOf(call), w.strides, w.begin, w.dilations, true, outputPadding, groups)};

  // What LibTorch cannot pad itself: the whole result, then cropped or enlarged at each side.
  const Ints none(axes, 0);
  at::Tensor y = at::convolution(x, weight, {}, w.strides, none, w.dilations, true, none, groups);
  Window crop = w;
  for (std::size_t i = 0; i < axes; ++i) {
    crop.begin[i] = -w.begin[i];
    crop.end[i] = outputPadding[i] - w.end[i];
  }
  y = at::constant_pad_nd(y, crop.padding(), 0);
  if (!call.has(2)) return {y};
  Ints shape(axes + 2, 1);
  shape[1] = -1;
  return {y + call.in(2).reshape(shape)};
}

}  // namespace

at::Tensor convolve(const OpCall& call, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  checkRanks(call, x, weight, bias);
  const Window w = readWindow(call, x.sizes(), kernelOf(weight));
  const std::int64_t groups = groupsOf(call);
  const bool asGiven = w.symmetric() && !anyNegative(w.begin);
  const at::Tensor padded = asGiven ? x : at::constant_pad_nd(x, w.padding(), 0);
  const Ints none(w.kernel.size(), 0);
  const Ints& pads = asGiven ? w.begin : none;
  // By the name under which mixed precision knows it.
  if (x.dim() == 4)
    return at::conv2d(padded, weight, bias, at::IntArrayRef(w.strides), at::IntArrayRef(pads),
                      at::IntArrayRef(w.dilations), groups);
  return at::convolution(padded, weight, bias, w.strides, pads, w.dilations, false, none, groups);
}

void addConvolution(OperatorTable& table) {
  // Y[n,o,p] = B[o] + sum over c, k of W[o,c,k] X[n,c,p*stride+k*dilation-pad]
  table.add("Conv",
            [](const OpCall& call) -> Tensors { return {convolve(call, call.in(0), call.in(1), biasOf(call))}; });
  table.add("ConvTranspose", convTranspose);
  addDeformConv(table);
}

}  // namespace unitscope::ops
