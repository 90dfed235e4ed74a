#pragma once

#include <string>

#include "formats/archive/zip_archive.h"
#include "formats/weights/pickle.h"

namespace unitscope::aten {

/// Reads tensors out of the archives that PyTorch writes. Bytes that are stored contiguously are shared with the mapped
/// file; what must be copied is bounded over the whole archive.
class ArchiveTensors {
 public:
  explicit ArchiveTensors(ZipArchive archive) : archive_(std::move(archive)) {}

  const ZipArchive& archive() const noexcept { return archive_; }
  /// A tensor that a pickle of this archive describes; its storage is the entry FOLDER/KEY.
  TensorData fromPickle(const PickleTensor& tensor, const std::string& folder);
  /// A strided tensor over the bytes of an entry.
  TensorData fromEntry(const std::string& entry, PickleTensor layout);
  /// Throws Error for archives of a big-endian machine.
  void checkByteOrder() const;

 private:
  ZipArchive archive_;
  std::size_t copyBudget_ = std::size_t{1} << 30U;
};

}  // namespace unitscope::aten
