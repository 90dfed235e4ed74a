#pragma once

#include <filesystem>

#include "engine/array.h"

namespace unitscope {

/// A region as weights [h,w]: 1 wherever a picture is not black or an .npy [h,w] is not zero, else 0. Throws Error
/// naming the file when it cannot be read, has another shape, or nothing in it.
Array readRegion(const std::filesystem::path& file);

/// Numbers of segments [H,W]: whole numbers of an .npy, or the indices of an index-coloured or grey PNG. Throws Error
/// naming the file when it cannot be read, has another shape, or numbers that are negative or beyond 2^24.
Array readSegments(const std::filesystem::path& file);

}  // namespace unitscope
