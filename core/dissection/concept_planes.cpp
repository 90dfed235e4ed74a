#include "dissection/concept_planes.h"

#include <algorithm>
#include <array>
#include <utility>

#include "dissection/colors.h"
#include "engine/preprocess.h"
#include "sources/class_names.h"

namespace unitscope {
namespace {

constexpr int kLargestPlane = 128;

/// For each row (or column) of the plane, that of the picture whose pixel lies under its middle.
std::vector<std::size_t> nearestOf(int planeSide, int seenSide, std::int64_t offset, std::int64_t resized, int side) {
  std::vector<std::size_t> nearest;
  for (int i = 0; i < planeSide; ++i) {
    const double seen = (i + 0.5) * seenSide / planeSide;
    const double at = (seen + static_cast<double>(offset)) * side / static_cast<double>(resized);
    nearest.push_back(static_cast<std::size_t>(std::clamp(static_cast<int>(at), 0, side - 1)));
  }
  return nearest;
}

}  // namespace

PlaneSize planeSizeFor(const ModelCard& card) {
  PlaneSize size{card.height, card.width};
  while (std::max(size.height, size.width) > kLargestPlane)
    size = {std::max(1, size.height / 2), std::max(1, size.width / 2)};
  return size;
}

std::vector<std::uint16_t> planeAsSeen(int height, int width, const ModelCard& card, PlaneSize size,
                                       const std::function<std::uint16_t(std::size_t)>& labelAt) {
  const PictureFrame frame = frameOf(height, width, card);
  const auto rows = nearestOf(size.height, card.height, frame.top, frame.height, height);
  const auto columns = nearestOf(size.width, card.width, frame.left, frame.width, width);
  std::vector<std::uint16_t> plane;
  plane.reserve(rows.size() * columns.size());
  for (const std::size_t y : rows)
    for (const std::size_t x : columns) plane.push_back(labelAt(y * static_cast<std::size_t>(width) + x));
  return plane;
}

std::vector<std::uint16_t> colorPlane(const Image& seen, PlaneSize size, std::uint16_t first) {
  const auto rows = nearestOf(size.height, seen.height, 0, seen.height, seen.height);
  const auto columns = nearestOf(size.width, seen.width, 0, seen.width, seen.width);
  const auto channels = static_cast<std::size_t>(seen.channels);
  std::vector<std::uint16_t> plane;
  plane.reserve(rows.size() * columns.size());
  for (const std::size_t y : rows)
    for (const std::size_t x : columns) {
      const std::uint8_t* p = seen.pixels.data() + (y * static_cast<std::size_t>(seen.width) + x) * channels;
      const auto color = channels >= 3 ? basicColorOf(p[0], p[1], p[2]) : basicColorOf(p[0], p[0], p[0]);
      plane.push_back(static_cast<std::uint16_t>(first + color));
    }
  return plane;
}

void addColors(std::vector<Concept>& concepts) {
  for (const std::string_view name : basicColorNames()) concepts.push_back({std::string(name), "color"});
}

std::string categoryOf(std::string_view name) {
  static const std::vector<std::pair<std::string, std::vector<std::string>>> categories{
      {"sky", {"sky", "cloud", "sun", "moon", "sun or moon"}},
      {"land", {"mountain", "hill", "grass", "water", "road"}},
      {"object",
       {"tree", "broadleaf tree", "conifer", "palm", "house", "church", "tower", "boat", "car", "fence", "person"}},
      {"part", {"wall", "roof", "door", "window"}}};
  const std::string plain = plainClassName(name);
  for (const auto& [category, names] : categories)
    if (std::ranges::find(names, plain) != names.end()) return category;
  return "class";
}

}  // namespace unitscope
