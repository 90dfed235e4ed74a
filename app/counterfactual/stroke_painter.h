#pragma once

#include "app/counterfactual/canvas_picture.h"
#include "app/counterfactual/stroke.h"
#include "image/brush.h"

namespace unitscope {

/// Draws one stroke over a picture, point by point as the mouse moves or all at once: the pixels are the same.
/// Inpainting takes too long for the GUI thread; while it is drawn its place shows the mean colour.
class StrokePainter {
 public:
  /// `before` is the picture so far. Throws Error when the stroke lacks what it copies from.
  StrokePainter(std::shared_ptr<const CanvasPicture> picture, ImagePtr before, const Stroke& tip);

  /// Goes on to the next point, in fractions of the picture.
  void add(QPointF point);
  /// The whole stroke with its true content; for the engine thread when it inpaints.
  void finish();
  /// What is there so far.
  const Image& image() const { return image_; }
  const StrokeMask& mask() const { return mask_; }

 private:
  PixelPoint pixel(QPointF point) const;
  std::shared_ptr<const CanvasPicture> picture_;
  ImagePtr before_;
  ImagePtr content_;
  Image image_;
  StrokeMask mask_;
  BrushTip tip_;
  Stroke::Fill fill_;
  std::optional<QPointF> last_;
};

/// Why strokes of this kind cannot be drawn on this picture; empty when they can. `copied` is what Copy copies.
QString fillProblem(Stroke::Fill fill, const CanvasPicture& picture, const ImagePtr& copied);

/// `before` with the stroke over it. Throws Error as StrokePainter does.
ImagePtr drawStroke(const std::shared_ptr<const CanvasPicture>& picture, const ImagePtr& before, const Stroke& stroke);

}  // namespace unitscope
