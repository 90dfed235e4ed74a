#include "examples/layer_tally.h"

#include <algorithm>
#include <cmath>

#include "runtime/error.h"

namespace unitscope {

void LayerTally::prepare(std::int64_t top, std::uint64_t seed, bool relevant, std::int64_t classCount) {
  const auto n = static_cast<std::size_t>(units);
  places.assign(n, 0);
  positive.assign(n, 0);
  notFinite.assign(n, 0);
  minimum.assign(n, std::numeric_limits<float>::infinity());
  maximum.assign(n, -std::numeric_limits<float>::infinity());
  sum.assign(n, 0.0);
  squares.assign(n, 0.0);
  relevance.assign(n, 0.0);
  bins.assign(n, {});
  for (int kind = 0; kind < kListKinds; ++kind) {
    const auto which = static_cast<ListKind>(kind);
    list(which) = BestLists(which, units, which == ListKind::Relevant && !relevant ? 0 : top, seed);
  }
  classes = classCount;
  classSums.assign(n * static_cast<std::size_t>(classCount), 0.0);
}

void LayerTally::add(const LayerTally& other, const std::string& from) {
  if (other.name != name || other.value != value || other.units != units || other.height != height ||
      other.width != width || other.classes != classes)
    throw Error(from, "its layer '" + other.name + "' is not that of the other parts");
  const auto plus = [](auto& mine, const auto& theirs) {
    for (std::size_t i = 0; i < mine.size(); ++i) mine[i] += theirs[i];
  };
  plus(places, other.places);
  plus(positive, other.positive);
  plus(notFinite, other.notFinite);
  plus(sum, other.sum);
  plus(squares, other.squares);
  plus(relevance, other.relevance);
  plus(classSums, other.classSums);
  for (std::size_t u = 0; u < bins.size(); ++u) {
    minimum[u] = std::min(minimum[u], other.minimum[u]);
    maximum[u] = std::max(maximum[u], other.maximum[u]);
    for (const BinCount& bin : other.bins[u].counts()) bins[u].add(bin.key, bin.count);
  }
  for (std::size_t kind = 0; kind < lists.size(); ++kind) {
    const std::int64_t length = lists[kind].length();
    if (length != other.lists[kind].length())
      throw Error(from, "keeps another number of examples than the other parts");
    const std::vector<ListedPicture>& theirs = other.lists[kind].entries();
    for (std::size_t i = 0; i < theirs.size(); ++i)
      if (theirs[i].picture >= 0) lists[kind].offer(static_cast<std::int64_t>(i) / length, theirs[i]);
  }
}

std::size_t LayerTally::bytes() const {
  std::size_t bytes = sizeof(*this) + bins.size() * (5 * sizeof(double) + 3 * sizeof(std::uint64_t)) +
                      classSums.size() * sizeof(double);
  for (const BestLists& list : lists) bytes += list.entries().size() * sizeof(ListedPicture);
  for (const ActivationBins& one : bins) bytes += one.bytes();
  return bytes;
}

void UnitRow::count(LayerTally& tally, std::int64_t unit, std::int64_t picture, const float* values,
                    const float* relevance, std::int64_t places, const std::vector<std::int64_t>& classes) {
  const auto u = static_cast<std::size_t>(unit);
  ActivationBins& bins = tally.bins[u];
  double sum = 0.0, squares = 0.0, rectified = 0.0;
  float lowest = std::numeric_limits<float>::infinity(), highest = -lowest;
  std::int64_t lowestAt = 0, highestAt = 0, finite = 0, positive = 0;
  for (std::int64_t i = 0; i < places; ++i) {
    const float x = values[i];
    if (!std::isfinite(x)) continue;
    ++finite;
    bins.add(x);
    const double wide = x;
    sum += wide;
    squares += wide * wide;
    if (x > 0.0F) {
      ++positive;
      rectified += wide;
    }
    if (x > highest) highest = x, highestAt = i;
    if (x < lowest) lowest = x, lowestAt = i;
  }
  tally.notFinite[u] += static_cast<std::uint64_t>(places - finite);
  if (finite == 0) return;
  tally.places[u] += static_cast<std::uint64_t>(finite);
  tally.positive[u] += static_cast<std::uint64_t>(positive);
  tally.sum[u] += sum;
  tally.squares[u] += squares;
  tally.minimum[u] = std::min(tally.minimum[u], lowest);
  tally.maximum[u] = std::max(tally.maximum[u], highest);
  const ListedPicture best{picture, highest, 0.0F, static_cast<std::int32_t>(highestAt)};
  tally.list(ListKind::Top).offer(unit, best);
  tally.list(ListKind::Random).offer(unit, best);
  tally.list(ListKind::Lowest).offer(unit, {picture, lowest, highest, static_cast<std::int32_t>(lowestAt)});
  for (const std::int64_t k : classes)
    if (k >= 0 && k < tally.classes)
      tally.classSums[u * static_cast<std::size_t>(tally.classes) + static_cast<std::size_t>(k)] +=
          rectified / static_cast<double>(finite);
  if (relevance == nullptr) return;
  double total = 0.0;
  std::int64_t at = 0;
  for (std::int64_t i = 0; i < places; ++i) {
    if (std::isfinite(relevance[i])) total += static_cast<double>(relevance[i]);
    if (relevance[i] > relevance[at]) at = i;
  }
  tally.relevance[u] += total;
  tally.list(ListKind::Relevant)
      .offer(unit, {picture, values[at], static_cast<float>(total), static_cast<std::int32_t>(at)});
}

}  // namespace unitscope
