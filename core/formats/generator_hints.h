#pragma once

#include <filesystem>

#include "architectures/gans/generators.h"

namespace unitscope {

/// Whether a folder is one of Hugging Face's BigGAN: pytorch_model.bin and config.json.
bool isBigGanFolder(const std::filesystem::path& folder);

/// What config.json beside a file of weights tells of a BigGAN. Nothing where there is no such file, or where it is one
/// of another network; throws Error naming it where it is a BigGAN's and damaged.
GeneratorHints bigGanHintsBeside(const std::filesystem::path& weights);

}  // namespace unitscope
