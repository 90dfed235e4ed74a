#include "dissection/net2vec.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "dissection/concept_training.h"
#include "dissection/mask_scores.h"
#include "dissection/overlap.h"
#include "dissection/unit_thresholds.h"
#include "engine/devices.h"
#include "engine/model_internal.h"
#include "runtime/error.h"
#include "sources/class_names.h"

namespace unitscope {
namespace {

/// Concepts that fewer pictures show teach nothing.
constexpr std::int64_t kFewestPictures = 10;
constexpr std::size_t kStrongest = 10;  ///< units of a concept in the matrix of sharing

/// [C,h,w] bytes: 1 where a unit fires.
at::Tensor firingOf(const at::Tensor& maps, const at::Tensor& thresholds) {
  return maps.gt(thresholds.reshape({-1, 1, 1})).to(at::kByte);
}

/// Sums before the sigmoid [R,H,W] of one picture's [C,h,w].
at::Tensor sumsOf(const LinearMasks& masks, const at::Tensor& firing, std::int64_t height, std::int64_t width) {
  const at::Tensor places = firing.flatten(1).to(at::kFloat);
  const at::Tensor sums =
      at::addmm(masks.biases.unsqueeze(1), masks.weights, places).reshape({1, -1, firing.size(1), firing.size(2)});
  return at::upsample_bilinear2d(sums, {height, width}, /*align_corners=*/false)[0];
}

class Learning {
 public:
  Learning(Model& model, const Net2VecQuestion& question, const Progress& progress, const CancelToken& cancel)
      : model_(model),
        question_(question),
        progress_(progress),
        cancel_(cancel),
        source_(openConcepts(question.data, model, question.seed, {question.colors, question.segmenter})),
        pictures_(*source_, model, question.count, question.data),
        layers_(model, {question.layer}, cancel),
        size_(layers_.sizes().front()),
        counted_(source_->concepts().size()) {
    aside_ = validationPictures(pictures_.count(), question.validationShare, question.seed);
    trained_ = std::ranges::count(aside_, false);
    pixels_.assign(2, counted_);
  }

  Net2Vec run() {
    const auto start = std::chrono::steady_clock::now();
    choose();
    UnitThresholds found = findThresholds(layers_, pictures_, question_.topShare, progress_.part(0.2, 0.3)).front();
    answer_.thresholds = std::move(found.thresholds);
    thresholds_ = at::tensor(at::ArrayRef<float>(answer_.thresholds));
    collect();
    learn();
    evaluate();
    describe();
    answer_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    progress_.report(1.0);
    return std::move(answer_);
  }

 private:
  /// Which concepts are learned: those named, else those that enough pictures show.
  void choose() {
    ConceptPixels learned(source_->concepts().size()), kept(source_->concepts().size());
    for (std::int64_t i = 0; i < pictures_.count(); ++i) {
      cancel_.check();
      progress_.report(0.2 * static_cast<double>(i) / static_cast<double>(pictures_.count()), "Pictures");
      const ConceptPicture picture = pictures_.at(i);
      counted_.add(picture);
      (aside_[static_cast<std::size_t>(i)] ? kept : learned).add(picture);
    }
    const auto enough = [&](std::size_t k) { return learned.pictures[k] >= kFewestPictures && kept.pictures[k] > 0; };
    const std::vector<Concept>& known = source_->concepts();
    for (std::size_t k = 0; k < known.size(); ++k)
      if (question_.concepts.empty() && enough(k)) chosen_.push_back(k);
    std::vector<std::string> names;
    for (const Concept& one : known) names.push_back(one.name);
    for (const std::string& name : question_.concepts) {
      const std::int64_t k = classNamed(names, name);
      if (k < 0) throw Error(name, "the data has no such concept; it has " + listOf(names));
      const auto index = static_cast<std::size_t>(k);
      if (learned.pictures[index] < 1 || kept.pictures[index] < 1)
        throw Error(name, "too few of the " + std::to_string(pictures_.count()) + " pictures show it; take more");
      if (std::ranges::find(chosen_, index) == chosen_.end()) chosen_.push_back(index);
    }
    if (chosen_.empty())
      throw Error(question_.data, "no concept is shown by " + std::to_string(kFewestPictures) + " pictures; take more");
  }

  static std::string listOf(const std::vector<std::string>& names) {
    std::string list;
    for (std::size_t i = 0; i < names.size() && i < 40; ++i) list += (i == 0 ? "" : ", ") + names[i];
    return names.size() > 40 ? list + "..." : list;
  }

  void collect() {
    places_ = std::make_unique<TrainingPlaces>(size_, trained_, chosen_, source_->concepts().size());
    const std::size_t concepts = source_->concepts().size();
    alone_.assign(2, Overlap(size_, source_->height(), source_->width(), answer_.thresholds, concepts));
    layers_.forEach(pictures_, "Places", progress_.part(0.3, 0.4), [&](const LayerMaps::Batch& batch) {
      std::vector<bool> train, kept;
      for (std::size_t b = 0; b < batch.pictures.size(); ++b) {
        const std::int64_t number = batch.first + static_cast<std::int64_t>(b);
        kept.push_back(aside_[static_cast<std::size_t>(number)]);
        train.push_back(!kept.back());
        if (train.back())
          places_->add(firingOf(batch.maps[0][static_cast<std::int64_t>(b)], thresholds_), batch.pictures[b], number,
                       source_->height(), source_->width());
      }
      alone_[0].add(batch.maps[0], batch.pictures, train);
      alone_[1].add(batch.maps[0], batch.pictures, kept);
      for (std::size_t b = 0; b < batch.pictures.size(); ++b) pixels_[kept[b] ? 1 : 0].add(batch.pictures[b]);
    });
    places_->finish();
  }

  /// Of a unit and a concept of the source, on the training (0) or validation (1) pictures.
  double aloneIou(std::size_t split, std::int64_t unit, std::size_t known) const {
    return iouOf(alone_[split].shared(unit, known), alone_[split].fired(unit), pixels_[split].pixels[known]);
  }

  /// -1 where no unit meets the concept.
  std::int64_t bestUnit(std::size_t known) const {
    std::int64_t best = -1;
    double most = 0.0;
    for (std::int64_t u = 0; u < size_.units; ++u) {
      const double iou = aloneIou(0, u, known);
      if (iou <= most) continue;
      most = iou;
      best = u;
    }
    return best;
  }

  /// All units first; then the strongest few of each concept, learned anew.
  void learn() {
    const auto kinds = static_cast<std::int64_t>(chosen_.size());
    const LinearMasks whole = trainMasks(*places_, question_, 1, {}, progress_.part(0.4, 0.5), cancel_);
    for (const std::int64_t size : question_.sizes)
      if (size >= 1 && size < size_.units) sizes_.push_back(size);
    std::ranges::sort(sizes_);
    sizes_.erase(std::ranges::unique(sizes_).begin(), sizes_.end());
    masks_ = whole;
    if (!sizes_.empty()) {
      // A large weight may also say what the concept is not, which is of no use alone: the best single unit leads.
      at::Tensor strength = whole.weights.abs();
      for (std::int64_t k = 0; k < kinds; ++k)
        if (const std::int64_t unit = bestUnit(chosen_[static_cast<std::size_t>(k)]); unit >= 0)
          strength[k][unit].fill_(std::numeric_limits<float>::infinity());
      const at::Tensor order = strength.argsort(1, /*descending=*/true);
      std::vector<at::Tensor> allowed;
      for (const std::int64_t size : sizes_)
        allowed.push_back(at::zeros({kinds, size_.units}).scatter(1, order.narrow(1, 0, size), 1.0));
      const LinearMasks few = trainMasks(*places_, question_, static_cast<std::int64_t>(sizes_.size()),
                                         at::cat(allowed), progress_.part(0.5, 0.75), cancel_);
      masks_ = {at::cat({few.weights, whole.weights}), at::cat({few.biases, whole.biases})};
    }
    sizes_.push_back(size_.units);
    places_.reset();
  }

  void evaluate() {
    scores_ = std::make_unique<MaskScores>(masks_.weights.size(0), chosen_);
    layers_.forEach(pictures_, "Masks", progress_.part(0.75, 1.0), [&](const LayerMaps::Batch& batch) {
      for (std::size_t b = 0; b < batch.pictures.size(); ++b) {
        cancel_.check();
        const at::Tensor firing = firingOf(batch.maps[0][static_cast<std::int64_t>(b)], thresholds_);
        scores_->add(sumsOf(masks_, firing, source_->height(), source_->width()), batch.pictures[b],
                     aside_[static_cast<std::size_t>(batch.first) + b]);
      }
    });
  }

  void describe() {
    answer_.model = model_.card().title;
    answer_.data = question_.data;
    answer_.layer = question_.layer;
    answer_.seed = question_.seed;
    answer_.pictures = pictures_.count();
    answer_.validationPictures = pictures_.count() - trained_;
    answer_.topShare = question_.topShare;
    answer_.units = size_.units;
    const auto kinds = static_cast<std::int64_t>(chosen_.size());
    const std::int64_t firstWhole = masks_.weights.size(0) - kinds;
    const double pixels = static_cast<double>(pictures_.count()) * source_->height() * source_->width();
    for (std::int64_t k = 0; k < kinds; ++k) {
      const std::size_t known = chosen_[static_cast<std::size_t>(k)];
      ConceptVector one;
      one.name = source_->concepts()[known].name;
      one.category = source_->concepts()[known].category;
      one.share = static_cast<double>(counted_.pixels[known]) / pixels;
      one.pictures = counted_.pictures[known];
      one.weights = toArray(masks_.weights[firstWhole + k]).values;
      one.bias = masks_.biases[firstWhole + k].item<double>();
      for (std::size_t s = 0; s < sizes_.size(); ++s) {
        const MaskScores::Best best = scores_->best(static_cast<std::int64_t>(s) * kinds + k);
        one.curve.push_back({sizes_[s], best.train, best.validation});
        one.cut = best.cut;
      }
      one.trainIou = one.curve.back().train;
      one.validationIou = one.curve.back().validation;
      one.bestUnit = bestUnit(known);
      if (one.bestUnit >= 0) {
        one.bestUnitTrainIou = aloneIou(0, one.bestUnit, known);
        one.bestUnitIou = aloneIou(1, one.bestUnit, known);
      }
      answer_.concepts.push_back(std::move(one));
    }
    relate(masks_.weights.narrow(0, firstWhole, kinds));
  }

  /// Which vectors are alike, and which units they share.
  void relate(const at::Tensor& weights) {
    const at::Tensor directions = weights / weights.norm(2, 1, /*keepdim=*/true).clamp_min(1e-12);
    answer_.cosine = toArray(at::mm(directions, directions.t()));
    const std::int64_t strongest = std::min<std::int64_t>(kStrongest, size_.units);
    const at::Tensor size = weights.abs();
    const at::Tensor top = at::zeros_like(weights).scatter(1, std::get<1>(size.topk(strongest, 1)), 1.0);
    const at::Tensor sharing =
        (weights * top / std::get<0>(size.max(1, /*keepdim=*/true)).clamp_min(1e-12)).t().contiguous();
    answer_.sharing = toArray(sharing);
    const auto kinds = static_cast<std::size_t>(weights.size(0));
    for (std::int64_t u = 0; u < size_.units; ++u) {
      SharedUnit unit{u, {}};
      for (std::size_t k = 0; k < kinds; ++k)
        if (answer_.sharing.values[static_cast<std::size_t>(u) * kinds + k] > 0.0F)
          unit.concepts.push_back(static_cast<std::int64_t>(k));
      if (unit.concepts.size() > 1) answer_.shared.push_back(std::move(unit));
    }
    std::ranges::stable_sort(
        answer_.shared, [](const SharedUnit& a, const SharedUnit& b) { return a.concepts.size() > b.concepts.size(); });
  }

  Model& model_;
  const Net2VecQuestion& question_;
  const Progress& progress_;
  const CancelToken& cancel_;
  std::unique_ptr<ConceptSource> source_;
  ConceptPictures pictures_;
  LayerMaps layers_;
  MapSize size_;
  ConceptPixels counted_;
  std::vector<bool> aside_;
  std::int64_t trained_ = 0;
  std::vector<std::size_t> chosen_;
  at::Tensor thresholds_;
  std::unique_ptr<TrainingPlaces> places_;
  std::vector<Overlap> alone_;         ///< of single units: training, validation
  std::vector<ConceptPixels> pixels_;  ///< the same
  std::vector<std::int64_t> sizes_;
  LinearMasks masks_;  ///< [sizes * concepts], all units last
  std::unique_ptr<MaskScores> scores_;
  Net2Vec answer_;
};

void check(const Net2VecQuestion& question) {
  if (question.layer.empty()) throw Error("layer", "name the one whose units are to be combined");
  if (!(question.topShare > 0.0 && question.topShare < 1.0))
    throw Error("top share", "must lie between 0 and 1, such as 0.005");
  if (!(question.validationShare > 0.0 && question.validationShare < 1.0))
    throw Error("validation share", "must lie between 0 and 1, such as 0.3");
  if (question.count < 2) throw Error("count", "two pictures are needed, one to learn from and one to check on");
  if (question.epochs < 1 || question.batch < 1 || !(question.rate > 0.0))
    throw Error("training", "epochs, batch and rate must be positive");
}

}  // namespace

Net2Vec learnConceptVectors(Model& model, const Net2VecQuestion& question, const Progress& progress,
                            const CancelToken& cancel) {
  check(question);
  return Learning(model, question, progress, cancel).run();
}

std::vector<ConceptNeighbour> nearestConcepts(const Net2Vec& vectors, std::span<const ConceptTerm> terms,
                                              std::size_t top) {
  if (terms.empty()) throw Error("concept", "name at least one");
  const at::NoGradGuard noGradients;
  const auto directionOf = [&](std::int64_t k) {
    if (k < 0 || static_cast<std::size_t>(k) >= vectors.concepts.size())
      throw Error("concept " + std::to_string(k), "there is no vector of this number");
    const at::Tensor w = at::tensor(at::ArrayRef<float>(vectors.concepts[static_cast<std::size_t>(k)].weights));
    return w / w.norm().clamp_min(1e-12);
  };
  at::Tensor sum = directionOf(terms.front().conceptIndex) * terms.front().factor;
  for (const ConceptTerm& term : terms.subspan(1)) sum = sum + directionOf(term.conceptIndex) * term.factor;
  sum = sum / sum.norm().clamp_min(1e-12);
  std::vector<ConceptNeighbour> neighbours;
  for (std::size_t k = 0; k < vectors.concepts.size(); ++k) {
    const auto index = static_cast<std::int64_t>(k);
    if (std::ranges::find(terms, index, &ConceptTerm::conceptIndex) != terms.end()) continue;
    neighbours.push_back({index, at::dot(sum, directionOf(index)).item<double>()});
  }
  std::ranges::stable_sort(neighbours,
                           [](const ConceptNeighbour& a, const ConceptNeighbour& b) { return a.cosine > b.cosine; });
  if (neighbours.size() > top) neighbours.resize(top);
  return neighbours;
}

Array predictMask(Model& model, const Array& input, const Net2Vec& vectors, std::int64_t conceptIndex,
                  const CancelToken& cancel) {
  if (conceptIndex < 0 || static_cast<std::size_t>(conceptIndex) >= vectors.concepts.size())
    throw Error("concept " + std::to_string(conceptIndex), "there is no vector of this number");
  if (input.shape.size() != 4 || input.shape[0] != 1)
    throw Error("input", "one picture is needed, not " + toString(input.shape));
  const ConceptVector& one = vectors.concepts[static_cast<std::size_t>(conceptIndex)];
  const at::NoGradGuard noGradients;
  LayerMaps layers(model, {vectors.layer}, cancel);
  const at::Tensor maps = layers.mapsOf(viewOf(input)).front()[0];
  const auto units = static_cast<std::size_t>(maps.size(0));
  if (one.weights.size() != units || vectors.thresholds.size() != units)
    throw Error(vectors.layer, "has " + std::to_string(units) + " units, but the vectors were learned over " +
                                   std::to_string(one.weights.size()));
  const LinearMasks mask{at::tensor(at::ArrayRef<float>(one.weights)).unsqueeze(0), at::full({1}, one.bias)};
  const bool last = model.card().channelsLast;
  const at::Tensor firing = firingOf(maps, at::tensor(at::ArrayRef<float>(vectors.thresholds)));
  return toArray(sumsOf(mask, firing, input.shape[last ? 1 : 2], input.shape[last ? 2 : 3])[0].sigmoid());
}

}  // namespace unitscope
