#pragma once

#include <filesystem>

#include "engine/model.h"

namespace unitscope::cli {

/// Where the object is, [H,W] of 0 and 1 as the network sees the picture: a .npy file [H,W] in the input's geometry, or
/// a picture that is cropped and resized as the network's pictures are, its object brighter than mid-grey. Throws Error
/// naming the file.
Array readMask(const std::filesystem::path& file, const Model& model);

}  // namespace unitscope::cli
