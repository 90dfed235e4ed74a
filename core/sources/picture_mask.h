#pragma once

#include "engine/array.h"
#include "engine/model_card.h"
#include "image/image.h"

namespace unitscope {

/// A mask that was drawn on a whole picture (bright where the object is) in the geometry in which the network sees that
/// picture: resized and cropped as the card says, [H,W] of 0 and 1. Throws Error as preprocessImage() does.
Array maskAsSeen(const Image& mask, const ModelCard& card);

}  // namespace unitscope
