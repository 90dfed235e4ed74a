#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <ATen/ATen.h>

#include "attribution/method.h"
#include "exec/executor.h"
#include "runtime/progress.h"

namespace unitscope {

/// The score that a query asks about, as a function of one image: feeds the network, picks the target, differentiates.
/// Pictures are [B,C,H,W] here whatever layout the network takes, and live on the Executor's device.
class ScoreFunction {
 public:
  /// `image` is one image of the query's input, in the network's own layout.
  ScoreFunction(const AttributionQuery& query, const at::Tensor& image, CancelToken cancel);

  const AttributionQuery& query() const noexcept { return query_; }
  /// [1,C,H,W].
  const at::Tensor& image() const noexcept { return image_; }
  /// Throws Error naming the method unless the input is a picture.
  void requirePicture(const std::string& method) const;

  /// All scores [B,K] without gradient; places of an output with spatial extent are averaged, or those of the query's
  /// region. Where `from` is given, the batch is that value's [B,...] instead of pictures, and only what lies behind it
  /// is computed.
  at::Tensor rows(const at::Tensor& batch, ValueId from = kNoValue) const;
  /// The same with the autograd graph kept: differentiable by whatever in `batch` requires a gradient.
  at::Tensor rowsWithGradient(const at::Tensor& batch, ValueId from = kNoValue) const;
  /// The score explained of each image, [B].
  at::Tensor values(const at::Tensor& batch) const { return target(rows(batch)); }
  /// The score explained from rows, [B]: the target's column, or what the query makes of it. Throws Error when there is
  /// no such class.
  at::Tensor target(const at::Tensor& rows) const;
  /// The same as a number between 0 and 1 where it is a class of the network's answer: the softmax of the rows, or the
  /// sigmoid of the class where classes do not exclude one another. A difference of two classes is one of
  /// probabilities; a similarity, or the activation of an inner unit, stays what it is.
  at::Tensor probability(const at::Tensor& rows) const;
  /// A run over a batch as above that fetches the query's output, for methods that want it run in their own way.
  RunRequest request(const at::Tensor& batch, ValueId from = kNoValue) const;

  struct Gradient {
    at::Tensor scores;    ///< [B]
    at::Tensor gradient;  ///< of each score by its own image, [B,C,H,W]
  };
  Gradient gradient(const at::Tensor& batch, ReluRule rule = ReluRule::Standard) const;

  struct AtLayer {
    at::Tensor activation;  ///< [1,C,h,w]
    at::Tensor gradient;    ///< of the score by the activation
  };
  /// At the query's layer, for the image itself. Only what lies behind the layer is differentiated.
  AtLayer atLayer() const;

  /// How many images fit one run of the network: `wanted`, or fewer where memory or the network do not allow it. A
  /// network exported for single images may compute nonsense for more; that is tried once.
  std::int64_t batchSize(std::int64_t wanted, bool gradients) const;

 private:
  at::Tensor asRows(const at::Tensor& output) const;
  bool takesBatches() const;
  std::int64_t bytesOfOneRun() const;

  const AttributionQuery& query_;
  CancelToken cancel_;
  at::Tensor image_;
};

/// Splits `total` items into equal batches of at most `size` and calls `work(first, count)` for each, reporting
/// progress and looking at the token between them. A batch that runs out of memory is tried again at half its size,
/// down to one; `work` must not have kept anything of it then.
void inBatches(std::int64_t total, std::int64_t size, const Progress& progress, const CancelToken& cancel,
               const std::string& what, const std::function<void(std::int64_t first, std::int64_t count)>& work);

}  // namespace unitscope
