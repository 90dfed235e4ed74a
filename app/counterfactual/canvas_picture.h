#pragma once

#include "app/engine_bridge.h"

namespace unitscope {

/// A picture ready to be edited: all of it as the network sees it.
struct CanvasPicture {
  ImagePtr seen;                    ///< the pixels that strokes change, in the network's resolution
  ImagePtr blurred;                 ///< null in a build that cannot blur
  ImagePtr mean;                    ///< of one colour: zero after normalisation
  Image whole;                      ///< the picture in the same scale, with what the crop cuts off
  int left = 0, top = 0;            ///< where `seen` lies in `whole`
  std::vector<Prediction> classes;  ///< all, best first
};

/// Prepares a picture; for the engine thread. Throws Error as Model::preprocess does.
CanvasPicture prepareCanvasPicture(Model& model, const ImagePtr& picture, const CancelToken& cancel);

/// The network's input for a picture that is already in its resolution: nothing is resized or cut.
Array inputOfSeen(const Image& seen, const ModelCard& card);

/// A picture of which the network sees exactly `edited`, however its card resizes and crops: what was cut off the
/// original lies around it.
Image wholeWith(const CanvasPicture& picture, const Image& edited);

}  // namespace unitscope
