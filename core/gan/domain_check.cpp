#include "gan/domain_check.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <sstream>
#include <utility>

#include "engine/model_internal.h"
#include "gan/latent_spread.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::int64_t kLeastSamples = 8, kMostSamples = 4096, kMostLatents = 1'000'000;
/// Differences that no one could see are none.
constexpr double kLeastResidual = 1e-3;
/// Least deviation of a logarithm: references that all look the same must not make a hair's breadth a long way.
constexpr double kLeastDeviation = 0.1;
/// From these scores on a picture lies at the edge and outside, if hardly any reference picture scores as high.
constexpr double kEdge = 1.5, kOutside = 2.0, kHardlyAny = 95.0;

double medianOf(std::vector<double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  const double upper = *middle;
  return (upper + *std::max_element(values.begin(), middle)) / 2.0;
}

double loggedOf(double value) {
  return std::log(std::max(value, kLeastResidual));
}

/// Share of `all` below the value, in percent; ties count half.
double percentileOf(const std::vector<double>& all, double value) {
  double below = 0.0;
  for (const double other : all) below += other < value ? 1.0 : other == value ? 0.5 : 0.0;
  return all.empty() ? 0.0 : 100.0 * below / static_cast<double>(all.size());
}

DomainMeasure measured(std::string name, const std::vector<double>& reference, double value) {
  std::vector<double> logged, off;
  for (const double one : reference) logged.push_back(loggedOf(one));
  const double middle = medianOf(logged);
  for (const double one : logged) off.push_back(std::abs(one - middle));
  // Of normal numbers the median distance from the middle is 0.6745 deviations.
  const double deviation = std::max(kLeastDeviation, medianOf(off) / 0.6745);
  return {std::move(name), value, medianOf(reference), percentileOf(reference, value),
          (loggedOf(value) - middle) / deviation};
}

/// Rows of the reference that the verdict looks at.
std::vector<double> compared(const DomainReference& reference, const std::vector<double>& all) {
  const std::ptrdiff_t first = reference.usesKnown ? static_cast<std::ptrdiff_t>(reference.generated) : 0;
  return {all.begin() + std::min<std::ptrdiff_t>(first, static_cast<std::ptrdiff_t>(all.size())), all.end()};
}

/// What is compared of one picture.
struct Numbers {
  double distance = 0.0, start = 0.0, pixels = 0.0, features = 0.0;
};

/// Of a code that was bound to the domain where there was one: w+ can be led to draw nearly anything.
Numbers numbersOf(const DomainReference& reference, const InversionAnswer& answer) {
  constexpr double kDecibels = 20.0;
  const bool shared = std::isfinite(answer.sharedPixelResidual) && std::isfinite(answer.sharedPerceptualResidual);
  return {latentDistance(reference, answer.latents, answer.space), std::pow(10.0, -answer.startPsnr / kDecibels),
          shared ? answer.sharedPixelResidual : answer.pixelResidual,
          shared ? answer.sharedPerceptualResidual : answer.perceptualResidual};
}

std::vector<DomainMeasure> measuresOf(const DomainReference& reference, const Numbers& numbers) {
  std::vector<DomainMeasure> measures{
      measured("distance of the latent", compared(reference, reference.distances), numbers.distance)};
  measures.front().counts = false;
  if (!reference.startResiduals.empty())
    measures.push_back(measured("pixels at the start", compared(reference, reference.startResiduals), numbers.start));
  measures.push_back(measured("pixels in the domain", compared(reference, reference.pixelResiduals), numbers.pixels));
  measures.push_back(
      measured("features in the domain", compared(reference, reference.perceptualResiduals), numbers.features));
  return measures;
}

/// One thing that is wrong suffices: a picture of few colours is drawn well pixel by pixel and is of something else,
/// and one of many is wrong in its pixels first.
double scoreOf(const std::vector<DomainMeasure>& measures) {
  double most = -std::numeric_limits<double>::infinity();
  for (const DomainMeasure& measure : measures)
    if (measure.counts) most = std::max(most, measure.excess);
  return most;
}

void checkReference(const DomainReference& reference) {
  const std::size_t count = reference.distances.size();
  if (count < 2 || reference.pixelResiduals.size() != count || reference.perceptualResiduals.size() != count ||
      reference.generated < 0 || reference.generated > static_cast<std::int64_t>(count) ||
      (reference.usesKnown && reference.generated + 2 > static_cast<std::int64_t>(count)))
    throw Error("domain reference", "is not complete; compute it again");
}

std::string sentence(const DomainFinding& finding, const DomainReference& reference) {
  const DomainMeasure& worst = *std::ranges::max_element(finding.measures, {}, [](const DomainMeasure& measure) {
    return measure.counts ? measure.excess : -std::numeric_limits<double>::infinity();
  });
  std::array<char, 160> numbers{};
  static_cast<void>(std::snprintf(numbers.data(), numbers.size(),
                                  "%s: %.3g, where the middle of %zu %s pictures is %.3g", worst.name.c_str(),
                                  worst.value, compared(reference, reference.distances).size(),
                                  reference.usesKnown ? "known" : "generated", worst.median));
  if (finding.verdict == DomainVerdict::Inside) return "the generator draws it as well as pictures of its own domain";
  return numbers.data();
}

}  // namespace

std::string nameOf(DomainVerdict verdict) {
  switch (verdict) {
    case DomainVerdict::Inside: return "in the domain";
    case DomainVerdict::Edge: return "at its edge";
    case DomainVerdict::Outside: return "outside";
  }
  return {};
}

std::string domainSettings(const Generator& generator, const DomainQuestion& question) {
  const InversionQuestion& asked = question.inversion;
  const auto title = [](const std::shared_ptr<Model>& model) { return model ? model->card().title : std::string(); };
  std::ostringstream text;
  const LatentSpace space = asked.space.value_or(generator.plan().hasStyles() ? LatentSpace::WPlus : LatentSpace::Z);
  text << generator.model()->card().title << "; " << nameOf(space) << "; " << asked.steps << " steps of "
       << asked.learningRate << ", " << asked.togetherShare << " together; " << asked.pixelWeight << " pixels, "
       << asked.perceptualWeight << (asked.relativeFeatures ? " relative" : " plain") << " features of "
       << title(asked.perceptual);
  for (const std::string& layer : asked.perceptualLayers) text << ' ' << layer;
  text << ", " << asked.domainWeight << " domain by "
       << (asked.useEncoder ? (asked.encoder ? title(asked.encoder) : "its own encoder") : "nobody") << "; "
       << question.latents << " latents, " << question.samples << " samples from " << question.seed << ", "
       << question.known.size() << " known";
  for (const float value : asked.classes.values) text << ' ' << value;
  return text.str();
}

double aucOf(const std::vector<double>& inside, const std::vector<double>& outside) {
  if (inside.empty() || outside.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::vector<double> sorted = inside;
  std::ranges::sort(sorted);
  double sum = 0.0;
  for (const double value : outside) {
    const auto [first, last] = std::ranges::equal_range(sorted, value);
    sum += static_cast<double>(first - sorted.begin()) + static_cast<double>(last - first) / 2.0;
  }
  return sum / static_cast<double>(inside.size()) / static_cast<double>(outside.size());
}

double latentDistance(const DomainReference& reference, const Array& latents, LatentSpace space) {
  if (latents.values.empty()) throw Error("latents", "there are none");
  const at::NoGradGuard still;
  const at::Tensor codes = viewOf(latents).flatten();
  if ((space == LatentSpace::Z) != (reference.space == LatentSpace::Z))
    throw Error("domain reference", "is of " + nameOf(reference.space) + ", but the latent is of " + nameOf(space));
  if (space == LatentSpace::Z) return codes.square().mean().sqrt().item<double>();
  const at::Tensor mean = viewOf(reference.mean), whitening = viewOf(reference.whitening);
  if (mean.dim() != 1 || whitening.dim() != 2 || whitening.size(0) != mean.size(0) ||
      whitening.size(1) != mean.size(0) || codes.numel() % mean.size(0) != 0)
    throw Error("domain reference", "is of latents of another size");
  const at::Tensor off = codes.reshape({-1, mean.size(0)}) - mean;
  return off.matmul(whitening.t()).square().mean().sqrt().item<double>();
}

DomainReference domainReference(Generator& generator, const DomainQuestion& question, const Progress& progress,
                                const CancelToken& cancel) {
  if (question.samples < kLeastSamples || question.samples > kMostSamples)
    throw Error("samples", "must be from 8 to 4,096");
  if (question.latents < 2 || question.latents > kMostLatents) throw Error("latents", "must be from 2 to a million");
  DomainReference reference;
  reference.settings = domainSettings(generator, question);
  const bool styles = generator.plan().hasStyles();
  reference.space = question.inversion.space.value_or(styles ? LatentSpace::WPlus : LatentSpace::Z);
  reference.latents = question.latents;
  if (reference.space != LatentSpace::Z) {
    const LatentSpread spread = spreadOfStyles(generator, question.latents, question.inversion.classes, cancel);
    reference.mean = toArray(spread.mean);
    reference.whitening = toArray(spread.axes / spread.deviation.unsqueeze(1));
  }
  std::vector<std::uint64_t> seeds;
  for (std::int64_t i = 0; i < question.samples; ++i) seeds.push_back(question.seed + static_cast<std::uint64_t>(i));
  SynthesisQuestion drawn;
  drawn.latents = generator.drawLatents(seeds);
  drawn.classes = question.inversion.classes;
  std::vector<Image> pictures = generator.picturesOf(generator.synthesise(drawn, {}, cancel));
  reference.generated = static_cast<std::int64_t>(pictures.size());
  reference.usesKnown = question.known.size() >= static_cast<std::size_t>(kLeastSamples);
  pictures.insert(pictures.end(), question.known.begin(), question.known.end());
  for (const InversionAnswer& answer : invertAll(generator, pictures, question.inversion, progress, cancel)) {
    const Numbers numbers = numbersOf(reference, answer);
    reference.distances.push_back(numbers.distance);
    reference.pixelResiduals.push_back(numbers.pixels);
    reference.perceptualResiduals.push_back(numbers.features);
    if (answer.fromEncoder) reference.startResiduals.push_back(numbers.start);
  }
  return reference;
}

DomainFinding checkDomain(const DomainReference& reference, const InversionAnswer& answer) {
  checkReference(reference);
  DomainFinding finding;
  if (!reference.startResiduals.empty() && !answer.fromEncoder)
    throw Error("domain reference", "is of inversions that began at an encoder's code, and this one did not");
  finding.measures = measuresOf(reference, numbersOf(reference, answer));
  finding.score = scoreOf(finding.measures);
  std::vector<double> scores;
  for (std::size_t i = reference.usesKnown ? static_cast<std::size_t>(reference.generated) : 0;
       i < reference.distances.size(); ++i)
    scores.push_back(scoreOf(measuresOf(
        reference, {reference.distances[i], reference.startResiduals.empty() ? 0.0 : reference.startResiduals[i],
                    reference.pixelResiduals[i], reference.perceptualResiduals[i]})));
  finding.percentile = percentileOf(scores, finding.score);
  if (finding.score > kOutside && finding.percentile >= kHardlyAny)
    finding.verdict = DomainVerdict::Outside;
  else if (finding.score > kEdge)
    finding.verdict = DomainVerdict::Edge;
  finding.reason = sentence(finding, reference);
  return finding;
}

}  // namespace unitscope
