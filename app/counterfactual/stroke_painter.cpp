#include "app/counterfactual/stroke_painter.h"

#include <algorithm>

#include <QCoreApplication>

#include "image/filters.h"
#include "runtime/error.h"

namespace unitscope {

namespace {

// Pixels around each that Telea's method looks at; more than a few smears.
constexpr double kInpaintRadius = 4.0;

QString say(const char* text) {
  return QCoreApplication::translate("Strokes", text);
}

bool fits(const ImagePtr& image, const Image& like) {
  return image && image->width == like.width && image->height == like.height && image->channels == like.channels;
}

}  // namespace

QString fillProblem(Stroke::Fill fill, const CanvasPicture& picture, const ImagePtr& copied) {
  switch (fill) {
    case Stroke::Fill::Blur:
    case Stroke::Fill::Inpaint:
      return hasImageFilters() ? QString() : say("This build has no OpenCV, which blurs and inpaints");
    case Stroke::Fill::Copy:
      return fits(copied, *picture.seen) ? QString() : say("Choose another opened picture to copy from");
    case Stroke::Fill::Mean:
    case Stroke::Fill::Restore: return {};
  }
  return {};
}

StrokePainter::StrokePainter(std::shared_ptr<const CanvasPicture> picture, ImagePtr before, const Stroke& tip)
    : picture_(std::move(picture)),
      before_(std::move(before)),
      image_(*before_),
      mask_(before_->width, before_->height),
      fill_(tip.fill) {
  const QString problem = fillProblem(fill_, *picture_, tip.copied);
  if (!problem.isEmpty()) throw Error("brush", problem.toStdString());
  tip_.radius = std::max(0.5, tip.radius * std::min(before_->width, before_->height));
  tip_.softness = tip.softness;
  content_ = fill_ == Stroke::Fill::Blur      ? picture_->blurred
             : fill_ == Stroke::Fill::Copy    ? tip.copied
             : fill_ == Stroke::Fill::Restore ? picture_->seen
                                              : picture_->mean;
}

PixelPoint StrokePainter::pixel(QPointF point) const {
  return {point.x() * before_->width, point.y() * before_->height};
}

void StrokePainter::add(QPointF point) {
  const PixelBox box = mask_.extend(pixel(last_.value_or(point)), pixel(point), tip_);
  last_ = point;
  blendByMask(image_, *before_, *content_, mask_, box);
}

void StrokePainter::finish() {
  if (fill_ != Stroke::Fill::Inpaint || !mask_.coversAnything()) return;
  const Image filled = inpaintImage(*before_, mask_.values(), kInpaintRadius);
  blendByMask(image_, *before_, filled, mask_, {0, 0, mask_.width(), mask_.height()});
}

ImagePtr drawStroke(const std::shared_ptr<const CanvasPicture>& picture, const ImagePtr& before, const Stroke& stroke) {
  StrokePainter painter(picture, before, stroke);
  for (const QPointF& point : stroke.points) painter.add(point);
  painter.finish();
  return std::make_shared<const Image>(painter.image());
}

}  // namespace unitscope
