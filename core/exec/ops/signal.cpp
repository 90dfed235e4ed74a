#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "exec/ops/families.h"
#include "exec/ops/helpers.h"

namespace unitscope::ops {
namespace {

constexpr double kTurn = 6.283185307179586;

/// a0 - a1 cos(t) + a2 cos(2t) over one period.
Tensors cosineWindow(const OpCall& call, double a0, double a1, double a2) {
  const std::int64_t size = call.integer(0);
  if (size < 0) call.fail("size is " + std::to_string(size));
  const bool periodic = call.node.intOr("periodic", 1) != 0;
  const auto period = static_cast<double>(std::max<std::int64_t>(periodic ? size : size - 1, 1));
  const at::ScalarType type = scalarTypeOf(call, call.node.intOr("output_datatype", 1));
  const at::Tensor t = at::arange(size, at::kDouble) * (kTurn / period);
  return {(a0 - a1 * t.cos() + a2 * (2 * t).cos()).to(creationOptions(call, type))};
}

/// Triangles between bins that are evenly spaced in mel (2595 log10(1 + f/700), O'Shaughnessy 1987).
Tensors melWeightMatrix(const OpCall& call) {
  const std::int64_t bands = call.integer(0), length = call.integer(1), rate = call.integer(2);
  const double low = call.number(3), high = call.number(4);
  if (bands < 1 || length < 1 || rate < 1 || bands > (1 << 24) || length > (1 << 24) || !(low >= 0) || !(high >= low))
    call.fail("bins, length, rate and edges must be positive and in order");
  const std::int64_t rows = length / 2 + 1;
  const double melLow = 2595 * std::log10(1 + low / 700), melHigh = 2595 * std::log10(1 + high / 700);
  const double step = (melHigh - melLow) / static_cast<double>(bands + 2);
  std::vector<std::int64_t> bins;
  for (std::int64_t i = 0; i < bands + 2; ++i) {
    const double hertz = 700 * (std::pow(10.0, (melLow + step * static_cast<double>(i)) / 2595) - 1);
    bins.push_back(
        static_cast<std::int64_t>(std::floor(static_cast<double>(length + 1) * hertz / static_cast<double>(rate))));
    if (bins.back() >= rows) call.fail("the upper edge lies beyond half the sample rate");
  }
  at::Tensor weights = at::zeros({rows, bands}, at::kFloat);
  auto entry = weights.accessor<float, 2>();
  for (std::int64_t i = 0; i < bands; ++i) {
    const auto k = static_cast<std::size_t>(i);
    const std::int64_t from = bins[k], centre = bins[k + 1], to = bins[k + 2];
    if (centre == from) entry[centre][i] = 1;
    for (std::int64_t j = from; j <= centre && centre > from; ++j)
      entry[j][i] = static_cast<float>(j - from) / static_cast<float>(centre - from);
    for (std::int64_t j = centre; j < to; ++j)
      entry[j][i] = static_cast<float>(to - j) / static_cast<float>(to - centre);
  }
  return {weights.to(creationOptions(call, scalarTypeOf(call, call.node.intOr("output_datatype", 1))))};
}

/// A tensor whose last axis holds real, or real and imaginary parts, as complex numbers. In float64, since what cancels
/// in a transform is as wrong in float32 as the largest term is.
at::Tensor asComplex(const OpCall& call, const at::Tensor& input) {
  if (!isFloat(input)) call.fail("the signal must be of a float type");
  const at::Tensor x = input.to(at::kDouble);
  if (x.size(-1) == 2) return at::view_as_complex(x.contiguous());
  if (x.size(-1) != 1) call.fail("the last axis must hold one or two parts");
  const at::Tensor real = x.squeeze(-1);
  return at::complex(real, at::zeros_like(real));
}

Tensors dft(const OpCall& call) {
  const at::Tensor& x = atLeast(call, 0, 2);
  const std::int64_t axis = wrapAxis(call, call.has(2) ? call.integer(2) : -2, x.dim());
  if (axis == x.dim() - 1) call.fail("the axis of the parts cannot be transformed");
  const bool inverse = call.node.intOr("inverse", 0) != 0, oneSided = call.node.intOr("onesided", 0) != 0;
  if (inverse && oneSided) call.fail("a one-sided inverse is not supported");
  const std::int64_t length = call.has(1) ? call.integer(1) : x.size(axis);
  if (length < 1 || length > (std::int64_t{1} << 32)) call.fail("dft_length is " + std::to_string(length));
  const at::Tensor signal = asComplex(call, x);
  at::Tensor y = inverse ? at::fft_ifft(signal, length, axis) : at::fft_fft(signal, length, axis);
  if (oneSided) y = y.narrow(axis, 0, length / 2 + 1);
  return {at::view_as_real(y).to(x.scalar_type()).contiguous()};
}

Tensors stft(const OpCall& call) {
  at::Tensor x = call.in(0);
  if (x.dim() == 2) x = x.unsqueeze(-1);
  if (x.dim() != 3) call.fail("the signal needs the shape [batch, length, 1 or 2]");
  const std::int64_t step = call.integer(1);
  std::int64_t length = 0;
  if (call.has(3))
    length = call.integer(3);
  else
    length = exactly(call, 2, 1).size(0);
  if (step < 1 || length < 1 || length > x.size(1)) call.fail("frame step and length must fit the signal");
  at::Tensor frames = asComplex(call, x).unfold(1, length, step);
  if (call.has(2)) {
    if (exactly(call, 2, 1).size(0) != length) call.fail("the window is not as long as a frame");
    frames = frames * beside(call.in(2), x);
  }
  at::Tensor y = at::fft_fft(frames, length, -1);
  if (call.node.intOr("onesided", 1) != 0) y = y.narrow(-1, 0, length / 2 + 1);
  return {at::view_as_real(y).to(x.scalar_type()).contiguous()};
}

}  // namespace

void addSignal(OperatorTable& table) {
  table.add("HannWindow", [](const OpCall& call) { return cosineWindow(call, 0.5, 0.5, 0); });
  table.add("HammingWindow", [](const OpCall& call) { return cosineWindow(call, 25.0 / 46, 21.0 / 46, 0); });
  table.add("BlackmanWindow", [](const OpCall& call) { return cosineWindow(call, 0.42, 0.5, 0.08); });
  table.add("MelWeightMatrix", melWeightMatrix);
  table.add("DFT", dft);
  table.add("STFT", stft);
}

}  // namespace unitscope::ops
