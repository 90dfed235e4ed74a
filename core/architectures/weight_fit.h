#pragma once

#include <optional>
#include <string>

#include "architectures/architecture.h"
#include "architectures/tensor_names.h"

namespace unitscope {

/// How well a file's tensors fit an architecture.
struct WeightFit {
  ArchitectureSizes sizes;
  std::size_t parameters = 0;  ///< that the architecture has
  std::size_t missing = 0, wrong = 0, superfluous = 0;
  std::size_t trainingOnly = 0;  ///< left aside
  std::string problem;           ///< the first, as the end of a sentence: "'fc.weight' is missing"
  std::string subject;           ///< the parameter that it is about

  std::size_t problems() const noexcept { return missing + wrong + superfluous; }
};

/// The tensor as float32; the bytes are shared where it is. Throws Error with the name where it is not made of
/// floating-point numbers.
TensorData toFloat32(const std::string& name, const TensorData& data);

/// Compares names and shapes. The number of channels and of classes are those of the first and the last layer's
/// weights where these are there.
WeightFit fitOf(const Architecture& architecture, const TensorNames& names);

/// The network around these tensors, which must fit. Those of another floating type are converted to float32; throws
/// Error with the parameter's name for any other type.
Graph buildFrom(const Architecture& architecture, const ArchitectureSizes& sizes, const TensorNames& names);

}  // namespace unitscope
