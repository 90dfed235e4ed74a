#include "gan/boundary.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <string>

#include "gan/latent_rows.h"
#include "gan/linear_svm.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr double kWantedASide = 2500.0, kLeastShare = 0.02, kMostShare = 0.25;
/// LIBLINEAR keeps 16 bytes for each number, so this is 2 GiB.
constexpr std::int64_t kMostNumbers = std::int64_t{1} << 27;

using Rows = std::vector<std::int64_t>;

/// Fisher & Yates by hand: std::shuffle differs between libraries.
void mix(Rows& rows, std::mt19937_64& random) {
  for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[random() % i]);
}

/// Takes the last `validation` of them (at least one where any is asked for) out of `chosen`.
Rows takeValidation(Rows& chosen, double validation) {
  const auto train = static_cast<std::size_t>(static_cast<double>(chosen.size()) * (1.0 - validation) + 1e-9);
  const auto cut = chosen.begin() + static_cast<std::ptrdiff_t>(train);
  Rows taken(cut, chosen.end());
  chosen.erase(cut, chosen.end());
  return taken;
}

/// Chooses extremes and splits them; returns the rows that were not chosen.
Rows split(const std::vector<float>& scores, const BoundaryOptions& options, Boundary& boundary) {
  const std::size_t count = scores.size();
  Rows order(count);
  std::iota(order.begin(), order.end(), 0);
  const auto score = [&](std::int64_t row) { return scores[static_cast<std::size_t>(row)]; };
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return score(a) > score(b); });
  const float highest = score(order.front()), lowest = score(order.back());
  if (highest == lowest) throw Error("scores", "are all equal, so nothing separates the samples");
  const double share = options.share > 0.0
                           ? options.share
                           : std::clamp(kWantedASide / static_cast<double>(count), kLeastShare, kMostShare);
  auto positive = static_cast<std::size_t>(share * static_cast<double>(count) + 1e-9), negative = positive;
  const auto highs = static_cast<std::size_t>(std::count(scores.begin(), scores.end(), highest));
  const auto lows = static_cast<std::size_t>(std::count(scores.begin(), scores.end(), lowest));
  if (highs + lows == count) {
    positive = highs;
    negative = lows;
  }
  if (positive < 3 || negative < 3)
    throw Error("scores", "give " + std::to_string(std::min(positive, negative)) +
                              " samples on a side, of which some are kept for validation; at least 3 are needed");
  boundary.trainPositive.assign(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(positive));
  boundary.trainNegative.assign(order.end() - static_cast<std::ptrdiff_t>(negative), order.end());
  Rows rest(order.begin() + static_cast<std::ptrdiff_t>(positive), order.end() - static_cast<std::ptrdiff_t>(negative));
  std::mt19937_64 random(options.seed);
  mix(boundary.trainPositive, random);
  mix(boundary.trainNegative, random);
  boundary.validationPositive = takeValidation(boundary.trainPositive, options.validation);
  boundary.validationNegative = takeValidation(boundary.trainNegative, options.validation);
  if (boundary.trainPositive.size() < 2 || boundary.trainNegative.size() < 2)
    throw Error("validation", "leaves fewer than two samples a side to train on");
  return rest;
}

at::Tensor pick(const at::Tensor& rows, const Rows& which) {
  return rows.index_select(0, at::tensor(which, at::kLong));
}

std::int64_t countRight(const at::Tensor& distances, const Rows& which, bool positive) {
  if (which.empty()) return 0;
  const at::Tensor above = pick(distances, which) > 0;
  const std::int64_t hits = above.sum().item<std::int64_t>();
  return positive ? hits : static_cast<std::int64_t>(which.size()) - hits;
}

double accuracy(const at::Tensor& distances, const Rows& positive, const Rows& negative) {
  const std::size_t all = positive.size() + negative.size();
  if (all == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(countRight(distances, positive, true) + countRight(distances, negative, false)) /
         static_cast<double>(all);
}

SvmProblem problemOf(const at::Tensor& rows, const Boundary& boundary) {
  Rows all = boundary.trainPositive;
  all.insert(all.end(), boundary.trainNegative.begin(), boundary.trainNegative.end());
  const at::Tensor chosen = pick(rows, all).contiguous();
  if (chosen.numel() > kMostNumbers)
    throw Error("boundary", "there are too many samples to train on; choose a smaller share");
  const double* values = chosen.data_ptr<double>();
  SvmProblem problem{chosen.size(1), {values, values + chosen.numel()}, std::vector<bool>(all.size())};
  std::fill_n(problem.positive.begin(), boundary.trainPositive.size(), true);
  return problem;
}

void checkOptions(const BoundaryOptions& options) {
  if (!(options.share >= 0.0 && options.share <= 0.5)) throw Error("share", "must be between 0 and 0.5");
  if (!(options.validation >= 0.0 && options.validation < 1.0)) throw Error("validation", "must be from 0 to below 1");
  if (!(options.cost > 0.0 && std::isfinite(options.cost))) throw Error("cost", "must be above 0");
}

/// A latent's own shape: [512] of [N,512] and [N,512,1,1].
Shape latentShape(const Shape& shape) {
  Shape one(shape.begin() + 1, shape.end());
  while (one.size() > 1 && one.back() == 1) one.pop_back();
  if (one.size() == 2 && one.front() == 1) one.erase(one.begin());
  if (one.empty() || one.size() > 2) throw Error("latents", "must be [N,D] or [N,L,D], not " + toString(shape));
  return one;
}

}  // namespace

bool canFitBoundaries() {
  return hasLiblinear();
}

Boundary fitBoundary(const Array& latents, const std::vector<float>& scores, const BoundaryOptions& options,
                     const CancelToken& cancel) {
  checkOptions(options);
  const at::Tensor rows = rowsOf(latents, "latents");
  if (static_cast<std::size_t>(rows.size(0)) != scores.size())
    throw Error("scores", "are " + std::to_string(scores.size()) + " for " + std::to_string(rows.size(0)) + " latents");
  if (!std::all_of(scores.begin(), scores.end(), [](float s) { return std::isfinite(s); }))
    throw Error("scores", "hold numbers that are not finite");
  Boundary boundary;
  boundary.normal.shape = latentShape(latents.shape);
  const Rows rest = split(scores, options, boundary);
  cancel.check();

  const SvmPlane plane = trainLinearSvm(problemOf(rows, boundary), options.cost);
  cancel.check();
  at::Tensor normal = at::tensor(plane.weights, at::kDouble);
  const double length = normal.norm().item<double>();
  if (!(length > 0.0)) throw Error("boundary", "the latents say nothing about these scores: the boundary is zero");
  normal = normal / length;
  boundary.bias = plane.bias / length;
  boundary.normal.values = plainArray(normal).values;

  const at::Tensor along = at::mv(rows, normal), distances = along + boundary.bias;
  boundary.deviation = along.std(false).item<double>();
  boundary.trainAccuracy = accuracy(distances, boundary.trainPositive, boundary.trainNegative);
  boundary.validationAccuracy = accuracy(distances, boundary.validationPositive, boundary.validationNegative);
  const auto [lowest, highest] = std::minmax_element(scores.begin(), scores.end());
  const double middle = (static_cast<double>(*lowest) + static_cast<double>(*highest)) / 2.0;
  Rows with, without;
  for (const std::int64_t row : rest)
    (static_cast<double>(scores[static_cast<std::size_t>(row)]) >= middle ? with : without).push_back(row);
  boundary.remaining = static_cast<std::int64_t>(rest.size());
  boundary.remainingAccuracy = accuracy(distances, with, without);
  return boundary;
}

}  // namespace unitscope
