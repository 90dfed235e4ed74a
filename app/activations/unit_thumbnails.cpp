#include "app/activations/unit_thumbnails.h"

#include <utility>

#include <QVariant>

#include "app/aside.h"
#include "widgets/bar_list.h"

namespace unitscope {

namespace {

constexpr char kRound[] = "unitscopeMapsRound";

}  // namespace

void addUnitMaps(BarList& list, const ScenePtr& scene, int picture, const std::vector<int>& units) {
  const int round = list.property(kRound).toInt() + 1;
  list.setProperty(kRound, round);
  using Maps = std::vector<std::pair<int, QImage>>;
  runAside<Maps>(
      &list,
      [scene, at = std::size_t(picture), units, side = 2 * list.pictureSize()] {
        Maps maps;
        for (const int unit : units) {
          const Array map = scene->maps.map(at, unit);
          maps.emplace_back(
              unit, mapOverPicture(scene->seen.at(at), map, paintOf(scene->isSigned, largestMagnitude(map)), side));
        }
        return maps;
      },
      [&list, round](const Maps& maps) {
        if (list.property(kRound).toInt() != round) return;
        for (const auto& [unit, map] : maps) list.setPicture(unit, map);
      });
}

}  // namespace unitscope
