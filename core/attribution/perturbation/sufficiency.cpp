#include "attribution/perturbation/sufficiency.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "attribution/image_method.h"

namespace unitscope {
namespace {

// What rounding leaves between two runs of the same picture.
constexpr double kEqual = 1e-4;

std::vector<double> numbers(const at::Tensor& values) {
  const at::Tensor plain = values.to(at::kCPU, at::kDouble).contiguous();
  return {plain.data_ptr<double>(), plain.data_ptr<double>() + plain.numel()};
}

std::vector<std::size_t> byArea(const std::vector<double>& areas) {
  std::vector<std::size_t> order(areas.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return areas[i]; });
  return order;
}

/// Whether an area does what masks of this game are to do.
bool suffices(const AreaScores& s, std::size_t i) {
  if (s.deleted) return s.probabilities[i] <= 0.5 * s.wholeProbability;
  return s.probabilities[i] >= s.wholeProbability - kEqual;
}

}  // namespace

AreaScores areaScores(const ScoreFunction& score, const std::vector<double>& areas, const at::Tensor& rows,
                      const at::Tensor& whole, bool deleted) {
  return {areas,
          numbers(score.probability(rows)),
          numbers(score.target(rows)),
          score.probability(whole).item<double>(),
          score.target(whole).item<double>(),
          deleted};
}

std::vector<AttributionCurve> areaCurves(const AreaScores& scores, const std::string& areaOf) {
  AttributionCurve probability, plain;
  probability.title = "Probability against area";
  probability.yTitle = "probability";
  probability.level = scores.wholeProbability;
  plain.title = "Score against area";
  plain.yTitle = "score";
  plain.level = scores.wholeScore;
  for (const std::size_t i : byArea(scores.areas)) {
    probability.x.push_back(scores.areas[i]);
    probability.y.push_back(scores.probabilities[i]);
    plain.x.push_back(scores.areas[i]);
    plain.y.push_back(scores.scores[i]);
  }
  for (AttributionCurve* curve : {&probability, &plain}) {
    curve->xTitle = (scores.deleted ? "part taken from the " : "part kept of the ") + areaOf;
    curve->levelTitle = "the whole picture";
  }
  return {probability, plain};
}

std::vector<std::string> areaNotes(const AreaScores& scores) {
  std::vector<std::string> notes;
  const std::vector<std::size_t> order = byArea(scores.areas);
  const auto enough = std::ranges::find_if(order, [&](std::size_t i) { return suffices(scores, i); });
  const bool found = enough != order.end();
  if (scores.deleted)
    notes.push_back(found ? "smallest area whose loss halves the probability: " + shown(scores.areas[*enough])
                          : "no area's loss halves the probability");
  else
    notes.push_back(found ? "smallest sufficient area: " + shown(scores.areas[*enough])
                          : "no area reaches the score of the whole picture");
  const auto best = std::ranges::max_element(scores.scores);
  if (!scores.deleted && *best > scores.wholeScore + kEqual)
    notes.push_back("overdrive: without the rest of the picture the score rises from " + shown(scores.wholeScore) +
                    " to " + shown(*best));
  for (const std::size_t i : order)
    notes.push_back("area " + shown(scores.areas[i]) + ": probability " + shown(scores.probabilities[i]) + " of " +
                    shown(scores.wholeProbability) + ", score " + shown(scores.scores[i]) + " of " +
                    shown(scores.wholeScore));
  return notes;
}

}  // namespace unitscope
