#pragma once

#include <memory>

#include "formats/model_reader.h"

namespace unitscope {

/// Reads .safetensors files (an 8-byte length, a JSON header, raw little-endian bytes) by memory map. As the format's
/// own library does, it insists that tensors lie back to back and cover the data. Tensors of an element type without
/// counterpart (8-bit floats) are left out, which a note says.
std::unique_ptr<ModelReader> makeSafetensorsReader();

}  // namespace unitscope
