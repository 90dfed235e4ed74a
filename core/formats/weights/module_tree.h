#pragma once

#include <string>

#include "architectures/gans/stored_module.h"
#include "formats/weights/pickle.h"
#include "runtime/progress.h"

namespace unitscope {

/// Whether a value is a module as NVIDIA's torch_utils.persistence stores it, or one of torch.nn.
bool isStoredModule(const PickleValue& value);

/// A module with all of its parts, tensors (as float32; shared with the document where they are that already) and
/// attributes that are numbers, lists of at most 64 numbers, or texts; the arguments that it was made with count where
/// no attribute has their name. Throws Error with `subject` for what is no module, too many parts, or tensors that do
/// not lie in their storages.
StoredModule readModuleTree(const PickleDocument& document, const PickleValue& value, const std::string& subject,
                            const CancelToken& cancel);

}  // namespace unitscope
