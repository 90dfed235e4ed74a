#pragma once

#include <filesystem>
#include <vector>

#include "gan/direction.h"

namespace unitscope {

/// Writes NAME.npy with the vectors, [K,D] or [K,L,D] float32, and beside it NAME.npy.json with all else. `file` names
/// either of them, or is NAME. The .npy stands alone: any program that takes latent directions reads it. Throws Error
/// where the vectors have different shapes, there are none, or the files cannot be written.
void saveDirections(const std::vector<LatentDirection>& directions, const std::filesystem::path& file);

/// Reads what saveDirections() wrote, by the name of either file. An .npy without .json beside it is taken as it is,
/// [D] or [K,D] of any real type, a direction a row: published boundaries (InterFaceGAN's are [1,512]) load this way,
/// named after the file, with `space` "z" where the file's name says so (NAME.z.npy) and "w" otherwise. Throws Error
/// naming the file: damaged, numbers that are not finite, larger than latent spaces are (65,536 numbers a layer, 1,024
/// layers, 10,000 directions, 64 million numbers in all).
std::vector<LatentDirection> loadDirections(const std::filesystem::path& file);

}  // namespace unitscope
