#include <string>

#include "exec/ops/families.h"
#include "exec/ops/helpers.h"

namespace unitscope::ops {
namespace {

std::int64_t blockOf(const OpCall& call) {
  const std::int64_t block = call.node.intOr("blocksize", 0);
  if (block < 1 || block > (1 << 20)) call.fail("blocksize is " + std::to_string(block));
  return block;
}

Tensors depthToSpace(const OpCall& call) {
  const at::Tensor& x = exactly(call, 0, 4);
  const std::int64_t b = blockOf(call), n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
  if (c % (b * b) != 0) call.fail("the channels do not divide into blocks");
  const std::string mode = call.node.stringOr("mode", "DCR");
  if (mode == "DCR")
    return {
        x.reshape({n, b, b, c / (b * b), h, w}).permute({0, 3, 4, 1, 5, 2}).reshape({n, c / (b * b), h * b, w * b})};
  if (mode == "CRD")
    return {
        x.reshape({n, c / (b * b), b, b, h, w}).permute({0, 1, 4, 2, 5, 3}).reshape({n, c / (b * b), h * b, w * b})};
  call.fail("mode is '" + mode + "', known are DCR and CRD");
}

Tensors spaceToDepth(const OpCall& call) {
  const at::Tensor& x = exactly(call, 0, 4);
  const std::int64_t b = blockOf(call), n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
  if (h % b != 0 || w % b != 0) call.fail("the picture does not divide into blocks");
  return {x.reshape({n, c, h / b, b, w / b, b}).permute({0, 3, 5, 1, 2, 4}).reshape({n, c * b * b, h / b, w / b})};
}

/// Spatial transformer sampling (Jaderberg et al. 2015). The names changed in opset 20; both are known.
Tensors gridSample(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 4);
  exactly(call, 1, x.dim());
  const std::string mode = call.node.stringOr("mode", "linear");
  const std::string padding = call.node.stringOr("padding_mode", "zeros");
  std::int64_t interpolation = 0, outside = 0;
  if (mode == "linear" || mode == "bilinear")
    interpolation = 0;
  else if (mode == "nearest")
    interpolation = 1;
  else if (mode == "cubic" || mode == "bicubic")
    interpolation = 2;
  else
    call.fail("mode is '" + mode + "', known are linear, nearest and cubic");
  if (padding == "zeros")
    outside = 0;
  else if (padding == "border")
    outside = 1;
  else if (padding == "reflection")
    outside = 2;
  else
    call.fail("padding_mode is '" + padding + "', known are zeros, border and reflection");
  return {at::grid_sampler(x, call.in(1).to(x.options()), interpolation, outside,
                           call.node.intOr("align_corners", 0) != 0)};
}

Tensors affineGrid(const OpCall& call) {
  const at::Tensor& theta = exactly(call, 0, 3);
  const Ints size = call.ints(1);
  for (const std::int64_t s : size)
    if (s < 1) call.fail("the size contains " + std::to_string(s));
  if (size.size() != 4 && size.size() != 5) call.fail("the size needs four or five entries");
  return {at::affine_grid_generator(theta, size, call.node.intOr("align_corners", 0) != 0)};
}

}  // namespace

void addResampling(OperatorTable& table) {
  table.add("DepthToSpace", depthToSpace);
  table.add("SpaceToDepth", spaceToDepth);
  table.add("GridSample", gridSample);
  table.add("AffineGrid", affineGrid);
  addResize(table);
}

}  // namespace unitscope::ops
