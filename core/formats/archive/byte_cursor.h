#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/error.h"

namespace unitscope {

static_assert(std::endian::native == std::endian::little, "the readers map little-endian files as they are");

/// Reads little-endian fields from a block of bytes and never past its end: whatever is short throws Error with
/// the subject given.
class ByteCursor {
 public:
  ByteCursor(std::span<const std::byte> bytes, std::string subject) : bytes_(bytes), subject_(std::move(subject)) {}

  std::size_t position() const noexcept { return position_; }
  std::size_t remaining() const noexcept { return bytes_.size() - position_; }
  bool atEnd() const noexcept { return remaining() == 0; }

  /// Moves to an absolute position inside the block.
  void seek(std::uint64_t position) {
    if (position > bytes_.size()) fail();
    position_ = static_cast<std::size_t>(position);
  }
  void skip(std::uint64_t count) { take(count); }
  std::span<const std::byte> take(std::uint64_t count) {
    if (count > remaining()) fail();
    const auto part = bytes_.subspan(position_, static_cast<std::size_t>(count));
    position_ += static_cast<std::size_t>(count);
    return part;
  }
  std::string_view text(std::uint64_t count) {
    const auto part = take(count);
    return {reinterpret_cast<const char*>(part.data()), part.size()};
  }
  /// The text up to the next line feed, which is consumed and not returned.
  std::string_view line() {
    const std::string_view rest(reinterpret_cast<const char*>(bytes_.data()) + position_, remaining());
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) fail();
    position_ += end + 1;
    return rest.substr(0, end);
  }

  std::uint8_t u8() { return read<std::uint8_t>(); }
  std::uint16_t u16() { return read<std::uint16_t>(); }
  std::uint32_t u32() { return read<std::uint32_t>(); }
  std::uint64_t u64() { return read<std::uint64_t>(); }

  template <class T>
  T read() {
    T value;
    std::memcpy(&value, take(sizeof(T)).data(), sizeof(T));
    return value;
  }

 private:
  [[noreturn]] void fail() const { throw Error(subject_, "the file ends too early: it is damaged or incomplete"); }

  std::span<const std::byte> bytes_;
  std::size_t position_ = 0;
  std::string subject_;
};

}  // namespace unitscope
