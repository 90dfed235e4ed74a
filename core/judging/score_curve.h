#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "attribution/score.h"

namespace unitscope {

/// Pictures [count,C,H,W] number `first` and following of a series.
using PictureSeries = std::function<at::Tensor(std::int64_t first, std::int64_t count)>;

/// ScoreFunction::probability of each of `total` pictures, computed in batches.
std::vector<double> probabilities(const ScoreFunction& score, std::int64_t total, const PictureSeries& pictures,
                                  const std::string& what, const Progress& progress, const CancelToken& cancel);
/// The score itself (the logit) of each, in the same way.
std::vector<double> scoresOf(const ScoreFunction& score, std::int64_t total, const PictureSeries& pictures,
                             const std::string& what, const Progress& progress, const CancelToken& cancel);

/// Trapezoids over [0,1] through points at equal distances: (sum - half the ends) / (points - 1). NaN below two points.
double areaUnder(const std::vector<double>& curve);

}  // namespace unitscope
