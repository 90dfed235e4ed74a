#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "attribution/image_method.h"
#include "attribution/methods.h"
#include "attribution/perturbation/compute_form.h"
#include "attribution/perturbation/extremal_search.h"
#include "attribution/perturbation/gaussian.h"
#include "attribution/perturbation/number_list.h"
#include "attribution/perturbation/preview_clock.h"
#include "attribution/perturbation/smooth_mask.h"
#include "attribution/perturbation/sufficiency.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr double kPublishedSide = 224.0;  // to which step, sigmas and blur refer
constexpr double kStrongestBlur = 20.0;
constexpr std::int64_t kScoredAtOnce = 16;

enum class Place { Input, Layer, Channels };

Place placeFrom(const std::string& name) {
  if (name == "channels") return Place::Channels;
  return name == "layer" ? Place::Layer : Place::Input;
}

ExtremalVariant variantFrom(const std::string& name) {
  if (name == "dual") return ExtremalVariant::Dual;
  return name == "delete" ? ExtremalVariant::Delete : ExtremalVariant::Preserve;
}

/// What the masks lie on: the picture, or the layer's activation of it.
at::Tensor originalAt(const ScoreFunction& score, Place place) {
  if (place == Place::Input) return score.image();
  const ValueId layer = score.query().layer;
  if (layer == kNoValue) throw Error("layer", "the network has no layer with spatial extent to mask");
  const at::NoGradGuard noGradients;
  RunRequest forward = score.request(score.image());
  forward.fetch = {layer};
  const at::Tensor activation = score.query().executor.run(forward).front().detach();
  if (activation.dim() != 4)
    throw Error(score.query().executor.graph().value(layer).name,
                "is no feature map: its shape is " + toString(activation.sizes().vec()));
  return activation;
}

class Extremal final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues& parameters, const Progress& progress,
                      const CancelToken& cancel) const override {
    score.requirePicture(info().id);
    const Place place = placeFrom(parameters.text("at"));
    const ValueId from = place == Place::Input ? kNoValue : score.query().layer;
    const at::Tensor original = originalAt(score, place);
    const auto side = static_cast<double>(std::min(original.size(2), original.size(3)));
    const double scale = side / kPublishedSide;

    ExtremalOptions options;
    options.areas = partsFrom(parameters.text("areas"), "areas");
    options.variant = variantFrom(parameters.text("variant"));
    options.steps = parameters.integer("steps");
    options.weight = parameters.number("weight");
    options.flip = parameters.flag("jitter") && place != Place::Channels;
    options.bfloat16 = wantsBFloat16(parameters.text("precision"), score.query().executor.options().device,
                                     static_cast<std::int64_t>(options.areas.size()));

    // Smaller layers than a blurred place leave nothing to blur; a channel is present or absent as a whole.
    Perturbation::Options hidden;
    hidden.kind = place == Place::Channels ? PerturbationKind::Fade : perturbationKind(parameters.text("perturbation"));
    hidden.sigma = kStrongestBlur * scale;
    hidden.seed = parameters.integer("seed");
    const Perturbation perturbation(original, hidden);
    const std::unique_ptr<MaskField> field = fieldFor(original, place, parameters, scale);
    const bool contrastive = parameters.text("reward") == "contrastive";
    const Reward reward(score, contrastive);
    const ExtremalSubject subject{score, reward, perturbation, *field, from};

    const at::Tensor whole = score.rows(score.image());
    score.target(whole);  // throws for classes that do not exist, before the long part
    PreviewClock clock(score.query());
    const double smooth = parameters.number("smooth");
    const auto present = [&](const at::Tensor& masks, const at::Tensor& shown) {
      return presented(masks, place == Place::Input ? shown : at::Tensor(), original, options, smooth);
    };
    const at::Tensor masks = searchExtremalMasks(
        subject, options,
        [&](const at::Tensor& soFar) {
          if (clock.due()) score.query().preview(present(soFar, perturbedBy(subject, options.variant, soFar)));
        },
        progress, cancel);

    const at::Tensor perturbed = perturbedBy(subject, options.variant, masks);
    Attribution result = present(masks, perturbed);
    const AreaScores scores = areaScores(score, options.areas, rowsOf(score, perturbed, from, cancel), whole,
                                         options.variant == ExtremalVariant::Delete);
    result.curves = areaCurves(scores, place == Place::Channels ? "channels"
                                       : place == Place::Layer  ? "layer"
                                                                : "picture");
    result.notes = areaNotes(scores);
    result.notes.push_back(coverage(masks, options.areas));
    if (contrastive && !reward.contrastive())
      result.notes.emplace_back("this score has no other classes to contrast with: the plain score was the reward");
    return result;
  }

  static std::unique_ptr<MaskField> fieldFor(const at::Tensor& original, Place place, const ParameterValues& parameters,
                                             double scale) {
    if (place == Place::Channels) return std::make_unique<ChannelMask>(original.size(1));
    const std::int64_t step =
        std::max<std::int64_t>(std::llround(static_cast<double>(parameters.integer("step")) * scale), 1);
    // Below its step a cell would not reach the next one.
    const double sigma = std::max(parameters.number("sigma") * scale, static_cast<double>(step));
    return std::make_unique<SmoothMask>(original.size(2), original.size(3), step, sigma);
  }

  /// In full precision, and in batches that fit.
  static at::Tensor rowsOf(const ScoreFunction& score, const at::Tensor& perturbed, ValueId from,
                           const CancelToken& cancel) {
    const std::int64_t count = perturbed.size(0);
    std::vector<at::Tensor> rows;
    inBatches(
        count, score.batchSize(std::min(count, kScoredAtOnce), false), {}, cancel, {},
        [&](std::int64_t first, std::int64_t n) { rows.push_back(score.rows(perturbed.narrow(0, first, n), from)); });
    return at::cat(rows);
  }

  /// What the masks cover in fact. After few steps that is more than their area.
  static std::string coverage(const at::Tensor& masks, const std::vector<double>& areas) {
    std::string note = "mean of the mask:";
    for (std::size_t i = 0; i < areas.size(); ++i)
      note += (i > 0 ? ", " : " ") + unitscope::shown(masks[static_cast<std::int64_t>(i)].mean().item<double>()) +
              " for area " + unitscope::shown(areas[i]);
    return note;
  }

  /// Masks [A,...] as a map, their channels' scores and the pictures shown to the network.
  static Attribution presented(const at::Tensor& masks, const at::Tensor& shown, const at::Tensor& original,
                               const ExtremalOptions& options, double smooth) {
    const at::NoGradGuard noGradients;
    Attribution result;
    const at::Tensor mean = masks.mean(0, /*keepdim=*/true);
    if (mean.size(1) > 1) {
      const at::Tensor each = mean.flatten().contiguous();
      result.channelScores.assign(each.data_ptr<float>(), each.data_ptr<float>() + each.numel());
      result.map = (original * mean.to(original.device())).sum(1, /*keepdim=*/true).to(at::kCPU);
    } else {
      const auto side = static_cast<double>(std::min(mean.size(2), mean.size(3)));
      result.map = gaussianBlur(mean, smooth * side, BlurBorder::Zero);
    }
    if (!shown.defined()) return result;
    const bool deleted = options.variant == ExtremalVariant::Delete;
    for (std::size_t i = 0; i < options.areas.size(); ++i)
      result.pictures.push_back({(deleted ? "what is left without the area " : "what the network still needs, area ") +
                                     unitscope::shown(options.areas[i]),
                                 shown.narrow(0, static_cast<std::int64_t>(i), 1).to(at::kCPU).contiguous()});
    return result;
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeExtremal() {
  MethodInfo info;
  info.id = "extremal";
  info.title = "Extremal perturbation";
  info.description =
      "Searches for the part of the picture, of a given area, that the network needs most: the mask whose inside alone "
      "gives the highest score. Several areas show how much of the picture is enough, and whether the rest speaks "
      "against the class.";
  info.citation = "Fong, Patrick & Vedaldi 2019, arXiv:1910.08485";
  info.usesLayer = true;
  info.isSigned = false;
  info.parameters = {
      {"areas",
       "Areas",
       "Parts of the picture that masks cover, with commas between them; searched together. The map is the mean of "
       "their masks. The margin around the picture counts as part of it, as in TorchRay.",
       std::string("0.1"),
       0,
       0,
       {}},
      {"steps", "Steps", "Steps of the search; TorchRay makes 800.", std::int64_t{800}, 1, 100000, {}},
      {"variant",
       "Variant",
       "What a mask is to do: preserve the score by itself, delete it by its absence, or both.",
       std::string("preserve"),
       0,
       0,
       {"preserve", "delete", "dual"}},
      {"reward",
       "Reward",
       "The score's distance from the best other class (contrastive), or the score itself (simple).",
       std::string("contrastive"),
       0,
       0,
       {"contrastive", "simple"}},
      perturbationParameter(),
      {"at",
       "At",
       "Where the mask lies: on the picture, on the places of a layer, or on its channels, of which each is then kept "
       "or faded as a whole.",
       std::string("input"),
       0,
       0,
       {"input", "layer", "channels"}},
      {"step",
       "Step",
       "Pixels from one cell of the mask to the next, for a side of 224; scaled with the picture.",
       std::int64_t{7},
       1,
       112,
       {}},
      {"sigma",
       "Sigma",
       "Smoothness of the mask in pixels, for a side of 224; scaled with the picture.",
       21.0,
       1.0,
       64.0,
       {}},
      {"weight",
       "Weight",
       "How much a wrong area costs at the beginning; grows by 0.35 % with every step.",
       300.0,
       0.0,
       100000.0,
       {}},
      {"jitter",
       "Jitter",
       "Mirrors the picture on every second step, but not in the last fifth of them.",
       true,
       0,
       0,
       {}},
      {"smooth",
       "Smooth",
       "Blur of the finished map, as a part of its shorter side; TorchRay has none by default.",
       0.0,
       0.0,
       0.5,
       {}},
      precisionParameter(),
      {"seed", "Seed", "Start of the random numbers, for noise.", std::int64_t{0}, 0, 2147483647, {}},
  };
  return std::make_unique<Extremal>(std::move(info));
}

}  // namespace unitscope
