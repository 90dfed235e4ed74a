#include <string>
#include <tuple>

#include "exec/ops/families.h"
#include "exec/ops/helpers.h"

namespace unitscope::ops {
namespace {

void checkChannels(const OpCall& call, std::size_t i, std::int64_t channels) {
  const at::Tensor& t = call.in(i);
  if (t.dim() != 1 || t.size(0) != channels)
    call.fail("input " + std::to_string(i) + " needs one entry for each of " + std::to_string(channels) + " channels");
}

/// y, to which its gradient comes in y's own layout. From LibTorch 1.13 to 2.13 the backward passes of batch and
/// instance norms read the gradient of a single picture in the wrong order when it is laid out otherwise, as it is
/// behind a flatten and a transpose.
at::Tensor withGradientInOrder(at::Tensor y) {
  if (y.requires_grad() && y.dim() > 2) {
    const auto layout = y.suggest_memory_format();
    y.register_hook([layout](const at::Tensor& gradient) { return gradient.contiguous(layout); });
  }
  return y;
}

/// Ioffe & Szegedy 2015.
Tensors batchNorm(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 2);
  for (std::size_t i = 1; i < 5; ++i) checkChannels(call, i, x.size(1));
  const double epsilon = call.node.floatOr("epsilon", 1e-5);
  const auto like = [&](std::size_t i) { return call.in(i).to(x.options()); };
  if (call.node.intOr("training_mode", 0) == 0)
    return {withGradientInOrder(at::batch_norm(x, like(1), like(2), like(3), like(4), false, 0, epsilon, false))};
  const double momentum = call.node.floatOr("momentum", 0.9);
  // Weights and statistics keep their own precision where the activations are in half of it: a running mean would
  // stand still.
  const auto [y, mean, inverse] = at::native_batch_norm(x, call.in(1), call.in(2), {}, {}, true, 0, epsilon);
  // What the batch adds to the running statistics is not differentiated, as nowhere in the field.
  const at::Tensor variance = inverse.detach().pow(-2) - epsilon;
  return {withGradientInOrder(y), call.in(3) * momentum + mean.detach() * (1 - momentum),
          call.in(4) * momentum + variance * (1 - momentum)};
}

/// Ulyanov et al. 2016.
Tensors instanceNorm(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 3);
  checkChannels(call, 1, x.size(1));
  checkChannels(call, 2, x.size(1));
  return {withGradientInOrder(at::instance_norm(x, call.in(1).to(x.scalar_type()), call.in(2).to(x.scalar_type()), {},
                                                {}, true, 0, call.node.floatOr("epsilon", 1e-5), false))};
}

/// Ba et al. 2016. Outputs Y, and where wanted mean and 1/deviation.
Tensors layerNorm(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 1);
  const std::int64_t axis = wrapAxis(call, call.node.intOr("axis", -1), x.dim());
  const double epsilon = call.node.floatOr("epsilon", 1e-5);
  const Ints shape = x.sizes().slice(static_cast<std::size_t>(axis)).vec();
  const at::Tensor scale = call.in(1).to(x.scalar_type());
  const at::Tensor bias = call.has(2) ? call.in(2).to(x.scalar_type()) : at::Tensor();
  const bool direct = scale.sizes() == at::IntArrayRef(shape) && (!bias.defined() || bias.sizes() == scale.sizes());
  if (call.outputCount() == 1 && direct) return {at::layer_norm(x, shape, scale, bias, epsilon, false)};
  auto [y, mean, deviation] =
      at::native_layer_norm(x, shape, direct ? scale : at::Tensor(), direct ? bias : at::Tensor(), epsilon);
  if (!direct) {
    y = y * scale;
    if (bias.defined()) y = y + bias;
  }
  return {y, mean, deviation};
}

/// Wu & He 2018; scale and bias hold one entry a channel (one a group in files older than opset 21).
Tensors groupNorm(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 3);
  const std::int64_t groups = call.node.intOr("num_groups", 0);
  const std::int64_t channels = x.size(1);
  if (groups < 1 || channels % groups != 0)
    call.fail("num_groups is " + std::to_string(groups) + " for " + std::to_string(channels) + " channels");
  const auto spread = [&](std::size_t i) {
    at::Tensor v = call.in(i).to(x.scalar_type());
    if (v.dim() == 1 && v.size(0) == groups && groups != channels) v = v.repeat_interleave(channels / groups);
    if (v.dim() != 1 || v.size(0) != channels) call.fail("scale and bias need one entry for each channel");
    return v;
  };
  return {at::group_norm(x, groups, spread(1), spread(2), call.node.floatOr("epsilon", 1e-5), false)};
}

/// Zhang & Sennrich 2019: x / sqrt(mean(x^2) + epsilon) * scale over the axes from `axis` on.
Tensors rmsNorm(const OpCall& call) {
  const at::Tensor& input = atLeast(call, 0, 1);
  const at::ScalarType type = input.scalar_type();
  const bool narrow = type == at::kHalf || type == at::kBFloat16;
  const at::Tensor x = narrow ? input.to(at::kFloat) : input;
  const std::int64_t axis = wrapAxis(call, call.node.intOr("axis", -1), x.dim());
  const at::Tensor square = (x * x).mean(counting(x.dim() - axis, axis), true);
  const at::Tensor y = x * (square + call.node.floatOr("epsilon", 1e-5)).rsqrt();
  return {y.to(type) * call.in(1).to(type)};
}

/// Local response normalisation across channels (Krizhevsky et al. 2012).
Tensors lrn(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 2);
  const std::int64_t size = call.node.intOr("size", 0);
  if (size < 1 || size > (1 << 20)) call.fail("size is " + std::to_string(size));
  const at::Tensor squares = (x * x).reshape({x.size(0), 1, x.size(1), -1});
  // The window reaches floor((size-1)/2) channels back and ceil((size-1)/2) ahead.
  const at::Tensor padded = at::constant_pad_nd(squares, {0, 0, (size - 1) / 2, size / 2}, 0);
  const at::Tensor mean = at::avg_pool2d(padded, {size, 1}, {1, 1}, {0, 0}, false, true).reshape(x.sizes());
  const at::Tensor divisor = mean * call.node.floatOr("alpha", 1e-4) + call.node.floatOr("bias", 1.0);
  return {x / divisor.pow(call.node.floatOr("beta", 0.75))};
}

Tensors meanVarianceNorm(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 1);
  const Ints axes = wrapAxes(call, call.node.intsOr("axes", {0, 2, 3}), x.dim());
  const at::Tensor centred = x - x.mean(axes, true);
  return {centred / ((centred * centred).mean(axes, true).sqrt() + 1e-9)};
}

Tensors lpNorm(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 1);
  const std::int64_t axis = wrapAxis(call, call.node.intOr("axis", -1), x.dim());
  const std::int64_t p = call.node.intOr("p", 2);
  if (p != 1 && p != 2) call.fail("p is " + std::to_string(p) + ", known are 1 and 2");
  const at::Tensor norm = at::linalg_vector_norm(x, static_cast<double>(p), Ints{axis}, true);
  // A vector of zeros stays one.
  return {x / at::where(norm == 0, at::ones_like(norm), norm)};
}

}  // namespace

void addNormalization(OperatorTable& table) {
  table.add("BatchNormalization", batchNorm);
  table.add("InstanceNormalization", instanceNorm);
  table.add("LayerNormalization", layerNorm);
  table.add("GroupNormalization", groupNorm);
  table.add("RMSNormalization", rmsNorm);
  table.add("LRN", lrn);
  table.add("MeanVarianceNormalization", meanVarianceNorm);
  table.add("LpNormalization", lpNorm);
}

}  // namespace unitscope::ops
