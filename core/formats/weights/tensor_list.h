#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "formats/model_reader.h"
#include "formats/weights/pickle.h"

namespace unitscope {

/// The bytes of a storage that a pickle refers to, with what keeps them alive.
struct StorageBytes {
  std::span<const std::byte> bytes;
  std::shared_ptr<const void> owner;
};
/// Finds them. Throws Error for a storage that the file does not hold or that is shorter than the pickle claims.
using StorageFinder = std::function<StorageBytes(const PickleStorage&)>;

/// All tensors and NumPy arrays of a checkpoint as a flat list, nested dictionaries and lists joined by dots. What
/// training leaves beside the weights (optimizer and scheduler states, numbers, texts) is left out; a wrapper around
/// all of the weights ("state_dict", "model", a "module." before every name) is taken off. Notes say both. Throws
/// Error when a tensor does not lie in its storage, when there are too many, or none.
void listTensors(const PickleDocument& document, const StorageFinder& find, const std::string& subject,
                 const CancelToken& cancel, ModelFile& out);

/// Every storage that the document's tensors refer to.
void visitStorages(const PickleDocument& document, const std::function<void(const PickleStorage&)>& visit);

}  // namespace unitscope
