#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "engine/model_internal.h"
#include "runtime/progress.h"

namespace unitscope {

/// A network that looks at pictures which another network draws, so that gradients pass through both.
class PictureLens {
 public:
  /// `values` are looked at. Throws Error for a network that takes no picture.
  PictureLens(std::shared_ptr<Model> model, std::vector<ValueId> values);

  const Model& model() const { return *model_; }
  std::size_t count() const { return values_.size(); }
  /// Whether the network takes several pictures at once.
  bool batches() const;
  /// The values for pictures [N,C,H,W] of 0..1, grey or RGB, of any size, float32 on the pictures' device. With
  /// `gradients` differentiable by the pictures.
  std::vector<at::Tensor> look(const at::Tensor& pictures, bool gradients, const CancelToken& cancel);

 private:
  at::Tensor asInput(const at::Tensor& pictures) const;

  std::shared_ptr<Model> model_;
  std::vector<ValueId> values_;
  std::int64_t channels_ = 3, height_ = 0, width_ = 0;
  at::Tensor gain_, offset_;  ///< input = picture * gain + offset, [1,C,1,1]
};

/// Layers of a classifier to compare pictures by: the stages where it calls them so (the embedded ones do), else up to
/// three spread over its depth.
std::vector<std::string> lensLayersOf(Model& model, const CancelToken& cancel = {});

}  // namespace unitscope
