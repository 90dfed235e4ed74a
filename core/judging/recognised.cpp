#include "judging/recognised.h"

#include <algorithm>
#include <numeric>

namespace unitscope {

double shareOf(const Array& mask) {
  if (mask.values.empty()) return 0.0;
  return std::accumulate(mask.values.begin(), mask.values.end(), 0.0) / static_cast<double>(mask.values.size());
}

std::vector<double> classProbabilities(Model& model, const Array& input, const CancelToken& cancel) {
  const Array scores = model.scores(input, cancel);
  const auto classes = static_cast<std::size_t>(scores.shape.back());
  std::vector<double> probabilities(classes, 0.0);
  for (const Prediction& p : model.predictionsFrom(scores, 0, static_cast<int>(classes)))
    probabilities[static_cast<std::size_t>(p.index)] = p.probability;
  return probabilities;
}

std::vector<std::int64_t> predictedClasses(const std::vector<double>& probabilities, bool multiLabel) {
  std::vector<std::int64_t> predicted;
  if (probabilities.empty()) return predicted;
  if (!multiLabel) return {std::ranges::max_element(probabilities) - probabilities.begin()};
  for (std::size_t k = 0; k < probabilities.size(); ++k)
    if (probabilities[k] >= 0.5) predicted.push_back(static_cast<std::int64_t>(k));
  return predicted;
}

}  // namespace unitscope
