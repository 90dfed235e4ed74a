#include <algorithm>
#include <chrono>
#include <vector>

#include "attribution/baseline.h"
#include "attribution/cam.h"
#include "attribution/image_method.h"
#include "attribution/layer_activation.h"
#include "attribution/methods.h"

namespace unitscope {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kBatch = 32;
constexpr std::chrono::milliseconds kBetweenPreviews{300};

/// Each channel stretched to [0,1]; a channel without contrast masks everything out.
at::Tensor stretched(const at::Tensor& activation) {
  const std::vector<std::int64_t> places{2, 3};
  const at::Tensor low = activation.amin(places, /*keepdim=*/true);
  const at::Tensor range = activation.amax(places, /*keepdim=*/true) - low;
  const at::Tensor flat = range <= 0;
  return at::where(flat, at::zeros_like(range), (activation - low) / at::where(flat, at::ones_like(range), range));
}

class ScoreCam final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues& parameters, const Progress& progress,
                      const CancelToken& cancel) const override {
    score.requirePicture(info().id);
    const at::NoGradGuard noGradients;
    const at::Tensor& image = score.image();
    const at::Tensor base = baselineFor(score, parameters.text("baseline"));
    const bool bySoftmax = parameters.text("weights") == "softmax";
    const at::Tensor activation = layerActivation(score, image);
    const at::Tensor masks = stretched(activation)[0].unsqueeze(1);
    const std::int64_t channels = masks.size(0);
    const auto probability = [&](const at::Tensor& batch) { return score.probability(score.rows(batch)); };
    const double without = probability(base).item<double>();

    at::Tensor rises = at::zeros({channels}, image.options());
    const auto answer = [&](std::int64_t seen) {
      at::Tensor weights = rises;
      if (bySoftmax) weights = at::cat({rises.narrow(0, 0, seen).softmax(0), rises.narrow(0, seen, channels - seen)});
      const at::Tensor parts = weights.reshape({1, -1, 1, 1}) * activation;
      return Attribution{parts.sum(1, /*keepdim=*/true).relu(), channelMeans(parts), {}, {}, {}};
    };
    auto shownLast = Clock::now();
    inBatches(channels, score.batchSize(std::min(channels, kBatch), false), progress, cancel, "Channels as masks",
              [&](std::int64_t first, std::int64_t count) {
                const at::Tensor mask = at::upsample_bilinear2d(
                    masks.narrow(0, first, count), {image.size(2), image.size(3)}, /*align_corners=*/false);
                rises.narrow(0, first, count).copy_(probability(base + mask * (image - base)) - without);
                if (score.query().preview && Clock::now() - shownLast >= kBetweenPreviews) {
                  Attribution soFar = answer(first + count);
                  soFar.map = soFar.map.to(at::kCPU);
                  score.query().preview(soFar);
                  shownLast = Clock::now();
                }
              });
    Attribution all = answer(channels);
    all.notes = {shown(without) + " without the picture, up to " + shown(without + rises.max().item<double>()) +
                 " behind one channel's mask"};
    return all;
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeScoreCam() {
  MethodInfo info;
  info.id = "score_cam";
  info.title = "Score-CAM";
  info.description =
      "Shows the network the picture through each channel of a layer as a mask, and weights the channel by how far the "
      "class's probability rises above that of the baseline. Like Grad-CAM without gradients; one forward pass a "
      "channel.";
  info.citation = "Wang et al. 2020, arXiv:1910.01279";
  info.usesLayer = true;
  info.needsGradient = false;
  info.isSigned = false;
  info.parameters = {
      {"weights",
       "Weights",
       "The rise of the probability itself, or a softmax of the rises over the channels as in the paper's formula, "
       "which makes them nearly equal.",
       std::string("increase"),
       0,
       0,
       {"increase", "softmax"}},
      baselineParameter(),
  };
  return std::make_unique<ScoreCam>(std::move(info));
}

}  // namespace unitscope
