#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace unitscope {

/// CRC-32 as zip and PNG use it (polynomial 0xEDB88320, reflected).
std::uint32_t crc32(std::span<const std::byte> bytes) noexcept;

}  // namespace unitscope
