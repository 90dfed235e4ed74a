#include "graph/tensor_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace unitscope {
namespace {

constexpr std::int64_t kPiece = 1 << 16;

template <class Action>
void forEachElement(const TensorData& data, const CancelToken& cancel, Action&& action) {
  const std::size_t size = sizeOf(data.dtype());
  for (std::int64_t at = 0; at < data.count(); at += kPiece) {
    cancel.check();
    const std::int64_t n = std::min(kPiece, data.count() - at);
    const auto bytes = data.bytes().subspan(static_cast<std::size_t>(at) * size, static_cast<std::size_t>(n) * size);
    for (const double element : TensorData(data.dtype(), {n}, bytes, data.owner()).toDoubles()) action(element);
  }
}

// Welford's running mean and variance (Technometrics 4, 1962): sums of squares would cancel for shifted weights.
struct Running {
  std::int64_t n = 0;
  double mean = 0.0, squares = 0.0;
  double least = std::numeric_limits<double>::infinity(), most = -std::numeric_limits<double>::infinity();

  void add(double value) {
    ++n;
    const double off = value - mean;
    mean += off / static_cast<double>(n);
    squares += off * (value - mean);
    least = std::min(least, value);
    most = std::max(most, value);
  }
};

}  // namespace

TensorStatistics statisticsOf(const TensorData& data, int bins, const CancelToken& cancel) {
  TensorStatistics statistics;
  statistics.count = data.count();
  if (!isFloating(data.dtype()) && !isInteger(data.dtype()) && data.dtype() != DType::Bool) return statistics;
  Running running;
  forEachElement(data, cancel, [&](double element) {
    if (element == 0.0) ++statistics.zeros;
    if (std::isfinite(element))
      running.add(element);
    else
      ++statistics.notFinite;
  });
  if (running.n == 0) return statistics;
  statistics.mean = running.mean;
  statistics.deviation = std::sqrt(running.squares / static_cast<double>(running.n));
  statistics.least = running.least;
  statistics.most = running.most;
  if (bins < 1) return statistics;

  statistics.histogram.assign(static_cast<std::size_t>(bins), 0);
  // Halves keep the span of the widest float64 finite.
  const double half = running.most / 2.0 - running.least / 2.0;
  forEachElement(data, cancel, [&](double element) {
    if (!std::isfinite(element)) return;
    const double place = half > 0.0 ? (element / 2.0 - running.least / 2.0) / half : 0.0;
    ++statistics.histogram[static_cast<std::size_t>(std::clamp(static_cast<int>(place * bins), 0, bins - 1))];
  });
  return statistics;
}

}  // namespace unitscope
