#include <algorithm>
#include <vector>

#include "attribution/baseline.h"
#include "attribution/image_method.h"
#include "attribution/methods.h"
#include "attribution/occluded_scores.h"

namespace unitscope {
namespace {

/// Starts of windows along a side: every `stride`, the last reaching the end and cut off there, or falling short of it
/// where the next would lie outside.
std::vector<std::int64_t> starts(std::int64_t length, std::int64_t window, std::int64_t stride) {
  std::vector<std::int64_t> places{0};
  while (places.back() + std::max(window, stride) < length) places.push_back(places.back() + stride);
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
    std::vector<PictureWindow> windows;
    for (const std::int64_t y : starts(height, window, stride))
      for (const std::int64_t x : starts(width, window, stride))
        windows.push_back({y, x, std::min(y + window, height), std::min(x + window, width)});
    const auto total = static_cast<std::int64_t>(windows.size());

    const at::NoGradGuard noGradients;
    const OccludedScores scores(score, parameters.flag("incremental"));
    const std::vector<std::size_t> order = scores.order(windows);
    const double whole = score.target(scores.whole()).item<double>();
    std::vector<double> drops(windows.size(), 0.0);
    inBatches(total, scores.batchSize(total), progress, cancel, "Covering windows",
              [&](std::int64_t first, std::int64_t count) {
                std::vector<PictureWindow> batch;
                for (std::int64_t i = first; i < first + count; ++i)
                  batch.push_back(windows[order[static_cast<std::size_t>(i)]]);
                const at::Tensor values = score.target(scores.rows(batch, base)).to(at::kCPU, at::kDouble);
                for (std::int64_t i = 0; i < count; ++i)
                  drops[order[static_cast<std::size_t>(first + i)]] = whole - values[i].item<double>();
              });

    at::Tensor sum = at::zeros({height, width}, at::kDouble);
    at::Tensor covered = at::zeros({height, width}, at::kDouble);
    for (std::size_t i = 0; i < windows.size(); ++i) {
      const PictureWindow& w = windows[i];
      const auto in = [&](const at::Tensor& map) { return map.slice(0, w.top, w.bottom).slice(1, w.left, w.right); };
      in(sum).add_(drops[i]);
      in(covered).add_(1.0);
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
      "Covers one window after another and shows how far the score falls, averaged where windows overlap. It asks the "
      "network itself and needs no gradient.";
  info.citation = "Zeiler & Fergus 2014, arXiv:1311.2901";
  info.needsGradient = false;
  info.parameters = {
      {"window", "Window", "Side of the covered square in pixels.", std::int64_t{16}, 1, 4096, {}},
      {"stride", "Stride", "Pixels from one window to the next.", std::int64_t{8}, 1, 4096, {}},
      baselineParameter(),
      {"incremental",
       "Incremental",
       "Recomputes only the part of each feature map that a window changes. The result is the same; how much time it "
       "saves depends on how far windows grow on their way through the network.",
       true,
       0,
       0,
       {}},
  };
  return std::make_unique<Occlusion>(std::move(info));
}

}  // namespace unitscope
