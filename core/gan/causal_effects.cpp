#include "gan/causal_effects.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include <ATen/CPUGeneratorImpl.h>

#include "attribution/score.h"
#include "gan/sample_runs.h"
#include "gan/sample_segmenter.h"
#include "gan/unit_edits_file.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr double kCommonShare = 0.002, kOtherShare = 0.001;
constexpr std::int64_t kMostCurveUnits = 32, kDraws = 1000;
constexpr double kSlack = 0.05;

/// Pixels of each concept in each sample, [N,K] double.
at::Tensor pixelCounts(const at::Tensor& labels, std::int64_t concepts) {
  const std::int64_t samples = labels.size(0), width = concepts + 1;
  const at::Tensor rows = at::arange(samples, at::kLong).unsqueeze(1) * width + labels.flatten(1);
  return at::bincount(rows.flatten(), {}, samples * width)
      .reshape({samples, width})
      .narrow(1, 0, concepts)
      .to(at::kDouble);
}

/// Bootstrap over samples: how often each is drawn, [draws, N].
at::Tensor drawsOf(std::int64_t samples) {
  const at::Tensor picks = at::randint(0, samples, {kDraws, samples}, at::detail::createCPUGenerator(1), at::kLong);
  return at::zeros({kDraws, samples}, at::kDouble).scatter_add(1, picks, at::ones({kDraws, samples}, at::kDouble));
}

std::pair<double, double> interval(const at::Tensor& values) {
  const at::Tensor known = std::get<0>(values.masked_select(values.isfinite()).sort());
  const auto count = known.size(0);
  if (count == 0) return {std::nan(""), std::nan("")};
  constexpr double kTail = 0.025;
  const auto at = [&](double share) {
    return known[std::llround(share * static_cast<double>(count - 1))].item<double>();
  };
  return {at(kTail), at(1.0 - kTail)};
}

std::vector<ConceptChange> changesOf(const at::Tensor& before, const at::Tensor& after, const at::Tensor& draws,
                                     double pixels) {
  const double all = pixels * static_cast<double>(before.size(0));
  const at::Tensor was = at::matmul(draws, before), is = at::matmul(draws, after);
  std::vector<ConceptChange> changes;
  for (std::int64_t k = 0; k < before.size(1); ++k) {
    ConceptChange change;
    change.before = before.select(1, k).sum().item<double>() / all;
    change.after = after.select(1, k).sum().item<double>() / all;
    change.absolute = change.after - change.before;
    change.relative = change.before > 0.0 ? change.absolute / change.before : std::nan("");
    const at::Tensor moved = is.select(1, k) - was.select(1, k);
    std::tie(change.absoluteLow, change.absoluteHigh) = interval(moved / all);
    std::tie(change.relativeLow, change.relativeHigh) = interval(moved / was.select(1, k));
    changes.push_back(change);
  }
  return changes;
}

CausalPoint pointOf(std::int64_t units, const at::Tensor& before, const at::Tensor& after, std::int64_t own,
                    double pixels) {
  CausalPoint point;
  point.units = units;
  const at::Tensor was = before.sum(0), is = after.sum(0);
  const double all = pixels * static_cast<double>(before.size(0));
  double relative = 0.0, changed = 0.0, shown = 0.0;
  std::int64_t others = 0;
  for (std::int64_t k = 0; k < before.size(1); ++k) {
    const double a = was[k].item<double>(), b = is[k].item<double>();
    if (k == own) {
      point.own = a > 0.0 ? (b - a) / a : std::nan("");
      continue;
    }
    if (a < kOtherShare * all) continue;
    relative += std::abs(b - a) / a;
    changed += std::abs(b - a);
    shown += a;
    ++others;
  }
  if (others > 0) {
    point.others = relative / static_cast<double>(others);
    point.othersArea = changed / shown;
  }
  return point;
}

/// What is to be measured for one concept.
struct Trial {
  CausalEffect effect;
  std::int64_t label = -1;         ///< of the segmenter
  std::int64_t conceptIndex = -1;  ///< of the dissection
  std::vector<std::int64_t> ranked;
  std::vector<std::int64_t> sizes;             ///< n of the curve
  std::vector<std::vector<at::Tensor>> after;  ///< counts for each of them, a batch each
};

std::vector<std::int64_t> sizesFor(std::int64_t wanted, std::int64_t ranked, std::int64_t units) {
  if (wanted > 0) return {std::min(wanted, ranked)};
  std::vector<std::int64_t> sizes;
  for (std::int64_t n = 1; n <= std::min({ranked, std::max<std::int64_t>(units / 2, 1), kMostCurveUnits}); n *= 2)
    sizes.push_back(n);
  return sizes;
}

std::vector<Trial> trialsFor(const GanDissection& dissection, const CausalQuestion& question,
                             const SampleSegmenter& segmenter) {
  std::vector<std::string> names = question.concepts;
  if (names.empty())
    for (const DissectedConcept& one : dissection.found.concepts)
      if (one.category != "color" && one.share >= kCommonShare) names.push_back(one.name);
  if (names.empty()) throw Error("concepts", "none covers enough of the samples; name one");
  if (!question.ranked.empty() && question.ranked.size() != names.size())
    throw Error("units", "must be given for each concept");
  std::vector<Trial> trials;
  for (std::size_t i = 0; i < names.size(); ++i) {
    Trial trial;
    trial.conceptIndex = conceptIndexOf(dissection, names[i]);
    trial.label = segmenter.indexOf(names[i]);
    const std::size_t layer = question.layer.empty() ? bestLayerFor(dissection, trial.conceptIndex)
                                                     : layerIndexOf(dissection, question.layer);
    trial.effect.conceptName = names[i];
    trial.effect.layer = dissection.found.layers[layer].layer;
    const std::size_t units = dissection.found.layers[layer].units.size();
    if (!question.ranked.empty())
      trial.ranked = question.ranked[i];
    else
      trial.ranked = rankUnits(dissection, layer, trial.conceptIndex, question.ranking);
    if (trial.ranked.empty()) throw Error(names[i], "has no units in " + trial.effect.layer);
    trial.sizes =
        sizesFor(question.units, static_cast<std::int64_t>(trial.ranked.size()), static_cast<std::int64_t>(units));
    trial.after.resize(trial.sizes.size());
    trials.push_back(std::move(trial));
  }
  return trials;
}

std::vector<UnitEdit> editsFor(const GanDissection& dissection, const CausalQuestion& question, const Trial& trial,
                               std::int64_t count) {
  const std::vector<std::int64_t> units(trial.ranked.begin(), trial.ranked.begin() + count);
  if (question.kind == CausalQuestion::Kind::Ablate)
    return {{{trial.effect.layer, units, UnitSwitch::Kind::Scale, 0.0}, {}}};
  const Array where = placesOfRegion(question.region[0], question.region[1], question.region[2], question.region[3]);
  const Array& high = dissection.tables[layerIndexOf(dissection, trial.effect.layer)].high;
  std::vector<UnitEdit> edits;
  for (const std::int64_t unit : units) {
    const auto entry = unit * high.shape.at(1) + trial.conceptIndex;
    if (unit < 0 || unit >= high.shape.at(0)) throw Error(trial.effect.layer, "has no unit " + std::to_string(unit));
    edits.push_back({{trial.effect.layer,
                      {unit},
                      UnitSwitch::Kind::Set,
                      static_cast<double>(high.values.at(static_cast<std::size_t>(entry)))},
                     where});
  }
  return edits;
}

/// How good a point is: what the concept loses (or wins) beyond what happens to others.
double worth(const CausalPoint& point, CausalQuestion::Kind kind) {
  return (kind == CausalQuestion::Kind::Ablate ? -point.own : point.own) - point.others;
}

void conclude(Trial& trial, const at::Tensor& before, CausalQuestion::Kind kind, const at::Tensor& draws,
              double pixels) {
  CausalEffect& effect = trial.effect;
  std::vector<at::Tensor> after;
  for (const std::vector<at::Tensor>& parts : trial.after) after.push_back(at::cat(parts));
  double best = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < after.size(); ++i) {
    effect.curve.push_back(pointOf(trial.sizes[i], before, after[i], trial.label, pixels));
    best = std::max(best, worth(effect.curve.back(), kind));
  }
  std::size_t chosen = 0;
  for (std::size_t i = effect.curve.size(); i-- > 0;)
    if (worth(effect.curve[i], kind) >= best - kSlack * std::abs(best)) chosen = i;
  effect.chosen = effect.curve[chosen];
  effect.units.assign(trial.ranked.begin(), trial.ranked.begin() + effect.chosen.units);
  effect.changes = changesOf(before, after[chosen], draws, pixels);
  effect.own = effect.changes[static_cast<std::size_t>(trial.label)];
  effect.samplesWith = before.select(1, trial.label).gt(0.0).sum().item<std::int64_t>();
}

}  // namespace

CausalEffects causalEffects(Generator& generator, const GanDissection& dissection, const CausalQuestion& question,
                            const Progress& progress, const CancelToken& cancel) {
  const auto start = std::chrono::steady_clock::now();
  if (question.units < 0) throw Error("units", "cannot be fewer than none");
  const SampleSegmenter segmenter(generator, question.segmenter);
  const SynthesisQuestion samples =
      samplesFrom(generator, question.samples, question.firstSeed, question.truncation, question.classes);
  std::vector<Trial> trials = trialsFor(dissection, question, segmenter);
  std::map<std::string, std::vector<Trial*>> ofLayer;
  for (Trial& trial : trials) ofLayer[trial.effect.layer].push_back(&trial);

  CausalEffects answer;
  answer.kind = question.kind;
  answer.concepts = segmenter.concepts();
  answer.samples = question.samples;
  const at::Tensor draws = drawsOf(question.samples);
  double done = 0.0;
  for (auto& [layer, wanted] : ofLayer) {
    BehindLayer behind(generator, layer);
    std::vector<at::Tensor> before;
    double pixels = 1.0;
    const double share = static_cast<double>(wanted.size()) / static_cast<double>(trials.size());
    inBatches(
        question.samples, sampleBatch(generator, 0), progress.part(done, done + share), cancel,
        "Switching units of " + layer, [&](std::int64_t first, std::int64_t count) {
          const at::Tensor labels = segmenter.labels(behind.start(samples, first, count, cancel), cancel);
          pixels = static_cast<double>(labels.size(1) * labels.size(2));
          const at::NoGradGuard noGradients;
          std::vector<at::Tensor> made;
          for (const Trial* trial : wanted)
            for (const std::int64_t n : trial->sizes) {
              const std::vector<Edit> edits = generator.internal().edits(editsFor(dissection, question, *trial, n));
              made.push_back(pixelCounts(segmenter.labels(behind.pictures(edits, /*gradients=*/false, cancel), cancel),
                                         segmenter.count()));
            }
          before.push_back(pixelCounts(labels, segmenter.count()));
          std::size_t next = 0;
          for (Trial* trial : wanted)
            for (auto& parts : trial->after) parts.push_back(made[next++]);
        });
    done += share;
    for (Trial* trial : wanted) conclude(*trial, at::cat(before), question.kind, draws, pixels);
  }
  for (Trial& trial : trials) answer.effects.push_back(std::move(trial.effect));
  answer.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return answer;
}

ConceptUnits conceptUnitsOf(const CausalEffect& effect, const std::string& source) {
  return {effect.conceptName, effect.layer, effect.units, source, -effect.chosen.own, effect.chosen.others};
}

void keepSet(GanDissection& dissection, ConceptUnits set) {
  std::erase_if(dissection.sets, [&](const ConceptUnits& known) {
    return known.conceptName == set.conceptName && known.layer == set.layer;
  });
  dissection.sets.push_back(std::move(set));
}

}  // namespace unitscope
