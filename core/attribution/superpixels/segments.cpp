#include "attribution/superpixels/segments.h"

#include <tuple>
#include <utility>

#include "image/superpixels.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

std::string counted(std::int64_t count, const char* of, const char* source) {
  return std::to_string(count) + (count == 1 ? std::string(" ") + of : " " + std::string(of) + "s") + source;
}

Segments given(const at::Tensor& numbers, const at::Tensor& image) {
  if (numbers.dim() != 2 || numbers.size(0) != image.size(2) || numbers.size(1) != image.size(3))
    throw Error("segments", "their map has the shape " + toString(numbers.sizes().vec()) +
                                ", the picture that the network sees is " + std::to_string(image.size(2)) +
                                " high and " + std::to_string(image.size(3)) + " wide");
  const at::Tensor whole = numbers.to(at::kCPU, at::kLong);
  if (whole.min().item<std::int64_t>() < 0) throw Error("segments", "their numbers must not be negative");
  // Numbers without a pixel would be segments whose value nothing determines.
  const auto [kept, renumbered, counts] = at::_unique2(whole, /*sorted=*/true, /*return_inverse=*/true);
  const std::int64_t count = kept.size(0);
  if (count > kMostSegments)
    throw Error("segments", "there are " + std::to_string(count) + "; at most " + std::to_string(kMostSegments) +
                                " can be told apart");
  return {renumbered.reshape(whole.sizes()).contiguous(), count, counted(count, "segment", " given")};
}

/// The picture in 8 bits: black and white as the query knows them, else the smallest and largest value. Anything but
/// three channels becomes grey.
Image pictureFrom(const ScoreFunction& score) {
  const AttributionQuery& query = score.query();
  at::Tensor picture = score.image()[0].to(at::kCPU, at::kDouble);
  const auto knows = [&](const at::Tensor& colour) { return colour.defined() && colour.numel() == picture.size(0); };
  const auto channels = [&](const at::Tensor& colour) { return colour.to(at::kCPU, at::kDouble).reshape({-1, 1, 1}); };
  const bool known = knows(query.black) && knows(query.white);
  const at::Tensor black = known ? channels(query.black) : picture.min();
  const at::Tensor white = known ? channels(query.white) : picture.max();
  picture = (picture - black) / (white - black) * 255.0;
  if (picture.size(0) != 3) picture = picture.mean(0, /*keepdim=*/true);
  picture = picture.nan_to_num(0.0, 255.0, 0.0).clamp(0, 255).round().to(at::kByte).permute({1, 2, 0}).contiguous();
  Image image{
      static_cast<int>(picture.size(1)), static_cast<int>(picture.size(0)), static_cast<int>(picture.size(2)), {}};
  const auto* first = picture.data_ptr<std::uint8_t>();
  image.pixels.assign(first, first + picture.numel());
  return image;
}

}  // namespace

std::vector<ParameterSpec> segmentParameters() {
  return {{"segments",
           "Segments",
           "Superpixels wanted, where none are given; SLIC comes near to this number.",
           std::int64_t{100},
           2,
           1000,
           {}},
          {"compactness",
           "Compactness",
           "How much superpixels are like squares rather than following colours; 10 is SLIC's usual value.",
           10.0,
           0.1,
           1000.0,
           {}}};
}

Segments segmentsFor(const ScoreFunction& score, const ParameterValues& parameters) {
  const at::NoGradGuard noGradients;
  if (score.query().segments.defined()) return given(score.query().segments, score.image());
  const Superpixels found = findSuperpixels(pictureFrom(score), static_cast<int>(parameters.integer("segments")),
                                            parameters.number("compactness"));
  const at::Tensor numbers = at::tensor(found.numbers, at::kLong).reshape({found.height, found.width});
  return {numbers, found.count,
          found.squares ? counted(found.count, "square", " instead of superpixels")
                        : counted(found.count, "segment", " by SLIC")};
}

}  // namespace unitscope
