#include "features/first_conv.h"

#include <cstdint>
#include <string>

#include <torch/csrc/autograd/custom_function.h>

namespace unitscope {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr std::int64_t kFewChannels = 4, kManyUnits = 16;

struct StridedConvolution : torch::autograd::Function<StridedConvolution> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            const at::Tensor& bias, std::int64_t stride, std::int64_t top, std::int64_t left) {
    context->save_for_backward({weight});
    context->saved_data["shape"] = x.sizes().vec();
    context->saved_data["stride"] = stride;
    context->saved_data["top"] = top;
    context->saved_data["left"] = left;
    const std::vector<std::int64_t> strides{stride, stride}, padding{top, left};
    return at::conv2d(x, weight, bias.defined() && bias.numel() > 0 ? bias : at::Tensor(), strides, padding);
  }

  /// Pixel stride * i + a of the padded input is reached by the kernel's rows a, a + stride, ... from the outputs i,
  /// i - 1, ...: for each a a plain convolution of the outputs' gradient, and so for the columns.
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const at::Tensor weight = context->get_saved_variables()[0];
    const std::vector<std::int64_t> shape = context->saved_data["shape"].toIntVector();
    const std::int64_t s = context->saved_data["stride"].toInt();
    const std::int64_t top = context->saved_data["top"].toInt(), left = context->saved_data["left"].toInt();
    const std::int64_t units = weight.size(0), channels = weight.size(1);
    const std::int64_t rows = (weight.size(2) + s - 1) / s, columns = (weight.size(3) + s - 1) / s;
    const std::vector<std::int64_t> fill{0, columns * s - weight.size(3), 0, rows * s - weight.size(2)};
    const std::vector<std::int64_t> split{units, channels, rows, s, columns, s};
    const std::vector<std::int64_t> joined{channels * s * s, units, rows, columns};
    const at::Tensor phases = at::constant_pad_nd(weight.contiguous(), fill)
                                  .reshape(split)
                                  .permute({1, 3, 5, 0, 2, 4})
                                  .reshape(joined)
                                  .flip({2, 3})
                                  .contiguous(at::MemoryFormat::ChannelsLast);
    const std::vector<std::int64_t> one{1, 1}, padding{rows - 1, columns - 1};
    const at::Tensor spread = at::pixel_shuffle(
        at::conv2d(gradients[0].contiguous(at::MemoryFormat::ChannelsLast), phases, {}, one, padding), s);
    // The part that is no padding; rows and columns that no output looks at have no gradient.
    const std::vector<std::int64_t> crop{-left, left + shape[3] - spread.size(3), -top,
                                         top + shape[2] - spread.size(2)};
    return {at::constant_pad_nd(spread, crop), at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

std::optional<std::vector<at::Tensor>> firstConvolution(const OpCall& call) {
  const Node& node = call.node;
  if (node.op != "Conv" || !node.domain.empty() || !call.has(0) || !call.has(1)) return std::nullopt;
  const at::Tensor &x = call.inputs[0], &weight = call.inputs[1];
  if (!x.requires_grad() || weight.requires_grad() || !x.device().is_cpu()) return std::nullopt;
  if (x.dim() != 4 || weight.dim() != 4 || x.scalar_type() != at::kFloat || weight.scalar_type() != at::kFloat)
    return std::nullopt;
  if (x.size(1) != weight.size(1) || x.size(1) > kFewChannels || weight.size(0) < kManyUnits) return std::nullopt;
  const std::vector<std::int64_t> strides = node.intsOr("strides", {1, 1});
  const std::vector<std::int64_t> pads = node.intsOr("pads", {0, 0, 0, 0});
  const std::vector<std::int64_t> dilations = node.intsOr("dilations", {1, 1});
  if (strides.size() != 2 || strides[0] != strides[1] || strides[0] < 2) return std::nullopt;
  if (pads.size() != 4 || pads[0] != pads[2] || pads[1] != pads[3] || pads[0] < 0 || pads[1] < 0) return std::nullopt;
  if (dilations != std::vector<std::int64_t>{1, 1} || node.intOr("group", 1) != 1) return std::nullopt;
  if (node.stringOr("auto_pad", "NOTSET") != "NOTSET") return std::nullopt;
  const at::Tensor bias = call.has(2) ? call.inputs[2] : at::empty({0}, x.options());
  return std::vector<at::Tensor>{StridedConvolution::apply(x, weight, bias, strides[0], pads[0], pads[1])};
}

}  // namespace unitscope
