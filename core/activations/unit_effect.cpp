#include "activations/unit_effect.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>

#include <ATen/ATen.h>

#include "activations/picture_batches.h"
#include "activations/unit_edits.h"
#include "engine/devices.h"
#include "exec/run_cache.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kMostAblations = 4096;
// Scores that are kept, 1 GB.
constexpr double kMostScores = 268435456.0;

/// Scores of all pictures, row by row, with one set of switches.
struct Scores {
  std::vector<float> values;  // [n,K]
};

/// What is known of the pictures.
struct Truth {
  std::vector<std::vector<std::int64_t>> classes;  // sorted; of labelled pictures
  std::vector<bool> labelled;
  bool shows(std::size_t picture, std::int64_t k) const { return std::ranges::binary_search(classes[picture], k); }
};

double meanOf(double sum, std::int64_t count) {
  return count > 0 ? sum / static_cast<double>(count) : kNan;
}

/// Mean of the precision at each picture that shows the class, in the order of falling scores; equal scores count as
/// one step.
double averagePrecision(const std::vector<std::pair<float, bool>>& scored) {
  std::vector<std::pair<float, bool>> order = scored;
  std::ranges::stable_sort(order, [](const auto& a, const auto& b) { return a.first > b.first; });
  double sum = 0.0;
  std::int64_t hits = 0;
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    std::int64_t here = 0;
    for (; end < order.size() && order[end].first == order[i].first; ++end) here += order[end].second;
    hits += here;
    sum += static_cast<double>(here) * static_cast<double>(hits) / static_cast<double>(end);
    i = end;
  }
  return meanOf(sum, hits);
}

class Measuring {
 public:
  Measuring(const Truth& truth, std::int64_t classes, bool multiLabel)
      : truth_(truth), classes_(classes), multiLabel_(multiLabel) {}

  struct OfClass {
    std::int64_t shown = 0;
    double score = 0.0, elsewhere = 0.0, accuracy = 0.0, averagePrecision = 0.0;
  };
  struct Whole {
    std::vector<OfClass> classes;
    double accuracy = kNan, meanAveragePrecision = kNan;
  };

  Whole of(const Scores& scores) const {
    Whole whole;
    const std::vector<std::int64_t> said = firstChoices(scores);
    std::int64_t right = 0, judged = 0;
    for (std::size_t i = 0; i < said.size(); ++i) {
      if (!truth_.labelled[i] || truth_.classes[i].empty()) continue;
      ++judged;
      right += truth_.shows(i, said[i]);
    }
    if (!multiLabel_ && judged > 0) whole.accuracy = meanOf(static_cast<double>(right), judged);
    double precisions = 0.0;
    std::int64_t known = 0;
    for (std::int64_t k = 0; k < classes_; ++k) {
      whole.classes.push_back(ofClass(scores, said, k));
      if (!std::isfinite(whole.classes.back().averagePrecision)) continue;
      precisions += whole.classes.back().averagePrecision;
      ++known;
    }
    whole.meanAveragePrecision = meanOf(precisions, known);
    return whole;
  }

 private:
  std::vector<std::int64_t> firstChoices(const Scores& scores) const {
    std::vector<std::int64_t> said;
    for (auto row = scores.values.begin(); row != scores.values.end(); row += classes_)
      said.push_back(std::max_element(row, row + classes_) - row);
    return said;
  }

  OfClass ofClass(const Scores& scores, const std::vector<std::int64_t>& said, std::int64_t k) const {
    OfClass result;
    double shown = 0.0, others = 0.0;
    std::int64_t other = 0, right = 0, labelled = 0;
    std::vector<std::pair<float, bool>> scored;
    for (std::size_t i = 0; i < said.size(); ++i) {
      const float score = scores.values[i * static_cast<std::size_t>(classes_) + static_cast<std::size_t>(k)];
      const bool here = truth_.shows(i, k);
      (here ? shown : others) += static_cast<double>(score);
      (here ? result.shown : other) += 1;
      right += here && said[i] == k;
      if (!truth_.labelled[i]) continue;
      ++labelled;
      scored.emplace_back(score, here);
    }
    // Without any label, every picture may show it.
    result.score = labelled > 0 ? meanOf(shown, result.shown) : meanOf(others, other);
    result.elsewhere = labelled > 0 ? meanOf(others, other) : kNan;
    result.accuracy = multiLabel_ ? kNan : meanOf(static_cast<double>(right), result.shown);
    result.averagePrecision = averagePrecision(scored);
    return result;
  }

  const Truth& truth_;
  std::int64_t classes_;
  bool multiLabel_;
};

UnitEffect compared(const Measuring::Whole& before, const Measuring::Whole& after, const std::string& name,
                    const Model& model) {
  UnitEffect effect;
  effect.name = name;
  effect.accuracy = before.accuracy;
  effect.accuracyAfter = after.accuracy;
  effect.meanAveragePrecision = before.meanAveragePrecision;
  effect.meanAveragePrecisionAfter = after.meanAveragePrecision;
  for (std::size_t k = 0; k < before.classes.size(); ++k) {
    const Measuring::OfClass &a = before.classes[k], &b = after.classes[k];
    const auto index = static_cast<std::int64_t>(k);
    effect.classes.push_back({index, model.label(index), a.shown, a.score, b.score, a.elsewhere, b.elsewhere,
                              a.accuracy, b.accuracy, a.averagePrecision, b.averagePrecision});
  }
  // Classes that no picture shows have no drop, and come last.
  const auto drop = [](const ClassEffect& c) {
    return std::isfinite(c.drop()) ? c.drop() : -std::numeric_limits<double>::infinity();
  };
  std::ranges::stable_sort(effect.classes,
                           [&](const ClassEffect& a, const ClassEffect& b) { return drop(a) > drop(b); });
  return effect;
}

}  // namespace

UnitEffects measureEffects(Model& model, const EffectQuestion& question, const Progress& progress,
                           const CancelToken& cancel) {
  const auto start = std::chrono::steady_clock::now();
  prepareComputeThread(model.settings());
  if (question.ablations.size() > kMostAblations)
    throw Error("ablations", "there can be " + std::to_string(kMostAblations) + " at most");
  Model::Internal& inner = model.internal();
  const std::unique_ptr<PictureSource> source = openPictures(question.data, model, question.seed);
  const std::size_t runs = question.ablations.size() + 1;
  std::vector<Scores> scores(runs);
  std::vector<std::vector<Edit>> edits;
  Truth truth;
  std::int64_t classes = 0;
  const at::NoGradGuard noGradients;
  RunCache cache;
  RunRequest request;
  request.fetch = {inner.outputValue()};
  request.cancel = cancel;
  request.cache = &cache;

  UnitEffects result;
  result.pictures =
      forEachBatch(model, *source, question.data, question.count, progress, cancel, [&](const PictureBatch& batch) {
        if (edits.empty()) {
          edits.emplace_back();
          for (const Ablation& ablation : question.ablations) {
            UnitEdits own(inner, batch.input.narrow(0, 0, 1));
            for (const UnitSwitch& change : ablation.changes) own.set(change);
            edits.push_back(own.edits());
          }
        }
        cache.clear();
        request.feeds = inner.feedsFor(batch.input);
        for (std::size_t run = 0; run < runs; ++run) {
          request.edits = edits[run];
          const Array rows = toArray(scoreRows(inner.executor.run(request).front().to(at::kFloat)));
          if (rows.shape[0] != static_cast<std::int64_t>(batch.pictures.size()))
            throw Error("the network gave " + std::to_string(rows.shape[0]) + " answers for " +
                        std::to_string(batch.pictures.size()) + " pictures");
          classes = rows.shape[1];
          if (static_cast<double>(question.count) * static_cast<double>(runs) * static_cast<double>(classes) >
              kMostScores)
            throw Error("ablations",
                        "so many of them, over so many pictures and classes, do not fit into memory; take "
                        "fewer at a time");
          scores[run].values.insert(scores[run].values.end(), rows.values.begin(), rows.values.end());
        }
        for (const KnownPicture& picture : batch.pictures) {
          truth.labelled.push_back(picture.labelled);
          truth.classes.push_back(picture.labelled ? picture.classes : std::vector<std::int64_t>{});
          result.labelled = result.labelled || picture.labelled;
        }
      });
  result.multiLabel = model.card().multiLabel;
  const Measuring measuring(truth, classes, result.multiLabel);
  const Measuring::Whole before = measuring.of(scores.front());
  for (std::size_t i = 1; i < runs; ++i) {
    cancel.check();
    result.ablations.push_back(compared(before, measuring.of(scores[i]), question.ablations[i - 1].name, model));
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  progress.report(1.0);
  return result;
}

}  // namespace unitscope
