#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace unitscope {

/// Keys of the bins into which activations are counted: those float32 values share a bin that agree in their sign,
/// exponent and first seven bits behind the point, in other words that cut to the same bfloat16. A bin is at most 1/128
/// of its values wide, needs no range that somebody would have to know beforehand, and is the same in every run, so
/// that counts of parts add up to those of the whole (as in DDSketch, Masson et al. 2019, whose bins are logarithms).
///
/// Keys rise with the values: 0 is everything nearer to zero than 2^-24, positive keys are above, negative ones below.
/// The last bin of either side takes what is beyond 2^40.
namespace bins {

inline constexpr int kBits = 7;  ///< of the fraction
inline constexpr int kLowest =
    127 - 24;  ///< exponent, as float32 stores it, of the smallest values that are told apart
inline constexpr int kOctaves = 64;
inline constexpr int kPerOctave = 1 << kBits;
inline constexpr int kLast = kOctaves * kPerOctave;

/// `x` must be finite.
inline int keyOf(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const int magnitude = static_cast<int>((bits & 0x7FFFFFFFU) >> (23 - kBits)) - kLowest * kPerOctave;
  if (magnitude < 0) return 0;
  const int key = magnitude < kLast ? magnitude + 1 : kLast;
  return (bits >> 31U) != 0 ? -key : key;
}

/// The magnitude at which the bin of a positive key begins: the end of the one before.
inline double edgeOf(int key) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(key - 1 + kLowest * kPerOctave) << (23 - kBits));
}

/// The ends of any key's bin.
inline double lowerOf(int key) {
  return key > 0 ? edgeOf(key) : -edgeOf(1 - key);
}
inline double upperOf(int key) {
  return key < 0 ? -edgeOf(-key) : edgeOf(key + 1);
}

}  // namespace bins

/// One bin that is not empty.
struct BinCount {
  int key = 0;
  std::uint64_t count = 0;
  bool operator==(const BinCount&) const = default;
};

/// How often a unit's activations fell into each bin. Memory grows with the octaves that its values span, half a
/// kilobyte each, not with their number.
class ActivationBins {
 public:
  /// `x` must be finite.
  void add(float x) {
    const int key = bins::keyOf(x);
    if (key == 0)
      ++zeros_;
    else
      addOne(key > 0 ? key - 1 : bins::kLast - 1 - key);
  }
  void add(int key, std::uint64_t count);
  /// Bins that are not empty, keys rising.
  std::vector<BinCount> counts() const;
  std::size_t bytes() const;

 private:
  using Page = std::array<std::uint32_t, bins::kPerOctave>;

  void addOne(int slot) {
    std::uint8_t& page = page_[static_cast<std::size_t>(slot >> bins::kBits)];
    if (page == 0) page = newPage();
    if (++pages_[page - 1U][static_cast<std::size_t>(slot & (bins::kPerOctave - 1))] == 0) carry(slot, 1);
  }
  std::uint8_t newPage();
  void carry(int slot, std::uint64_t times);

  std::array<std::uint8_t, 2 * bins::kOctaves> page_{};  ///< number of each octave's page, from 1; positive ones first
  std::vector<Page> pages_;
  std::vector<std::pair<int, std::uint64_t>> carried_;  ///< multiples of 2^32 that the pages cannot hold
  std::uint64_t zeros_ = 0;
};

/// The value of rank ceil(level * n) among the n values counted (the first for level 0), to within its bin: evenly
/// spread in it, and never beyond the extremes. 0 where nothing was counted.
double quantileOf(std::span<const BinCount> counts, double minimum, double maximum, double level);

}  // namespace unitscope
