#pragma once

#include <cstdint>
#include <vector>

#include <ATen/ATen.h>

#include "attribution/perturbation/mask_field.h"

namespace unitscope {

/// Smooth masks from a coarse grid of cells (Fong et al. 2019): at each place the largest of the cells around it, each
/// weighted by how near it is, where "largest" is their mean weighted by a softmax of temperature 20. The weight is 1
/// up to half a sigma and falls as a Gaussian beyond, exp(-2 max(0, d / sigma - 1/2)^2), as in TorchRay. Masks have a
/// margin around the picture, so that its borders cost as much area as its middle; visible() cuts it off.
class SmoothMask final : public MaskField {
 public:
  /// For pictures of height x width, one cell every `step` places (at least 1), and a `sigma` in places (positive).
  SmoothMask(std::int64_t height, std::int64_t width, std::int64_t step, double sigma);

  /// Ones, [count,1,h,w].
  at::Tensor start(std::int64_t count) const override;
  /// [B,1,H + margins,W + margins].
  at::Tensor masks(const at::Tensor& cells) override;
  /// [B,1,height,width].
  at::Tensor visible(const at::Tensor& masks) const override;
  at::Tensor pull(const at::Tensor& gradient) const override;

 private:
  at::Tensor toPlaces(const at::Tensor& phases) const;
  at::Tensor toPhases(const at::Tensor& places) const;

  std::int64_t height_, width_, step_;
  std::int64_t high_, wide_;       // of the grid of cells
  std::int64_t radius_, padding_;  // in cells
  std::int64_t blocksHigh_, blocksWide_;
  std::int64_t margin_;  // in places
  // The places of a block of step x step share their cells, and the weights are the same in every block: so sums run
  // over the places of a block side by side, `lanes_` of them, the last ones unused.
  std::int64_t lanes_;
  std::vector<float> weights_;       // [taps,lanes]
  std::vector<float> exponentials_;  // e^(20 weight), for cells that are 1
  at::Tensor cells_;                 // of the last masks(), [B,h,w]
  at::Tensor values_, sums_;         // its masks and their softmax's denominators, [B,blocksHigh,blocksWide,lanes]
};

}  // namespace unitscope
