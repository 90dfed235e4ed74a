#include <algorithm>
#include <vector>

#include "attribution/baseline.h"
#include "attribution/image_method.h"
#include "attribution/methods.h"

namespace unitscope {
namespace {

constexpr std::int64_t kBatch = 32;

/// Starts of windows along a side: every `stride`, the last reaching the end and cut off there.
std::vector<std::int64_t> starts(std::int64_t length, std::int64_t window, std::int64_t stride) {
  std::vector<std::int64_t> places{0};
  while (places.back() + window < length) places.push_back(places.back() + stride);
  return places;
}

class Occlusion final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues& parameters, const Progress& progress,
                      const CancelToken& cancel) const override {
    score.requirePicture(info().id);
    const at::Tensor& image = score.image();
    const at::Tensor base = baselineFor(score, parameters.text("baseline"));
    const std::int64_t height = image.size(2);
    const std::int64_t width = image.size(3);
    const std::int64_t window = parameters.integer("window");
    const std::int64_t stride = parameters.integer("stride");
    const std::vector<std::int64_t> rows = starts(height, window, stride);
    const std::vector<std::int64_t> columns = starts(width, window, stride);
    const auto across = static_cast<std::int64_t>(columns.size());
    const std::int64_t total = across * static_cast<std::int64_t>(rows.size());
    const auto windowAt = [&](const at::Tensor& maps, std::int64_t index) {
      const std::int64_t y = rows[static_cast<std::size_t>(index / across)];
      const std::int64_t x = columns[static_cast<std::size_t>(index % across)];
      return maps.slice(-2, y, std::min(y + window, height)).slice(-1, x, std::min(x + window, width));
    };

    const at::NoGradGuard noGradients;
    const double whole = score.values(image).item<double>();
    std::vector<double> drops(static_cast<std::size_t>(total), 0.0);
    inBatches(total, score.batchSize(std::min(total, kBatch), false), progress, cancel, "Covering windows",
              [&](std::int64_t first, std::int64_t count) {
                const at::Tensor batch = image.repeat({count, 1, 1, 1});
                for (std::int64_t i = 0; i < count; ++i)
                  windowAt(batch[i], first + i).copy_(windowAt(base[0], first + i));
                const at::Tensor values = score.values(batch).to(at::kCPU, at::kDouble);
                for (std::int64_t i = 0; i < count; ++i)
                  drops[static_cast<std::size_t>(first + i)] = whole - values[i].item<double>();
              });

    at::Tensor sum = at::zeros({height, width}, at::kDouble);
    at::Tensor covered = at::zeros({height, width}, at::kDouble);
    for (std::int64_t i = 0; i < total; ++i) {
      windowAt(sum, i).add_(drops[static_cast<std::size_t>(i)]);
      windowAt(covered, i).add_(1.0);
    }
    // A stride longer than the window leaves pixels that were never covered.
    const at::Tensor map = (sum / covered.clamp_min(1.0)).to(at::kFloat);
    return {map.expand({1, image.size(1), height, width}),
            {},
            {std::to_string(total) + " windows, score " + shown(whole) + " without any"}};
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeOcclusion() {
  MethodInfo info;
  info.id = "occlusion";
  info.title = "Occlusion";
  info.description =
      "Covers one window after another and shows how far the score falls, averaged where windows overlap. Slow, but it "
      "asks the network itself and needs no gradient.";
  info.citation = "Zeiler & Fergus 2014, arXiv:1311.2901";
  info.needsGradient = false;
  info.parameters = {
      {"window", "Window", "Side of the covered square in pixels.", std::int64_t{16}, 1, 4096, {}},
      {"stride", "Stride", "Pixels from one window to the next.", std::int64_t{8}, 1, 4096, {}},
      baselineParameter(),
  };
  return std::make_unique<Occlusion>(std::move(info));
}

}  // namespace unitscope
