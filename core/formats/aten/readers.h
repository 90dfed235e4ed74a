#pragma once

#include <memory>

#include "formats/model_reader.h"

namespace unitscope {

/// torch.export archives (`.pt2`, schema major 8). Earlier layouts and archives with compiled code (AOTInductor) are
/// recognised and refused with advice.
std::unique_ptr<ModelReader> makeExportReader();

/// TorchScript archives (torch.jit.trace, script and freeze). The program in them is read as data by an interpreter of
/// our own that follows it once, symbolically; nothing of it runs.
std::unique_ptr<ModelReader> makeTorchScriptReader();

}  // namespace unitscope
