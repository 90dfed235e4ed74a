#include "formats/onnx/external_data.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "runtime/error.h"

namespace unitscope::onnxfile {
namespace {

constexpr std::size_t kMostFiles = 4096;  // a model split further would exhaust the address space's map count

std::size_t parseSize(const std::string& text, const std::string& key) {
  std::size_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size())
    throw Error("the " + key + " of its external data, '" + text.substr(0, 40) + "', is not a number");
  return value;
}

bool isInside(const std::filesystem::path& file, const std::filesystem::path& folder) {
  const auto [f, p] = std::mismatch(folder.begin(), folder.end(), file.begin(), file.end());
  return f == folder.end() && p != file.end();
}

}  // namespace

const MappedFile& ExternalData::open(const std::string& location) {
  if (const auto known = files_.find(location); known != files_.end()) return known->second;
  if (files_.size() >= kMostFiles) throw Error("the model spreads its data over too many files");
  const std::filesystem::path relative(location);
  if (location.empty() || location.find('\0') != std::string::npos || location.find('\\') != std::string::npos)
    throw Error("its external data has no usable file name");
  const bool climbs = std::ranges::any_of(relative, [](const auto& part) { return part == ".."; });
  if (relative.is_absolute() || relative.has_root_path() || climbs)
    throw Error("its external data '" + location + "' points outside the model's folder, which is not allowed");
  std::error_code problem;
  const auto root = std::filesystem::canonical(folder_.empty() ? "." : folder_, problem);
  if (problem) throw Error("the model's folder cannot be found: " + problem.message());
  const auto file = std::filesystem::canonical(root / relative, problem);
  if (problem) throw Error("its external data file '" + location + "' is missing beside the model");
  // The canonical path has all links resolved.
  if (!isInside(file, root))
    throw Error("its external data '" + location + "' is a link out of the model's folder, which is not allowed");
  return files_.emplace(location, MappedFile::open(file)).first->second;
}

ExternalData::Bytes ExternalData::read(const onnx::TensorProto& tensor, std::size_t expected) {
  std::string location;
  std::size_t offset = 0;
  std::size_t length = expected;
  for (const auto& entry : tensor.external_data()) {
    if (entry.key() == "location") location = entry.value();
    if (entry.key() == "offset") offset = parseSize(entry.value(), "offset");
    if (entry.key() == "length") length = parseSize(entry.value(), "length");
  }
  if (length != expected)
    throw Error("its external data is " + std::to_string(length) + " bytes long where its shape asks for " +
                std::to_string(expected));
  const MappedFile& file = open(location);
  if (offset > file.size() || length > file.size() - offset)
    throw Error("its external data lies beyond the end of '" + location + "' (" + std::to_string(file.size()) +
                " bytes)");
  return {file.bytes().subspan(offset, length), file.owner()};
}

}  // namespace unitscope::onnxfile
