#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "formats/archive/crc32.h"
#include "support/files.h"

namespace unitscope::test {

/// Builds a zip archive of stored entries, as PyTorch writes them (without its padding).
class ZipWriter {
 public:
  void add(const std::string& name, std::string_view data) {
    const std::uint32_t crc = crc32(bytesOf(data));
    const auto size = static_cast<std::uint32_t>(data.size());
    const auto length = static_cast<std::uint16_t>(name.size());
    const auto offset = static_cast<std::uint32_t>(file_.size());
    const std::string common = raw(std::uint16_t{0}) + raw(std::uint16_t{0}) + raw(std::uint32_t{0}) + raw(crc) +
                               raw(size) + raw(size) + raw(length) + raw(std::uint16_t{0});
    file_ += std::string("PK\3\4", 4) + raw(std::uint16_t{20}) + common + name + std::string(data);
    directory_ += std::string("PK\1\2", 4) + raw(std::uint16_t{20}) + raw(std::uint16_t{20}) + common +
                  std::string(10, '\0') + raw(offset) + name;
    ++count_;
  }
  /// The whole archive.
  std::string finish() const {
    return file_ + directory_ + std::string("PK\5\6", 4) + std::string(4, '\0') + raw(count_) + raw(count_) +
           raw(static_cast<std::uint32_t>(directory_.size())) + raw(static_cast<std::uint32_t>(file_.size())) +
           std::string(2, '\0');
  }

 private:
  std::string file_;
  std::string directory_;
  std::uint16_t count_ = 0;
};

}  // namespace unitscope::test
