#pragma once

#include <cstdint>
#include <string>

#include <ATen/ATen.h>

#include "engine/array.h"

namespace unitscope {

/// Rows of latents or the like, [N,D] double, axes behind the first as one. `subject` stands in messages. Throws Error
/// where shape and values disagree, there is nothing, or a number is not finite.
at::Tensor rowsOf(const Array& array, const std::string& subject);
/// One vector, [D] double, whatever its shape; a leading 1 does not matter. Throws as rowsOf().
at::Tensor vectorOf(const Array& array, const std::string& subject);
/// float32 values of any tensor.
Array plainArray(const at::Tensor& tensor);
/// The same rows with the sign at which the entry of largest size is positive: eigenvectors have none of their own, and
/// should come out alike on every machine.
at::Tensor withFixedSigns(const at::Tensor& rows);

}  // namespace unitscope
