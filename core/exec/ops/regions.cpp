#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "exec/ops/families.h"
#include "exec/ops/helpers.h"

namespace unitscope::ops {
namespace {

struct Align {
  std::int64_t height = 1, width = 1, ratio = 0;
  double scale = 1;
  bool halfPixel = true, maximum = false;
};

/// The two neighbours of a coordinate on an axis and their weights; no weight beyond one element outside.
struct Neighbours {
  at::Tensor low, high;  // int64
  at::Tensor lowWeight, highWeight;
};

Neighbours neighboursOf(const at::Tensor& place, std::int64_t length) {
  const at::Tensor inside = (place >= -1).logical_and(place <= length).to(place.scalar_type());
  const at::Tensor p = place.clamp(0, static_cast<double>(length - 1));
  const at::Tensor low = p.floor();
  const at::Tensor high = (low + 1).clamp_max(static_cast<double>(length - 1));
  return {low.to(at::kLong), high.to(at::kLong), (1 - (p - low)) * inside, (p - low) * inside};
}

/// Aligned features of boxes [R,4] that share one sampling grid: [R,C,height,width].
at::Tensor alignGroup(const at::Tensor& rows, at::IntArrayRef sizes, const at::Tensor& boxes, const at::Tensor& batch,
                      const Align& a, std::int64_t gridY, std::int64_t gridX) {
  const std::int64_t count = boxes.size(0), channels = sizes[1], height = sizes[2], width = sizes[3];
  const double offset = a.halfPixel ? 0.5 : 0.0;
  const auto place = [&](std::int64_t side, std::int64_t cells, std::int64_t grid) {
    const at::Tensor start = boxes.select(1, side) * a.scale - offset;
    at::Tensor extent = boxes.select(1, side + 2) * a.scale - offset - start;
    if (!a.halfPixel) extent = extent.clamp_min(1);
    const at::Tensor steps = (at::arange(cells * grid, boxes.options()) + 0.5) / static_cast<double>(cells * grid);
    return start.unsqueeze(1) + extent.unsqueeze(1) * steps.unsqueeze(0);
  };
  const Neighbours y = neighboursOf(place(1, a.height, gridY), height);
  const Neighbours x = neighboursOf(place(0, a.width, gridX), width);
  at::Tensor sum;
  for (const auto& [row, rowWeight] : {std::pair(y.low, y.lowWeight), std::pair(y.high, y.highWeight)}) {
    for (const auto& [column, columnWeight] : {std::pair(x.low, x.lowWeight), std::pair(x.high, x.highWeight)}) {
      const at::Tensor index = (batch.reshape({-1, 1, 1}) * height + row.unsqueeze(2)) * width + column.unsqueeze(1);
      const at::Tensor weight = rowWeight.unsqueeze(2) * columnWeight.unsqueeze(1);
      const at::Tensor part = rows.index_select(0, index.flatten()) * weight.reshape({-1, 1});
      if (!sum.defined())
        sum = part;
      else
        sum = a.maximum ? at::maximum(sum, part) : sum + part;
    }
  }
  const at::Tensor cells = sum.reshape({count, a.height, gridY, a.width, gridX, channels});
  const at::Tensor pooled = a.maximum ? cells.amax({2, 4}) : cells.mean({2, 4});
  return pooled.permute({0, 3, 1, 2});
}

/// RoiAlign (He et al. 2017). "max" takes the largest weighted corner of all samples, as ONNX's reference does.
Tensors roiAlign(const OpCall& call) {
  const at::Tensor& x = exactly(call, 0, 4);
  const at::Tensor boxes = beside(exactly(call, 1, 2), x).to(x.scalar_type());
  if (boxes.size(1) != 4 || boxes.size(0) != exactly(call, 2, 1).size(0))
    call.fail("boxes need the shape [R, 4], one batch index each");
  const at::Tensor batch = wrapIndices(call, call.in(2), x.size(0), x);
  Align a;
  a.height = call.node.intOr("output_height", 1);
  a.width = call.node.intOr("output_width", 1);
  a.ratio = call.node.intOr("sampling_ratio", 0);
  a.scale = call.node.floatOr("spatial_scale", 1.0);
  a.halfPixel = call.node.stringOr("coordinate_transformation_mode", "half_pixel") == "half_pixel";
  const std::string mode = call.node.stringOr("mode", "avg");
  a.maximum = mode == "max";
  if (mode != "avg" && mode != "max") call.fail("mode is '" + mode + "', known are avg and max");
  constexpr std::int64_t kMost = 1 << 14;
  if (a.height < 1 || a.width < 1 || a.height > kMost || a.width > kMost || a.ratio < 0 || a.ratio > kMost)
    call.fail("output size or sampling ratio is out of range");
  if (boxes.size(0) == 0) return {at::zeros({0, x.size(1), a.height, a.width}, x.options())};

  // Boxes that are sampled alike go together, in pieces that bound the memory.
  const at::Tensor known = boxes.detach().to(at::kCPU, at::kDouble).contiguous();
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<std::int64_t>> groups;
  for (std::int64_t r = 0; r < boxes.size(0); ++r) {
    const auto* box = known.data_ptr<double>() + 4 * r;
    const auto grid = [&](double extent, std::int64_t cells) {
      extent = a.halfPixel ? extent : std::max(extent, 1.0);
      const double wanted = std::ceil(extent / static_cast<double>(cells));
      if (!(std::abs(wanted) <= static_cast<double>(kMost))) call.fail("a box is far larger than any picture");
      return a.ratio > 0 ? a.ratio : std::max<std::int64_t>(static_cast<std::int64_t>(wanted), 1);
    };
    groups[{grid((box[3] - box[1]) * a.scale, a.height), grid((box[2] - box[0]) * a.scale, a.width)}].push_back(r);
  }
  const at::Tensor rows = x.permute({0, 2, 3, 1}).reshape({-1, x.size(1)});
  Tensors parts;
  std::vector<std::int64_t> order;
  for (const auto& [grid, members] : groups) {
    const double each = static_cast<double>(a.height * a.width) * static_cast<double>(grid.first * grid.second) *
                        static_cast<double>(x.size(1));
    const auto piece = static_cast<std::size_t>(std::max(1.0, 16e6 / std::max(each, 1.0)));
    for (std::size_t i = 0; i < members.size(); i += piece) {
      const std::vector<std::int64_t> some(
          members.begin() + static_cast<std::ptrdiff_t>(i),
          members.begin() + static_cast<std::ptrdiff_t>(std::min(i + piece, members.size())));
      const at::Tensor chosen = beside(at::tensor(some, at::kLong), x);
      parts.push_back(alignGroup(rows, x.sizes(), boxes.index_select(0, chosen), batch.index_select(0, chosen), a,
                                 grid.first, grid.second));
      order.insert(order.end(), some.begin(), some.end());
    }
  }
  const at::Tensor back = at::tensor(order, at::kLong).argsort();
  return {at::cat(parts, 0).index_select(0, beside(back, x))};
}

/// Region pooling of Fast R-CNN (Girshick 2015); boxes are [batch, x1, y1, x2, y2].
Tensors maxRoiPool(const OpCall& call) {
  const at::Tensor& x = exactly(call, 0, 4);
  const at::Tensor boxes = exactly(call, 1, 2).detach().to(at::kCPU, at::kDouble).contiguous();
  const Ints shape = call.node.intsOr("pooled_shape");
  const double scale = call.node.floatOr("spatial_scale", 1.0);
  if (boxes.size(1) != 5) call.fail("boxes need the shape [R, 5]");
  if (shape.size() != 2 || shape[0] < 1 || shape[1] < 1 || shape[0] > 4096 || shape[1] > 4096)
    call.fail("pooled_shape must hold two positive numbers");
  const auto cell = [](std::int64_t i, std::int64_t cells, std::int64_t start, std::int64_t extent,
                       std::int64_t length) {
    const double size = static_cast<double>(extent) / static_cast<double>(cells);
    const auto from = static_cast<std::int64_t>(std::floor(static_cast<double>(i) * size)) + start;
    const auto to = static_cast<std::int64_t>(std::ceil(static_cast<double>(i + 1) * size)) + start;
    return std::pair(std::clamp<std::int64_t>(from, 0, length), std::clamp<std::int64_t>(to, 0, length));
  };
  Tensors pooled;
  for (std::int64_t r = 0; r < boxes.size(0); ++r) {
    const auto* box = boxes.data_ptr<double>() + 5 * r;
    for (int i = 0; i < 5; ++i)
      if (!(std::abs(box[i] * scale) < 1e9) || !(std::abs(box[i]) < 1e9))
        call.fail("a box is far larger than any picture");
    if (box[0] < 0 || box[0] >= static_cast<double>(x.size(0)))
      call.fail("a box names a batch entry that does not exist");
    const auto at = [&](int i) { return static_cast<std::int64_t>(std::round(box[i] * scale)); };
    const std::int64_t height = std::max<std::int64_t>(at(4) - at(2) + 1, 1);
    const std::int64_t width = std::max<std::int64_t>(at(3) - at(1) + 1, 1);
    const at::Tensor plane = x.select(0, static_cast<std::int64_t>(box[0]));
    for (std::int64_t i = 0; i < shape[0]; ++i) {
      const auto [top, bottom] = cell(i, shape[0], at(2), height, x.size(2));
      for (std::int64_t j = 0; j < shape[1]; ++j) {
        const auto [left, right] = cell(j, shape[1], at(1), width, x.size(3));
        pooled.push_back(bottom > top && right > left ? plane.slice(1, top, bottom).slice(2, left, right).amax({1, 2})
                                                      : at::zeros({x.size(1)}, x.options()));
      }
    }
  }
  if (pooled.empty()) return {at::zeros({0, x.size(1), shape[0], shape[1]}, x.options())};
  return {at::stack(pooled, 0).reshape({boxes.size(0), shape[0], shape[1], x.size(1)}).permute({0, 3, 1, 2})};
}

struct Box {
  float y0, x0, y1, x1;
  float area() const { return (y1 - y0) * (x1 - x0); }
};

Box readBox(const float* v, bool centred) {
  if (centred) return {v[1] - v[3] / 2, v[0] - v[2] / 2, v[1] + v[3] / 2, v[0] + v[2] / 2};
  return {std::min(v[0], v[2]), std::min(v[1], v[3]), std::max(v[0], v[2]), std::max(v[1], v[3])};
}

float overlap(const Box& a, const Box& b) {
  const float height = std::min(a.y1, b.y1) - std::max(a.y0, b.y0);
  const float width = std::min(a.x1, b.x1) - std::max(a.x0, b.x0);
  if (height <= 0 || width <= 0) return 0;
  const float common = height * width;
  const float all = a.area() + b.area() - common;
  return all > 0 ? common / all : 0;
}

/// The kept boxes as rows [batch, class, box], best first within each class.
Tensors nonMaxSuppression(const OpCall& call) {
  const at::Tensor boxes = exactly(call, 0, 3).detach().to(at::kCPU, at::kFloat).contiguous();
  const at::Tensor scores = exactly(call, 1, 3).detach().to(at::kCPU, at::kFloat).contiguous();
  const std::int64_t batch = boxes.size(0), count = boxes.size(1), classes = scores.size(1);
  if (boxes.size(2) != 4 || scores.size(0) != batch || scores.size(2) != count)
    call.fail("boxes need the shape [B, N, 4] and scores [B, C, N]");
  const std::int64_t most = call.has(2) ? call.integer(2) : 0;
  const auto threshold = static_cast<float>(call.has(3) ? call.number(3) : 0.0);
  const bool centred = call.node.intOr("center_point_box", 0) != 0;
  const auto least = static_cast<float>(call.has(4) ? call.number(4) : -std::numeric_limits<double>::infinity());
  std::vector<std::int64_t> rows;
  for (std::int64_t b = 0; b < batch; ++b) {
    for (std::int64_t c = 0; c < classes; ++c) {
      const float* score = scores.data_ptr<float>() + (b * classes + c) * count;
      std::vector<std::int64_t> order;
      for (std::int64_t i = 0; i < count; ++i)
        if (!std::isnan(score[i]) && (!call.has(4) || score[i] > least)) order.push_back(i);
      std::ranges::stable_sort(order, [&](std::int64_t l, std::int64_t r) { return score[l] > score[r]; });
      std::vector<Box> kept;
      for (const std::int64_t i : order) {
        if (static_cast<std::int64_t>(kept.size()) >= most) break;
        const Box box = readBox(boxes.data_ptr<float>() + (b * count + i) * 4, centred);
        if (std::ranges::any_of(kept, [&](const Box& k) { return overlap(k, box) > threshold; })) continue;
        kept.push_back(box);
        rows.insert(rows.end(), {b, c, i});
      }
    }
  }
  return {at::tensor(rows, at::kLong).reshape({-1, 3})};
}

}  // namespace

void addRegions(OperatorTable& table) {
  table.add("RoiAlign", roiAlign);
  table.add("MaxRoiPool", maxRoiPool);
  table.add("NonMaxSuppression", nonMaxSuppression);
}

}  // namespace unitscope::ops
