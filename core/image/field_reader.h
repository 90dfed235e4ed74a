#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace unitscope {

/// Reads integers of either byte order from a block; what lies outside it comes out as nothing.
class FieldReader {
 public:
  FieldReader(std::span<const std::byte> bytes, bool bigEndian) : bytes_(bytes), bigEndian_(bigEndian) {}

  std::size_t size() const noexcept { return bytes_.size(); }
  std::optional<std::uint32_t> u8(std::uint64_t at) const noexcept { return number(at, 1); }
  std::optional<std::uint32_t> u16(std::uint64_t at) const noexcept { return number(at, 2); }
  std::optional<std::uint32_t> u24(std::uint64_t at) const noexcept { return number(at, 3); }
  std::optional<std::uint32_t> u32(std::uint64_t at) const noexcept { return number(at, 4); }

 private:
  std::optional<std::uint32_t> number(std::uint64_t at, std::size_t count) const noexcept {
    if (at > bytes_.size() || count > bytes_.size() - at) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t place = bigEndian_ ? i : count - 1 - i;
      value = (value << 8U) | std::to_integer<std::uint32_t>(bytes_[static_cast<std::size_t>(at) + place]);
    }
    return value;
  }

  std::span<const std::byte> bytes_;
  bool bigEndian_;
};

}  // namespace unitscope
