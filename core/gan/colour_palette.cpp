#include "gan/colour_palette.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace unitscope {
namespace {

constexpr std::size_t kColours = 256;
/// Colours are told apart by their upper six bits where there are too many.
constexpr int kDropped = 2, kLevels = 256 >> kDropped;
constexpr std::size_t kCells = std::size_t{kLevels} * kLevels * kLevels;

std::uint32_t packed(const std::uint8_t* p, int channels) {
  const std::uint32_t r = p[0], g = channels >= 3 ? p[1] : p[0], b = channels >= 3 ? p[2] : p[0];
  return r << 16U | g << 8U | b;
}

std::array<int, 3> unpacked(std::uint32_t colour) {
  return {static_cast<int>(colour >> 16U & 0xFFU), static_cast<int>(colour >> 8U & 0xFFU),
          static_cast<int>(colour & 0xFFU)};
}

std::size_t cellOf(int r, int g, int b) {
  return (static_cast<std::size_t>(r >> kDropped) * kLevels + static_cast<std::size_t>(g >> kDropped)) * kLevels +
         static_cast<std::size_t>(b >> kDropped);
}

/// Colours that are alike: how often, and their mean.
struct Cell {
  double count = 0.0;
  std::array<double, 3> sum{};
  double mean(std::size_t axis) const { return sum[axis] / count; }
};

/// Cells [first, last) that will become one colour.
struct Group {
  std::size_t first = 0, last = 0;
  double count = 0.0;
  std::array<double, 3> mean{};
  double error = 0.0;    ///< squared, over all its pixels
  std::size_t axis = 0;  ///< along which it spreads most
};

Group groupOf(const std::vector<Cell>& cells, std::size_t first, std::size_t last) {
  Group group{first, last, 0.0, {}, 0.0, 0};
  std::array<double, 3> squares{};
  for (std::size_t i = first; i < last; ++i) {
    group.count += cells[i].count;
    for (std::size_t a = 0; a < 3; ++a) {
      group.mean[a] += cells[i].sum[a];
      squares[a] += cells[i].sum[a] * cells[i].mean(a);
    }
  }
  double most = -1.0;
  for (std::size_t a = 0; a < 3; ++a) {
    group.mean[a] /= group.count;
    const double error = std::max(0.0, squares[a] - group.count * group.mean[a] * group.mean[a]);
    group.error += error;
    if (error > most) {
      most = error;
      group.axis = a;
    }
  }
  if (last - first < 2) group.error = 0.0;
  return group;
}

/// Where a group is best cut: the error that is left on both sides of the cut is the least.
std::size_t cutOf(std::vector<Cell>& cells, const Group& group) {
  const std::size_t axis = group.axis;
  std::sort(cells.begin() + static_cast<std::ptrdiff_t>(group.first),
            cells.begin() + static_cast<std::ptrdiff_t>(group.last),
            [axis](const Cell& a, const Cell& b) { return a.mean(axis) < b.mean(axis); });
  double count = 0.0, sum = 0.0, best = -1.0;
  std::size_t cut = group.first + 1;
  const double all = group.mean[axis] * group.count;
  for (std::size_t i = group.first; i + 1 < group.last; ++i) {
    count += cells[i].count;
    sum += cells[i].sum[axis];
    // What the means explain grows as the error falls.
    const double explained = sum * sum / count + (all - sum) * (all - sum) / (group.count - count);
    if (explained > best) {
      best = explained;
      cut = i + 1;
    }
  }
  return cut;
}

std::uint8_t rounded(double value) {
  return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
}

std::vector<Rgb> chosen(std::vector<Cell> cells) {
  std::vector<Group> groups{groupOf(cells, 0, cells.size())};
  while (groups.size() < kColours) {
    const auto worst = std::ranges::max_element(groups, {}, &Group::error);
    if (worst->error <= 0.0) break;
    const Group group = *worst;
    const std::size_t cut = cutOf(cells, group);
    *worst = groupOf(cells, group.first, cut);
    groups.push_back(groupOf(cells, cut, group.last));
  }
  std::vector<Rgb> colours;
  for (const Group& group : groups)
    colours.push_back({rounded(group.mean[0]), rounded(group.mean[1]), rounded(group.mean[2])});
  return colours;
}

}  // namespace

ColourPalette::ColourPalette(const std::vector<Image>& pictures) {
  exact_ = true;
  std::vector<Cell> table(kCells);
  for (const Image& picture : pictures) {
    const auto step = static_cast<std::size_t>(picture.channels);
    for (std::size_t i = 0; i + step <= picture.pixels.size(); i += step) {
      const std::uint32_t colour = packed(picture.pixels.data() + i, picture.channels);
      if (exact_ && known_.try_emplace(colour, static_cast<std::uint8_t>(known_.size() % kColours)).second)
        exact_ = known_.size() <= kColours;
      const std::array<int, 3> rgb = unpacked(colour);
      Cell& cell = table[cellOf(rgb[0], rgb[1], rgb[2])];
      cell.count += 1.0;
      for (std::size_t a = 0; a < 3; ++a) cell.sum[a] += rgb[a];
    }
  }
  if (exact_) {
    colours_.resize(known_.size());
    for (const auto& [colour, index] : known_) {
      const std::array<int, 3> rgb = unpacked(colour);
      colours_[index] = {static_cast<std::uint8_t>(rgb[0]), static_cast<std::uint8_t>(rgb[1]),
                         static_cast<std::uint8_t>(rgb[2])};
    }
    return;
  }
  known_.clear();
  std::erase_if(table, [](const Cell& cell) { return cell.count == 0.0; });
  colours_ = chosen(std::move(table));
  cells_.assign(kCells, -1);
}

std::uint8_t ColourPalette::nearest(int r, int g, int b) {
  std::int16_t& cell = cells_[cellOf(r, g, b)];
  if (cell >= 0) return static_cast<std::uint8_t>(cell);
  constexpr int kMiddle = (1 << kDropped) / 2, kMask = ~((1 << kDropped) - 1);
  const std::array<int, 3> middle{(r & kMask) + kMiddle, (g & kMask) + kMiddle, (b & kMask) + kMiddle};
  int least = std::numeric_limits<int>::max();
  for (std::size_t i = 0; i < colours_.size(); ++i) {
    const int dr = middle[0] - colours_[i].r, dg = middle[1] - colours_[i].g, db = middle[2] - colours_[i].b;
    const int off = dr * dr + dg * dg + db * db;
    if (off < least) {
      least = off;
      cell = static_cast<std::int16_t>(i);
    }
  }
  return static_cast<std::uint8_t>(cell);
}

std::vector<std::uint8_t> ColourPalette::indicesOf(const Image& picture, bool dither) {
  const auto width = static_cast<std::size_t>(picture.width), height = static_cast<std::size_t>(picture.height);
  const auto step = static_cast<std::size_t>(picture.channels);
  std::vector<std::uint8_t> indices(width * height);
  if (exact_) {
    for (std::size_t i = 0; i < indices.size(); ++i)
      indices[i] = known_.at(packed(picture.pixels.data() + i * step, picture.channels));
    return indices;
  }
  // What is still owed to the pixels of this row and the next, in sixteenths, with a pixel to spare on both sides.
  std::vector<std::array<int, 3>> now(width + 2), next(width + 2);
  for (std::size_t y = 0; y < height; ++y) {
    std::ranges::fill(next, std::array<int, 3>{});
    for (std::size_t x = 0; x < width; ++x) {
      const std::size_t i = y * width + x;
      const std::array<int, 3> rgb = unpacked(packed(picture.pixels.data() + i * step, picture.channels));
      std::array<int, 3> wanted{};
      for (std::size_t a = 0; a < 3; ++a) wanted[a] = std::clamp(rgb[a] + now[x + 1][a] / 16, 0, 255);
      indices[i] = nearest(wanted[0], wanted[1], wanted[2]);
      if (!dither) continue;
      const Rgb& got = colours_[indices[i]];
      const std::array<int, 3> off{wanted[0] - got.r, wanted[1] - got.g, wanted[2] - got.b};
      for (std::size_t a = 0; a < 3; ++a) {
        now[x + 2][a] += off[a] * 7;
        next[x][a] += off[a] * 3;
        next[x + 1][a] += off[a] * 5;
        next[x + 2][a] += off[a];
      }
    }
    std::swap(now, next);
  }
  return indices;
}

}  // namespace unitscope
