#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "training/quality.h"

namespace unitscope {

/// Share of rows of `scores` [N,K] whose largest entry is at `labels` [N].
double topOneAccuracy(const at::Tensor& scores, const at::Tensor& labels);

/// Average precision of one label: mean over the positives of the precision at their rank by `scores` [N]; `truth` [N]
/// holds 0 or 1. NaN without positives.
double averagePrecision(const at::Tensor& scores, const at::Tensor& truth);
/// Mean over the labels of scores [N,K] that have positives in truth [N,K].
double meanAveragePrecision(const at::Tensor& scores, const at::Tensor& truth);

/// Counts [K,K] of true class (row) against predicted class (column); both [..] of int64 below K.
at::Tensor confusionMatrix(const at::Tensor& truth, const at::Tensor& predicted, std::int64_t classes);
/// Intersection over union of each class, [K] double, NaN for classes that occur in neither.
at::Tensor intersectionOverUnion(const at::Tensor& confusion);
/// Mean over those that are no NaN.
double meanOfKnown(const at::Tensor& values);

/// Fréchet distance between the normal distributions fitted to two sets of features [N,D] and [M,D] (Heusel et al.
/// 2017): |m1-m2|^2 + tr(S1 + S2 - 2 (S1 S2)^1/2). In double precision. Throws Error for fewer than two rows.
double frechetDistance(const at::Tensor& a, const at::Tensor& b);

/// Mean over pictures of the peak signal-to-noise ratio in dB, of bytes [N,C,H,W] each; at most 78 for equal ones.
double meanSignalToNoise(const at::Tensor& a, const at::Tensor& b);

/// Improved precision and recall (Kynkäänniemi et al. 2019): the share of `probes` [M,D] that lie within the
/// `neighbours`-th nearest neighbour distance of at least one of `support` [N,D]. Precision with real support and
/// generated probes, recall the other way round.
double manifoldCoverage(const at::Tensor& support, const at::Tensor& probes, int neighbours = 3);

}  // namespace unitscope
