#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "features/parameterisation.h"

namespace unitscope {
namespace {

// Logarithms (base 2) of the mean magnitude at 1/128, 1/64 ... 1/2 cycles a pixel, measured on 150 procedural scenes
// (series 77) and 51 pieces of photographs, 128 x 128 pixels each, which agree within a few tenths: along the picture's
// axes, where horizons and walls put more, and between them.
constexpr std::size_t kOctaves = 7;
using Profile = std::array<double, kOctaves>;
constexpr Profile kAcross{8.60, 7.90, 6.98, 5.78, 4.45, 3.02, 1.65};
constexpr Profile kUpright{9.50, 8.50, 7.30, 5.95, 4.57, 3.12, 1.72};
constexpr Profile kSlanted{8.00, 7.30, 6.50, 5.13, 3.80, 2.36, 0.60};
/// How far from its axis a ridge reaches, in degrees.
constexpr double kRidge = 10.0;

/// Between the octaves along straight lines, beyond them along the last ones.
double at(const Profile& profile, double octave) {
  const double below = std::clamp(std::floor(octave), 0.0, static_cast<double>(kOctaves - 2));
  const auto i = static_cast<std::size_t>(below);
  return profile[i] + (profile[i + 1] - profile[i]) * (octave - below);
}

}  // namespace

at::Tensor naturalMagnitude(std::int64_t height, std::int64_t width) {
  at::Tensor magnitude = at::zeros({height, width / 2 + 1}, at::kFloat);
  auto* const values = magnitude.data_ptr<float>();
  for (std::int64_t row = 0; row < height; ++row)
    for (std::int64_t column = 0; column <= width / 2; ++column) {
      if (row == 0 && column == 0) continue;
      const double fy = static_cast<double>(std::min(row, height - row)) / static_cast<double>(height);
      const double fx = static_cast<double>(column) / static_cast<double>(width);
      const double octave = std::log2(std::hypot(fx, fy)) + static_cast<double>(kOctaves);
      const double degrees = std::atan2(fy, fx) * 180.0 / std::numbers::pi;
      const auto ridge = [](double off) { return std::exp(-(off / kRidge) * (off / kRidge)); };
      const double across = ridge(degrees), upright = ridge(90.0 - degrees);
      const double level = across * at(kAcross, octave) + upright * at(kUpright, octave) +
                           (1.0 - across - upright) * at(kSlanted, octave);
      values[row * (width / 2 + 1) + column] = static_cast<float>(std::exp2(level));
    }
  return magnitude;
}

}  // namespace unitscope
