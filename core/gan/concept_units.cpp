#include <algorithm>
#include <cmath>

#include "gan/gan_dissection.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::size_t kFewestUnits = 4, kMostUnits = 20;
constexpr std::int64_t kCoarse = 4;

const DissectedConcept& conceptAt(const GanDissection& dissection, std::int64_t index) {
  if (index < 0 || index >= static_cast<std::int64_t>(dissection.found.concepts.size()))
    throw Error("concept", "the dissection has no such concept");
  return dissection.found.concepts[static_cast<std::size_t>(index)];
}

const LayerDissection& layerAt(const GanDissection& dissection, std::size_t layer) {
  if (layer >= dissection.found.layers.size()) throw Error("layer", "the dissection has no such layer");
  return dissection.found.layers[layer];
}

template <class Entry, class Name>
std::string listOf(const std::vector<Entry>& entries, Name name) {
  std::string text;
  for (const Entry& entry : entries) text += (text.empty() ? "" : ", ") + entry.*name;
  return text;
}

}  // namespace

std::int64_t conceptIndexOf(const GanDissection& dissection, const std::string& name) {
  const auto& concepts = dissection.found.concepts;
  const auto found = std::ranges::find(concepts, name, &DissectedConcept::name);
  if (found == concepts.end())
    throw Error(name, "is no concept of the dissection; it has " + listOf(concepts, &DissectedConcept::name));
  return found - concepts.begin();
}

std::size_t layerIndexOf(const GanDissection& dissection, const std::string& layer) {
  const auto& layers = dissection.found.layers;
  const auto found = std::ranges::find(layers, layer, &LayerDissection::layer);
  if (found == layers.end())
    throw Error(layer, "is no layer of the dissection; it has " + listOf(layers, &LayerDissection::layer));
  return static_cast<std::size_t>(found - layers.begin());
}

std::size_t bestLayerFor(const GanDissection& dissection, std::int64_t conceptIndex) {
  const std::string& name = conceptAt(dissection, conceptIndex).name;
  const ConceptUnits* best = nullptr;
  for (const ConceptUnits& set : dissection.sets)
    if (set.conceptName == name &&
        std::ranges::count(dissection.found.layers, set.layer, &LayerDissection::layer) > 0 &&
        (best == nullptr || set.removed - set.others > best->removed - best->others))
      best = &set;
  if (best != nullptr) return layerIndexOf(dissection, best->layer);
  if (dissection.found.layers.empty()) throw Error("layer", "the dissection has none");
  std::size_t layer = 0;
  double most = -1.0;
  for (const bool coarseOnly : {true, false}) {
    for (std::size_t l = 0; l < dissection.found.layers.size(); ++l) {
      if (coarseOnly && kCoarse * dissection.found.layers[l].height > dissection.found.height) continue;
      const auto units = rankUnits(dissection, l, conceptIndex, UnitRanking::Ratio);
      if (units.empty()) continue;
      const Array& ratio = dissection.tables.at(l).ratio;
      const double told = ratio.values[static_cast<std::size_t>(units.front() * ratio.shape.at(1) + conceptIndex)];
      if (!(told > most)) continue;
      most = told;
      layer = l;
    }
    if (most > 0.0) break;
  }
  return layer;
}

std::vector<std::int64_t> unitsOfConcept(const GanDissection& dissection, std::size_t layer, std::int64_t conceptIndex,
                                         std::int64_t count) {
  const LayerDissection& from = layerAt(dissection, layer);
  const std::string& name = conceptAt(dissection, conceptIndex).name;
  if (count < 0) throw Error("units", "cannot be fewer than none");
  if (count == 0)
    for (const ConceptUnits& set : dissection.sets)
      if (set.conceptName == name && set.layer == from.layer && !set.units.empty()) return set.units;
  std::size_t wanted = static_cast<std::size_t>(count);
  if (count == 0)
    wanted = std::clamp(static_cast<std::size_t>(from.unitsPerConcept[static_cast<std::size_t>(conceptIndex)]),
                        kFewestUnits, kMostUnits);
  std::vector<std::int64_t> units;
  for (const UnitMatch& match : unitsForConcept(dissection.found, layer, conceptIndex, wanted))
    units.push_back(match.unit);
  return units;
}

std::vector<UnitEdit> scaleConcept(const GanDissection& dissection, std::size_t layer, std::int64_t conceptIndex,
                                   double factor, std::int64_t count, const Array& where) {
  if (!std::isfinite(factor)) throw Error("factor", "must be a number");
  const std::vector<std::int64_t> units = unitsOfConcept(dissection, layer, conceptIndex, count);
  if (units.empty() || factor == 1.0) return {};
  return {{{layerAt(dissection, layer).layer, units, UnitSwitch::Kind::Scale, factor}, where}};
}

std::vector<UnitEdit> insertConcept(const GanDissection& dissection, std::size_t layer, std::int64_t conceptIndex,
                                    const Array& where, double strength, std::int64_t count) {
  if (!std::isfinite(strength)) throw Error("strength", "must be a number");
  const LayerDissection& from = layerAt(dissection, layer);
  const Array& high = dissection.tables.at(layer).high;
  const std::size_t concepts = dissection.found.concepts.size();
  std::vector<UnitEdit> edits;
  for (const std::int64_t unit : unitsOfConcept(dissection, layer, conceptIndex, count)) {
    const std::size_t entry = static_cast<std::size_t>(unit) * concepts + static_cast<std::size_t>(conceptIndex);
    edits.push_back(
        {{from.layer, {unit}, UnitSwitch::Kind::Set, strength * static_cast<double>(high.values.at(entry))}, where});
  }
  return edits;
}

}  // namespace unitscope
