#include "gan/compare_inversions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "attribution/score.h"
#include "gan/generator_internal.h"
#include "gan/inversion_run.h"
#include "gan/picture_lens.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::int64_t kTogether = 16;

/// What an edit is judged by.
class Judge {
 public:
  explicit Judge(const EditProbe& probe) : name_(probe.name), target_(probe.target), lens_(lensOf(probe)) {}

  /// One number for each picture.
  std::vector<double> of(const std::vector<Image>& pictures, const CancelToken& cancel) {
    std::vector<double> all;
    const std::int64_t together = lens_.batches() ? kTogether : 1;
    inBatches(static_cast<std::int64_t>(pictures.size()), together, {}, cancel, "judging",
              [&](std::int64_t first, std::int64_t count) {
                const at::NoGradGuard still;
                const std::vector<Image> part(pictures.begin() + first, pictures.begin() + first + count);
                const at::Tensor values = numbers(lens_.look(coloursOf(part), false, cancel).front());
                for (std::int64_t i = 0; i < count; ++i) all.push_back(values[i].item<double>());
              });
    return all;
  }

 private:
  static PictureLens lensOf(const EditProbe& probe) {
    if (!probe.judge) throw Error(probe.name, "needs a classifier or a segmenter that says what the edit changes");
    return {probe.judge, {probe.judge->internal().outputValue()}};
  }
  at::Tensor numbers(const at::Tensor& output) const {
    if (target_ < 0 || output.dim() < 2 || target_ >= output.size(1))
      throw Error(name_, "is judged by class " + std::to_string(target_) + ", but the judge's output is " +
                             toString(output.sizes().vec()));
    if (output.dim() == 4 && output.size(2) * output.size(3) > 1)
      return output.argmax(1).eq(target_).to(at::kFloat).flatten(1).mean(1);
    const at::Tensor score = output.select(1, target_);
    return score.dim() > 1 ? score.flatten(1).mean(1) : score;
  }

  std::string name_;
  std::int64_t target_;
  PictureLens lens_;
};

/// Rows of codes with the edit done to them.
SynthesisQuestion edited(const SynthesisQuestion& plain, const EditProbe& probe) {
  SynthesisQuestion question = plain;
  question.edits = probe.units;
  if (probe.direction.vector.shape.empty()) return question;
  const bool z = latentSpaceFrom(probe.direction.space) == LatentSpace::Z;
  if (z != (plain.space == LatentSpace::Z))
    throw Error(probe.name, "is a direction in " + probe.direction.space + ", but the picture is inverted in " +
                                nameOf(plain.space));
  question.latents = moved(plain.latents, probe.direction, probe.amount);
  return question;
}

std::vector<Image> drawn(Generator& generator, const SynthesisQuestion& question, const CancelToken& cancel) {
  return generator.picturesOf(generator.synthesise(question, {}, cancel));
}

/// Generated pictures as codes of the space in which pictures are inverted.
SynthesisQuestion samplesIn(Generator& generator, const CompareInversionsQuestion& question, LatentSpace space,
                            const CancelToken& cancel) {
  std::vector<std::uint64_t> seeds;
  for (std::int64_t i = 0; i < question.samples; ++i) seeds.push_back(question.seed + static_cast<std::uint64_t>(i));
  SynthesisQuestion drawn;
  drawn.latents = generator.drawLatents(seeds);
  drawn.classes = question.inversion.classes;
  if (space == LatentSpace::Z) return drawn;
  drawn.latents = generator.styles(drawn, cancel);
  drawn.space = LatentSpace::WPlus;
  return drawn;
}

SynthesisQuestion codeOf(const InversionAnswer& answer) {
  SynthesisQuestion question;
  question.latents = answer.latents;
  question.space = answer.space;
  question.classes = answer.classes;
  return question;
}

EditEffect effectOn(Generator& generator, const InversionAnswer& answer, const EditProbe& probe, Judge& judge,
                    double meanChange, const CancelToken& cancel) {
  EditEffect effect;
  effect.picture = drawn(generator, edited(codeOf(answer), probe), cancel).front();
  const std::vector<double> values = judge.of({answer.picture, effect.picture}, cancel);
  effect.before = values[0];
  effect.after = values[1];
  effect.share =
      meanChange == 0.0 ? std::numeric_limits<double>::quiet_NaN() : (effect.after - effect.before) / meanChange;
  return effect;
}

}  // namespace

InversionComparison compareInversions(Generator& generator, const CompareInversionsQuestion& question,
                                      const Progress& progress, const CancelToken& cancel) {
  if (question.samples < 2 || question.samples > 100'000) throw Error("samples", "must be from 2 to 100,000");
  InversionQuestion with = question.inversion, without = question.inversion;
  if (!with.encoder) with.encoder = with.useEncoder ? embeddedEncoderFor(generator) : nullptr;
  if (!with.encoder || !with.useEncoder || with.domainWeight <= 0.0)
    throw Error("comparison", "needs an encoder and a domain weight above 0: there is no domain term without them");
  without.encoder = with.encoder;
  without.domainWeight = 0.0;
  const auto finished = [&](const InversionQuestion& asked, double from, double to) {
    InversionAnswer answer = invert(generator, asked, {}, progress.part(from, to), cancel);
    if (answer.cancelled) throw Cancelled();
    return answer;
  };
  InversionComparison comparison;
  comparison.with = finished(with, 0.0, 0.4);
  comparison.without = finished(without, 0.4, 0.8);
  if (question.edits.empty()) return comparison;

  const SynthesisQuestion samples = samplesIn(generator, question, comparison.with.space, cancel);
  const std::vector<Image> plain = drawn(generator, samples, cancel);
  for (std::size_t i = 0; i < question.edits.size(); ++i) {
    cancel.check();
    progress.report(0.8 + 0.2 * static_cast<double>(i) / static_cast<double>(question.edits.size()), "trying edits");
    const EditProbe& probe = question.edits[i];
    Judge judge(probe);
    const std::vector<double> before = judge.of(plain, cancel),
                              after = judge.of(drawn(generator, edited(samples, probe), cancel), cancel);
    EditComparison one;
    one.name = probe.name;
    double sum = 0.0, squares = 0.0;
    for (std::size_t k = 0; k < before.size(); ++k) {
      sum += after[k] - before[k];
      squares += (after[k] - before[k]) * (after[k] - before[k]);
    }
    const auto count = static_cast<double>(before.size());
    one.meanChange = sum / count;
    one.deviation = std::sqrt(std::max(0.0, (squares - sum * sum / count) / (count - 1.0)));
    one.with = effectOn(generator, comparison.with, probe, judge, one.meanChange, cancel);
    one.without = effectOn(generator, comparison.without, probe, judge, one.meanChange, cancel);
    comparison.edits.push_back(std::move(one));
  }
  return comparison;
}

}  // namespace unitscope
