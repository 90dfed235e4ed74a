#pragma once

#include <memory>

#include "formats/model_reader.h"

namespace unitscope {

/// Reads ONNX models: operator sets 1 to 24 (all become kCanonicalOpset), IR 3 and newer, external data inside the
/// model's folder, model-local functions (inlined). Control flow, sequences, optionals and strings are refused with
/// the operator's name.
std::unique_ptr<ModelReader> makeOnnxReader();

}  // namespace unitscope
