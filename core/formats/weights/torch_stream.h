#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "formats/weights/pickle.h"
#include "formats/weights/tensor_list.h"

namespace unitscope {

/// Whether bytes begin as a stream of PyTorch older than 1.6.
bool looksLikeTorchStream(std::string_view head) noexcept;

/// The part of a storage's bytes that a reference means. Throws Error where the storage is shorter than the pickle
/// claims, so that no tensor shows other bytes than were saved, or the part does not lie in it.
std::span<const std::byte> meantBy(const PickleStorage& storage, std::span<const std::byte> bytes,
                                   const std::string& subject);

/// An object as PyTorch older than 1.6 saved it: magic number, version, what machine it was, the object, the storages'
/// keys, the storages.
class TorchStream {
 public:
  /// `owner` keeps `bytes` alive; the object is read by `policy`. Throws Error with `subject` for a damaged stream, one
  /// of another version or of a big-endian machine, and what readPickle throws.
  static TorchStream read(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                          const PicklePolicy& policy, const std::string& subject);

  const PickleDocument& object() const noexcept { return object_; }
  /// The bytes that the object's reference to a storage means. Throws Error where the stream does not hold them.
  StorageBytes bytes(const PickleStorage& storage) const;

 private:
  TorchStream() = default;

  std::string subject_;
  std::shared_ptr<const void> owner_;
  PickleDocument object_;
  std::unordered_map<std::string, std::span<const std::byte>> storages_;
};

}  // namespace unitscope
