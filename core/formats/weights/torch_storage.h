#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "formats/weights/pickle.h"

namespace unitscope {

/// "torch.FloatStorage" or "torch.storage.FloatStorage" -> Float32; Undefined for an untyped storage. Throws Error
/// naming a storage type that has no counterpart here (quantised ones).
DType storageType(std::string_view global, const std::string& subject);
bool isStorageType(std::string_view global) noexcept;
/// "torch.float32" -> Float32; nothing for any other name.
std::optional<DType> torchType(std::string_view global) noexcept;

/// The tensor that a pickle describes, over the bytes of its storage: shared where it is contiguous, copied into
/// row-major order where it is not; each copy is taken off `copyBudget` (bytes), since a few bytes of pickle can
/// describe an expanded view of any size. Throws Error with `subject` when the tensor does not lie inside the storage
/// or the budget is spent.
TensorData makeTensor(const PickleTensor& tensor, std::span<const std::byte> storage, std::shared_ptr<const void> owner,
                      const std::string& subject, std::size_t& copyBudget);

}  // namespace unitscope
