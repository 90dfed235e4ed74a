#include "gan/gan_dissection.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <utility>

#include "activations/layer_form.h"
#include "attribution/score.h"
#include "dissection/concept_planes.h"
#include "dissection/layer_maps.h"
#include "dissection/overlap.h"
#include "engine/fingerprint.h"
#include "gan/firing_tables.h"
#include "gan/sample_runs.h"
#include "gan/sample_segmenter.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::int64_t kFirstSamples = 160;
constexpr std::int64_t kMostFloatsKept = 64'000'000;
constexpr std::int64_t kMostBytes = std::int64_t{1} << 30;
constexpr int kBins = 128, kFewestBins = 16;

using Planes = std::vector<std::vector<std::uint16_t>>;

/// Samples as they come: maps of the layers, concepts of the pixels.
struct Seen {
  std::vector<at::Tensor> maps;
  std::vector<Planes> planes;
};

class Dissecting {
 public:
  Dissecting(Generator& generator, const GanDissectQuestion& question, CancelToken cancel)
      : generator_(generator),
        question_(question),
        cancel_(std::move(cancel)),
        segmenter_(generator, question.segmenter),
        samples_(samplesFrom(generator, question.samples, question.firstSeed, question.truncation, question.classes)),
        concepts_(segmenter_.concepts()) {
    layers_ = question.layers.empty() ? generatorLayers(generator, cancel_) : question.layers;
    if (layers_.empty()) throw Error("layer", "the network has none whose units have maps; name one");
    for (const std::string& layer : layers_) values_.push_back(unitLayer(generator.internal().inner(), layer));
    const Shape& image = generator.plan().imageShape;
    ModelCard card;
    card.height = static_cast<int>(image[1]);
    card.width = static_cast<int>(image[2]);
    size_ = planeSizeFor(card);
    if (question.samples * size_.height * size_.width >= std::numeric_limits<std::uint32_t>::max())
      throw Error("samples", "are too many to count their pixels");
    firstColor_ = concepts_.size();
    if (question.colors) addColors(concepts_);
  }

  void run(const Progress& progress);
  GanDissection answer() const;

 private:
  Seen see(std::int64_t first, std::int64_t count);
  void open(const std::vector<Seen>& seen);
  void take(const Seen& seen);
  LayerDissection layerOf(std::size_t l, const std::vector<std::size_t>& kept, std::int64_t pixels,
                          GanLayerTables& tables) const;

  Generator& generator_;
  const GanDissectQuestion& question_;
  CancelToken cancel_;
  SampleSegmenter segmenter_;
  SynthesisQuestion samples_;
  std::vector<Concept> concepts_;
  std::vector<std::string> layers_;
  std::vector<ValueId> values_;
  PlaneSize size_;
  std::size_t firstColor_ = 0;
  std::vector<MapSize> sizes_;
  std::vector<FiringTables> tables_;
  ConceptPixels counted_{0};
};

Seen Dissecting::see(std::int64_t first, std::int64_t count) {
  std::vector<ValueId> fetch = values_;
  fetch.push_back(generator_.internal().image);
  Seen seen;
  seen.maps = runSamples(generator_, samples_, fetch, first, count, cancel_);
  const at::Tensor images = seen.maps.back();
  seen.maps.pop_back();
  for (std::size_t l = 0; l < seen.maps.size(); ++l) seen.maps[l] = unitMaps(seen.maps[l], count, layers_[l]);
  Planes labels = planesOf(segmenter_.labels(images, cancel_), size_.height, size_.width, segmenter_.count());
  for (Planes::value_type& plane : labels) seen.planes.push_back({std::move(plane)});
  if (question_.colors) {
    const std::vector<Image> pictures = generator_.picturesOf(toArray(images));
    for (std::size_t i = 0; i < pictures.size(); ++i)
      seen.planes[i].push_back(colorPlane(pictures[i], size_, static_cast<std::uint16_t>(firstColor_)));
  }
  return seen;
}

/// The first samples say where the units' thresholds may lie.
void Dissecting::open(const std::vector<Seen>& seen) {
  const auto concepts = concepts_.size();
  std::int64_t units = 0;
  for (const at::Tensor& maps : seen.front().maps) units += maps.size(1);
  int bins = kBins;
  while (bins > kFewestBins && FiringTables::bytesFor(units, concepts, bins) > kMostBytes) bins /= 2;
  if (FiringTables::bytesFor(units, concepts, bins) > kMostBytes)
    throw Error("layers", "have too many units for so many concepts; dissect fewer layers at a time");
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    std::vector<at::Tensor> parts;
    for (const Seen& one : seen) parts.push_back(one.maps[l]);
    const at::Tensor all = parts.size() == 1 ? parts.front() : at::cat(parts);
    sizes_.push_back({all.size(1), all.size(2), all.size(3)});
    tables_.emplace_back(all, size_.height, size_.width, concepts, bins);
  }
  counted_ = ConceptPixels(concepts);
}

void Dissecting::take(const Seen& seen) {
  for (std::size_t l = 0; l < tables_.size(); ++l) {
    cancel_.check();
    tables_[l].add(seen.maps[l], seen.planes);
  }
  for (const Planes& planes : seen.planes) {
    ConceptPicture picture;
    picture.planes = planes;
    counted_.add(picture);
  }
}

void Dissecting::run(const Progress& progress) {
  std::vector<Seen> waiting;
  std::int64_t held = 0, floats = 1;
  for (const at::Tensor& value : runSamples(generator_, samples_, values_, 0, 1, cancel_)) floats += value.numel();
  const std::int64_t first = std::clamp<std::int64_t>(kMostFloatsKept / floats, 1, kFirstSamples);
  inBatches(question_.samples, sampleBatch(generator_, floats), progress, cancel_, "Dissecting samples",
            [&](std::int64_t from, std::int64_t count) {
              Seen seen = see(from, count);
              if (!tables_.empty()) return take(seen);
              waiting.push_back(std::move(seen));
              held += count;
              if (held < first && from + count < question_.samples) return;
              open(waiting);
              for (const Seen& one : waiting) take(one);
              waiting.clear();
            });
}

LayerDissection Dissecting::layerOf(std::size_t l, const std::vector<std::size_t>& kept, std::int64_t pixels,
                                    GanLayerTables& tables) const {
  const FiringTables& from = tables_[l];
  LayerDissection layer;
  layer.layer = layers_[l];
  layer.height = sizes_[l].height;
  layer.width = sizes_[l].width;
  const Shape shape{from.units(), static_cast<std::int64_t>(kept.size())};
  layer.iou.shape = tables.thresholds.shape = tables.ratio.shape = tables.high.shape = shape;
  const auto finite = [](double value) { return std::isfinite(value) ? static_cast<float>(value) : 0.0F; };
  for (std::int64_t u = 0; u < from.units(); ++u) {
    UnitConcepts unit;
    unit.unit = u;
    unit.dead = from.dead(u);
    double best = -1.0;
    for (const std::size_t k : kept) {
      const FiringTables::Match match = from.match(u, k, counted_.pixels[k], pixels);
      layer.iou.values.push_back(finite(match.iou));
      tables.thresholds.values.push_back(finite(match.threshold));
      tables.ratio.values.push_back(finite(match.ratio));
      tables.high.values.push_back(finite(match.high));
      if (!(match.ratio > best)) continue;
      best = match.ratio;
      unit.fired = static_cast<double>(match.fired) / static_cast<double>(pixels);
    }
    layer.units.push_back(std::move(unit));
  }
  return layer;
}

GanDissection Dissecting::answer() const {
  GanDissection answer;
  Dissection& found = answer.found;
  found.model = generator_.model()->card().title;
  found.data = "samples";
  found.seed = question_.firstSeed;
  found.pictures = question_.samples;
  found.height = size_.height;
  found.width = size_.width;
  answer.segmenter = segmenter_.title();
  answer.fingerprint = modelFingerprint(*generator_.model());
  answer.truncation = question_.truncation;
  const std::int64_t pixels = found.pictures * found.height * found.width;
  std::vector<std::size_t> kept;
  for (std::size_t k = 0; k < concepts_.size(); ++k) {
    if (counted_.pixels[k] == 0) continue;
    kept.push_back(k);
    found.concepts.push_back({concepts_[k].name, concepts_[k].category,
                              static_cast<double>(counted_.pixels[k]) / static_cast<double>(pixels),
                              counted_.pictures[k]});
  }
  if (kept.empty()) throw Error(answer.segmenter, "finds nothing in the samples");
  for (std::size_t l = 0; l < tables_.size(); ++l) {
    GanLayerTables tables;
    found.layers.push_back(layerOf(l, kept, pixels, tables));
    answer.tables.push_back(std::move(tables));
  }
  labelUnits(answer, question_.iouThreshold);
  return answer;
}

}  // namespace

GanDissection dissectGenerator(Generator& generator, const GanDissectQuestion& question, const Progress& progress,
                               const CancelToken& cancel) {
  const auto start = std::chrono::steady_clock::now();
  Dissecting dissecting(generator, question, cancel);
  dissecting.run(progress);
  GanDissection answer = dissecting.answer();
  answer.found.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return answer;
}

bool dissectionFits(const GanDissection& dissection, const Generator& generator) {
  return dissection.fingerprint == modelFingerprint(*generator.model());
}

}  // namespace unitscope
