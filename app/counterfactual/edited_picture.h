#pragma once

#include "app/counterfactual/canvas_picture.h"
#include "app/counterfactual/stroke.h"

namespace unitscope {

/// A picture with the strokes over it. The strokes are what counts; the pixels after each are kept, so that undo gives
/// back exactly what was there, and drawn again where they are missing. Drawing is apart from keeping, so that the
/// engine thread can do what is slow.
class EditedPicture {
 public:
  /// What has to be drawn to see all strokes; plain values that any thread may use.
  struct Work {
    std::shared_ptr<const CanvasPicture> canvas;
    ImagePtr from;         ///< the pixels before the first of `rest`
    std::size_t done = 0;  ///< strokes that `from` shows already
    Strokes rest;
  };

  const Strokes& strokes() const { return strokes_; }
  bool edited() const { return !strokes_.empty(); }
  /// Becomes the picture's strokes; the pixels after the ones that stay the same are kept.
  void setStrokes(Strokes strokes);
  /// Null takes the pixels away; the strokes stay.
  void setCanvas(std::shared_ptr<const CanvasPicture> canvas);
  const std::shared_ptr<const CanvasPicture>& canvas() const { return canvas_; }

  /// After all strokes; null while something has to be drawn, or nothing is known yet.
  ImagePtr pixels() const;
  /// The newest pixels that are there; null before setCanvas().
  ImagePtr best() const;

  Work work() const;
  /// Whether that takes longer than a frame.
  static bool isSlow(const Work& work);
  /// The pixels after each stroke of the work; a stroke that cannot be drawn here changes nothing.
  static std::vector<ImagePtr> draw(const Work& work, const CancelToken& cancel = {});
  /// Takes what was drawn, as far as the strokes are still the same.
  void take(const Work& work, const std::vector<ImagePtr>& drawn);

 private:
  std::size_t known() const;  // strokes after which the pixels are there
  void forgetOld();
  std::shared_ptr<const CanvasPicture> canvas_;
  Strokes strokes_;
  std::vector<ImagePtr> after_;  // after each stroke; null where not drawn or forgotten
};

}  // namespace unitscope
