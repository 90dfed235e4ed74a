#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <utility>

#include "attribution/gradients_of.h"
#include "attribution/image_method.h"
#include "attribution/methods.h"
#include "attribution/perturbation/compute_form.h"
#include "attribution/perturbation/descent.h"
#include "attribution/perturbation/gaussian.h"
#include "attribution/perturbation/perturbation.h"
#include "attribution/perturbation/preview_clock.h"

namespace unitscope {
namespace {

constexpr double kPublishedSide = 224.0;  // to which jitter and sigmas refer
constexpr double kBlurSigma = 10.0;
constexpr double kMaskSigma = 5.0;
constexpr double kRate = 0.1;

/// Cells [1,1,n,n] enlarged to masks [1,1,H,W] without edges between them.
at::Tensor enlarged(const at::Tensor& cells, std::int64_t height, std::int64_t width, double sigma) {
  const at::Tensor large = at::upsample_bilinear2d(cells, {height, width}, /*align_corners=*/false);
  return gaussianBlur(large, sigma, BlurBorder::Open);
}

/// Sum of |difference|^beta between neighbouring cells.
at::Tensor roughness(const at::Tensor& cells, double beta) {
  const auto along = [&](std::int64_t axis) {
    const std::int64_t count = cells.size(axis) - 1;
    return (cells.narrow(axis, 1, count) - cells.narrow(axis, 0, count)).abs().pow(beta).sum();
  };
  return along(2) + along(3);
}

/// The picture moved by up to `most` pixels each way, its border drawn out.
at::Tensor shifted(const at::Tensor& picture, std::int64_t most, std::mt19937& random) {
  if (most <= 0) return picture;
  const auto draw = [&] { return static_cast<std::int64_t>(random() % static_cast<std::uint32_t>(2 * most + 1)); };
  const std::int64_t down = draw();
  const std::int64_t right = draw();
  return at::replication_pad2d(picture, {most, most, most, most})
      .narrow(2, down, picture.size(2))
      .narrow(3, right, picture.size(3));
}

class Meaningful final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues& parameters, const Progress& progress,
                      const CancelToken& cancel) const override {
    score.requirePicture(info().id);
    const at::Tensor& image = score.image();
    const std::int64_t height = image.size(2);
    const std::int64_t width = image.size(3);
    const double scale = static_cast<double>(std::min(height, width)) / kPublishedSide;
    const bool deletion = parameters.text("game") == "deletion";
    const std::int64_t steps = parameters.integer("steps");
    const auto jitter = std::llround(static_cast<double>(parameters.integer("jitter")) * scale);
    const Perturbation perturbation(
        image, {perturbationKind(parameters.text("perturbation")), 2, kBlurSigma * scale, parameters.integer("seed")});
    const double whole = score.probability(score.rows(image)).item<double>();
    const auto maskOf = [&](const at::Tensor& cells) { return enlarged(cells, height, width, kMaskSigma * scale); };

    const std::int64_t most = std::min(height, width);
    const std::int64_t side = std::min(parameters.integer("cells"), most);
    at::Tensor cells = at::ones({1, 1, side, side}, image.options());
    AdamDescent descent(kRate);
    std::mt19937 random(static_cast<std::uint32_t>(parameters.integer("seed")));
    PreviewClock clock(score.query());
    AttributionCurve curve = emptyCurve(whole);
    {
      const FastGradients form(score.query().executor, wantsBFloat16(parameters.text("precision"), image.device(), 1));
      for (std::int64_t step = 0; step < steps; ++step) {
        cancel.check();
        progress.report(static_cast<double>(step) / static_cast<double>(steps), "Searching for a mask");
        const at::AutoGradMode gradients(true);
        const at::Tensor leaf = cells.detach().requires_grad_(true);
        const at::Tensor mask = maskOf(leaf);
        const at::Tensor shown = perturbation.apply(mask);
        const at::Tensor probability =
            score.probability(score.rowsWithGradient(shifted(shown, jitter, random)).to(at::kFloat)).sum();
        const at::Tensor hidden = deletion ? (1 - leaf).abs().sum() : leaf.abs().sum();
        const at::Tensor loss = parameters.number("l1") * hidden +
                                parameters.number("l2") * roughness(leaf, parameters.number("beta")) +
                                (deletion ? probability : -probability);
        descent.step(cells, gradientsOf(loss, {leaf}).front());
        cells.clamp_(0, 1);
        curve.x.push_back(static_cast<double>(step));
        curve.y.push_back(probability.item<double>());
        if (clock.due()) score.query().preview(presented(mask.detach(), shown.detach(), deletion, curve));
      }
    }
    cancel.check();
    const at::NoGradGuard noGradients;
    const at::Tensor mask = maskOf(cells);
    const at::Tensor shown = perturbation.apply(mask);
    Attribution result = presented(mask, shown, deletion, curve);
    const at::Tensor rows = score.rows(shown);
    const double hidden = 1.0 - mask.mean().item<double>();
    result.notes = {"probability " + unitscope::shown(score.probability(rows).item<double>()) + " of " +
                        unitscope::shown(whole) + " with " + unitscope::shown(hidden) + " of the picture hidden",
                    "score " + unitscope::shown(score.target(rows).item<double>())};
    return result;
  }

  static AttributionCurve emptyCurve(double whole) {
    AttributionCurve curve;
    curve.title = "Probability while the mask forms";
    curve.xTitle = "step";
    curve.yTitle = "probability";
    curve.level = whole;
    curve.levelTitle = "the whole picture";
    return curve;
  }

  static Attribution presented(const at::Tensor& mask, const at::Tensor& shown, bool deletion,
                               const AttributionCurve& curve) {
    Attribution result;
    result.map = (deletion ? 1 - mask : mask).to(at::kCPU);
    result.curves = {curve};
    result.pictures = {{deletion ? "what is left without the evidence" : "what the network still needs",
                        shown.to(at::kCPU).contiguous()}};
    return result;
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeMeaningful() {
  MethodInfo info;
  info.id = "meaningful";
  info.title = "Meaningful perturbation";
  info.description =
      "Searches for the smallest part of the picture whose deletion makes the class improbable, or, in the "
      "preservation "
      "game, the smallest part that keeps it probable. The map is high on that part.";
  info.citation = "Fong & Vedaldi 2017, arXiv:1704.03296";
  info.isSigned = false;
  info.parameters = {
      {"game",
       "Game",
       "Delete the evidence, or preserve it alone.",
       std::string("deletion"),
       0,
       0,
       {"deletion", "preservation"}},
      {"steps",
       "Steps",
       "Steps of the search (Adam, rate 0.1); the paper makes 300.",
       std::int64_t{300},
       1,
       100000,
       {}},
      perturbationParameter(),
      {"cells", "Cells", "Cells along each side of the mask; the paper uses 28.", std::int64_t{28}, 2, 224, {}},
      {"l1",
       "L1",
       "Cost of each cell that is deleted (or, preserving, kept); the paper uses 0.0001.",
       1e-4,
       0.0,
       100.0,
       {}},
      {"l2", "L2", "Cost of differences between neighbouring cells; the paper uses 0.01.", 1e-2, 0.0, 100.0, {}},
      {"beta", "Beta", "Power of these differences; the paper uses 3.", 3.0, 1.0, 10.0, {}},
      {"jitter",
       "Jitter",
       "Pixels by which the picture moves at random on each step, for a side of 224; scaled with the picture.",
       std::int64_t{4},
       0,
       32,
       {}},
      precisionParameter(),
      {"seed", "Seed", "Start of the random numbers.", std::int64_t{0}, 0, 2147483647, {}},
  };
  return std::make_unique<Meaningful>(std::move(info));
}

}  // namespace unitscope
