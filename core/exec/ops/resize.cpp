#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "exec/ops/families.h"
#include "exec/ops/helpers.h"

namespace unitscope::ops {
namespace {

/// How one axis changes.
struct Axis {
  std::int64_t in = 0, out = 0;
  double scale = 1;
  double roiStart = 0, roiEnd = 1;
  bool resized = false;
};

struct Settings {
  std::string mode, transform, nearest;
  double cubicA = -0.75;
  bool excludeOutside = false, antialias = false;
};

/// What an output place is made of: `taps` source positions and weights for each of `out` places.
struct Taps {
  std::int64_t count = 0;
  std::vector<std::int64_t> positions;
  std::vector<double> weights;
  std::vector<bool> outside;  ///< only for tf_crop_and_resize
};

/// Where output place i lies in the input, in the words of ONNX's coordinate_transformation_mode.
double sourceOf(const OpCall& call, const Settings& s, const Axis& a, std::int64_t i) {
  const auto x = static_cast<double>(i), in = static_cast<double>(a.in);
  const double length = a.scale * in;  // not rounded, unlike a.out
  if (s.transform == "half_pixel") return (x + 0.5) / a.scale - 0.5;
  if (s.transform == "pytorch_half_pixel") return a.out > 1 ? (x + 0.5) / a.scale - 0.5 : 0;
  if (s.transform == "align_corners") return length == 1 ? 0 : x * (in - 1) / (length - 1);
  if (s.transform == "asymmetric") return x / a.scale;
  if (s.transform == "tf_half_pixel_for_nn") return (x + 0.5) / a.scale;
  if (s.transform == "half_pixel_symmetric")
    return in / 2 * (1 - static_cast<double>(a.out) / length) + (x + 0.5) / a.scale - 0.5;
  if (s.transform == "tf_crop_and_resize") {
    if (a.out > 1) return a.roiStart * (in - 1) + x * (a.roiEnd - a.roiStart) * (in - 1) / (length - 1);
    return 0.5 * (a.roiStart + a.roiEnd) * (in - 1);
  }
  call.fail("coordinate_transformation_mode is '" + s.transform + "', which is not known");
}

std::int64_t nearestTo(const OpCall& call, const Settings& s, double x) {
  double n = 0;
  if (s.nearest == "round_prefer_floor")
    n = std::ceil(x - 0.5);
  else if (s.nearest == "round_prefer_ceil")
    n = std::floor(x + 0.5);
  else if (s.nearest == "floor")
    n = std::floor(x);
  else if (s.nearest == "ceil")
    n = std::ceil(x);
  else
    call.fail("nearest_mode is '" + s.nearest + "', which is not known");
  return static_cast<std::int64_t>(n);
}

double triangle(double x) {
  return std::max(0.0, 1 - std::abs(x));
}

/// Keys 1981.
double cubic(double x, double a) {
  x = std::abs(x);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return 0;
}

Taps tapsOf(const OpCall& call, const Settings& s, const Axis& a) {
  Taps taps;
  const bool nearest = s.mode == "nearest";
  // Shrinking with antialias stretches the filter so that it sees every source element.
  const double stretch = s.antialias ? std::min(a.scale, 1.0) : 1.0;
  const double reach = s.mode == "cubic" ? 2 : 1;
  const auto first = nearest ? std::int64_t{0} : static_cast<std::int64_t>(std::floor(-reach / stretch)) + 1;
  taps.count = nearest ? 1 : 2 - 2 * first;
  const auto total = static_cast<std::size_t>(a.out * taps.count);
  taps.positions.reserve(total);
  taps.weights.reserve(total);
  for (std::int64_t i = 0; i < a.out; ++i) {
    const double x = sourceOf(call, s, a, i);
    if (!std::isfinite(x)) call.fail("the scales or the region lead nowhere");
    if (s.transform == "tf_crop_and_resize") taps.outside.push_back(x < 0 || x > static_cast<double>(a.in) - 1);
    // Far outside all places are the border.
    const double near = std::clamp(x, -2.0 * static_cast<double>(a.in) - 8, 3.0 * static_cast<double>(a.in) + 8);
    if (nearest) {
      taps.positions.push_back(std::clamp<std::int64_t>(nearestTo(call, s, near), 0, a.in - 1));
      taps.weights.push_back(1);
      continue;
    }
    const auto left = static_cast<std::int64_t>(std::ceil(near)) - 1;
    double sum = 0;
    for (std::int64_t k = 0; k < taps.count; ++k) {
      const std::int64_t position = left + first + k;
      const double distance = (static_cast<double>(position) - near) * stretch;
      double weight = s.mode == "cubic" ? cubic(distance, s.cubicA) : triangle(distance);
      if (s.excludeOutside && (position < 0 || position >= a.in)) weight = 0;
      taps.positions.push_back(std::clamp<std::int64_t>(position, 0, a.in - 1));
      taps.weights.push_back(weight);
      sum += weight;
    }
    if (sum != 0 && (s.excludeOutside || s.antialias))
      for (std::int64_t k = 0; k < taps.count; ++k)
        taps.weights[taps.weights.size() - 1 - static_cast<std::size_t>(k)] /= sum;
  }
  return taps;
}

at::Tensor applyTaps(const at::Tensor& x, std::int64_t axis, const Taps& taps) {
  const at::Tensor positions = beside(at::tensor(taps.positions, at::kLong), x);
  at::Tensor y = x.index_select(axis, positions);
  if (taps.count == 1) return y;
  const at::Tensor weights = at::tensor(taps.weights, at::kDouble).to(x.options());
  Ints shape = y.sizes().vec();
  const auto place = static_cast<std::size_t>(axis);
  shape[place] /= taps.count;
  shape.insert(shape.begin() + axis + 1, taps.count);
  Ints broadcast(shape.size(), 1);
  broadcast[place] = shape[place];
  broadcast[place + 1] = taps.count;
  return (y.reshape(shape) * weights.reshape(broadcast)).sum(axis + 1);
}

Settings readSettings(const OpCall& call) {
  Settings s;
  s.mode = call.node.stringOr("mode", "nearest");
  if (s.mode != "nearest" && s.mode != "linear" && s.mode != "cubic")
    call.fail("mode is '" + s.mode + "', known are nearest, linear and cubic");
  s.transform = call.node.stringOr("coordinate_transformation_mode", "half_pixel");
  s.nearest = call.node.stringOr("nearest_mode", "round_prefer_floor");
  s.cubicA = call.node.floatOr("cubic_coeff_a", -0.75);
  s.excludeOutside = call.node.intOr("exclude_outside", 0) != 0;
  s.antialias = call.node.intOr("antialias", 0) != 0 && s.mode != "nearest";
  return s;
}

void readSizes(const OpCall& call, const Ints& named, std::vector<Axis>& axes) {
  Ints wanted = call.ints(3);
  if (wanted.size() != named.size()) call.fail("sizes needs one entry for each resized axis");
  for (const std::int64_t w : wanted)
    if (w < 1 || w > (std::int64_t{1} << 40)) call.fail("sizes contains " + std::to_string(w));
  const std::string policy = call.node.stringOr("keep_aspect_ratio_policy", "stretch");
  if (policy != "stretch" && policy != "not_larger" && policy != "not_smaller")
    call.fail("keep_aspect_ratio_policy is '" + policy + "', which is not known");
  std::optional<double> common;
  for (std::size_t i = 0; i < named.size(); ++i) {
    const double scale =
        static_cast<double>(wanted[i]) / static_cast<double>(axes[static_cast<std::size_t>(named[i])].in);
    if (!common) common = scale;
    common = policy == "not_larger" ? std::min(*common, scale) : std::max(*common, scale);
  }
  for (std::size_t i = 0; i < named.size(); ++i) {
    Axis& a = axes[static_cast<std::size_t>(named[i])];
    a.resized = true;
    if (policy == "stretch") {
      a.out = wanted[i];
      a.scale = static_cast<double>(wanted[i]) / static_cast<double>(a.in);
    } else {
      a.scale = *common;
      a.out = static_cast<std::int64_t>(std::floor(*common * static_cast<double>(a.in) + 0.5));
    }
  }
}

void readScales(const OpCall& call, const Ints& named, std::vector<Axis>& axes) {
  const at::Tensor scales = call.in(2).detach().to(at::kCPU, at::kFloat).contiguous();
  if (scales.dim() != 1 || scales.size(0) != static_cast<std::int64_t>(named.size()))
    call.fail("scales needs one entry for each resized axis");
  for (std::size_t i = 0; i < named.size(); ++i) {
    const float scale = scales.data_ptr<float>()[i];
    Axis& a = axes[static_cast<std::size_t>(named[i])];
    // In float32, so that 1.8 times 5 is 9 as its writer meant.
    const float length = std::floor(static_cast<float>(a.in) * scale);
    if (!(scale > 0) || !(length >= 1) || length > 1e12F) call.fail("scales contains " + std::to_string(scale));
    a.resized = true;
    a.scale = static_cast<double>(scale);
    a.out = static_cast<std::int64_t>(length);
  }
}

std::vector<Axis> readAxes(const OpCall& call, const Settings& s) {
  const at::Tensor& x = call.in(0);
  std::vector<Axis> axes(static_cast<std::size_t>(x.dim()));
  for (std::size_t i = 0; i < axes.size(); ++i) {
    axes[i].in = axes[i].out = x.size(static_cast<std::int64_t>(i));
    if (axes[i].in < 1) call.fail("the input is empty");
  }
  Ints named = call.node.intsOr("axes", counting(x.dim()));
  (void)wrapAxes(call, named, x.dim());
  for (std::int64_t& axis : named) axis = wrapAxis(call, axis, x.dim());
  const bool bySizes = call.has(3) && call.in(3).numel() > 0;
  if (!bySizes && (!call.has(2) || call.in(2).numel() == 0)) call.fail("neither scales nor sizes are given");
  if (bySizes)
    readSizes(call, named, axes);
  else
    readScales(call, named, axes);
  if (s.transform == "tf_crop_and_resize") {
    const at::Tensor roi = call.in(1).detach().to(at::kCPU, at::kDouble).contiguous();
    if (roi.dim() != 1 || roi.numel() != static_cast<std::int64_t>(2 * named.size()))
      call.fail("the region needs a start and an end for each resized axis");
    for (std::size_t i = 0; i < named.size(); ++i) {
      axes[static_cast<std::size_t>(named[i])].roiStart = roi.data_ptr<double>()[i];
      axes[static_cast<std::size_t>(named[i])].roiEnd = roi.data_ptr<double>()[i + named.size()];
    }
  } else {
    for (Axis& a : axes) a.resized = a.resized && (a.in != a.out || a.scale != 1);
  }
  return axes;
}

/// LibTorch's own kernels, for planes and the settings in which they agree with ONNX. Undefined if they do not.
at::Tensor withKernel(const at::Tensor& x, const Settings& s, const std::vector<Axis>& axes) {
  if (x.dim() != 4 || !isFloat(x) || axes[0].resized || axes[1].resized || s.antialias || s.excludeOutside) return {};
  const Axis &h = axes[2], &w = axes[3];
  const Ints size{h.out, w.out};
  const auto whole = [](const Axis& a) {
    return a.out == a.in * std::llround(a.scale) && std::llround(a.scale) == a.scale;
  };
  if (s.mode == "nearest")
    return s.transform == "asymmetric" && s.nearest == "floor" && whole(h) && whole(w)
               ? at::upsample_nearest2d(x, size, h.scale, w.scale)
               : at::Tensor();
  const bool corners = s.transform == "align_corners";
  if (corners) {
    for (const Axis* a : {&h, &w})
      if (static_cast<double>(a->out) != a->scale * static_cast<double>(a->in)) return {};
  } else if (s.transform == "pytorch_half_pixel") {
    if (h.out == 1 || w.out == 1) return {};
  } else if (s.transform != "half_pixel") {
    return {};
  }
  if (s.mode == "linear") return at::upsample_bilinear2d(x, size, corners, h.scale, w.scale);
  return s.cubicA == -0.75 ? at::upsample_bicubic2d(x, size, corners, h.scale, w.scale) : at::Tensor();
}

Tensors resize(const OpCall& call) {
  const Settings s = readSettings(call);
  const at::Tensor& x = atLeast(call, 0, 1);
  const std::vector<Axis> axes = readAxes(call, s);
  if (std::ranges::none_of(axes, [](const Axis& a) { return a.resized; })) return {x};
  if (at::Tensor y = withKernel(x, s, axes); y.defined()) return {y};
  const bool exact = s.mode == "nearest" || isFloat(x);
  at::Tensor y = exact ? x : x.to(at::kFloat);
  at::Tensor outside;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (!axes[i].resized) continue;
    const Taps taps = tapsOf(call, s, axes[i]);
    y = applyTaps(y, static_cast<std::int64_t>(i), taps);
    if (std::ranges::find(taps.outside, true) == taps.outside.end()) continue;
    at::Tensor mask = at::zeros({axes[i].out}, at::kBool);
    for (std::size_t k = 0; k < taps.outside.size(); ++k) mask.data_ptr<bool>()[k] = taps.outside[k];
    Ints shape(axes.size(), 1);
    shape[i] = axes[i].out;
    mask = beside(mask.reshape(shape), x);
    outside = outside.defined() ? outside.logical_or(mask) : mask;
  }
  if (outside.defined()) y = y.masked_fill(outside, call.node.floatOr("extrapolation_value", 0.0));
  return {exact ? y : y.round().to(x.scalar_type())};
}

}  // namespace

void addResize(OperatorTable& table) {
  table.add("Resize", resize);
}

}  // namespace unitscope::ops
