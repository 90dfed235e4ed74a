#include "app/weight_facts.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace unitscope {

namespace {

constexpr std::int64_t kPiece = 1 << 16;

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

WeightFacts factsOf(const Value& value, const CancelToken& cancel) {
  const TensorData& data = *value.data;
  WeightFacts facts;
  facts.name = QString::fromStdString(value.name);
  facts.shape = QString::fromStdString(toString(data.shape()));
  facts.dtype = QString::fromUtf8(nameOf(data.dtype()).data(), static_cast<qsizetype>(nameOf(data.dtype()).size()));
  facts.count = data.count();
  if (!isFloating(data.dtype()) && !isInteger(data.dtype())) return facts;
  const std::size_t size = sizeOf(data.dtype());
  Running running;
  for (std::int64_t at = 0; at < data.count(); at += kPiece) {
    cancel.check();
    const std::int64_t n = std::min(kPiece, data.count() - at);
    const TensorData piece(
        data.dtype(), {n},
        data.bytes().subspan(static_cast<std::size_t>(at) * size, static_cast<std::size_t>(n) * size), data.owner());
    for (const double element : piece.toDoubles()) {
      if (element == 0.0) ++facts.zeros;
      if (std::isfinite(element)) {
        running.add(element);
      } else {
        ++facts.notFinite;
      }
    }
  }
  if (running.n == 0) return facts;
  facts.mean = running.mean;
  facts.deviation = std::sqrt(running.squares / static_cast<double>(running.n));
  facts.least = running.least;
  facts.most = running.most;
  return facts;
}

}  // namespace

std::vector<WeightFacts> weightFacts(const Graph& graph, const std::vector<NodeId>& nodes, const CancelToken& cancel) {
  std::vector<WeightFacts> all;
  std::set<ValueId> seen;
  for (const NodeId node : nodes) {
    for (const ValueId input : graph.node(node).inputs) {
      if (input == kNoValue || !seen.insert(input).second) continue;
      const Value& value = graph.value(input);
      if (value.trainable && value.data) all.push_back(factsOf(value, cancel));
    }
  }
  return all;
}

}  // namespace unitscope
