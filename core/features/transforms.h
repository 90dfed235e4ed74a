#pragma once

#include <cstdint>
#include <string>

#include <ATen/ATen.h>

namespace unitscope {

/// How a picture is moved about each step, so that it excites the unit wherever and however it lies, and fine patterns
/// that only fit the network's sampling grid do not pay (Olah et al. 2017; Lucid's amounts).
struct TransformRange {
  bool around = false;    ///< any shift, the picture going on at its other side, as its Fourier series does
  double shift = 0.0;     ///< pixels along each axis: two jitters, 8 and 4 of 128, drawn together
  double zoom = 0.0;      ///< size 1 +- zoom, in 11 steps
  int degrees = 0;        ///< whole degrees to either side, no turn more often than others
  double smallest = 1.0;  ///< MaCo: crops between these shares of the side, blown up to the view
  double largest = 1.0;
  double noise = 0.0;  ///< MaCo: deviation of the noise that is added
};

/// "standard", "gentle" (shifts alone, by half) or "none", for pictures with sides of `pixels`: what is meant for 128
/// shrinks and grows with them.
TransformRange transformRange(const std::string& name, std::int64_t pixels);

/// What is done in one step. The picture is pushed around by whole pixels first; then the view looks at it around
/// (x, y), given in pixels from its centre, turned and larger by `zoom`.
struct TransformDraw {
  std::int64_t right = 0, down = 0;
  double x = 0.0, y = 0.0;
  double angle = 0.0;  ///< degrees
  double zoom = 1.0;
};
TransformDraw drawTransform(const TransformRange& range, std::int64_t height, std::int64_t width,
                            at::Generator& generator);

/// Views [N,C,height,width] of the pictures [N,C,H,W]: `draw` as said, bilinear, with grey 0.5 beyond the border. The
/// view's pixels are as large as the picture's unless `fit` says that the whole picture fills the view. Differentiable.
at::Tensor transformed(const at::Tensor& pictures, const TransformDraw& draw, std::int64_t height, std::int64_t width,
                       bool fit = false);

}  // namespace unitscope
