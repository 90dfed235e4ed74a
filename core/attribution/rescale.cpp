#include "attribution/rescale.h"

#include <utility>
#include <vector>

#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

namespace unitscope {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Changes smaller than this part of the values themselves are mostly rounding, and so would be their quotient.
constexpr double kTinyPart = 1e-5;
constexpr double kTiny = 1e-10;

struct Surrogate : torch::autograd::Function<Surrogate> {
  static at::Tensor forward(AutogradContext*, const at::Tensor& surrogate, const at::Tensor& value) {
    return value.expand_as(surrogate).clone();
  }
  static variable_list backward(AutogradContext*, variable_list gradients) { return {gradients[0], at::Tensor()}; }
};

at::Tensor isTiny(const at::Tensor& change, const at::Tensor& now, const at::Tensor& before) {
  return change.abs().le((now.abs() + before.abs()) * kTinyPart + kTiny);
}

/// a / b, and `otherwise` where b is tiny or nothing sensible comes out.
at::Tensor share(const at::Tensor& a, const at::Tensor& b, const at::Tensor& tiny, const at::Tensor& otherwise) {
  const at::Tensor part = a / at::where(tiny, at::ones_like(b), b);
  return at::where(tiny.logical_or(at::isfinite(part).logical_not()), otherwise, part);
}

/// f'(x) for a function of single elements.
at::Tensor slope(const at::Tensor& x, const Unary& f) {
  const at::AutoGradMode gradients(true);
  const at::Tensor leaf = x.detach().requires_grad_(true);
  const at::Tensor y = f(leaf);
  if (!y.requires_grad()) return at::zeros_like(x);
  const at::Tensor gradient = torch::autograd::grad({y.sum()}, {leaf}, {}, {}, false, /*allow_unused=*/true).front();
  return gradient.defined() ? gradient.detach() : at::zeros_like(x);
}

/// What f, which picks elements, would pick of `other` if it chose as it does at x: the derivative in that direction.
/// It is the gradient, by any v, of the backward pass, which is linear in v.
at::Tensor picked(const at::Tensor& x, const Unary& f, const at::Tensor& other) {
  const at::AutoGradMode gradients(true);
  const at::Tensor leaf = x.detach().requires_grad_(true);
  const at::Tensor y = f(leaf);
  const at::Tensor v = at::zeros_like(y).requires_grad_(true);
  const at::Tensor back = torch::autograd::grad({y}, {leaf}, {v}, true, /*create_graph=*/true).front();
  return torch::autograd::grad({back}, {v}, {other}).front().detach();
}

/// 1 for each window of [N,C,...] that is the last of those with the same maximum, else 0.
at::Tensor lastOfItsPlace(const at::Tensor& x, const Unary& f) {
  at::Tensor places = at::arange(x[0][0].numel(), x.options()).reshape(x[0][0].sizes()).expand_as(x);
  const at::Tensor picks = picked(x, f, places);
  const at::Tensor place = picks.flatten(2).to(at::kLong);
  const at::Tensor number = at::arange(place.size(2), place.options()).expand_as(place);
  const at::Tensor last =
      at::scatter_reduce(at::zeros(x.flatten(2).sizes(), place.options()), 2, place, number, "amax", true);
  return last.gather(2, place).eq(number).to(x.scalar_type()).reshape(picks.sizes());
}

}  // namespace

at::Tensor withGradientOf(const at::Tensor& surrogate, const at::Tensor& value) {
  return Surrogate::apply(surrogate, value.detach());
}

Compared elementwise(const Compared& x, const Unary& f) {
  const at::Tensor now = x.now.detach();
  at::Tensor y, y0, multiplier;
  {
    const at::NoGradGuard noGradients;
    y = f(now);
    y0 = f(x.before);
    const at::Tensor change = now - x.before;
    multiplier = share(y - y0, change, isTiny(change, now, x.before), at::zeros({}, change.options()));
    const at::Tensor tiny = isTiny(change, now, x.before);
    if (tiny.any().item<bool>()) {
      const at::Tensor own = slope(now, f);
      multiplier = at::where(tiny.logical_and(at::isfinite(own)), own, multiplier);
    }
  }
  return {withGradientOf(x.now * multiplier, y), y0};
}

Compared product(const Compared& a, const Compared& b, const Bilinear& multiply) {
  const at::Tensor nowA = a.now.detach(), nowB = b.now.detach();
  const at::Tensor surrogate = multiply(a.now, (nowB + b.before) * 0.5) + multiply((nowA + a.before) * 0.5, b.now);
  return {withGradientOf(surrogate, multiply(nowA, nowB)), multiply(a.before, b.before)};
}

Compared quotient(const Compared& a, const Compared& b) {
  const at::Tensor y = b.now.detach().reciprocal(), y0 = b.before.reciprocal();
  // The change of 1/b over the change of b, which is exact for every change.
  const Compared inverse{withGradientOf(b.now * (y * y0).neg(), y), y0};
  return product(a, inverse, [](const at::Tensor& p, const at::Tensor& q) { return p * q; });
}

Compared largest(const Compared& x, const Unary& f, SharedMaximum shared) {
  const at::Tensor now = x.now.detach();
  at::Tensor y, y0;
  at::Tensor atNow, atBefore;  // how much the places of the two maxima account for
  {
    const at::NoGradGuard noGradients;
    y = f(now);
    y0 = f(x.before);
    const at::Tensor change = now - x.before;
    const at::Tensor peak = at::maximum(y, y0);
    const auto part = [&](const at::Tensor& rise, const at::Tensor& where, double otherwise) {
      const at::Tensor there = picked(where, f, change);
      const at::Tensor counted = shared == SharedMaximum::Last ? rise * lastOfItsPlace(where, f) : rise;
      return share(counted, there, isTiny(there, y, y0), at::full({}, otherwise, rise.options()));
    };
    atNow = part(peak - y0, now, 1.0);
    atBefore = part(y - peak, x.before, 0.0);
  }
  // The same numbers as on the baseline, but with x's graph behind them.
  const at::Tensor asBefore = withGradientOf(x.now, x.before);
  return {withGradientOf(f(x.now) * atNow + f(asBefore) * atBefore, y), y0};
}

Compared logSoftmax(const Compared& x, std::int64_t axis) {
  // Written as x - log(sum(exp(x))): every step has positive multipliers, so nothing cancels. In double precision,
  // because the two runs may lie far apart.
  const Compared wide{x.now.to(at::kDouble), x.before.to(at::kDouble)};
  const at::Tensor shift = at::maximum(wide.now.detach().amax(axis, true), wide.before.amax(axis, true));
  const Compared powers =
      elementwise({wide.now - shift, wide.before - shift}, [](const at::Tensor& t) { return t.exp(); });
  const Compared log = elementwise({powers.now.sum(axis, true), powers.before.sum(axis, true)},
                                   [](const at::Tensor& t) { return t.log(); });
  return {(wide.now - shift - log.now).to(x.now.scalar_type()),
          (wide.before - shift - log.before).to(x.before.scalar_type())};
}

Compared softmax(const Compared& x, std::int64_t axis) {
  return elementwise(logSoftmax(x, axis), [](const at::Tensor& t) { return t.exp(); });
}

Compared standardised(const Compared& x, std::int64_t axis, double epsilon) {
  std::vector<std::int64_t> axes;
  for (std::int64_t i = axis; i < x.now.dim(); ++i) axes.push_back(i);
  const auto times = [](const at::Tensor& a, const at::Tensor& b) { return a * b; };
  const auto centred = [&](const at::Tensor& t) { return t - t.mean(axes, /*keepdim=*/true); };
  const Compared distance{centred(x.now), centred(x.before)};
  const Compared squares = product(distance, distance, times);
  const Compared inverse = elementwise({squares.now.mean(axes, true), squares.before.mean(axes, true)},
                                       [&](const at::Tensor& variance) { return (variance + epsilon).rsqrt(); });
  return product(distance, inverse, times);
}

}  // namespace unitscope
