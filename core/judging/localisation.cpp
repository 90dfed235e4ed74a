#include <algorithm>
#include <cmath>
#include <limits>

#include "judging/map_plane.h"
#include "judging/metric.h"

namespace unitscope {
namespace {

// The pointing game's 15 pixels hold for pictures of 224.
constexpr double kTolerance = 15.0, kToleranceSide = 224.0;
// Share of the largest value above which a place belongs to the object (Zhou et al. 2016).
constexpr double kThreshold = 0.2;

double maskShare(const Judged& judged) {
  return judged.mask.to(at::kDouble).mean().item<double>();
}

MetricResult pointing(const Judged& judged, const Progress&, const CancelToken&) {
  MetricResult result;
  const std::int64_t peak = fallingOrder(judged.plane)[0].item<std::int64_t>();
  const std::int64_t y = peak / judged.width(), x = peak % judged.width();
  const double tolerance = kTolerance * static_cast<double>(std::min(judged.height(), judged.width())) / kToleranceSide;
  const at::Tensor down = (at::arange(judged.height(), at::kDouble) - static_cast<double>(y)).square().unsqueeze(1);
  const at::Tensor right = (at::arange(judged.width(), at::kDouble) - static_cast<double>(x)).square().unsqueeze(0);
  const bool near = (down + right).le(tolerance * tolerance).logical_and(judged.mask).any().item<bool>();
  // A map that is the same everywhere points nowhere.
  const bool flat = judged.plane.max().item<double>() == judged.plane.min().item<double>();
  result.value = near && !flat ? 1.0 : 0.0;
  result.details = {{"x", static_cast<double>(x)}, {"y", static_cast<double>(y)}, {"tolerance", tolerance}};
  return result;
}

MetricResult energy(const Judged& judged, const Progress&, const CancelToken&) {
  MetricResult result;
  const at::Tensor positive = judged.plane.clamp_min(0.0);
  const double all = positive.sum().item<double>();
  const double inside = (positive * judged.mask).sum().item<double>();
  result.value = all > 0.0 ? inside / all : std::numeric_limits<double>::quiet_NaN();
  result.details = {{"mask_share", maskShare(judged)}};
  return result;
}

MetricResult bestIou(const Judged& judged, const Progress&, const CancelToken&) {
  MetricResult result;
  const at::Tensor order = fallingOrder(judged.plane);
  const at::Tensor values = judged.plane.flatten().index_select(0, order);
  const at::Tensor inside = judged.mask.flatten().index_select(0, order).to(at::kDouble).cumsum(0);
  const double masked = judged.mask.sum().item<double>();
  const at::Tensor taken = at::arange(1, order.numel() + 1, at::kDouble);
  at::Tensor iou = inside / (taken + masked - inside);
  // A threshold takes all places of one value or none.
  const at::Tensor tied = values.slice(0, 0, -1).eq(values.slice(0, 1));
  iou.slice(0, 0, -1).masked_fill_(tied, 0.0);
  const std::int64_t at = iou.argmax().item<std::int64_t>();
  const double largest = values[0].item<double>();
  result.value = masked > 0.0 ? iou[at].item<double>() : std::numeric_limits<double>::quiet_NaN();
  result.details = {{"threshold", values[at].item<double>() / (largest != 0.0 ? largest : 1.0)},
                    {"area", static_cast<double>(at + 1) / static_cast<double>(order.numel())},
                    {"mask_share", maskShare(judged)}};
  return result;
}

MetricResult fixedIou(const Judged& judged, const Progress&, const CancelToken&) {
  MetricResult result;
  const double largest = judged.plane.max().item<double>();
  const at::Tensor taken = judged.plane.gt(kThreshold * std::max(largest, 0.0));
  const double both = taken.logical_and(judged.mask).sum().item<double>();
  const double either = taken.logical_or(judged.mask).sum().item<double>();
  result.value = either > 0.0 ? both / either : std::numeric_limits<double>::quiet_NaN();
  result.details = {{"threshold", kThreshold}, {"area", taken.to(at::kDouble).mean().item<double>()}};
  return result;
}

MetricInfo maskInfo(const char* id, const char* title, const char* description, const char* citation,
                    const char* measure) {
  MetricInfo info{id, title, description, citation, measure};
  info.needsMask = true;
  return info;
}

}  // namespace

Metric pointingMetric() {
  return {maskInfo("pointing", "Pointing game",
                   "Whether the map's highest place lies on the object, or within 15 pixels of it at 224.",
                   "Zhang et al. 2016, arXiv:1608.00507", "hit"),
          pointing};
}

Metric energyMetric() {
  return {maskInfo("energy", "Energy inside",
                   "The share of the map's positive values that lies on the object. By chance it is the object's share "
                   "of the picture.",
                   "Wang et al. 2020, arXiv:1910.01279", "share"),
          energy};
}

Metric bestIouMetric() {
  return {
      maskInfo("iou", "IoU, best threshold",
               "Overlap of the object with the places above a threshold, at the threshold that suits this map best.",
               "", "iou"),
      bestIou};
}

Metric fixedIouMetric() {
  return {maskInfo("iou_fixed", "IoU, fixed threshold",
                   "Overlap of the object with the places above a fifth of the map's largest value.",
                   "threshold of Zhou et al. 2016, arXiv:1512.04150", "iou"),
          fixedIou};
}

}  // namespace unitscope
