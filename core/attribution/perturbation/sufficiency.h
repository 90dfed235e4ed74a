#pragma once

#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "attribution/method.h"
#include "attribution/score.h"

namespace unitscope {

/// How a score changes with the share of the picture that is kept, or, where `deleted`, that is taken away.
struct AreaScores {
  std::vector<double> areas;
  std::vector<double> probabilities, scores;  ///< one an area
  double wholeProbability = 0.0, wholeScore = 0.0;
  bool deleted = false;
};

/// The scores of rows [A,K], one an area, beside that of the whole picture, rows [1,K].
AreaScores areaScores(const ScoreFunction& score, const std::vector<double>& areas, const at::Tensor& rows,
                      const at::Tensor& whole, bool deleted);
/// Probability and plain score against area (of the picture, or of the layer's places or channels), with those of the
/// whole picture as levels; points by rising area.
std::vector<AttributionCurve> areaCurves(const AreaScores& scores, const std::string& areaOf);
/// The smallest area that does as well as the whole picture (or, deleted, that takes half of its probability), whether
/// one does better than the whole, and the scores of all.
std::vector<std::string> areaNotes(const AreaScores& scores);

}  // namespace unitscope
