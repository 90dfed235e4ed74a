#include "examples/unit_statistics.h"

#include <algorithm>
#include <cmath>

namespace unitscope {

UnitStatistics statisticsOf(const LayerTally& tally, std::int64_t unit, const std::vector<std::uint64_t>& classPictures,
                            std::int64_t pictures) {
  const auto u = static_cast<std::size_t>(unit);
  UnitStatistics s;
  s.selectivity = std::numeric_limits<double>::quiet_NaN();
  s.places = tally.places[u];
  if (s.places == 0) {
    s.dead = true;
    return s;
  }
  const auto n = static_cast<double>(s.places);
  s.mean = tally.sum[u] / n;
  s.deviation = std::sqrt(std::max(tally.squares[u] / n - s.mean * s.mean, 0.0));
  s.minimum = tally.minimum[u];
  s.maximum = tally.maximum[u];
  s.positive = static_cast<double>(tally.positive[u]) / n;
  s.dead = tally.positive[u] == 0 || tally.minimum[u] == tally.maximum[u];
  if (pictures > 0) s.meanRelevance = tally.relevance[u] / static_cast<double>(pictures);

  double best = -1.0, sum = 0.0;
  std::int64_t shown = 0, preferred = -1;
  for (std::size_t k = 0; k < static_cast<std::size_t>(tally.classes); ++k) {
    if (classPictures[k] == 0) continue;
    const double mean =
        tally.classSums[u * static_cast<std::size_t>(tally.classes) + k] / static_cast<double>(classPictures[k]);
    ++shown;
    sum += mean;
    if (mean > best) best = mean, preferred = static_cast<std::int64_t>(k);
  }
  if (shown < 2 || !(best > 0.0)) return s;
  const double others = (sum - best) / static_cast<double>(shown - 1);
  s.selectivity = (best - others) / (best + others);
  s.preferredClass = preferred;
  return s;
}

UnitHistogram histogramOf(const std::vector<BinCount>& counts, double minimum, double maximum, int bars) {
  UnitHistogram histogram;
  if (counts.empty()) return histogram;
  bars = std::clamp(bars, 1, 4096);
  const double width = (maximum - minimum) / bars;
  if (!(width > 0.0)) {
    std::uint64_t total = 0;
    for (const BinCount& bin : counts) total += bin.count;
    return {{minimum, maximum}, {total}};
  }
  // Bars end where a counted bin ends, or in between, so that none has to be divided.
  histogram.edges.push_back(minimum);
  auto bin = counts.begin();
  for (int bar = 1; bar < bars; ++bar) {
    double edge = minimum + width * bar;
    while (bin != counts.end() && bins::upperOf(bin->key) <= edge) ++bin;
    if (bin != counts.end() && bins::lowerOf(bin->key) < edge) {
      const double low = bins::lowerOf(bin->key), high = bins::upperOf(bin->key);
      edge = edge - low < high - edge ? low : high;
    }
    if (edge > histogram.edges.back() && edge < maximum) histogram.edges.push_back(edge);
  }
  histogram.edges.push_back(maximum);
  histogram.counts.assign(histogram.edges.size() - 1, 0);
  std::size_t bar = 0;
  for (const BinCount& one : counts) {
    const double low = std::max(bins::lowerOf(one.key), minimum);
    while (bar + 1 < histogram.counts.size() && histogram.edges[bar + 1] <= low) ++bar;
    histogram.counts[bar] += one.count;
  }
  return histogram;
}

}  // namespace unitscope
