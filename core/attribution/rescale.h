#pragma once

#include <functional>

#include <ATen/ATen.h>

namespace unitscope {

/// One value of a network in two runs. What is computed from it keeps the values of both runs and has, instead of the
/// gradient, multipliers: how much a change of this value counts for a change of that, such that over every step
/// multiplier times change sums to the change that follows (DeepLIFT's rescale rule, Shrikumar et al. 2017; for
/// products as in DeepSHAP, Lundberg & Lee 2017).
struct Compared {
  at::Tensor now;     ///< on the picture; carries the autograd graph
  at::Tensor before;  ///< on the baseline; no graph
};

using Unary = std::function<at::Tensor(const at::Tensor&)>;
using Bilinear = std::function<at::Tensor(const at::Tensor&, const at::Tensor&)>;

/// `value` in the forward pass, the gradient of `surrogate` in the backward pass. Shapes must be equal.
at::Tensor withGradientOf(const at::Tensor& surrogate, const at::Tensor& value);

/// f of every element: change of f over change of x, and f's own derivative where x hardly changes.
Compared elementwise(const Compared& x, const Unary& f);
/// A product in which both factors change: each change counts with the mean of the other factor, which splits the
/// joint part in half. `multiply` is linear in either argument (a product, a matrix product).
Compared product(const Compared& a, const Compared& b, const Bilinear& multiply);
Compared quotient(const Compared& a, const Compared& b);
/// What happens where one place is the maximum of several windows that overlap.
enum class SharedMaximum {
  All,   ///< it accounts for all of them: the changes stay complete
  Last,  ///< for the last of them in reading order alone, as a max-unpooling does that overwrites (Captum)
};

/// f picks one of x's elements for each of its own: a maximum over windows or axes. Where the maximum rose, the place
/// where it now is accounts for the rise, else the place where it was. SharedMaximum::Last needs [N,C,...] throughout.
Compared largest(const Compared& x, const Unary& f, SharedMaximum shared = SharedMaximum::All);
Compared logSoftmax(const Compared& x, std::int64_t axis);
Compared softmax(const Compared& x, std::int64_t axis);
/// (x - mean) / sqrt(variance + epsilon) over the axes from `axis` on.
Compared standardised(const Compared& x, std::int64_t axis, double epsilon);

}  // namespace unitscope
