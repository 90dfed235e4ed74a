#include <algorithm>

#include "dissection/detector_counts.h"
#include "gan/gan_dissection.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::size_t kBest = 5;

void label(UnitConcepts& unit, const float* iou, const float* ratio, std::size_t concepts, double iouThreshold) {
  std::vector<std::size_t> order;
  for (std::size_t k = 0; k < concepts; ++k)
    if (iou[k] > 0.0F) order.push_back(k);
  const std::size_t kept = std::min(kBest, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), order.end(),
                    [&](std::size_t a, std::size_t b) { return ratio[a] != ratio[b] ? ratio[a] > ratio[b] : a < b; });
  unit.best.clear();
  for (std::size_t i = 0; i < kept; ++i) unit.best.push_back({static_cast<std::int64_t>(order[i]), iou[order[i]]});
  unit.detects = kept > 0 && unit.best.front().iou >= iouThreshold ? unit.best.front().conceptIndex : -1;
}

}  // namespace

void labelUnits(GanDissection& dissection, double iouThreshold) {
  Dissection& found = dissection.found;
  found.iouThreshold = iouThreshold;
  const std::size_t concepts = found.concepts.size();
  for (std::size_t l = 0; l < found.layers.size(); ++l) {
    LayerDissection& layer = found.layers[l];
    const GanLayerTables& tables = dissection.tables.at(l);
    for (std::size_t u = 0; u < layer.units.size(); ++u) {
      label(layer.units[u], layer.iou.values.data() + u * concepts, tables.ratio.values.data() + u * concepts, concepts,
            iouThreshold);
      const UnitConcepts& unit = layer.units[u];
      if (!unit.best.empty())
        layer.units[u].threshold = static_cast<double>(
            tables.thresholds.values[u * concepts + static_cast<std::size_t>(unit.best.front().conceptIndex)]);
    }
    countDetectors(layer, found.concepts);
  }
}

std::vector<std::int64_t> rankUnits(const GanDissection& dissection, std::size_t layer, std::int64_t conceptIndex,
                                    UnitRanking ranking) {
  if (layer >= dissection.found.layers.size()) throw Error("layer", "the dissection has no such layer");
  const Array& table =
      ranking == UnitRanking::Iou ? dissection.found.layers[layer].iou : dissection.tables.at(layer).ratio;
  const std::int64_t concepts = table.shape.at(1);
  if (conceptIndex < 0 || conceptIndex >= concepts) throw Error("concept", "the dissection has no such concept");
  const auto at = [&](std::int64_t unit) {
    return table.values[static_cast<std::size_t>(unit * concepts + conceptIndex)];
  };
  std::vector<std::int64_t> units;
  for (std::int64_t u = 0; u < table.shape.at(0); ++u)
    if (at(u) > 0.0F) units.push_back(u);
  std::ranges::stable_sort(units, [&](std::int64_t a, std::int64_t b) { return at(a) > at(b); });
  return units;
}

}  // namespace unitscope
