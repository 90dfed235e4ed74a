#include "architectures/gans/truncation_statistics.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace unitscope {
namespace {

/// The row that Hugging Face's code takes for each truncation that the table holds: dividing by the step in double
/// precision leaves some a hair below (0.58 / 0.02) or above a whole number, and then it takes a neighbour.
std::vector<std::int64_t> rowsOfSteps(std::int64_t n) {
  const double step = 1.0 / static_cast<double>(n - 1);
  std::vector<std::int64_t> rows;
  for (std::int64_t i = 0; i < n; ++i) {
    double whole = 0.0;
    const double rest = std::modf(static_cast<double>(i) / static_cast<double>(n - 1) / step, &whole);
    const auto row = static_cast<std::int64_t>(whole);
    rows.push_back(std::min(rest > 0.0 && rest < 0.5 ? row + 1 : row, n - 1));
  }
  return rows;
}

}  // namespace

TruncationStatistics::TruncationStatistics(GraphBuilder& b, std::int64_t n) {
  b.setScope("truncation");
  const ValueId truncation = b.parameter("truncation", TensorData::fromFloats({1}, {1.0f}));
  b.graph().addInput(truncation);
  const auto number = [&](double value) { return b.scalarFloat(static_cast<float>(value)); };
  const ValueId zero = number(0.0), one = number(1.0);
  const ValueId place = b.op("Mul", {b.op("Clip", {truncation, zero, one}), number(static_cast<double>(n - 1))});
  // 0.4 is no float, so that 0.4 * 50 need not be 20.
  const ValueId nearest = b.op("Round", {place});
  const ValueId onStep = b.op("Less", {b.op("Abs", {b.op("Sub", {place, nearest})}), number(1e-4)});
  const auto toInt = [&](ValueId x) { return b.op("Cast", {x}, {{"to", std::int64_t{7}}}); };
  const ValueId steps = b.constant(rowsOfSteps(n), "rows_of_steps");
  const ValueId stepRow = b.op("Gather", {steps, toInt(nearest)}, {{"axis", std::int64_t{0}}});
  const ValueId below = b.op("Floor", {place});
  low_ = b.op("Where", {onStep, stepRow, toInt(below)});
  high_ = b.op("Min", {b.op("Add", {low_, b.scalarInt(1)}), b.scalarInt(n - 1)});
  const ValueId weight = b.op("Where", {onStep, one, b.op("Sub", {place, below})});
  lowWeight_ = b.op("Unsqueeze", {weight, b.constant({1})});
  highWeight_ = b.op("Sub", {one, lowWeight_});
}

ValueId TruncationStatistics::rowOf(GraphBuilder& b, ValueId table) const {
  const auto part = [&](ValueId row, ValueId weight) {
    return b.op("Mul", {b.op("Gather", {table, row}, {{"axis", std::int64_t{0}}}), weight});
  };
  return b.op("Add", {part(low_, lowWeight_), part(high_, highWeight_)});
}

}  // namespace unitscope
