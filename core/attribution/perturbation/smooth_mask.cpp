#include "attribution/perturbation/smooth_mask.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include <ATen/Parallel.h>

// The program is built for any x86-64; these loops take half of the time on a processor with wider vectors.
#if defined(__GNUC__) && defined(__x86_64__)
#define UNITSCOPE_AVX2 __attribute__((target("avx2,fma")))
#endif

namespace unitscope {
namespace {

constexpr float kTemperature = 20.0F;
constexpr float kTemperatureBase2 = kTemperature * 1.44269504F;
constexpr std::int64_t kLane = 8;  // floats that a processor handles at once
constexpr std::int64_t kMargin = 1;

std::int64_t cellsAlong(double length, double step) {
  return static_cast<std::int64_t>(std::ceil(length / step));
}

/// 2^y for y in [0,120], within 2e-7 of it. Written so that compilers turn loops over it into vector instructions,
/// which they do not for the standard library's.
[[gnu::always_inline]] inline float powerOfTwo(float y) {
  const auto whole = static_cast<std::int32_t>(y + 0.5F);
  const float f = y - static_cast<float>(whole);
  const float part =
      1.0F +
      f * (0.693147181F +
           f * (0.240226507F + f * (0.0555041087F + f * (0.00961812911F + f * (0.00133335581F + f * 1.54035304e-4F)))));
  return part * std::bit_cast<float>((whole + 127) << 23);
}

/// Adds a cell's part to the softmax-weighted sums of one block.
[[gnu::always_inline]] inline void addCellHere(float cell, const float* __restrict__ weights,
                                               const float* __restrict__ exponentials, std::int64_t lanes,
                                               float* __restrict__ sums, float* __restrict__ products) {
  // Cells are clamped, so most are exactly 0 or 1, and those need no exponential.
  if (cell == 0.0F) {
    for (std::int64_t p = 0; p < lanes; ++p) sums[p] += 1.0F;
  } else if (cell == 1.0F) {
    for (std::int64_t p = 0; p < lanes; ++p) {
      sums[p] += exponentials[p];
      products[p] += exponentials[p] * weights[p];
    }
  } else {
    for (std::int64_t p = 0; p < lanes; ++p) {
      const float x = weights[p] * cell;
      const float e = powerOfTwo(kTemperatureBase2 * x);
      sums[p] += e;
      products[p] += e * x;
    }
  }
}

/// Adds what one block's gradient means for a cell. With s the softmax, d mask / d cell = w s (1 + T (w cell - mask));
/// `scaled` is gradient / sum, `rest` is scaled (1 - T mask).
[[gnu::always_inline]] inline void addSlopeHere(float cell, const float* __restrict__ weights,
                                                const float* __restrict__ exponentials,
                                                const float* __restrict__ scaled, const float* __restrict__ rest,
                                                std::int64_t lanes, float* __restrict__ slope) {
  if (cell == 0.0F) {
    for (std::int64_t p = 0; p < lanes; ++p) slope[p] += weights[p] * rest[p];
  } else if (cell == 1.0F) {
    for (std::int64_t p = 0; p < lanes; ++p)
      slope[p] += weights[p] * exponentials[p] * (rest[p] + kTemperature * weights[p] * scaled[p]);
  } else {
    for (std::int64_t p = 0; p < lanes; ++p) {
      const float x = weights[p] * cell;
      slope[p] += weights[p] * powerOfTwo(kTemperatureBase2 * x) * (rest[p] + kTemperature * x * scaled[p]);
    }
  }
}

struct Kernels {
  void (*addCell)(float, const float*, const float*, std::int64_t, float*, float*);
  void (*addSlope)(float, const float*, const float*, const float*, const float*, std::int64_t, float*);
};

void addCellPlainly(float cell, const float* weights, const float* exponentials, std::int64_t lanes, float* sums,
                    float* products) {
  addCellHere(cell, weights, exponentials, lanes, sums, products);
}
void addSlopePlainly(float cell, const float* weights, const float* exponentials, const float* scaled,
                     const float* rest, std::int64_t lanes, float* slope) {
  addSlopeHere(cell, weights, exponentials, scaled, rest, lanes, slope);
}

#ifdef UNITSCOPE_AVX2
UNITSCOPE_AVX2 void addCellWidely(float cell, const float* weights, const float* exponentials, std::int64_t lanes,
                                  float* sums, float* products) {
  addCellHere(cell, weights, exponentials, lanes, sums, products);
}
UNITSCOPE_AVX2 void addSlopeWidely(float cell, const float* weights, const float* exponentials, const float* scaled,
                                   const float* rest, std::int64_t lanes, float* slope) {
  addSlopeHere(cell, weights, exponentials, scaled, rest, lanes, slope);
}
#endif

/// Those for the widest vectors that this processor has.
Kernels kernels() {
#ifdef UNITSCOPE_AVX2
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return {addCellWidely, addSlopeWidely};
#endif
  return {addCellPlainly, addSlopePlainly};
}

}  // namespace

SmoothMask::SmoothMask(std::int64_t height, std::int64_t width, std::int64_t step, double sigma)
    : height_(height), width_(width), step_(std::max<std::int64_t>(step, 1)) {
  const auto side = static_cast<double>(step_);
  margin_ = std::llround(sigma);
  high_ = cellsAlong(static_cast<double>(height), side);
  wide_ = cellsAlong(static_cast<double>(width), side);
  radius_ = kMargin + cellsAlong(sigma, side);
  padding_ = kMargin + cellsAlong(2.0 * sigma, side);
  // With a sigma below the step the margin would not reach.
  const auto places = [&](std::int64_t cells) { return step_ * (cells + 2 * (padding_ - radius_) - 1) + 1; };
  while (places(high_) < height_ + margin_ || places(wide_) < width_ + margin_) ++padding_;
  blocksHigh_ = high_ + 2 * (padding_ - radius_);
  blocksWide_ = wide_ + 2 * (padding_ - radius_);
  lanes_ = (step_ * step_ + kLane - 1) / kLane * kLane;

  const std::int64_t across = 2 * radius_ + 1;
  weights_.assign(static_cast<std::size_t>(across * across * lanes_), 0.0F);
  exponentials_.assign(weights_.size(), 1.0F);
  // Distance from a place in the block to a cell, counted from where the margin puts the cells.
  const auto distance = [&](std::int64_t place, std::int64_t tap) {
    return static_cast<double>(place + step_ * (padding_ - tap)) - sigma;
  };
  for (std::int64_t tap = 0; tap < across * across; ++tap)
    for (std::int64_t p = 0; p < step_ * step_; ++p) {
      const double u = std::hypot(distance(p / step_, tap / across), distance(p % step_, tap % across)) / sigma;
      const double weight = std::exp(-2.0 * std::pow(std::max(0.0, u - 0.5), 2.0));
      const auto i = static_cast<std::size_t>(tap * lanes_ + p);
      weights_[i] = static_cast<float>(weight);
      exponentials_[i] = powerOfTwo(kTemperatureBase2 * weights_[i]);
    }
}

at::Tensor SmoothMask::start(std::int64_t count) const {
  return at::ones({count, 1, high_, wide_});
}

at::Tensor SmoothMask::masks(const at::Tensor& cells) {
  const at::NoGradGuard noGradients;
  const std::int64_t batch = cells.size(0);
  cells_ = cells.detach().reshape({batch, high_, wide_}).clone();
  const at::Tensor padded = at::constant_pad_nd(cells_, {padding_, padding_, padding_, padding_});
  values_ = at::empty({batch, blocksHigh_, blocksWide_, lanes_});
  sums_ = at::empty_like(values_);
  const float* from = padded.data_ptr<float>();
  auto* values = values_.data_ptr<float>();
  auto* sums = sums_.data_ptr<float>();
  const Kernels kernel = kernels();
  const std::int64_t across = 2 * radius_ + 1;
  const std::int64_t tall = padded.size(1);
  const std::int64_t line = padded.size(2);
  at::parallel_for(0, batch * blocksHigh_, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      const float* top = from + (row / blocksHigh_ * tall + row % blocksHigh_) * line;
      for (std::int64_t j = 0; j < blocksWide_; ++j) {
        float* sum = sums + (row * blocksWide_ + j) * lanes_;
        float* value = values + (row * blocksWide_ + j) * lanes_;
        std::fill_n(sum, lanes_, 0.0F);
        std::fill_n(value, lanes_, 0.0F);
        for (std::int64_t tap = 0; tap < across * across; ++tap)
          kernel.addCell(top[tap / across * line + j + tap % across], weights_.data() + tap * lanes_,
                         exponentials_.data() + tap * lanes_, lanes_, sum, value);
        for (std::int64_t p = 0; p < lanes_; ++p) value[p] /= sum[p];
      }
    }
  });
  return toPlaces(values_);
}

at::Tensor SmoothMask::visible(const at::Tensor& masks) const {
  return masks.slice(2, margin_, margin_ + height_).slice(3, margin_, margin_ + width_);
}

at::Tensor SmoothMask::pull(const at::Tensor& gradient) const {
  const at::NoGradGuard noGradients;
  const at::Tensor scaledBlocks = toPhases(gradient) / sums_;
  const at::Tensor restBlocks = scaledBlocks * (1 - kTemperature * values_);
  at::Tensor slopes = at::empty_like(cells_);
  const float* cells = cells_.data_ptr<float>();
  const float* scaled = scaledBlocks.data_ptr<float>();
  const float* rest = restBlocks.data_ptr<float>();
  auto* out = slopes.data_ptr<float>();
  const Kernels kernel = kernels();
  const std::int64_t across = 2 * radius_ + 1;
  at::parallel_for(0, cells_.size(0) * high_, 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<float> slope(static_cast<std::size_t>(lanes_));
    for (std::int64_t row = begin; row < end; ++row)
      for (std::int64_t x = 0; x < wide_; ++x) {
        const float cell = cells[row * wide_ + x];
        std::ranges::fill(slope, 0.0F);
        for (std::int64_t tap = 0; tap < across * across; ++tap) {
          const std::int64_t i = row % high_ + padding_ - tap / across;
          const std::int64_t j = x + padding_ - tap % across;
          if (i < 0 || i >= blocksHigh_ || j < 0 || j >= blocksWide_) continue;
          const std::int64_t block = ((row / high_ * blocksHigh_ + i) * blocksWide_ + j) * lanes_;
          kernel.addSlope(cell, weights_.data() + tap * lanes_, exponentials_.data() + tap * lanes_, scaled + block,
                          rest + block, lanes_, slope.data());
        }
        double sum = 0.0;
        for (const float part : slope) sum += static_cast<double>(part);
        out[row * wide_ + x] = static_cast<float>(sum);
      }
  });
  return slopes.unsqueeze(1);
}

/// From blocks [B,blocksHigh,blocksWide,lanes] to masks. The last block's far side is cut off, as in TorchRay.
at::Tensor SmoothMask::toPlaces(const at::Tensor& phases) const {
  const std::int64_t batch = phases.size(0);
  return phases.narrow(3, 0, step_ * step_)
      .reshape({batch, blocksHigh_, blocksWide_, step_, step_})
      .permute({0, 1, 3, 2, 4})
      .reshape({batch, 1, blocksHigh_ * step_, blocksWide_ * step_})
      .slice(2, 0, blocksHigh_ * step_ - step_ + 1)
      .slice(3, 0, blocksWide_ * step_ - step_ + 1);
}

at::Tensor SmoothMask::toPhases(const at::Tensor& places) const {
  const std::int64_t batch = places.size(0);
  const at::Tensor whole =
      at::constant_pad_nd(places.reshape({batch, places.size(-2), places.size(-1)}), {0, step_ - 1, 0, step_ - 1})
          .reshape({batch, blocksHigh_, step_, blocksWide_, step_})
          .permute({0, 1, 3, 2, 4})
          .reshape({batch, blocksHigh_, blocksWide_, step_ * step_});
  return at::constant_pad_nd(whole, {0, lanes_ - step_ * step_}).contiguous();
}

}  // namespace unitscope
