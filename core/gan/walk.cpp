#include "gan/walk.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include "gan/latent_rows.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::int64_t kMostFrames = 1'000'000, kMostNumbers = std::int64_t{1} << 28;
/// Points at which each leg of a curve is measured.
constexpr std::int64_t kPieces = 64;
constexpr std::int64_t kMostCurve = std::int64_t{1} << 26;

Shape latentShape(const Array& latent, const std::string& subject) {
  Shape shape = latent.shape;
  if (shape.size() > 1 && shape.front() == 1) shape.erase(shape.begin());
  while (shape.size() > 1 && shape.back() == 1) shape.pop_back();
  if (shape.empty() || shape.size() > 2) throw Error(subject, "must be one latent, [D] or [L,D]");
  return shape;
}

void checkFrames(std::int64_t frames, std::int64_t numbers) {
  if (frames < 2 || frames > kMostFrames || frames * numbers > kMostNumbers)
    throw Error("frames", "must be from 2 to a million, and no more than memory holds");
}

Array packed(const at::Tensor& rows, const Shape& one) {
  Array result = plainArray(rows);
  result.shape = one;
  result.shape.insert(result.shape.begin(), rows.size(0));
  return result;
}

/// Box & Muller 1958, since std::normal_distribution differs between libraries.
double normal(std::mt19937_64& random) {
  const auto uniform = [&] { return (static_cast<double>(random() >> 11) + 0.5) * 0x1.0p-53; };
  const double radius = std::sqrt(-2.0 * std::log(uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

/// Rows that span what must not change: orthonormal, possibly none.
at::Tensor basisOf(const std::vector<Array>& normals, std::int64_t width) {
  if (normals.empty()) return at::zeros({0, width}, at::kDouble);
  std::vector<at::Tensor> rows;
  for (const Array& one : normals) {
    const at::Tensor row = vectorOf(one, "boundary");
    if (row.numel() != width)
      throw Error("boundary", "has " + std::to_string(row.numel()) + " numbers, the latent " + std::to_string(width));
    const double length = row.norm().item<double>();
    if (!(length > 0.0)) throw Error("boundary", "has no length");
    rows.push_back(row / length);
  }
  const auto [left, values, basis] = at::linalg_svd(at::stack(rows), false);
  const std::int64_t rank = (values > 1e-6 * values[0]).sum().item<std::int64_t>();
  if (rank >= width) throw Error("boundaries", "leave no direction in which to walk; keep fewer");
  return basis.narrow(0, 0, rank);
}

at::Tensor without(const at::Tensor& rows, const at::Tensor& basis) {
  return basis.size(0) == 0 ? rows : rows - at::mm(at::mm(rows, basis.t()), basis);
}

/// A uniform cubic B-spline over the places: twice differentiable, so that a film neither jerks nor turns at once.
class Curve {
 public:
  Curve(at::Tensor places, bool closed) : places_(std::move(places)), closed_(closed) {
    legs_ = closed ? places_.size(0) : places_.size(0) - 3;
    const at::Tensor points = at(at::arange(legs_ * kPieces + 1, at::kDouble) / static_cast<double>(kPieces));
    origin_ = points.narrow(0, 0, 1);
    farthest_ = (points - origin_).norm(2, 1).max().item<double>();
    const std::int64_t last = points.size(0) - 1;
    const at::Tensor steps = (points.narrow(0, 1, last) - points.narrow(0, 0, last)).norm(2, 1).cumsum(0).contiguous();
    lengths_.assign(1, 0.0);
    lengths_.insert(lengths_.end(), steps.data_ptr<double>(), steps.data_ptr<double>() + last);
  }

  double length() const { return lengths_.back(); }
  /// From its own start.
  double farthest() const { return farthest_; }

  /// Where it is, seen from its start, after each of these lengths.
  at::Tensor after(const std::vector<double>& wanted) const {
    std::vector<double> places;
    for (const double length : wanted) {
      const auto above = std::upper_bound(lengths_.begin(), lengths_.end() - 1, length) - lengths_.begin();
      const auto i = static_cast<std::size_t>(std::max<std::ptrdiff_t>(above - 1, 0));
      const double piece = lengths_[i + 1] - lengths_[i];
      const double share = piece > 0.0 ? std::clamp((length - lengths_[i]) / piece, 0.0, 1.0) : 0.0;
      places.push_back((static_cast<double>(i) + share) / static_cast<double>(kPieces));
    }
    return at(at::tensor(places, at::kDouble)) - origin_;
  }

 private:
  /// Points at these numbers of legs.
  at::Tensor at(const at::Tensor& where) const {
    const at::Tensor leg = where.floor().clamp(0.0, static_cast<double>(legs_ - 1));
    const at::Tensor t = (where - leg).unsqueeze(1), t2 = t * t, t3 = t2 * t;
    const auto place = [&](std::int64_t offset) {
      const at::Tensor index = leg.to(at::kLong) + offset;
      return places_.index_select(0, closed_ ? index.remainder(places_.size(0)) : index);
    };
    return ((1 - t).pow(3) * place(0) + (3 * t3 - 6 * t2 + 4) * place(1) + (3 * t + 3 * t2 - 3 * t3 + 1) * place(2) +
            t3 * place(3)) /
           6.0;
  }

  at::Tensor places_, origin_;
  bool closed_ = true;
  std::int64_t legs_ = 0;
  double farthest_ = 0.0;
  std::vector<double> lengths_;
};

/// Random places at equal distance from the middle.
at::Tensor randomPlaces(std::int64_t count, const at::Tensor& basis, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  at::Tensor places = at::empty({count, basis.size(1)}, at::kDouble);
  double* values = places.data_ptr<double>();
  for (std::int64_t i = 0; i < places.numel(); ++i) values[i] = normal(random);
  places = without(places, basis);
  return places / places.norm(2, 1, true).clamp_min(1e-12);
}

/// Distances from the start, [frames,D], of a walk anywhere that is free.
at::Tensor freeWalk(const WalkQuestion& q, const at::Tensor& basis) {
  const double way = q.speed * static_cast<double>(q.closed ? q.frames : q.frames - 1);
  // As few places as make the way long enough within the radius: more would keep it nearer to the start.
  double legs = std::max(4.0, std::floor(way / (1.3 * q.radius)));
  for (;; legs = std::ceil(legs * 1.03)) {
    if (legs * static_cast<double>(kPieces * basis.size(1)) > static_cast<double>(kMostCurve))
      throw Error("speed", "is too high for so small a radius and so many frames");
    const Curve curve(randomPlaces(static_cast<std::int64_t>(legs) + (q.closed ? 0 : 3), basis, q.seed), q.closed);
    if (!(curve.farthest() > 0.0)) throw Error("boundaries", "leave no direction in which to walk; keep fewer");
    double scale = q.radius / curve.farthest();
    if (curve.length() * scale < way) continue;
    if (q.closed) scale = way / curve.length();
    std::vector<double> wanted;
    for (std::int64_t i = 0; i < q.frames; ++i) wanted.push_back(q.speed * static_cast<double>(i) / scale);
    return curve.after(wanted) * scale;
  }
}

at::Tensor lineWalk(const WalkQuestion& q, const at::Tensor& basis) {
  at::Tensor direction = vectorOf(q.along, "direction");
  if (direction.numel() != basis.size(1)) throw Error("direction", "has another size than the latent");
  direction = without(direction.unsqueeze(0), basis)[0];
  const double length = direction.norm().item<double>(), whole = vectorOf(q.along, "direction").norm().item<double>();
  if (!(length > 1e-6 * whole)) throw Error("direction", "is one of those that must not change");
  std::vector<double> places;
  for (std::int64_t i = 0; i < q.frames; ++i) {
    const double t = static_cast<double>(i) / static_cast<double>(q.closed ? q.frames : q.frames - 1);
    places.push_back(q.radius * (q.closed ? std::sin(2.0 * std::numbers::pi * t) : 2.0 * t - 1.0));
  }
  return at::ger(at::tensor(places, at::kDouble), direction / length);
}

}  // namespace

Array interpolate(const Array& from, const Array& to, std::int64_t frames, Interpolation kind) {
  const Shape shape = latentShape(from, "first latent");
  if (latentShape(to, "second latent") != shape) throw Error("latents", "have different sizes");
  checkFrames(frames, elementCount(shape));
  const std::int64_t width = shape.back();
  const at::Tensor a = vectorOf(from, "first latent").reshape({1, -1, width});
  const at::Tensor b = vectorOf(to, "second latent").reshape({1, -1, width});
  const at::Tensor t = at::linspace(0.0, 1.0, frames, at::kDouble).reshape({-1, 1, 1});
  at::Tensor result = a * (1 - t) + b * t;
  if (kind == Interpolation::Spherical) {
    const at::Tensor la = a.norm(2, 2, true), lb = b.norm(2, 2, true);
    const at::Tensor angle = ((a * b).sum(2, true) / (la * lb)).clamp(-1.0, 1.0).acos();
    const at::Tensor sine = angle.sin();
    const at::Tensor curved = (a / la * ((1 - t) * angle).sin() + b / lb * (t * angle).sin()) / sine;
    // Along one line, or from nothing, there is no angle to turn through.
    const at::Tensor turns = (sine > 1e-6).logical_and((la * lb) > 0);
    result = at::where(turns.expand_as(result), curved * (la * (1 - t) + lb * t), result);
  }
  return packed(result.reshape({frames, -1}), shape);
}

Array walk(const WalkQuestion& q) {
  const Shape shape = latentShape(q.start, "start");
  checkFrames(q.frames, elementCount(shape));
  if (!(q.radius > 0.0 && q.radius <= 1e6)) throw Error("radius", "must be above 0");
  if (!(q.speed > 0.0 && q.speed <= 1e6)) throw Error("speed", "must be above 0");
  const std::int64_t width = shape.back(), layers = shape.size() == 2 ? shape.front() : 1;
  const at::Tensor basis = basisOf(q.keep, width);
  const at::Tensor offsets = q.along.values.empty() ? freeWalk(q, basis) : lineWalk(q, basis);
  at::Tensor moves = q.layers.empty() ? at::ones({1, layers, 1}, at::kDouble) : at::zeros({1, layers, 1}, at::kDouble);
  for (const std::int64_t layer : q.layers) {
    if (layer < 0 || layer >= layers)
      throw Error("layer " + std::to_string(layer), "does not exist; the start has " + std::to_string(layers));
    moves[0][layer] = 1.0;
  }
  const at::Tensor start = vectorOf(q.start, "start").reshape({1, layers, width});
  return packed((start + offsets.unsqueeze(1) * moves).reshape({q.frames, -1}), shape);
}

}  // namespace unitscope
