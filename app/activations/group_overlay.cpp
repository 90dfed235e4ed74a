#include "app/activations/group_overlay.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "activations/group_picture.h"

namespace unitscope {

QColor colorOfGroup(int group) {
  const Rgb color = groupColor(std::size_t(std::max(0, group)));
  return {color.r, color.g, color.b};
}

QImage groupTint(const Array& maps, int only) {
  if (maps.shape.size() != 3) return {};
  const auto groups = int(maps.shape[0]), height = int(maps.shape[1]), width = int(maps.shape[2]);
  const std::size_t places = std::size_t(height) * std::size_t(width);
  if (groups < 1 || maps.values.size() != places * std::size_t(groups)) return {};
  const auto strength = [&](int group, std::size_t place) {
    return only >= 0 && group != only ? 0.0 : double(std::max(0.0F, maps.values[std::size_t(group) * places + place]));
  };
  std::vector<double> totals(places, 0.0);
  double largest = 0.0;
  for (std::size_t place = 0; place < places; ++place) {
    for (int group = 0; group < groups; ++group) totals[place] += strength(group, place);
    largest = std::max(largest, totals[place]);
  }
  QImage overlay(width, height, QImage::Format_ARGB32);
  for (std::size_t place = 0; place < places; ++place) {
    double r = 0, g = 0, b = 0;
    for (int group = 0; group < groups; ++group) {
      const double share = totals[place] > 0 ? strength(group, place) / totals[place] : 0.0;
      const QColor color = colorOfGroup(group);
      r += share * color.red();
      g += share * color.green();
      b += share * color.blue();
    }
    // The root lets weak places be seen beside a few that are very strong.
    const double alpha = largest > 0 ? std::sqrt(totals[place] / largest) : 0.0;
    overlay.setPixel(int(place % std::size_t(width)), int(place / std::size_t(width)),
                     qRgba(int(r), int(g), int(b), int(255 * alpha)));
  }
  return overlay.convertToFormat(QImage::Format_ARGB32_Premultiplied);
}

}  // namespace unitscope
