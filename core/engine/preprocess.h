#pragma once

#include <cstdint>

#include "engine/array.h"
#include "engine/model_card.h"
#include "image/image.h"

namespace unitscope {

/// A picture as the card's network takes it: resized (shrunk by averaging the area that each new pixel covers, enlarged
/// bilinearly, either to whole grey values), cropped at the centre, scaled and normalised. [1,C,H,W], or [1,H,W,C]
/// where the card says so. Throws Error for an empty picture or a card with impossible sizes.
Array preprocessImage(const Image& image, const ModelCard& card);

/// The picture that such an input shows: mean and std undone, values clamped to 0..255. Throws Error when the input
/// does not have the card's channels.
Image pictureOfInput(const Array& input, const ModelCard& card);

/// How a picture lies under what the network sees of it: it is resized to height x width, and the card's size is cut
/// out from (top, left) on.
struct PictureFrame {
  std::int64_t height = 0, width = 0;
  std::int64_t top = 0, left = 0;
};
PictureFrame frameOf(std::int64_t height, std::int64_t width, const ModelCard& card);

}  // namespace unitscope
