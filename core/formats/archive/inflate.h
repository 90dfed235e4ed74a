#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace unitscope {

/// Decompresses a raw DEFLATE stream (RFC 1951) that must give exactly `size` bytes. Throws Error with the subject
/// when the stream is damaged or of another length; memory never grows beyond `size`.
std::vector<std::byte> inflate(std::span<const std::byte> compressed, std::size_t size, const std::string& subject);

}  // namespace unitscope
