#include "engine/preprocess.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <ATen/ATen.h>

#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr int kLargestSide = 16384;

/// Means or deviations as [1,C,1,1]; missing ones repeat the last.
at::Tensor perChannel(const std::vector<double>& values, int channels, double fallback) {
  at::Tensor t = at::full({1, channels, 1, 1}, fallback, at::kFloat);
  if (!values.empty())
    for (int c = 0; c < channels; ++c) t[0][c].fill_(values[std::min(static_cast<std::size_t>(c), values.size() - 1)]);
  return t;
}

at::Tensor asTensor(const Image& image) {
  if (image.empty() || image.width <= 0 || image.height <= 0) throw Error("picture", "it is empty");
  at::Tensor t = at::from_blob(const_cast<std::uint8_t*>(image.pixels.data()),
                               {1, image.height, image.width, image.channels}, at::kByte)
                     .permute({0, 3, 1, 2})
                     .to(at::kFloat);
  return image.channels == 4 ? t.slice(1, 0, 3) : t;
}

at::Tensor inChannels(const at::Tensor& t, int channels) {
  if (t.size(1) == channels) return t;
  if (channels == 3) return t.slice(1, 0, 1).expand({1, 3, t.size(2), t.size(3)});
  // ITU-R BT.601 luma, as Pillow and OpenCV convert.
  const at::Tensor weights = at::tensor({0.299F, 0.587F, 0.114F}).reshape({1, 3, 1, 1});
  return (t * weights).sum(1, /*keepdim=*/true).round();
}

/// [to, from]: each row averages the part of the old pixels that its new one covers.
at::Tensor coverage(std::int64_t from, std::int64_t to) {
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  at::Tensor weights = at::zeros({to, from}, at::kFloat);
  auto* const rows = weights.data_ptr<float>();
  for (std::int64_t i = 0; i < to; ++i) {
    const double begin = static_cast<double>(i) * scale;
    const double end = begin + scale;
    const std::int64_t last = std::min(from, static_cast<std::int64_t>(std::ceil(end)));
    for (auto j = static_cast<std::int64_t>(begin); j < last; ++j) {
      const double covered = std::min(end, static_cast<double>(j + 1)) - std::max(begin, static_cast<double>(j));
      if (covered > 0.0) rows[i * from + j] = static_cast<float>(covered / scale);
    }
  }
  return weights;
}

/// Whole grey values: most networks were trained and measured on pictures that were resized as bytes.
at::Tensor resized(const at::Tensor& t, std::int64_t height, std::int64_t width) {
  if (height == t.size(2) && width == t.size(3)) return t;
  const bool shrinks = height <= t.size(2) && width <= t.size(3);
  const at::Tensor r = shrinks ? at::matmul(at::matmul(coverage(t.size(2), height), t), coverage(t.size(3), width).t())
                               : at::_upsample_bilinear2d_aa(t, {height, width}, /*align_corners=*/false);
  return r.round().clamp(0, 255);
}

}  // namespace

PictureFrame frameOf(std::int64_t height, std::int64_t width, const ModelCard& card) {
  PictureFrame frame{card.height, card.width, 0, 0};
  if (card.resize == ModelCard::Resize::Stretch) return frame;
  const std::int64_t side = std::max({card.resizeTo, std::min(card.height, card.width), 1});
  frame.height = frame.width = side;
  if (height <= width)
    frame.width = std::llround(static_cast<double>(side) * static_cast<double>(width) / static_cast<double>(height));
  else
    frame.height = std::llround(static_cast<double>(side) * static_cast<double>(height) / static_cast<double>(width));
  // A crop that is wider than the resized picture would have nothing to show at its edges.
  frame.height = std::max<std::int64_t>(frame.height, card.height);
  frame.width = std::max<std::int64_t>(frame.width, card.width);
  frame.top = static_cast<std::int64_t>(std::nearbyint(static_cast<double>(frame.height - card.height) / 2.0));
  frame.left = static_cast<std::int64_t>(std::nearbyint(static_cast<double>(frame.width - card.width) / 2.0));
  return frame;
}

Array preprocessImage(const Image& image, const ModelCard& card) {
  if (card.height <= 0 || card.width <= 0 || card.height > kLargestSide || card.width > kLargestSide ||
      card.resizeTo > kLargestSide || (card.channels != 1 && card.channels != 3))
    throw Error("model card", "the input size " + std::to_string(card.channels) + " x " + std::to_string(card.height) +
                                  " x " + std::to_string(card.width) + " is not possible");
  const at::NoGradGuard noGradients;
  at::Tensor t = inChannels(asTensor(image), card.channels);
  const PictureFrame frame = frameOf(t.size(2), t.size(3), card);
  constexpr std::int64_t kLargestPicture = 100'000'000;
  if (frame.height * frame.width > kLargestPicture) throw Error("picture", "its sides are too unequal to resize");
  t = resized(t, frame.height, frame.width);
  t = t.slice(2, frame.top, frame.top + card.height).slice(3, frame.left, frame.left + card.width);
  if (card.bgr) t = t.flip(1);
  t = (t * card.scale - perChannel(card.mean, card.channels, 0.0)) / perChannel(card.std, card.channels, 1.0);
  if (card.channelsLast) t = t.permute({0, 2, 3, 1});
  t = t.contiguous();
  const auto* first = t.data_ptr<float>();
  return {t.sizes().vec(), {first, first + t.numel()}};
}

Image pictureOfInput(const Array& input, const ModelCard& card) {
  if (input.shape.size() != 4 || input.shape[0] < 1 ||
      elementCount(input.shape) != static_cast<std::int64_t>(input.values.size()))
    throw Error("input", "a picture needs the shape [1, C, H, W], not " + toString(input.shape));
  const at::NoGradGuard noGradients;
  at::Tensor t = at::from_blob(const_cast<float*>(input.values.data()), input.shape, at::kFloat).slice(0, 0, 1);
  if (card.channelsLast) t = t.permute({0, 3, 1, 2});
  const auto channels = static_cast<int>(t.size(1));
  if (channels != 1 && channels != 3)
    throw Error("input", "it has " + std::to_string(channels) + " channels, so it is not a picture");
  t = (t * perChannel(card.std, channels, 1.0) + perChannel(card.mean, channels, 0.0)) /
      (card.scale != 0.0 ? card.scale : 1.0);
  if (card.bgr) t = t.flip(1);
  t = t.nan_to_num(0.0, 255.0, 0.0).clamp(0, 255).round().to(at::kByte).permute({0, 2, 3, 1}).contiguous();
  Image image;
  image.height = static_cast<int>(t.size(1));
  image.width = static_cast<int>(t.size(2));
  image.channels = channels;
  const auto* first = t.data_ptr<std::uint8_t>();
  image.pixels.assign(first, first + t.numel());
  return image;
}

}  // namespace unitscope
