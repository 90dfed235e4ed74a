#include "formats/aten/archive_tensors.h"

#include "formats/weights/torch_storage.h"
#include "runtime/error.h"

namespace unitscope::aten {

TensorData ArchiveTensors::fromPickle(const PickleTensor& tensor, const std::string& folder) {
  const std::string entry = folder.empty() ? tensor.storage.key : folder + "/" + tensor.storage.key;
  return makeTensor(tensor, archive_.bytes(entry), archive_.owner(), archive_.subject(), copyBudget_);
}

TensorData ArchiveTensors::fromEntry(const std::string& entry, PickleTensor layout) {
  const auto bytes = archive_.bytes(entry);
  const std::size_t size = sizeOf(layout.dtype);
  if (size == 0) throw Error(archive_.subject(), "'" + entry + "' holds numbers of an unknown type");
  layout.storage = {entry, layout.dtype, static_cast<std::int64_t>(bytes.size() / size)};
  return makeTensor(layout, bytes, archive_.owner(), archive_.subject(), copyBudget_);
}

void ArchiveTensors::checkByteOrder() const {
  if (archive_.has("byteorder") && archive_.text("byteorder").substr(0, 6) != "little")
    throw Error(archive_.subject(), "was written on a big-endian machine; save it again on another");
}

}  // namespace unitscope::aten
