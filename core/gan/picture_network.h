#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/ATen.h>

#include "attribution/score.h"
#include "engine/model.h"
#include "runtime/progress.h"

namespace unitscope {

/// A classifier or segmenter that looks at pictures which are tensors already, in batches that it can take.
class PictureNetwork {
 public:
  /// Throws Error where the network takes no picture.
  explicit PictureNetwork(std::shared_ptr<Model> model);
  PictureNetwork(const PictureNetwork&) = delete;
  PictureNetwork& operator=(const PictureNetwork&) = delete;

  Model& model() const { return *model_; }
  /// The network's answers about pictures [N,C,H,W], C 1 or 3, with black at 0 and white at 1: [N,K] float32 on the
  /// CPU, before sigmoid or softmax unless the network ends in one.
  at::Tensor scores(const at::Tensor& pictures, const CancelToken& cancel);
  /// The concept of each place of each picture, [N,h,w] int64, -1 where it shows none. Throws Error for networks whose
  /// answer has no places.
  at::Tensor concepts(const at::Tensor& pictures, const CancelToken& cancel);
  /// What the answers are called: [K] labels, "class 7" where there are none. The network runs once where its card has
  /// no labels.
  std::vector<std::string> labels(const CancelToken& cancel);

 private:
  at::Tensor prepared(const at::Tensor& pictures) const;
  at::Tensor maps(const at::Tensor& prepared);
  template <typename Run>
  at::Tensor inParts(const at::Tensor& pictures, const CancelToken& cancel, Run run);

  std::shared_ptr<Model> model_;
  AttributionQuery query_;
  std::unique_ptr<ScoreFunction> function_;
  std::int64_t batch_ = 0;  ///< found when first needed
};

/// Number of the label: of this name (as classNamed() compares), or the number that `name` is. Throws Error naming
/// `text` and some of the labels there are.
std::int64_t labelNumber(const std::vector<std::string>& labels, const std::string& name, const std::string& text);

}  // namespace unitscope
