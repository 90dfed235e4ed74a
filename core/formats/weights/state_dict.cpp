#include "formats/weights/state_dict.h"

#include <string>
#include <utility>

#include "formats/archive/mapped_file.h"
#include "formats/archive/zip_archive.h"
#include "formats/weights/pickle.h"
#include "formats/weights/tensor_list.h"
#include "formats/weights/torch_stream.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

bool isStateDictZip(const ZipArchive& zip) {
  return zip.has("data.pkl") && !zip.has("constants.pkl") && !zip.has("models/model.json");
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

ModelFile readStream(const MappedFile& mapped, const std::string& subject, const CancelToken& cancel) {
  const TorchStream stream = TorchStream::read(mapped.bytes(), mapped.owner(), weightsPicklePolicy(), subject);
  ModelFile file;
  file.format = "PyTorch weights";
  file.notes.push_back("saved by PyTorch older than 1.6, or in its format");
  listTensors(
      stream.object(), [&](const PickleStorage& storage) { return stream.bytes(storage); }, subject, cancel, file);
  return file;
}

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
    if (looksLikeTorchStream(mapped.head(64))) return readStream(mapped, file.string(), cancel);
    return readPlainPickle(mapped, file.string(), cancel);
  }

 private:
  /// Protocols 2 to 5 begin so; older ones have no mark of their own.
  static bool looksLikePickle(std::string_view head) {
    return head.size() > 2 && head[0] == '\x80' && head[1] >= 2 && head[1] <= 5;
  }
};

}  // namespace

std::unique_ptr<ModelReader> makeStateDictReader() {
  return std::make_unique<StateDictReader>();
}

}  // namespace unitscope
