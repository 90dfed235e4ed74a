#include "dissection/concept_effect.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <random>

#include "attribution/score.h"
#include "engine/devices.h"
#include "engine/model_internal.h"
#include "runtime/error.h"
#include "sources/class_names.h"
#include "sources/picture_source.h"
#include "training/measures.h"

namespace unitscope {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kBatch = 32;
constexpr int kDraws = 5;  ///< of random units
constexpr std::int64_t kMostNumbers = 200'000'000;

class Switching {
 public:
  Switching(Model& model, const Dissection& dissection, const ConceptEffectQuestion& question, const Progress& progress,
            const CancelToken& cancel)
      : model_(model), dissection_(dissection), question_(question), progress_(progress), cancel_(cancel) {}

  ConceptEffects run() {
    const auto start = std::chrono::steady_clock::now();
    choose();
    look();
    compare();
    effects_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    progress_.report(1.0);
    return std::move(effects_);
  }

 private:
  void choose() {
    if (dissection_.layers.empty()) throw Error("layer", "the dissection has none");
    const auto& layers = dissection_.layers;
    const auto found = question_.layer.empty() ? layers.end() - 1
                                               : std::ranges::find(layers, question_.layer, &LayerDissection::layer);
    if (found == layers.end()) throw Error(question_.layer, "the dissection has no such layer");
    effects_.layer = found->layer;
    layer_ = resolveLayer(*model_.internal().graph, model_.internal().layers, effects_.layer);
    std::vector<std::string> known;
    for (const DissectedConcept& one : dissection_.concepts) known.push_back(one.name);
    std::vector<std::size_t> chosen;
    for (const std::string& name : question_.concepts) {
      const std::int64_t k = classNamed(known, name);
      if (k < 0) throw Error(name, "the dissection has no such concept");
      chosen.push_back(static_cast<std::size_t>(k));
    }
    for (std::size_t k = 0; question_.concepts.empty() && k < known.size(); ++k)
      if (classNamed(model_.card().labels, known[k]) >= 0) chosen.push_back(k);
    if (chosen.empty()) throw Error("concepts", "none of them is a class of the network; name some");
    for (const std::size_t k : chosen) {
      ConceptEffect effect;
      effect.name = known[k];
      effect.category = dissection_.concepts[k].category;
      effect.conceptIndex = static_cast<std::int64_t>(k);
      effect.classIndex = classNamed(model_.card().labels, known[k]);
      effect.units = unitsForConcept(dissection_, static_cast<std::size_t>(found - layers.begin()), effect.conceptIndex,
                                     static_cast<std::size_t>(std::max<std::int64_t>(question_.units, 1)));
      effects_.concepts.push_back(std::move(effect));
    }
    for (const ConceptEffect& effect : effects_.concepts) {
      off_.emplace_back();
      for (const UnitMatch& unit : effect.units) off_.back().push_back(unit.unit);
    }
    // Concepts mostly have as many units as were asked for, so that they share their draws.
    std::mt19937_64 random(question_.seed);
    for (const ConceptEffect& effect : effects_.concepts)
      if (draws_.try_emplace(effect.units.size(), off_.size()).second)
        for (int draw = 0; draw < kDraws; ++draw)
          off_.push_back(drawn(found->units.size(), effect.units.size(), random));
  }

  static std::vector<std::int64_t> drawn(std::size_t units, std::size_t count, std::mt19937_64& random) {
    std::vector<std::int64_t> order(units);
    std::iota(order.begin(), order.end(), std::int64_t{0});
    std::ranges::shuffle(order, random);
    order.resize(std::min(count, units));
    return order;
  }

  /// Scores of each picture with all units, and without those of each concept.
  void look() {
    const auto source = openPictures(question_.data, model_, question_.seed);
    if (!source->labelled()) throw Error(question_.data, "has no labels that name classes of this network");
    const std::int64_t count = source->count() < 0 ? question_.count : std::min(source->count(), question_.count);
    Model::Internal& inner = model_.internal();
    prepareComputeThread(inner.settings);
    const at::NoGradGuard noGradients;
    std::vector<std::vector<at::Tensor>> rows(off_.size() + 1);
    inBatches(count, batchSize(), progress_, cancel_, "Units off", [&](std::int64_t first, std::int64_t size) {
      std::vector<KnownPicture> pictures;
      std::vector<at::Tensor> inputs;
      for (std::int64_t i = first; i < first + size; ++i) {
        KnownPicture picture = source->at(i);
        if (!picture.labelled) continue;
        pictures.push_back(std::move(picture));
        inputs.push_back(viewOf(pictures.back().input));
      }
      if (inputs.empty()) return;
      const std::vector<at::Tensor> scores = scoresOf(at::cat(inputs));
      if (scores.front().size(1) * static_cast<std::int64_t>(scores.size()) * count > kMostNumbers)
        throw Error("count", "so many pictures, classes and concepts do not fit into memory; take fewer pictures");
      for (std::size_t s = 0; s < scores.size(); ++s) rows[s].push_back(scores[s]);
      for (const KnownPicture& picture : pictures) shown_.push_back(picture.classes);
    });
    if (shown_.empty()) throw Error(question_.data, "has no picture with a label");
    for (const auto& parts : rows) scores_.push_back(at::cat(parts));
    effects_.pictures = static_cast<std::int64_t>(shown_.size());
  }

  std::int64_t batchSize() {
    Model::Internal& inner = model_.internal();
    AttributionQuery query{inner.executor};
    query.input = inner.blankInput();
    query.inputValue = inner.inputValue();
    query.output = inner.outputValue();
    inner.describeTo(query);
    return ScoreFunction(query, query.input, cancel_).batchSize(kBatch, /*gradients=*/false);
  }

  /// What lies before the layer is computed once.
  std::vector<at::Tensor> scoresOf(const at::Tensor& inputs) {
    Model::Internal& inner = model_.internal();
    RunCache cache;
    RunRequest request;
    request.feeds = inner.feedsFor(inputs);
    request.fetch = {inner.outputValue(), layer_};
    request.cancel = cancel_;
    request.cache = &cache;
    const auto run = [&] { return inner.executor.run(request); };
    const std::vector<at::Tensor> whole = run();
    std::vector<at::Tensor> scores{scoreRows(whole[0].to(at::kCPU, at::kDouble))};
    request.fetch.pop_back();
    for (const std::vector<std::int64_t>& units : off_) {
      Edit off;
      off.value = layer_;
      off.kind = Edit::Kind::Set;
      off.amount = 0.0;
      // Tokens carry their channels last.
      off.channelAxis = whole[1].dim() == 3 ? -1 : 1;
      off.channels = units;
      // No unit at all would mean all of them.
      request.edits.clear();
      if (!units.empty()) request.edits.push_back(std::move(off));
      scores.push_back(scoreRows(run().front().to(at::kCPU, at::kDouble)));
    }
    return scores;
  }

  at::Tensor probabilities(const at::Tensor& scores) const {
    const ModelCard& card = model_.card();
    return card.outputIsProbability ? scores : card.multiLabel ? scores.sigmoid() : scores.softmax(1);
  }

  void compare() {
    const at::Tensor& whole = scores_.front();
    const std::int64_t classes = whole.size(1);
    at::Tensor truth = at::zeros_like(whole);
    for (std::size_t i = 0; i < shown_.size(); ++i)
      for (const std::int64_t k : shown_[i])
        if (k < classes) truth[static_cast<std::int64_t>(i)][k] = 1.0;
    const at::Tensor pictures = truth.sum(0);
    for (std::int64_t k = 0; k < classes; ++k) {
      effects_.labels.push_back(model_.label(k));
      effects_.averagePrecision.push_back(averagePrecision(whole.select(1, k), truth.select(1, k)));
    }
    const at::Tensor before = probabilities(whole);
    for (std::size_t e = 0; e < effects_.concepts.size(); ++e) {
      ConceptEffect& effect = effects_.concepts[e];
      const at::Tensor& without = scores_[e + 1];
      // 0 / 0 is NaN for classes that no picture shows, as it should be.
      const at::Tensor scoreDrop = ((whole - without) * truth).sum(0) / pictures;
      const at::Tensor probabilityDrop = ((before - probabilities(without)) * truth).sum(0) / pictures;
      for (std::int64_t k = 0; k < classes; ++k) {
        effect.scoreDrop.push_back(scoreDrop[k].item<double>());
        effect.probabilityDrop.push_back(probabilityDrop[k].item<double>());
        effect.precisionDrop.push_back(effects_.averagePrecision[static_cast<std::size_t>(k)] -
                                       averagePrecision(without.select(1, k), truth.select(1, k)));
      }
      judge(effect);
      effect.randomScoreDrop = kNan;
      if (effect.rank == 0) continue;
      at::Tensor drop = at::zeros({}, at::kDouble);
      for (int draw = 0; draw < kDraws; ++draw) {
        const std::size_t row = 1 + draws_.at(effect.units.size()) + static_cast<std::size_t>(draw);
        drop = drop + ((whole - scores_[row]) * truth).select(1, effect.classIndex).sum();
      }
      effect.randomScoreDrop = (drop / pictures[effect.classIndex] / kDraws).item<double>();
    }
  }

  void judge(ConceptEffect& effect) {
    double most = -std::numeric_limits<double>::infinity();
    for (std::size_t k = 0; k < effect.scoreDrop.size(); ++k) {
      if (!(effect.scoreDrop[k] > most)) continue;
      most = effect.scoreDrop[k];
      effect.mostHurt = static_cast<std::int64_t>(k);
    }
    const auto own = static_cast<std::size_t>(std::max<std::int64_t>(effect.classIndex, 0));
    if (effect.classIndex < 0 || own >= effect.scoreDrop.size() || std::isnan(effect.scoreDrop[own])) return;
    effect.rank = 1 + std::ranges::count_if(effect.scoreDrop, [&](double d) { return d > effect.scoreDrop[own]; });
    ++effects_.named;
    effects_.own += effect.rank == 1;
  }

  Model& model_;
  const Dissection& dissection_;
  const ConceptEffectQuestion& question_;
  const Progress& progress_;
  const CancelToken& cancel_;
  ValueId layer_ = kNoValue;
  std::vector<std::vector<std::int64_t>> off_;  ///< units to switch off: of each concept, then drawn ones
  std::map<std::size_t, std::size_t> draws_;    ///< first of the draws of so many units
  std::vector<std::vector<std::int64_t>> shown_;
  std::vector<at::Tensor> scores_;  ///< [pictures, classes]: with all units, then without each of the above
  ConceptEffects effects_;
};

}  // namespace

ConceptEffects conceptEffects(Model& model, const Dissection& dissection, const ConceptEffectQuestion& question,
                              const Progress& progress, const CancelToken& cancel) {
  return Switching(model, dissection, question, progress, cancel).run();
}

}  // namespace unitscope
