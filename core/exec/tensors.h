#pragma once

#include <ATen/ATen.h>

#include "graph/tensor_data.h"

namespace unitscope {

at::ScalarType toScalarType(DType type);  ///< throws Error for types that LibTorch 1.13 lacks (uint16/32/64)
DType toDType(at::ScalarType type);
/// A CPU tensor. Shares the bytes where they are aligned for the type; the tensor keeps their owner alive and must
/// not be written to.
at::Tensor toTensor(const TensorData& data);
TensorData toTensorData(const at::Tensor& tensor);  ///< copies to CPU, contiguous

}  // namespace unitscope
