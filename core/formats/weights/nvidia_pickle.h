#pragma once

#include <memory>

#include "formats/model_reader.h"

namespace unitscope {

/// Reads the .pkl files of NVIDIA's stylegan2-ada-pytorch and stylegan3: pickled networks whose modules are described
/// by class name and attributes beside the source text of their classes. Neither the text nor anything else is run: the
/// averaged generator (G_ema, else G) is rebuilt from its attributes and tensors.
std::unique_ptr<ModelReader> makeNvidiaReader();

}  // namespace unitscope
