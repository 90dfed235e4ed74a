#pragma once

#include <memory>

#include "engine/model.h"
#include "image/brush.h"

namespace unitscope {

/// What stands in a covered window: the words of the attribution methods' parameter `baseline`.
enum class CoverContent { Mean, Blur, Black };

/// Scores of one picture with a window of it covered; made and used on the engine thread.
class CoverScorer {
 public:
  virtual ~CoverScorer() = default;
  /// [1,K]; an empty box covers nothing.
  virtual Array scores(const PixelBox& window, const CancelToken& cancel) = 0;
};

/// A scorer for a picture in the network's resolution. Throws Error where the content cannot be had.
std::unique_ptr<CoverScorer> makeCoverScorer(std::shared_ptr<Model> model, const Image& seen, CoverContent content);

}  // namespace unitscope
