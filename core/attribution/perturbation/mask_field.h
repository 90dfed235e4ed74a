#pragma once

#include <cstdint>

#include <ATen/ATen.h>

namespace unitscope {

/// Masks of some form as a function of the numbers that are optimised ("cells"), with its derivative. Everything is
/// float32 on the CPU: masks are small beside what the network makes of them.
class MaskField {
 public:
  virtual ~MaskField() = default;
  /// Cells of `count` masks that hide nothing, [count,...].
  virtual at::Tensor start(std::int64_t count) const = 0;
  /// The masks [B,...] of cells in [0,1]. Keeps what pull() needs.
  virtual at::Tensor masks(const at::Tensor& cells) = 0;
  /// The part of masks() that lies on the picture or layer, as a view.
  virtual at::Tensor visible(const at::Tensor& masks) const = 0;
  /// The gradient by the cells of the last masks(), from the gradient by those masks.
  virtual at::Tensor pull(const at::Tensor& gradient) const = 0;
};

/// One number for each channel, taken as it is: [B,C,1,1].
class ChannelMask final : public MaskField {
 public:
  explicit ChannelMask(std::int64_t channels) : channels_(channels) {}
  at::Tensor start(std::int64_t count) const override { return at::ones({count, channels_, 1, 1}); }
  at::Tensor masks(const at::Tensor& cells) override { return cells; }
  at::Tensor visible(const at::Tensor& masks) const override { return masks; }
  at::Tensor pull(const at::Tensor& gradient) const override { return gradient; }

 private:
  std::int64_t channels_;
};

}  // namespace unitscope
