#include "app/counterfactual/edited_picture.h"

#include <algorithm>

#include "app/counterfactual/stroke_painter.h"
#include "runtime/error.h"

namespace unitscope {

namespace {

// Pixels of old strokes are forgotten beyond this; undoing as far back draws them again.
constexpr std::size_t kKeptBytes = 64U << 20U;
constexpr std::size_t kMostQuick = 8;  // strokes drawn within a frame

}  // namespace

void EditedPicture::setStrokes(Strokes strokes) {
  const auto same = std::mismatch(strokes.begin(), strokes.end(), strokes_.begin(), strokes_.end());
  after_.resize(std::size_t(same.second - strokes_.begin()));
  strokes_ = std::move(strokes);
  after_.resize(strokes_.size());
}

void EditedPicture::setCanvas(std::shared_ptr<const CanvasPicture> canvas) {
  canvas_ = std::move(canvas);
  std::fill(after_.begin(), after_.end(), nullptr);
}

std::size_t EditedPicture::known() const {
  std::size_t count = after_.size();
  while (count > 0 && !after_[count - 1]) --count;
  return count;
}

ImagePtr EditedPicture::best() const {
  if (!canvas_) return nullptr;
  return known() > 0 ? after_[known() - 1] : canvas_->seen;
}

ImagePtr EditedPicture::pixels() const {
  return canvas_ && known() == strokes_.size() ? best() : nullptr;
}

EditedPicture::Work EditedPicture::work() const {
  Work work;
  work.canvas = canvas_;
  work.from = best();
  work.done = known();
  work.rest.assign(strokes_.begin() + std::ptrdiff_t(work.done), strokes_.end());
  return work;
}

bool EditedPicture::isSlow(const Work& work) {
  return work.rest.size() > kMostQuick || std::any_of(work.rest.begin(), work.rest.end(), [](const StrokePtr& stroke) {
           return stroke->fill == Stroke::Fill::Inpaint || stroke->points.size() > 400;
         });
}

std::vector<ImagePtr> EditedPicture::draw(const Work& work, const CancelToken& cancel) {
  std::vector<ImagePtr> drawn;
  ImagePtr now = work.from;
  for (const StrokePtr& stroke : work.rest) {
    cancel.check();
    try {
      now = drawStroke(work.canvas, now, *stroke);
    } catch (const Error&) {
      // Its source is gone, or of another size now: the other strokes still count.
    }
    drawn.push_back(now);
  }
  return drawn;
}

void EditedPicture::take(const Work& work, const std::vector<ImagePtr>& drawn) {
  if (work.canvas != canvas_ || !canvas_) return;
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    const std::size_t at = work.done + i;
    if (at >= strokes_.size() || strokes_[at] != work.rest[i]) break;
    after_[at] = drawn[i];
  }
  forgetOld();
}

void EditedPicture::forgetOld() {
  const std::size_t each = std::max<std::size_t>(1, canvas_->seen->pixels.size());
  const std::size_t kept = std::max<std::size_t>(2, kKeptBytes / each);
  for (std::size_t i = kept; i < after_.size(); ++i) after_[i - kept] = nullptr;
}

}  // namespace unitscope
