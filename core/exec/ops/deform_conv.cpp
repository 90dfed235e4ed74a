#include <string>

#include "exec/ops/families.h"
#include "exec/ops/window.h"

namespace unitscope::ops {
namespace {

/// Value of each channel of x [B,C,H*W] at the places (y, x) given as [B,P], bilinear, zero outside: [B,C,P].
at::Tensor sample(const at::Tensor& x, std::int64_t height, std::int64_t width, const at::Tensor& ys,
                  const at::Tensor& xs) {
  const at::Tensor y0 = ys.floor(), x0 = xs.floor();
  at::Tensor sum;
  for (int dy = 0; dy < 2; ++dy) {
    for (int dx = 0; dx < 2; ++dx) {
      const at::Tensor yi = (y0 + dy).detach(), xi = (x0 + dx).detach();
      const at::Tensor inside = (yi >= 0).logical_and(yi < height).logical_and(xi >= 0).logical_and(xi < width);
      const at::Tensor weight = (1 - (ys - yi).abs()) * (1 - (xs - xi).abs()) * inside;
      const at::Tensor index = (yi.clamp(0, height - 1) * width + xi.clamp(0, width - 1)).to(at::kLong);
      const at::Tensor value = x.gather(2, index.unsqueeze(1).expand({-1, x.size(1), -1})) * weight.unsqueeze(1);
      sum = sum.defined() ? sum + value : value;
    }
  }
  return sum;
}

/// Deformable convolution (Dai et al. 2017; with mask: Zhu et al. 2019): every tap of the kernel reads at its own
/// place, moved by an offset that another layer predicts.
Tensors deformConv(const OpCall& call) {
  const at::Tensor& x = exactly(call, 0, 4);
  const at::Tensor& weight = exactly(call, 1, 4);
  const at::Tensor& offset = exactly(call, 2, 4);
  const Window w = readWindow(call, x.sizes(), weight.sizes().slice(2).vec());
  const std::int64_t groups = call.node.intOr("group", 1);
  const std::int64_t offsetGroups = call.node.intOr("offset_group", 1);
  const std::int64_t batch = x.size(0), channels = x.size(1), height = x.size(2), width = x.size(3);
  const std::int64_t taps = w.kernel[0] * w.kernel[1];
  const std::int64_t rows = placesOf(call, w, 0, height, false), columns = placesOf(call, w, 1, width, false);
  if (groups < 1 || offsetGroups < 1 || channels % groups != 0 || channels % offsetGroups != 0 ||
      weight.size(0) % groups != 0 || weight.size(1) != channels / groups)
    call.fail("channels do not divide into the groups");
  if (offset.size(0) != batch || offset.size(1) != 2 * offsetGroups * taps || offset.size(2) != rows ||
      offset.size(3) != columns)
    call.fail("the offsets do not have the shape [N, 2*offset_group*taps, out_h, out_w]");

  const auto options = offset.options();
  // Undisturbed places [taps, rows*columns].
  const at::Tensor ky = at::arange(w.kernel[0], options).mul(w.dilations[0]).repeat_interleave(w.kernel[1]);
  const at::Tensor kx = at::arange(w.kernel[1], options).mul(w.dilations[1]).repeat({w.kernel[0]});
  const at::Tensor py = at::arange(rows, options).mul(w.strides[0]).repeat_interleave(columns) - w.begin[0];
  const at::Tensor px = at::arange(columns, options).mul(w.strides[1]).repeat({rows}) - w.begin[1];
  const at::Tensor moved = offset.reshape({batch * offsetGroups, taps, 2, rows * columns});
  const at::Tensor ys = moved.select(2, 0) + (ky.unsqueeze(1) + py.unsqueeze(0)).unsqueeze(0);
  const at::Tensor xs = moved.select(2, 1) + (kx.unsqueeze(1) + px.unsqueeze(0)).unsqueeze(0);
  const at::Tensor planes = x.reshape({batch * offsetGroups, channels / offsetGroups, height * width});
  at::Tensor columnsOf = sample(planes, height, width, ys.flatten(1), xs.flatten(1));
  if (call.has(4)) {
    const at::Tensor& mask = call.in(4);
    if (mask.numel() != batch * offsetGroups * taps * rows * columns)
      call.fail("the mask does not have the shape [N, offset_group*taps, out_h, out_w]");
    columnsOf = columnsOf * mask.reshape({batch * offsetGroups, 1, taps * rows * columns});
  }
  columnsOf = columnsOf.reshape({batch, groups, channels / groups * taps, rows * columns});
  const at::Tensor kernels = weight.reshape({1, groups, weight.size(0) / groups, weight.size(1) * taps});
  at::Tensor y = at::matmul(kernels, columnsOf).reshape({batch, weight.size(0), rows, columns});
  if (call.has(3)) y = y + exactly(call, 3, 1).reshape({1, -1, 1, 1});
  return {y};
}

}  // namespace

void addDeformConv(OperatorTable& table) {
  table.add("DeformConv", deformConv);
}

}  // namespace unitscope::ops
