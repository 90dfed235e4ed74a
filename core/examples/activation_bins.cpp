#include "examples/activation_bins.h"

#include <algorithm>
#include <cmath>

namespace unitscope {

std::uint8_t ActivationBins::newPage() {
  pages_.emplace_back();
  pages_.back().fill(0);
  return static_cast<std::uint8_t>(pages_.size());
}

void ActivationBins::carry(int slot, std::uint64_t times) {
  const std::uint64_t full = times << 32U;
  for (auto& [known, count] : carried_)
    if (known == slot) {
      count += full;
      return;
    }
  carried_.emplace_back(slot, full);
}

void ActivationBins::add(int key, std::uint64_t count) {
  if (count == 0) return;
  if (key == 0) {
    zeros_ += count;
    return;
  }
  const int slot = key > 0 ? key - 1 : bins::kLast - 1 - key;
  std::uint8_t& page = page_[static_cast<std::size_t>(slot >> bins::kBits)];
  if (page == 0) page = newPage();
  std::uint32_t& low = pages_[page - 1U][static_cast<std::size_t>(slot & (bins::kPerOctave - 1))];
  const std::uint64_t sum = low + count;
  low = static_cast<std::uint32_t>(sum);
  if (sum >> 32U > 0) carry(slot, sum >> 32U);
}

std::vector<BinCount> ActivationBins::counts() const {
  std::vector<BinCount> counts;
  const auto take = [&](int slot, int key) {
    const std::uint8_t page = page_[static_cast<std::size_t>(slot >> bins::kBits)];
    if (page == 0) return;
    std::uint64_t count = pages_[page - 1U][static_cast<std::size_t>(slot & (bins::kPerOctave - 1))];
    for (const auto& [carried, more] : carried_)
      if (carried == slot) count += more;
    if (count > 0) counts.push_back({key, count});
  };
  for (int key = -bins::kLast; key < 0; ++key) take(bins::kLast - 1 - key, key);
  if (zeros_ > 0) counts.push_back({0, zeros_});
  for (int key = 1; key <= bins::kLast; ++key) take(key - 1, key);
  return counts;
}

std::size_t ActivationBins::bytes() const {
  return sizeof(*this) + pages_.capacity() * sizeof(Page) + carried_.capacity() * sizeof(carried_.front());
}

double quantileOf(std::span<const BinCount> counts, double minimum, double maximum, double level) {
  std::uint64_t total = 0;
  for (const BinCount& bin : counts) total += bin.count;
  if (total == 0) return 0.0;
  const double wanted = std::ceil(std::clamp(level, 0.0, 1.0) * static_cast<double>(total));
  const auto rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(wanted), 1, total);
  // The extremes are known exactly.
  if (rank == 1) return minimum;
  if (rank == total) return maximum;
  std::uint64_t before = 0;
  for (const BinCount& bin : counts) {
    if (before + bin.count < rank) {
      before += bin.count;
      continue;
    }
    if (bin.key == 0) return std::clamp(0.0, minimum, maximum);
    const double low = std::max(bins::lowerOf(bin.key), minimum), high = std::min(bins::upperOf(bin.key), maximum);
    const double part = (static_cast<double>(rank - before) - 0.5) / static_cast<double>(bin.count);
    return low + part * std::max(high - low, 0.0);
  }
  return maximum;
}

}  // namespace unitscope
