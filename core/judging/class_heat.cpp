#include "judging/class_heat.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

#include "engine/model_internal.h"
#include "judging/heat_clusters.h"
#include "judging/map_plane.h"

namespace unitscope {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kMostClusters = 6;
// A class is suspicious when the network still says it for so many pictures without their objects, and the heat does
// not seek the object either. The second is needed because a smooth filling can look like the thing itself, as with
// hills.
constexpr double kSaidWithout = 0.6, kSeeksObject = 2.5;
constexpr std::int64_t kFewestMaps = 5;

/// Mean over the numbers that are some.
class Mean {
 public:
  void add(double value) {
    if (!std::isfinite(value)) return;
    sum_ += value;
    ++count_;
  }
  double value() const { return count_ > 0 ? sum_ / static_cast<double>(count_) : kNan; }
  std::int64_t count() const { return count_; }

 private:
  double sum_ = 0.0;
  std::int64_t count_ = 0;
};

/// The hottest 3 x 3 cells of a map whose sum is at most 1.
struct Spot {
  double x = 0.5, y = 0.5, concentration = 0.0;
};

Spot hottest(const at::Tensor& map) {
  const std::int64_t side = map.size(0);
  const std::int64_t window = std::min<std::int64_t>(3, side);
  const at::Tensor sums =
      at::avg_pool2d(map.reshape({1, 1, side, side}), {window}, {1})[0][0] * static_cast<double>(window * window);
  const std::int64_t at = sums.flatten().argmax().item<std::int64_t>();
  const double even = static_cast<double>(window * window) / static_cast<double>(side * side);
  const auto middle = [&](std::int64_t i) {
    return (static_cast<double>(i) + 0.5 * static_cast<double>(window)) / static_cast<double>(side);
  };
  return {middle(at % sums.size(1)), middle(at / sums.size(1)), sums.max().item<double>() / even};
}

at::Tensor stacked(const std::vector<HeatCase>& cases) {
  std::vector<at::Tensor> maps;
  for (const HeatCase& one : cases) maps.push_back(viewOf(one.heat).to(at::kDouble));
  return at::stack(maps);
}

std::string percent(double share) {
  return std::to_string(std::llround(100.0 * share)) + " %";
}

std::string reasonFor(const ClassFindings& f, bool places) {
  std::ostringstream text;
  if (!places) return "nothing is known of where the objects are";
  text << "without the object the network still says \"" << f.label << "\" for " << percent(f.saidWithout)
       << " of the pictures; " << percent(f.inside) << " of the heat lies on the object, which takes "
       << percent(f.maskShare) << " of the picture";
  if (f.suspicious)
    text << "; outside, the heat gathers at " << percent(f.telltaleX) << " from the left and " << percent(f.telltaleY)
         << " from the top, " << std::llround(10.0 * f.telltale) / 10.0 << " times as much as evenly spread";
  return text.str();
}

}  // namespace

Array cellsOf(const Array& mask, std::int64_t side) {
  return toArray(
      at::adaptive_avg_pool2d(viewOf(mask).reshape({1, 1, mask.shape[0], mask.shape[1]}), {side, side})[0][0]);
}

void describeHeat(HeatCase& heat, const Array& map, const Array& mask, std::int64_t height, std::int64_t width,
                  std::int64_t side) {
  const at::Tensor plane = mapPlane(viewOf(map), height, width, false).abs();
  const double sum = plane.sum().item<double>();
  const at::Tensor cells = at::adaptive_avg_pool2d(plane.reshape({1, 1, height, width}), {side, side})[0][0];
  heat.heat = toArray(cells / cells.sum().clamp_min(1e-30));
  heat.inside = heat.maskShare = heat.withoutObject = kNan;
  if (mask.values.empty()) return;
  const at::Tensor inside = viewOf(mask).gt(0.5);
  heat.maskShare = inside.to(at::kDouble).mean().item<double>();
  heat.inside = sum > 0.0 ? (plane * inside).sum().item<double>() / sum : kNan;
}

void summariseHeat(ClassFindings& findings, std::vector<HeatCase>& cases, const Array& averageMask,
                   std::int64_t clusters, std::uint64_t seed) {
  findings.maps = static_cast<std::int64_t>(cases.size());
  findings.inside = findings.maskShare = findings.cheating = findings.focus = kNan;
  findings.withoutObject = findings.saidWithout = kNan;
  if (cases.empty()) return;
  // Square roots make Euclidean distances fit for shares (Hellinger): a hot cell does not decide alone.
  const at::Tensor maps = stacked(cases);
  const SpectralClusters found = spectralClusters(maps.flatten(1).clamp_min(0).sqrt(), clusters, kMostClusters, seed);
  Mean inside, share, without, said;
  std::vector<Mean> insideOf(static_cast<std::size_t>(found.count)), withoutOf(static_cast<std::size_t>(found.count));
  findings.clusters.assign(static_cast<std::size_t>(found.count), {});
  std::vector<std::vector<std::int64_t>> members(static_cast<std::size_t>(found.count));
  for (std::size_t i = 0; i < cases.size(); ++i) {
    HeatCase& one = cases[i];
    one.cluster = found.cluster[i];
    const auto c = static_cast<std::size_t>(one.cluster);
    members[c].push_back(static_cast<std::int64_t>(i));
    insideOf[c].add(one.inside);
    withoutOf[c].add(one.withoutObject);
    inside.add(one.inside);
    share.add(one.maskShare);
    without.add(one.withoutObject);
    if (std::isfinite(one.withoutObject)) said.add(one.withoutObject >= 0.5 ? 1.0 : 0.0);
  }
  for (std::size_t c = 0; c < members.size(); ++c) {
    HeatCluster& cluster = findings.clusters[c];
    cluster.size = static_cast<std::int64_t>(members[c].size());
    cluster.inside = insideOf[c].value();
    cluster.withoutObject = withoutOf[c].value();
    if (members[c].empty()) continue;
    const at::Tensor mean = maps.index_select(0, at::tensor(members[c], at::kLong)).mean(0);
    const Spot spot = hottest(mean);
    cluster.mean = toArray(mean);
    cluster.x = spot.x;
    cluster.y = spot.y;
    cluster.concentration = spot.concentration;
  }
  findings.inside = inside.value();
  findings.cheating = 1.0 - findings.inside;
  findings.maskShare = share.value();
  findings.focus = findings.inside / findings.maskShare;
  findings.withoutObject = without.value();
  findings.saidWithout = said.value();
  const at::Tensor mean = maps.mean(0);
  findings.heat = toArray(mean);
  const at::Tensor outside = averageMask.values.empty() ? mean : mean * (1.0 - viewOf(averageMask).to(at::kDouble));
  const Spot spot = hottest(outside);
  findings.telltaleX = spot.x;
  findings.telltaleY = spot.y;
  findings.telltale = spot.concentration;
  findings.suspicious =
      said.count() >= kFewestMaps && findings.saidWithout >= kSaidWithout && findings.focus < kSeeksObject;
  findings.reason = reasonFor(findings, said.count() > 0);
  std::vector<HeatCase> ordered;
  for (const std::int64_t i : found.order) ordered.push_back(std::move(cases[static_cast<std::size_t>(i)]));
  cases = std::move(ordered);
}

}  // namespace unitscope
