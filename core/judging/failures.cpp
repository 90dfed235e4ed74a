#include "judging/failures.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>

#include "engine/model_internal.h"
#include "judging/class_heat.h"
#include "judging/object_removal.h"
#include "judging/recognised.h"
#include "runtime/error.h"
#include "sources/picture_source.h"
#include "training/measures.h"

namespace unitscope {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
// Objects that take less are a matter of luck, and a picture without one that takes more is none.
constexpr double kSmallestObject = 0.003, kLargestObject = 0.5;

struct Seen {
  std::int64_t number = 0;
  std::string name;
  std::vector<double> probabilities;
  std::vector<std::int64_t> shown, said;
};

bool holds(const std::vector<std::int64_t>& classes, std::int64_t k) {
  return std::ranges::binary_search(classes, k);
}

class Hunt {
 public:
  Hunt(Model& model, const FailuresQuestion& question, const Progress& progress, const CancelToken& cancel)
      : model_(model), question_(question), progress_(progress), cancel_(cancel) {}

  Failures run() {
    const auto start = std::chrono::steady_clock::now();
    const std::unique_ptr<PictureSource> source = openPictures(question_.data, model_, question_.seed);
    if (!source->labelled())
      throw Error(question_.data,
                  "has no labels that name classes of this network, so that nothing can be found wrong");
    failures_.multiLabel = model_.card().multiLabel;
    const std::int64_t count = source->count() < 0 ? question_.count : std::min(source->count(), question_.count);
    for (std::int64_t i = 0; i < count; ++i) {
      cancel_.check();
      KnownPicture picture = source->at(i);
      progress_.report(static_cast<double>(i) / static_cast<double>(count), picture.name);
      if (picture.labelled) look(i, picture);
    }
    if (seen_.empty()) throw Error(question_.data, "has no picture with a label");
    for (std::size_t k = 0; k < seen_.front().probabilities.size(); ++k)
      failures_.labels.push_back(model_.label(static_cast<std::int64_t>(k)));
    failures_.pictures = static_cast<std::int64_t>(seen_.size());
    compare();
    summarise();
    failures_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    progress_.report(1.0);
    return std::move(failures_);
  }

 private:
  void look(std::int64_t number, const KnownPicture& picture) {
    Seen seen{number, picture.name, classProbabilities(model_, picture.input, cancel_), picture.classes, {}};
    seen.said = predictedClasses(seen.probabilities, failures_.multiLabel);
    // Pointers stay good: a class gets one case a picture.
    std::vector<HeatCase*> located;
    std::vector<Array> masks;
    for (const std::int64_t k : seen.said) {
      std::vector<HeatCase>& cases = heat_[k];
      const bool wanted =
          question_.classes.empty() || std::ranges::find(question_.classes, k) != question_.classes.end();
      if (!wanted || static_cast<std::int64_t>(cases.size()) >= question_.mapsPerClass) continue;
      Array mask = placeOf(picture, k);
      cases.push_back(heatOf(seen, picture, k, mask));
      if (mask.values.empty()) continue;
      located.push_back(&cases.back());
      masks.push_back(std::move(mask));
    }
    const std::vector<Array> emptied = withoutObjects(model_, picture.input, masks, cancel_);
    for (std::size_t i = 0; i < emptied.size(); ++i) {
      const std::int64_t k = located[i]->classIndex;
      located[i]->withoutObject = classProbabilities(model_, emptied[i], cancel_)[static_cast<std::size_t>(k)];
      const at::Tensor cells = viewOf(cellsOf(masks[i], question_.side)).clone();
      at::Tensor& sum = masks_[k];
      sum = sum.defined() ? sum + cells : cells;
      ++masked_[k];
    }
    seen_.push_back(std::move(seen));
  }

  /// The mask of a class that the picture shows at a size that says something; else empty.
  static Array placeOf(const KnownPicture& picture, std::int64_t k) {
    const auto found = picture.masks.find(k);
    if (found == picture.masks.end() || !holds(picture.classes, k)) return {};
    const double share = shareOf(found->second);
    return share >= kSmallestObject && share <= kLargestObject ? found->second : Array{};
  }

  HeatCase heatOf(const Seen& seen, const KnownPicture& picture, std::int64_t k, const Array& mask) {
    HeatCase one;
    one.picture = seen.number;
    one.name = seen.name;
    one.classIndex = k;
    one.probability = seen.probabilities[static_cast<std::size_t>(k)];
    one.right = holds(seen.shown, k);
    AttributionQuestion asked;
    asked.method = question_.method;
    asked.parameters = question_.parameters;
    asked.layer = question_.layer;
    asked.input = picture.input;
    asked.target = k;
    const AttributionAnswer answer = model_.attribute(asked, {}, cancel_);
    const bool last = model_.card().channelsLast;
    const Shape& shape = picture.input.shape;
    describeHeat(one, answer.map, mask, shape[last ? 1 : 2], shape[last ? 2 : 3], question_.side);
    return one;
  }

  void compare() {
    const auto classes = static_cast<std::int64_t>(failures_.labels.size());
    const auto n = static_cast<std::int64_t>(seen_.size());
    at::Tensor scores = at::zeros({n, classes}, at::kDouble), truth = at::zeros({n, classes}, at::kDouble);
    auto* score = scores.data_ptr<double>();
    auto* is = truth.data_ptr<double>();
    for (const Seen& seen : seen_) {
      std::ranges::copy(seen.probabilities, score);
      for (const std::int64_t k : seen.shown) is[k] = 1.0;
      score += classes;
      is += classes;
      record(seen);
    }
    failures_.meanAveragePrecision = meanAveragePrecision(scores, truth);
    if (!failures_.multiLabel) crossTable(classes);
    std::vector<double> known;
    for (std::int64_t k = 0; k < classes; ++k) {
      ClassFindings f;
      f.index = k;
      f.label = failures_.labels[static_cast<std::size_t>(k)];
      for (const Seen& seen : seen_) {
        f.shown += holds(seen.shown, k);
        f.said += holds(seen.said, k);
        f.right += holds(seen.shown, k) && holds(seen.said, k);
      }
      f.precision = f.said > 0 ? static_cast<double>(f.right) / static_cast<double>(f.said) : kNan;
      f.recall = f.shown > 0 ? static_cast<double>(f.right) / static_cast<double>(f.shown) : kNan;
      f.averagePrecision = averagePrecision(scores.select(1, k), truth.select(1, k));
      if (f.shown > 0 || f.said > 0) failures_.classes.push_back(std::move(f));
    }
    const auto listed = static_cast<std::size_t>(std::max<std::int64_t>(question_.listed, 0));
    std::ranges::stable_sort(failures_.mistakes,
                             [](const Verdict& a, const Verdict& b) { return sureness(a) > sureness(b); });
    std::ranges::stable_sort(failures_.weakHits, {}, &Verdict::probability);
    if (failures_.mistakes.size() > listed) failures_.mistakes.resize(listed);
    if (failures_.weakHits.size() > listed) failures_.weakHits.resize(listed);
  }

  /// How sure the network is of a mistake: a class that it misses is denied.
  static double sureness(const Verdict& v) { return v.said >= 0 ? v.probability : 1.0 - v.probability; }

  void record(const Seen& seen) {
    const auto p = [&](std::int64_t k) { return seen.probabilities[static_cast<std::size_t>(k)]; };
    if (!failures_.multiLabel) {
      const std::int64_t said = seen.said.front();
      const bool right = holds(seen.shown, said);
      const std::int64_t truth = right ? said : seen.shown.empty() ? -1 : seen.shown.front();
      const Verdict verdict{seen.number, seen.name, said, truth, p(said)};
      failures_.verdicts.push_back(verdict);
      (right ? failures_.weakHits : failures_.mistakes).push_back(verdict);
      return;
    }
    for (const std::int64_t k : seen.said)
      if (holds(seen.shown, k))
        failures_.weakHits.push_back({seen.number, seen.name, k, k, p(k)});
      else
        failures_.mistakes.push_back({seen.number, seen.name, k, -1, p(k)});
    for (const std::int64_t k : seen.shown)
      if (!holds(seen.said, k)) failures_.mistakes.push_back({seen.number, seen.name, -1, k, p(k)});
  }

  void crossTable(std::int64_t classes) {
    failures_.confusion.assign(static_cast<std::size_t>(classes * classes), 0);
    std::int64_t right = 0, all = 0;
    for (const Verdict& v : failures_.verdicts) {
      if (v.truth < 0) continue;
      ++failures_.confusion[static_cast<std::size_t>(v.truth * classes + v.said)];
      ++all;
      right += v.truth == v.said;
    }
    failures_.accuracy = all > 0 ? static_cast<double>(right) / static_cast<double>(all) : kNan;
  }

  void summarise() {
    for (ClassFindings& f : failures_.classes) {
      std::vector<HeatCase>& cases = heat_[f.index];
      Array averageMask;
      if (const auto sum = masks_.find(f.index); sum != masks_.end())
        averageMask = toArray(sum->second / static_cast<double>(masked_[f.index]));
      summariseHeat(f, cases, averageMask, question_.clusters, question_.seed);
    }
    const auto suspicion = [](const ClassFindings& f) { return std::isfinite(f.saidWithout) ? f.saidWithout : -1.0; };
    std::ranges::stable_sort(
        failures_.classes, [&](const ClassFindings& a, const ClassFindings& b) { return suspicion(a) > suspicion(b); });
    for (const ClassFindings& f : failures_.classes)
      for (HeatCase& one : heat_[f.index]) failures_.heat.push_back(std::move(one));
  }

  Model& model_;
  const FailuresQuestion& question_;
  const Progress& progress_;
  const CancelToken& cancel_;
  Failures failures_;
  std::vector<Seen> seen_;
  std::map<std::int64_t, std::vector<HeatCase>> heat_;
  std::map<std::int64_t, at::Tensor> masks_;
  std::map<std::int64_t, std::int64_t> masked_;
};

}  // namespace

Failures findFailures(Model& model, const FailuresQuestion& question, const Progress& progress,
                      const CancelToken& cancel) {
  return Hunt(model, question, progress, cancel).run();
}

}  // namespace unitscope
