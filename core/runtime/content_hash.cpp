#include "runtime/content_hash.h"

#include <bit>
#include <cstring>

namespace unitscope {
namespace {

/// The finaliser of SplitMix64 (Steele, Lea & Flood 2014): every bit of the input reaches every bit of the output.
std::uint64_t scrambled(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

}  // namespace

void ContentHash::mix(std::uint64_t word) {
  // Two independent chains, each a bijection of its state for a given word, so that no word is ever lost.
  a_ = std::rotl((a_ ^ word) * 0x9fb21c651e98df25ULL, 29);
  b_ = std::rotl((b_ + word) * 0xd6e8feb86659fd93ULL, 37);
}

void ContentHash::add(std::span<const std::byte> bytes) {
  mix(bytes.size());
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i, 8);
    mix(word);
  }
  if (i < bytes.size()) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i, bytes.size() - i);
    mix(word);
  }
}

void ContentHash::add(std::uint64_t number) {
  mix(number);
}

void ContentHash::add(double number) {
  mix(std::bit_cast<std::uint64_t>(number));
}

std::uint64_t ContentHash::low() const {
  return scrambled(a_ ^ scrambled(b_));
}

std::string ContentHash::hex() const {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (std::uint64_t word : {low(), scrambled(b_ + scrambled(a_))})
    for (int i = 60; i >= 0; i -= 4) text += kDigits[(word >> i) & 15U];
  return text;
}

}  // namespace unitscope
