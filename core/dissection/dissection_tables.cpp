#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "dissection/detector_counts.h"
#include "dissection/dissect.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::size_t kBest = 5;

std::size_t conceptsOf(const LayerDissection& layer) {
  return static_cast<std::size_t>(layer.iou.shape.at(1));
}

void label(UnitConcepts& unit, const float* row, std::size_t concepts, double iouThreshold) {
  std::vector<ConceptMatch> matches;
  for (std::size_t k = 0; k < concepts; ++k)
    if (row[k] > 0.0F) matches.push_back({static_cast<std::int64_t>(k), row[k]});
  const std::size_t kept = std::min(kBest, matches.size());
  std::partial_sort(matches.begin(), matches.begin() + static_cast<std::ptrdiff_t>(kept), matches.end(),
                    [](const ConceptMatch& a, const ConceptMatch& b) {
                      return a.iou != b.iou ? a.iou > b.iou : a.conceptIndex < b.conceptIndex;
                    });
  matches.resize(kept);
  unit.detects = kept > 0 && matches.front().iou >= iouThreshold ? matches.front().conceptIndex : -1;
  unit.best = std::move(matches);
}

}  // namespace

void countDetectors(LayerDissection& layer, const std::vector<DissectedConcept>& concepts) {
  layer.detectors = layer.unique = 0;
  layer.categories.clear();
  layer.unitsPerConcept.assign(concepts.size(), 0);
  for (const UnitConcepts& unit : layer.units)
    if (unit.detects >= 0) ++layer.unitsPerConcept[static_cast<std::size_t>(unit.detects)];
  for (std::size_t k = 0; k < concepts.size(); ++k) {
    auto category = std::ranges::find(layer.categories, concepts[k].category, &CategoryCount::category);
    if (category == layer.categories.end())
      category = layer.categories.insert(layer.categories.end(), {concepts[k].category, 0, 0});
    const std::int64_t units = layer.unitsPerConcept[k];
    category->detectors += units;
    category->unique += units > 0;
    layer.detectors += units;
    layer.unique += units > 0;
  }
}

void setIouThreshold(Dissection& dissection, double iouThreshold) {
  dissection.iouThreshold = iouThreshold;
  for (LayerDissection& layer : dissection.layers) {
    const std::size_t concepts = conceptsOf(layer);
    for (std::size_t u = 0; u < layer.units.size(); ++u)
      label(layer.units[u], layer.iou.values.data() + u * concepts, concepts, iouThreshold);
    countDetectors(layer, dissection.concepts);
  }
}

std::vector<UnitMatch> unitsForConcept(const Dissection& dissection, std::size_t layer, std::int64_t conceptIndex,
                                       std::size_t top) {
  if (layer >= dissection.layers.size()) throw Error("layer", "the dissection has no such layer");
  const LayerDissection& from = dissection.layers[layer];
  const std::size_t concepts = conceptsOf(from);
  if (conceptIndex < 0 || static_cast<std::size_t>(conceptIndex) >= concepts)
    throw Error("concept", "the dissection has no such concept");
  std::vector<UnitMatch> units;
  for (std::size_t u = 0; u < from.units.size(); ++u) {
    const double iou = from.iou.values[u * concepts + static_cast<std::size_t>(conceptIndex)];
    if (iou > 0.0) units.push_back({from.units[u].unit, iou});
  }
  std::ranges::stable_sort(units, [](const UnitMatch& a, const UnitMatch& b) { return a.iou > b.iou; });
  if (units.size() > top) units.resize(top);
  return units;
}

ConceptTable conceptTable(std::span<const Dissection* const> dissections) {
  ConceptTable table;
  std::size_t columns = 0;
  for (const Dissection* dissection : dissections) columns += dissection->layers.size();
  std::map<std::pair<std::string, std::string>, std::size_t> rows;
  for (const Dissection* dissection : dissections)
    for (const LayerDissection& layer : dissection->layers) {
      const std::size_t column = table.columns.size();
      table.columns.push_back({dissection->model, layer.layer, static_cast<std::int64_t>(layer.units.size()),
                               layer.detectors, layer.unique});
      const std::size_t concepts = conceptsOf(layer);
      for (std::size_t k = 0; k < dissection->concepts.size(); ++k) {
        const DissectedConcept& shown = dissection->concepts[k];
        const auto [found, isNew] = rows.try_emplace({shown.category, shown.name}, table.rows.size());
        if (isNew)
          table.rows.push_back({shown.name, shown.category, std::vector<std::int64_t>(columns, 0),
                                std::vector<double>(columns, std::numeric_limits<double>::quiet_NaN())});
        ConceptTable::Row& row = table.rows[found->second];
        row.detectors[column] = layer.unitsPerConcept[k];
        float best = 0.0F;
        for (std::size_t u = 0; u < layer.units.size(); ++u) best = std::max(best, layer.iou.values[u * concepts + k]);
        row.bestIou[column] = best;
      }
    }
  return table;
}

}  // namespace unitscope
