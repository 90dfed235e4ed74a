#include "formats/weights/torch_stream.h"

#include <cstdint>
#include <utility>

#include "formats/archive/byte_cursor.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using Kind = PickleValue::Kind;
using namespace std::string_view_literals;

// The long integer 0x1950a86a20f9469cfc6c as pickled: the first object of an old stream.
constexpr std::string_view kMagic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"sv;
constexpr std::int64_t kStreamVersion = 1001;

std::size_t elementSize(DType type) {
  return type == DType::Undefined ? 1 : sizeOf(type);
}

}  // namespace

bool looksLikeTorchStream(std::string_view head) noexcept {
  return head.size() > 2 && head[0] == '\x80' && head.substr(0, 32).find(kMagic) != std::string_view::npos;
}

std::span<const std::byte> meantBy(const PickleStorage& storage, std::span<const std::byte> bytes,
                                   const std::string& subject) {
  const std::size_t element = elementSize(storage.dtype);
  if (storage.count < 0 || static_cast<std::uint64_t>(storage.count) > bytes.size() / element)
    throw Error(subject, "storage '" + storage.key + "' is shorter than it should be: the file is damaged");
  if (!storage.part) return bytes;
  const auto [offset, count] = *storage.part;
  if (offset < 0 || count < 0 || offset > storage.count || count > storage.count - offset)
    throw Error(subject, "a part of storage '" + storage.key + "' lies outside it: the file is damaged");
  return bytes.subspan(static_cast<std::size_t>(offset) * element, static_cast<std::size_t>(count) * element);
}

TorchStream TorchStream::read(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                              const PicklePolicy& policy, const std::string& subject) {
  TorchStream stream;
  stream.subject_ = subject;
  stream.owner_ = std::move(owner);
  ByteCursor in(bytes, subject);
  const auto next = [&] {
    PickleDocument document = readPickle(bytes.subspan(in.position()), stream.owner_, policy, subject);
    in.skip(document.consumed());
    return document;
  };
  const auto damaged = [&] { return Error(subject, "the file is damaged"); };

  if (!next().root().is(Kind::BigInt)) throw damaged();
  if (next().root().asInt() != kStreamVersion)
    throw Error(subject, "it is of a version of PyTorch's old format that is not known");
  const PickleDocument machine = next();
  const PickleValue* little = machine.root().find("little_endian");
  if (little == nullptr || !little->is(Kind::Bool)) throw damaged();
  if (!little->boolean)
    throw Error(subject, "it was saved on a big-endian machine, which is not supported; save it again on another");
  stream.object_ = next();
  const PickleDocument keys = next();

  // Each storage is its number of elements and their bytes; the element type stands in the object only.
  std::unordered_map<std::string, DType> types;
  visitStorages(stream.object_, [&](const PickleStorage& storage) {
    const auto [known, isNew] = types.emplace(storage.key, storage.dtype);
    if (!isNew && known->second != storage.dtype) throw damaged();
  });
  if (!keys.root().is(Kind::List)) throw damaged();
  for (const PickleValue* key : keys.root().items) {
    const auto name = key->asString();
    if (!name) throw damaged();
    const auto type = types.find(std::string(*name));
    if (type == types.end()) throw damaged();
    const std::size_t size = elementSize(type->second);
    const auto count = in.read<std::int64_t>();
    if (count < 0 || static_cast<std::uint64_t>(count) > in.remaining() / size)
      throw Error(subject, "the file ends too early: it is damaged or incomplete");
    stream.storages_.emplace(*name, in.take(static_cast<std::uint64_t>(count) * size));
  }
  return stream;
}

StorageBytes TorchStream::bytes(const PickleStorage& storage) const {
  const auto found = storages_.find(storage.key);
  if (found == storages_.end()) throw Error(subject_, "storage '" + storage.key + "' is missing: the file is damaged");
  return {meantBy(storage, found->second, subject_), owner_};
}

}  // namespace unitscope
