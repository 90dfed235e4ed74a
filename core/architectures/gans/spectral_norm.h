#pragma once

#include <string>

#include "architectures/gans/generator_weights.h"

namespace unitscope {

/// The weight that PyTorch's spectral norm (Miyato et al. 2018) computes with: NAME.weight_orig divided by its largest
/// singular value u' W v, which the stored vectors NAME.weight_u and NAME.weight_v give; the kernel is seen as a matrix
/// of `shape[0]` rows. NAME.weight as it is where the norm was taken out of the file. Throws Error naming the tensor
/// that is missing or of another shape, and where the value is no number to divide by.
TensorData spectralWeight(GeneratorWeights& weights, const std::string& name, const Shape& shape);

}  // namespace unitscope
