#include "app/generator/concepts/concept_groups.h"

#include <algorithm>
#include <cmath>

namespace unitscope {

namespace {

// A concept that hardly any sample shows has units by chance only.
constexpr double kLeastShare = 0.002;

/// `bestLayers`: for each concept.
LayerConcepts layerConcepts(const GanDissection& dissection, std::size_t index,
                            const std::vector<std::size_t>& bestLayers) {
  const LayerDissection& layer = dissection.found.layers[index];
  const Array& high = dissection.tables[index].high;
  const auto concepts = std::int64_t(dissection.found.concepts.size());
  LayerConcepts known;
  known.units.resize(layer.units.size());
  for (const UnitConcepts& unit : layer.units) {
    if (unit.best.empty()) continue;
    known.units[std::size_t(unit.unit)] = {
        QString::fromStdString(dissection.found.concepts[std::size_t(unit.best.front().conceptIndex)].name),
        unit.best.front().iou};
  }
  for (std::int64_t c = 0; c < concepts; ++c) {
    const DissectedConcept& one = dissection.found.concepts[std::size_t(c)];
    const auto set = std::ranges::find_if(dissection.sets, [&](const ConceptUnits& found) {
      return found.conceptName == one.name && found.layer == layer.layer;
    });
    const bool measured = set != dissection.sets.end();
    const bool detected = layer.unitsPerConcept[std::size_t(c)] > 0;
    if (one.category == "color" || (!measured && !detected && bestLayers[std::size_t(c)] != index)) continue;
    if (!measured && one.share < kLeastShare) continue;
    ConceptGroup group;
    group.name = QString::fromStdString(one.name);
    group.category = QString::fromStdString(one.category);
    group.color = conceptColor(std::size_t(c));
    group.units = unitsOfConcept(dissection, index, c);
    if (group.units.empty()) continue;
    for (const std::int64_t unit : group.units) {
      const auto place = std::size_t(unit * concepts + c);
      group.high.push_back(double(high.values[place]));
      const double iou = double(layer.iou.values[place]);
      if (!(group.iou >= iou)) group.iou = iou;
    }
    if (measured) group.removed = set->removed;
    known.groups.push_back(std::move(group));
  }
  std::ranges::stable_sort(known.groups, [](const ConceptGroup& a, const ConceptGroup& b) { return a.iou > b.iou; });
  return known;
}

}  // namespace

QColor conceptColor(std::size_t conceptIndex) {
  constexpr double kGoldenAngle = 137.508;
  return QColor::fromHsv(int(std::lround(double(conceptIndex) * kGoldenAngle)) % 360, 150, 205);
}

void fillConcepts(GeneratorConcepts& concepts, const GanDissection& dissection) {
  QStringList order;
  std::map<QString, LayerConcepts> layers;
  std::vector<std::size_t> bestLayers;
  for (std::size_t c = 0; c < dissection.found.concepts.size(); ++c)
    bestLayers.push_back(bestLayerFor(dissection, std::int64_t(c)));
  for (std::size_t i = 0; i < dissection.found.layers.size(); ++i) {
    const QString name = QString::fromStdString(dissection.found.layers[i].layer);
    order << name;
    layers[name] = layerConcepts(dissection, i, bestLayers);
  }
  concepts.set(order, std::move(layers));
}

}  // namespace unitscope
