#include "dissection/dissect.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "dissection/concept_pictures.h"
#include "dissection/layer_maps.h"
#include "dissection/overlap.h"
#include "dissection/unit_thresholds.h"
#include "engine/model_internal.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

void check(const DissectQuestion& question) {
  if (!(question.topShare > 0.0 && question.topShare < 1.0))
    throw Error("top share", "must lie between 0 and 1, such as 0.01");
  if (question.count < 1) throw Error("count", "at least one picture is needed");
}

/// Concepts that some pixel shows.
std::vector<std::size_t> occurring(const ConceptPixels& counted) {
  std::vector<std::size_t> kept;
  for (std::size_t k = 0; k < counted.pixels.size(); ++k)
    if (counted.pixels[k] > 0) kept.push_back(k);
  return kept;
}

LayerDissection layerOf(const std::string& name, const MapSize& size, const UnitThresholds& thresholds,
                        const Overlap& overlap, const ConceptPixels& counted, const std::vector<std::size_t>& kept,
                        std::int64_t pixels) {
  LayerDissection layer;
  layer.layer = name;
  layer.height = size.height;
  layer.width = size.width;
  layer.shareError = thresholds.shareError;
  layer.iou.shape = {size.units, static_cast<std::int64_t>(kept.size())};
  layer.iou.values.reserve(static_cast<std::size_t>(size.units) * kept.size());
  for (std::int64_t u = 0; u < size.units; ++u) {
    UnitConcepts unit;
    unit.unit = u;
    unit.threshold = thresholds.thresholds[static_cast<std::size_t>(u)];
    unit.dead = thresholds.dead[static_cast<std::size_t>(u)];
    unit.fired = static_cast<double>(overlap.fired(u)) / static_cast<double>(pixels);
    for (const std::size_t k : kept)
      layer.iou.values.push_back(static_cast<float>(iouOf(overlap.shared(u, k), overlap.fired(u), counted.pixels[k])));
    layer.units.push_back(std::move(unit));
  }
  return layer;
}

}  // namespace

std::vector<std::string> dissectableLayers(Model& model, const CancelToken& cancel) {
  const std::vector<Shape>& shapes = model.layerShapes(cancel);
  const std::vector<Layer>& layers = model.layers();
  std::set<ValueId> seen;
  std::vector<std::pair<NodeId, std::string>> found;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const Shape& shape = shapes[i];
    // A module and its last part are one value; the module comes first and its name is shorter.
    if (!layers[i].plumbing && shape.size() == 4 && shape[2] * shape[3] > 1 && seen.insert(layers[i].output).second)
      found.emplace_back(model.graph().value(layers[i].output).producer, layers[i].name);
  }
  std::ranges::stable_sort(found, {}, &std::pair<NodeId, std::string>::first);
  std::vector<std::string> names;
  for (auto& [node, name] : found) names.push_back(std::move(name));
  return names;
}

Dissection dissect(Model& model, const DissectQuestion& question, const Progress& progress, const CancelToken& cancel) {
  check(question);
  const auto start = std::chrono::steady_clock::now();
  const auto source = openConcepts(question.data, model, question.seed, {question.colors, question.segmenter});
  ConceptPictures pictures(*source, model, question.count, question.data);
  LayerMaps layers(model, question.layers.empty() ? dissectableLayers(model, cancel) : question.layers, cancel);
  const std::vector<UnitThresholds> thresholds =
      findThresholds(layers, pictures, question.topShare, progress.part(0.0, 0.6));

  const std::size_t concepts = source->concepts().size();
  ConceptPixels counted(concepts);
  std::vector<Overlap> overlaps;
  for (std::size_t l = 0; l < thresholds.size(); ++l)
    overlaps.emplace_back(layers.sizes()[l], source->height(), source->width(), thresholds[l].thresholds, concepts);
  layers.forEach(pictures, "Concepts", progress.part(0.6, 1.0), [&](const LayerMaps::Batch& batch) {
    for (const ConceptPicture& picture : batch.pictures) counted.add(picture);
    for (std::size_t l = 0; l < overlaps.size(); ++l) overlaps[l].add(batch.maps[l], batch.pictures);
  });

  Dissection dissection;
  dissection.model = model.card().title;
  dissection.data = question.data;
  dissection.seed = question.seed;
  dissection.pictures = pictures.count();
  dissection.height = source->height();
  dissection.width = source->width();
  dissection.topShare = question.topShare;
  const std::int64_t pixels = pictures.count() * dissection.height * dissection.width;
  const std::vector<std::size_t> kept = occurring(counted);
  if (kept.empty()) throw Error(question.data, "no pixel of its pictures shows a concept");
  for (const std::size_t k : kept)
    dissection.concepts.push_back({source->concepts()[k].name, source->concepts()[k].category,
                                   static_cast<double>(counted.pixels[k]) / static_cast<double>(pixels),
                                   counted.pictures[k]});
  for (std::size_t l = 0; l < overlaps.size(); ++l)
    dissection.layers.push_back(
        layerOf(layers.layers()[l], layers.sizes()[l], thresholds[l], overlaps[l], counted, kept, pixels));
  setIouThreshold(dissection, question.iouThreshold);
  dissection.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return dissection;
}

}  // namespace unitscope
