#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "formats/model_reader.h"

namespace unitscope {

/// Reads ONNX models: operator sets 1 to 24 (all become kCanonicalOpset), IR 3 and newer, external data inside the
/// model's folder, model-local functions (inlined). Control flow, sequences, optionals and strings are refused with
/// the operator's name.
std::unique_ptr<ModelReader> makeOnnxReader();

/// A model that lies in memory and stays there as long as its graph is used; `name` stands for it in messages. Weights
/// in other files are refused. Throws Error.
ModelFile readOnnx(std::span<const std::byte> bytes, const std::string& name);

}  // namespace unitscope
