#include "app/counterfactual/canvas_picture.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QSize>

#include "engine/preprocess.h"
#include "image/filters.h"
#include "runtime/error.h"

namespace unitscope {

namespace {

std::shared_ptr<const Image> shared(Image image) {
  return std::make_shared<const Image>(std::move(image));
}

/// The card of a network that takes the picture in this size as it is.
ModelCard cardOfSize(const ModelCard& card, int width, int height) {
  ModelCard same = card;
  same.resize = ModelCard::Resize::Stretch;
  same.width = width;
  same.height = height;
  return same;
}

/// The size to which the card resizes a picture before it crops.
QSize uncropped(const Image& picture, const ModelCard& card) {
  if (card.resize == ModelCard::Resize::Stretch) return {card.width, card.height};
  const int side = std::max({card.resizeTo, std::min(card.height, card.width), 1});
  const int shorter = std::min(picture.width, picture.height);
  const auto scaled = [&](int own, bool isShorter) {
    return isShorter ? side : int(std::lround(double(side) * own / shorter));
  };
  const bool flat = picture.height <= picture.width;
  return {std::max(scaled(picture.width, !flat), card.width), std::max(scaled(picture.height, flat), card.height)};
}

}  // namespace

Array inputOfSeen(const Image& seen, const ModelCard& card) {
  if (seen.width != card.width || seen.height != card.height)
    throw Error("picture", "the network's input size has changed meanwhile");
  return preprocessImage(seen, cardOfSize(card, card.width, card.height));
}

CanvasPicture prepareCanvasPicture(Model& model, const ImagePtr& picture, const CancelToken& cancel) {
  const ModelCard& card = model.card();
  CanvasPicture result;
  const Array input = model.preprocess(*picture);
  result.seen = shared(model.pictureOf(input));
  Array zero = input;
  std::fill(zero.values.begin(), zero.values.end(), 0.0F);
  result.mean = shared(model.pictureOf(zero));
  if (hasImageFilters()) {
    result.blurred = shared(blurImage(*result.seen, baselineBlur(result.seen->width, result.seen->height)));
  }
  cancel.check();
  const QSize size = uncropped(*picture, card);
  constexpr int kLargestSide = 16384;
  if (size.width() > kLargestSide || size.height() > kLargestSide) {
    // So long a strip that its ends are not worth keeping.
    result.whole = *result.seen;
  } else {
    const ModelCard uncut = cardOfSize(card, size.width(), size.height());
    result.whole = pictureOfInput(preprocessImage(*picture, uncut), uncut);
    result.left = int(std::nearbyint((size.width() - card.width) / 2.0));
    result.top = int(std::nearbyint((size.height() - card.height) / 2.0));
  }
  const Array scores = model.scores(inputOfSeen(*result.seen, card), cancel);
  result.classes = model.predictionsFrom(scores, 0, std::numeric_limits<int>::max());
  return result;
}

Image wholeWith(const CanvasPicture& picture, const Image& edited) {
  Image whole = picture.whole;
  const auto channels = static_cast<std::size_t>(edited.channels);
  const std::size_t row = static_cast<std::size_t>(edited.width) * channels;
  for (int y = 0; y < edited.height; ++y) {
    const auto from = edited.pixels.begin() + std::ptrdiff_t(static_cast<std::size_t>(y) * row);
    const std::size_t to = (static_cast<std::size_t>(y + picture.top) * static_cast<std::size_t>(whole.width) +
                            std::size_t(picture.left)) *
                           channels;
    std::copy(from, from + std::ptrdiff_t(row), whole.pixels.begin() + std::ptrdiff_t(to));
  }
  return whole;
}

}  // namespace unitscope
