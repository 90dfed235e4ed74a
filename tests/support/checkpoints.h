#pragma once

#include <string>
#include <vector>

#include "support/files.h"
#include "support/pickle_writer.h"
#include "support/zip_writer.h"

namespace unitscope::test {

inline std::string rawFloats(const std::vector<float>& values) {
  std::string text;
  for (const float value : values) text += raw(value);
  return text;
}

/// A zip checkpoint whose pickle is `root` and whose storages are `storages` ("0", "1"...).
inline std::string zipCheckpoint(const std::string& root, const std::vector<std::string>& storages) {
  ZipWriter zip;
  zip.add("m/data.pkl", pickled::document(root));
  zip.add("m/byteorder", "little");
  for (std::size_t i = 0; i < storages.size(); ++i) zip.add("m/data/" + std::to_string(i), storages[i]);
  zip.add("m/version", "3\n");
  return zip.finish();
}

/// The stream of PyTorch before 1.6; each storage is float32.
inline std::string streamCheckpoint(const std::string& root, const std::vector<std::vector<float>>& storages,
                                    bool littleEndian = true) {
  using namespace pickled;
  std::string file = std::string("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15);
  file += document(integer(1001));
  file += document(dict({{"protocol_version", integer(1001)}, {"little_endian", boolean(littleEndian)}}));
  file += document(root);
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < storages.size(); ++i) keys.push_back(text(std::to_string(i)));
  file += document(list(keys));
  for (const auto& storage : storages) file += raw(static_cast<std::int64_t>(storage.size())) + rawFloats(storage);
  return file;
}

/// Two tensors, the second a transposed view: {"w": [2,3], "b.t": [3,2]}.
inline std::string smallState(const std::string& view = {}) {
  using namespace pickled;
  return dict({{"w", tensor(storage("FloatStorage", "0", 6, view), 0, {2, 3}, {3, 1})},
               {"b.t", tensor(storage("FloatStorage", "1", 6, view), 0, {3, 2}, {1, 3})}});
}

/// A .safetensors file of a header and data.
inline std::string safetensorsFile(const std::string& header, const std::string& data) {
  return raw(static_cast<std::uint64_t>(header.size())) + header + data;
}

}  // namespace unitscope::test
