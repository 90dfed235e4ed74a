#include "training/recipes/generator_data.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <ATen/CPUGeneratorImpl.h>

#include "image/contact_sheet.h"
#include "training/measures.h"

namespace unitscope {

FrechetGauge::FrechetGauge(Evaluator& lens, const at::Tensor& real, const at::Tensor& others) : lens_(lens) {
  features_ = lens_.overBytes(real, {"features"}).front();
  real_ = ofPictures(others);
  blurred_ = ofPictures(blurBytes(others, 1.5));
}

double FrechetGauge::ofPictures(const at::Tensor& bytes) {
  return frechetDistance(features_, lens_.overBytes(bytes, {"features"}).front());
}

at::Tensor blurBytes(const at::Tensor& pictures, double sigma) {
  const auto radius = static_cast<std::int64_t>(std::ceil(3.0 * sigma));
  const at::Tensor x = at::arange(-radius, radius + 1, at::kFloat);
  at::Tensor kernel = (x * x * (-0.5 / (sigma * sigma))).exp();
  kernel = kernel / kernel.sum();
  const std::int64_t channels = pictures.size(1);
  const std::vector<std::int64_t> one{1, 1}, none{0, 0};
  std::vector<at::Tensor> parts;
  for (const at::Tensor& part : pictures.cpu().split(500)) {
    at::Tensor y = at::reflection_pad2d(part.to(at::kFloat), {radius, radius, radius, radius});
    y = at::conv2d(y, kernel.view({1, 1, -1, 1}).expand({channels, 1, -1, 1}), {}, one, none, one, channels);
    y = at::conv2d(y, kernel.view({1, 1, 1, -1}).expand({channels, 1, 1, -1}), {}, one, none, one, channels);
    parts.push_back(y.round_().clamp_(0, 255).to(at::kByte));
  }
  return at::cat(parts);
}

at::Tensor samplePictures(Evaluator& generator, std::int64_t count, std::uint64_t seed, const CancelToken& cancel,
                          double truncation) {
  constexpr std::int64_t kBatch = 50;
  const at::Generator random = at::make_generator<at::CPUGeneratorImpl>(seed);
  const Graph& graph = generator.graph();
  std::vector<at::Tensor> parts;
  for (std::int64_t i = 0; i < count; i += kBatch) {
    cancel.check();
    const std::int64_t n = std::min(kBatch, count - i);
    Evaluator::Feeds feeds;
    for (const ValueId id : graph.inputs()) {
      const Value& input = graph.value(id);
      if (input.name == "truncation") continue;
      Shape shape = *input.shape;
      shape[0] = n;
      feeds.emplace_back(input.name, at::randn(shape, random, at::kFloat).to(generator.device()));
    }
    // Read from a file it is a constant: an input with a default.
    if (graph.find("truncation") != kNoValue)
      feeds.emplace_back("truncation",
                         at::full({1}, truncation, at::TensorOptions(at::kFloat).device(generator.device())));
    parts.push_back(asBytes(generator.runFrom(feeds, {"image"}).front()).cpu());
  }
  return at::cat(parts);
}

at::Tensor redrawn(Evaluator& encoder, Evaluator& generator, const at::Tensor& pictures, const CancelToken& cancel) {
  std::vector<at::Tensor> parts;
  for (const at::Tensor& part : pictures.split(50)) {
    const at::Tensor styles = encoder.overBytes(part, {"w_plus"}, cancel).front();
    parts.push_back(asBytes(generator.runFrom({{"w_plus", styles.to(generator.device())}}, {"image"}).front()).cpu());
  }
  return at::cat(parts);
}

Image sheetOf(const at::Tensor& bytes, int columns) {
  std::vector<Image> pictures;
  const int channels = static_cast<int>(bytes.size(1));
  for (std::int64_t i = 0; i < bytes.size(0); ++i) {
    const at::Tensor one = bytes[i].permute({1, 2, 0}).contiguous();
    Image picture{static_cast<int>(one.size(1)), static_cast<int>(one.size(0)), channels, {}};
    picture.pixels.resize(static_cast<std::size_t>(one.numel()));
    std::memcpy(picture.pixels.data(), one.data_ptr(), picture.pixels.size());
    pictures.push_back(std::move(picture));
  }
  SheetLayout layout;
  layout.columns = columns;
  layout.cellWidth = static_cast<int>(bytes.size(3)) * 2;
  layout.cellHeight = static_cast<int>(bytes.size(2)) * 2;
  layout.gap = 2;
  return contactSheet(pictures, layout);
}

}  // namespace unitscope
