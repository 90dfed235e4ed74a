#include "image/resample.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include "runtime/error.h"

namespace unitscope {
namespace {

/// Which source pixels make each target pixel, and with what weight.
struct Weights {
  struct Window {
    int first = 0;
    int count = 0;
    std::size_t at = 0;  ///< of its first weight
  };
  std::vector<Window> windows;
  std::vector<double> values;
};

/// A triangle as wide as one target pixel, or one source pixel where that is wider.
Weights triangleWeights(int from, int to) {
  Weights weights;
  weights.windows.reserve(static_cast<std::size_t>(to));
  const double scale = static_cast<double>(from) / to;
  const double support = std::max(scale, 1.0);
  for (int i = 0; i < to; ++i) {
    const double center = (i + 0.5) * scale;
    const int first = std::max(static_cast<int>(center - support + 0.5), 0);
    const int last = std::min(static_cast<int>(center + support + 0.5), from);
    const std::size_t at = weights.values.size();
    double sum = 0.0;
    for (int j = first; j < last; ++j) {
      const double weight = std::max(0.0, 1.0 - std::abs((j - center + 0.5) / support));
      weights.values.push_back(weight);
      sum += weight;
    }
    for (std::size_t j = at; j < weights.values.size() && sum != 0.0; ++j) weights.values[j] /= sum;
    weights.windows.push_back({first, last - first, at});
  }
  return weights;
}

constexpr int kPrecision = 22;  // bits of a weight, as in Pillow

std::vector<std::int32_t> fixedPoint(const std::vector<double>& values) {
  std::vector<std::int32_t> fixed(values.size());
  std::transform(values.begin(), values.end(), fixed.begin(), [](double value) {
    return static_cast<std::int32_t>(value * (1 << kPrecision) + (value < 0 ? -0.5 : 0.5));
  });
  return fixed;
}

std::uint8_t toByte(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::clamp(sum >> kPrecision, 0, 255));
}

/// One pass along an axis of a block [outer, from, inner] of bytes to [outer, to, inner].
std::vector<std::uint8_t> pass(const std::vector<std::uint8_t>& in, std::size_t outer, int from, std::size_t inner,
                               int to) {
  const Weights weights = triangleWeights(from, to);
  const std::vector<std::int32_t> fixed = fixedPoint(weights.values);
  std::vector<std::uint8_t> out(outer * static_cast<std::size_t>(to) * inner);
  std::vector<std::int32_t> sums(inner);
  for (std::size_t o = 0; o < outer; ++o) {
    const std::uint8_t* block = in.data() + o * static_cast<std::size_t>(from) * inner;
    std::uint8_t* target = out.data() + o * static_cast<std::size_t>(to) * inner;
    for (const Weights::Window& window : weights.windows) {
      std::fill(sums.begin(), sums.end(), 1 << (kPrecision - 1));
      for (int j = 0; j < window.count; ++j) {
        const std::int32_t weight = fixed[window.at + static_cast<std::size_t>(j)];
        const std::uint8_t* source = block + static_cast<std::size_t>(window.first + j) * inner;
        for (std::size_t i = 0; i < inner; ++i) sums[i] += source[i] * weight;
      }
      for (std::size_t i = 0; i < inner; ++i) *target++ = toByte(sums[i]);
    }
  }
  return out;
}

std::vector<float> pass(const std::vector<float>& in, std::size_t outer, int from, std::size_t inner, int to) {
  const Weights weights = triangleWeights(from, to);
  std::vector<float> out(outer * static_cast<std::size_t>(to) * inner);
  std::vector<double> sums(inner);
  for (std::size_t o = 0; o < outer; ++o) {
    const float* block = in.data() + o * static_cast<std::size_t>(from) * inner;
    float* target = out.data() + o * static_cast<std::size_t>(to) * inner;
    for (const Weights::Window& window : weights.windows) {
      std::fill(sums.begin(), sums.end(), 0.0);
      for (int j = 0; j < window.count; ++j) {
        const double weight = weights.values[window.at + static_cast<std::size_t>(j)];
        if (weight == 0.0) continue;  // so that a neighbour's infinity stays there
        const float* source = block + static_cast<std::size_t>(window.first + j) * inner;
        for (std::size_t i = 0; i < inner; ++i) sums[i] += weight * static_cast<double>(source[i]);
      }
      for (std::size_t i = 0; i < inner; ++i) *target++ = static_cast<float>(sums[i]);
    }
  }
  return out;
}

void checkSize(std::int64_t width, std::int64_t height) {
  if (width < 1 || height < 1 || width > kMaxImagePixels / height)
    throw Error("picture", "it cannot be resized to " + std::to_string(width) + " x " + std::to_string(height));
}

}  // namespace

Image resizeImage(const Image& image, int width, int height) {
  checkSize(width, height);
  const auto channels = static_cast<std::size_t>(std::max(image.channels, 0));
  if (image.width < 1 || image.height < 1 ||
      image.pixels.size() != static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) * channels)
    throw Error("picture", "it is empty");
  Image out = image;
  if (width != image.width) {
    checkSize(width, image.height);
    out.pixels = pass(out.pixels, static_cast<std::size_t>(image.height), image.width, channels, width);
    out.width = width;
  }
  if (height != image.height) {
    out.pixels = pass(out.pixels, 1, image.height, static_cast<std::size_t>(width) * channels, height);
    out.height = height;
  }
  return out;
}

std::vector<float> resizeFloats(std::span<const float> values, int fromWidth, int fromHeight, int width, int height) {
  checkSize(fromWidth, fromHeight);
  checkSize(width, height);
  if (values.size() != static_cast<std::size_t>(fromWidth) * static_cast<std::size_t>(fromHeight))
    throw Error("map",
                "it does not have " + std::to_string(fromWidth) + " x " + std::to_string(fromHeight) + " values");
  std::vector<float> out(values.begin(), values.end());
  if (width != fromWidth) {
    checkSize(width, fromHeight);
    out = pass(out, static_cast<std::size_t>(fromHeight), fromWidth, 1, width);
  }
  if (height != fromHeight) out = pass(out, 1, fromHeight, static_cast<std::size_t>(width), height);
  return out;
}

ImageSize fitInto(ImageSize size, ImageSize box) {
  if (size.width < 1 || size.height < 1) return {1, 1};
  const double scale =
      std::min(static_cast<double>(box.width) / size.width, static_cast<double>(box.height) / size.height);
  return {std::clamp(static_cast<int>(std::lround(size.width * scale)), 1, std::max(box.width, 1)),
          std::clamp(static_cast<int>(std::lround(size.height * scale)), 1, std::max(box.height, 1))};
}

}  // namespace unitscope
