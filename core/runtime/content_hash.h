#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace unitscope {

/// A 128-bit number for what was put in: equal for equal contents, and different by chance only for others. Made for
/// speed over large weights, not against someone who looks for collisions.
class ContentHash {
 public:
  /// The length counts too, so that ("ab", "c") and ("a", "bc") differ.
  void add(std::span<const std::byte> bytes);
  void add(std::string_view text) { add(std::as_bytes(std::span<const char>(text.data(), text.size()))); }
  void add(std::uint64_t number);
  void add(double number);
  std::uint64_t low() const;
  /// 32 hex digits.
  std::string hex() const;

 private:
  void mix(std::uint64_t word);
  std::uint64_t a_ = 0x9e3779b97f4a7c15ULL;
  std::uint64_t b_ = 0xc2b2ae3d27d4eb4fULL;
};

}  // namespace unitscope
