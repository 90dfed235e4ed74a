#include "formats/weights/safetensors.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "formats/archive/byte_cursor.h"
#include "formats/archive/mapped_file.h"
#include "formats/weights/left_out.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMaxHeader = 100'000'000;  // the limit of the format's own library
constexpr std::size_t kMaxValues = 4'000'000;      // in the header, which holds about seven a tensor
constexpr int kMaxDepth = 4;
constexpr std::size_t kMaxDims = 64;

std::optional<DType> typeOf(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, DType>, 14> kTypes = {{
      {"F32", DType::Float32},
      {"F16", DType::Float16},
      {"BF16", DType::BFloat16},
      {"F64", DType::Float64},
      {"I8", DType::Int8},
      {"I16", DType::Int16},
      {"I32", DType::Int32},
      {"I64", DType::Int64},
      {"U8", DType::UInt8},
      {"U16", DType::UInt16},
      {"U32", DType::UInt32},
      {"U64", DType::UInt64},
      {"BOOL", DType::Bool},
      {"C64", DType::Complex64},
  }};
  for (const auto& [known, type] : kTypes)
    if (known == name) return type;
  return std::nullopt;
}

/// One entry of the header.
struct Entry {
  std::string name;
  std::string type;
  Shape shape;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

class SafetensorsFile {
 public:
  SafetensorsFile(const MappedFile& mapped, std::string subject, const CancelToken& cancel)
      : mapped_(mapped), subject_(std::move(subject)), cancel_(cancel) {}

  ModelFile read() {
    ByteCursor in(mapped_.bytes(), subject_);
    const std::uint64_t length = in.u64();
    if (length > kMaxHeader) fail("its header is too long");
    const json header = parse(in.text(length));
    const auto data = in.take(in.remaining());
    std::vector<Entry> entries = entriesOf(header);
    checkLayout(entries, data.size());

    ModelFile file;
    file.format = "safetensors";
    LeftOut leftOut;
    for (Entry& entry : entries) {
      const auto type = typeOf(entry.type);
      if (!type) {
        leftOut.add(entry.name + " (" + entry.type.substr(0, 20) + ")");
        continue;
      }
      const auto bytes =
          data.subspan(static_cast<std::size_t>(entry.begin), static_cast<std::size_t>(entry.end - entry.begin));
      try {
        TensorData tensor(*type, std::move(entry.shape), bytes, mapped_.owner());
        file.tensors.push_back({std::move(entry.name), std::move(tensor)});
      } catch (const Error& error) {
        fail("tensor '" + entry.name + "': " + error.reason());
      }
    }
    if (!leftOut.empty()) file.notes.push_back(leftOut.text("of an element type that is not supported"));
    return file;
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw Error(subject_, "the safetensors file is damaged: " + why);
  }

  /// Bounds depth, count and doubled names while the text is read, before any of it is kept.
  json parse(std::string_view text) const {
    std::set<std::string> names;
    std::size_t values = 0;
    const auto guard = [&](int depth, json::parse_event_t event, json& parsed) {
      if (depth > kMaxDepth) fail("its header nests too deep");
      if (++values > kMaxValues) fail("its header holds too many values");
      if (event == json::parse_event_t::key && depth == 1 && !names.insert(parsed.get<std::string>()).second)
        fail("two tensors are named '" + parsed.get<std::string>().substr(0, 200) + "'");
      return true;
    };
    try {
      json header = json::parse(text.begin(), text.end(), guard);
      if (!header.is_object()) fail("its header is no JSON object");
      return header;
    } catch (const json::exception&) {
      fail("its header is not valid JSON");
    }
  }

  std::vector<Entry> entriesOf(const json& header) const {
    std::vector<Entry> entries;
    for (const auto& [name, value] : header.items()) {
      cancel_.check();
      if (name != "__metadata__") entries.push_back(entryOf(name, value));
    }
    return entries;
  }

  Entry entryOf(const std::string& name, const json& value) const {
    const auto bad = [&](const char* what) {
      fail("tensor '" + name.substr(0, 200) + "' has no sound " + std::string(what));
    };
    Entry entry;
    entry.name = name;
    if (!value.is_object()) bad("description");
    const auto field = [&](const char* key) -> const json& {
      const auto found = value.find(key);
      if (found == value.end()) bad(key);
      return *found;
    };
    const json& type = field("dtype");
    if (!type.is_string()) bad("dtype");
    entry.type = type.get<std::string>();
    const json& shape = field("shape");
    if (!shape.is_array() || shape.size() > kMaxDims) bad("shape");
    for (const json& dim : shape) {
      if (!dim.is_number_unsigned() || dim.get<std::uint64_t>() > INT64_MAX) bad("shape");
      entry.shape.push_back(dim.get<std::int64_t>());
    }
    const json& offsets = field("data_offsets");
    if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() ||
        !offsets[1].is_number_unsigned())
      bad("data_offsets");
    entry.begin = offsets[0].get<std::uint64_t>();
    entry.end = offsets[1].get<std::uint64_t>();
    return entry;
  }

  /// Orders the entries as their data lie.
  void checkLayout(std::vector<Entry>& entries, std::size_t size) const {
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    std::uint64_t at = 0;
    for (const Entry& entry : entries) {
      const std::string name = "tensor '" + entry.name.substr(0, 200) + "'";
      if (entry.begin > entry.end || entry.end > size) fail(name + " lies outside the file");
      if (entry.begin < at) fail(name + " overlaps another");
      if (entry.begin > at) fail("there is a gap before " + name);
      at = entry.end;
    }
    if (at != size) fail("its tensors do not fill it");
  }

  const MappedFile& mapped_;
  std::string subject_;
  const CancelToken& cancel_;
};

class SafetensorsReader : public ModelReader {
 public:
  std::string formatName() const override { return "safetensors"; }

  bool recognises(const std::filesystem::path&, std::string_view head) const override {
    if (head.size() < 10 || head[8] != '{') return false;
    std::uint64_t length = 0;
    std::memcpy(&length, head.data(), sizeof length);
    const std::size_t next = head.find_first_not_of(" \t\r\n", 9);
    return length >= 2 && length <= kMaxHeader && next != std::string_view::npos &&
           (head[next] == '"' || head[next] == '}');
  }

  ModelFile read(const std::filesystem::path& file, const CancelToken& cancel) const override {
    return SafetensorsFile(MappedFile::open(file), file.string(), cancel).read();
  }
};

}  // namespace

std::unique_ptr<ModelReader> makeSafetensorsReader() {
  return std::make_unique<SafetensorsReader>();
}

}  // namespace unitscope
