#pragma once

#include <string>
#include <vector>

#include <ATen/ATen.h>

namespace unitscope {

/// `t` as a value of its own that derivatives can be taken by.
at::Tensor leafOf(const at::Tensor& t);

/// The transposed Jacobian applied: for every leaf the sum over k of (d outputs[k] / d leaf)^T seeds[k], in the leaf's
/// shape; zeros where no output depends on the leaf. The outputs must have been computed with gradients on. Throws
/// OutOfMemory, or Error with LibTorch's reason.
std::vector<at::Tensor> pullBack(const std::vector<at::Tensor>& outputs, const std::vector<at::Tensor>& leaves,
                                 const std::vector<at::Tensor>& seeds);

/// Throws what LibTorch reported as Error, or as OutOfMemory.
[[noreturn]] void throwAsError(const std::string& subject, const c10::Error& error);

}  // namespace unitscope
