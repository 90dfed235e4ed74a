#include "formats/weights/state_dict.h"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>

#include "formats/archive/byte_cursor.h"
#include "formats/archive/mapped_file.h"
#include "formats/archive/zip_archive.h"
#include "formats/weights/pickle.h"
#include "formats/weights/tensor_list.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using Kind = PickleValue::Kind;
using namespace std::string_view_literals;

// The long integer 0x1950a86a20f9469cfc6c as pickled: the first object of an old stream.
constexpr std::string_view kMagic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"sv;
constexpr std::int64_t kStreamVersion = 1001;

bool isStateDictZip(const ZipArchive& zip) {
  return zip.has("data.pkl") && !zip.has("constants.pkl") && !zip.has("models/model.json");
}

/// Refuses a storage that is shorter than the pickle says, so that no tensor shows other bytes than were saved.
void checkLength(const PickleStorage& storage, std::size_t size, const std::string& subject) {
  const std::size_t element = storage.dtype == DType::Undefined ? 1 : sizeOf(storage.dtype);
  if (storage.count < 0 || static_cast<std::uint64_t>(storage.count) > size / element)
    throw Error(subject, "storage '" + storage.key + "' is shorter than it should be: the file is damaged");
}

/// The bytes that a reference to a storage means. Throws Error where they do not lie in it.
std::span<const std::byte> meantBy(const PickleStorage& storage, std::span<const std::byte> bytes,
                                   const std::string& subject) {
  checkLength(storage, bytes.size(), subject);
  if (!storage.part) return bytes;
  const auto [offset, count] = *storage.part;
  if (offset < 0 || count < 0 || offset > storage.count || count > storage.count - offset)
    throw Error(subject, "a part of storage '" + storage.key + "' lies outside it: the file is damaged");
  const std::size_t element = storage.dtype == DType::Undefined ? 1 : sizeOf(storage.dtype);
  return bytes.subspan(static_cast<std::size_t>(offset) * element, static_cast<std::size_t>(count) * element);
}

ModelFile readZip(const ZipArchive& zip, const CancelToken& cancel) {
  const std::string& subject = zip.subject();
  if (zip.has("byteorder") && zip.text("byteorder") == "big")
    throw Error(subject, "it was saved on a big-endian machine, which is not supported; save it again on another");
  const std::string_view pickle = zip.text("data.pkl");
  const PickleDocument document = readPickle(std::as_bytes(std::span<const char>(pickle.data(), pickle.size())),
                                             zip.owner(), weightsPicklePolicy(), subject);
  ModelFile file;
  file.format = "PyTorch weights";
  const auto find = [&](const PickleStorage& storage) -> StorageBytes {
    const std::string entry = "data/" + storage.key;
    if (!zip.has(entry)) throw Error(subject, "storage '" + storage.key + "' is missing: the file is damaged");
    const auto bytes = zip.bytes(entry);
    return {meantBy(storage, bytes, subject), zip.owner()};
  };
  listTensors(document, find, subject, cancel, file);
  return file;
}

/// A stream: magic number, version, what machine it was, the object, the storages' keys, the storages.
class StreamReader {
 public:
  StreamReader(const MappedFile& mapped, std::string subject)
      : mapped_(mapped), subject_(std::move(subject)), in_(mapped.bytes(), subject_) {}

  ModelFile read(const CancelToken& cancel) {
    if (!next().root().is(Kind::BigInt)) damaged();
    if (next().root().asInt() != kStreamVersion)
      throw Error(subject_, "it is of a version of PyTorch's old format that is not known");
    const PickleDocument machine = next();
    const PickleValue* little = machine.root().find("little_endian");
    if (little == nullptr || !little->is(Kind::Bool)) damaged();
    if (!little->boolean)
      throw Error(subject_, "it was saved on a big-endian machine, which is not supported; save it again on another");
    const PickleDocument object = next();
    const PickleDocument keys = next();
    readStorages(object, keys.root());

    ModelFile file;
    file.format = "PyTorch weights";
    file.notes.push_back("saved by PyTorch older than 1.6, or in its format");
    const auto find = [&](const PickleStorage& storage) -> StorageBytes {
      const auto found = storages_.find(storage.key);
      if (found == storages_.end())
        throw Error(subject_, "storage '" + storage.key + "' is missing: the file is damaged");
      return {meantBy(storage, found->second, subject_), mapped_.owner()};
    };
    listTensors(object, find, subject_, cancel, file);
    return file;
  }

 private:
  [[noreturn]] void damaged() const { throw Error(subject_, "the file is damaged"); }

  PickleDocument next() {
    PickleDocument document =
        readPickle(mapped_.bytes().subspan(in_.position()), mapped_.owner(), weightsPicklePolicy(), subject_);
    in_.skip(document.consumed());
    return document;
  }

  /// Each storage is its number of elements and their bytes; the element type stands in the object only.
  void readStorages(const PickleDocument& object, const PickleValue& keys) {
    std::unordered_map<std::string, DType> types;
    visitStorages(object, [&](const PickleStorage& storage) {
      const auto [known, isNew] = types.emplace(storage.key, storage.dtype);
      if (!isNew && known->second != storage.dtype) damaged();
    });
    if (!keys.is(Kind::List)) damaged();
    for (const PickleValue* key : keys.items) {
      const auto name = key->asString();
      if (!name) damaged();
      const auto type = types.find(std::string(*name));
      if (type == types.end()) damaged();
      const std::size_t size = type->second == DType::Undefined ? 1 : sizeOf(type->second);
      const auto count = in_.read<std::int64_t>();
      if (count < 0 || static_cast<std::uint64_t>(count) > in_.remaining() / size)
        throw Error(subject_, "the file ends too early: it is damaged or incomplete");
      storages_.emplace(*name, in_.take(static_cast<std::uint64_t>(count) * size));
    }
  }

  const MappedFile& mapped_;
  std::string subject_;
  ByteCursor in_;
  std::unordered_map<std::string, std::span<const std::byte>> storages_;
};

ModelFile readPlainPickle(const MappedFile& mapped, const std::string& subject, const CancelToken& cancel) {
  const PickleDocument document = readPickle(mapped.bytes(), mapped.owner(), weightsPicklePolicy(), subject);
  ModelFile file;
  file.format = "Python pickle";
  const auto find = [&](const PickleStorage&) -> StorageBytes {
    throw Error(subject, "it refers to tensors that are not in the file");
  };
  listTensors(document, find, subject, cancel, file);
  return file;
}

class StateDictReader : public ModelReader {
 public:
  std::string formatName() const override { return "PyTorch weights"; }

  bool recognises(const std::filesystem::path& file, std::string_view head) const override {
    if (looksLikePickle(head)) return true;
    if (!ZipArchive::recognises(head)) return false;
    try {
      return isStateDictZip(ZipArchive::open(file));
    } catch (const Error&) {
      return false;  // whoever opens it as a last resort says what is wrong with it
    }
  }

  ModelFile read(const std::filesystem::path& file, const CancelToken& cancel) const override {
    const MappedFile mapped = MappedFile::open(file);
    if (ZipArchive::recognises(mapped.head(4)))
      return readZip(ZipArchive::fromBytes(mapped.bytes(), mapped.owner(), file.string()), cancel);
    if (looksLikeTorchStream(mapped.head(64))) return StreamReader(mapped, file.string()).read(cancel);
    return readPlainPickle(mapped, file.string(), cancel);
  }

 private:
  /// Protocols 2 to 5 begin so; older ones have no mark of their own.
  static bool looksLikePickle(std::string_view head) {
    return head.size() > 2 && head[0] == '\x80' && head[1] >= 2 && head[1] <= 5;
  }
};

}  // namespace

bool looksLikeTorchStream(std::string_view head) noexcept {
  return head.size() > 2 && head[0] == '\x80' && head.substr(0, 32).find(kMagic) != std::string_view::npos;
}

std::unique_ptr<ModelReader> makeStateDictReader() {
  return std::make_unique<StateDictReader>();
}

}  // namespace unitscope
