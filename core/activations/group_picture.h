#pragma once

#include <cstddef>

#include "engine/array.h"
#include "image/color_map.h"
#include "image/image.h"

namespace unitscope {

/// The colour of a group of units, one for each of 16; easily told apart on grey, the first ones most easily.
Rgb groupColor(std::size_t group) noexcept;

/// Group maps [k,h,w], nothing negative, as colours over the picture in grey: each place has the mixture of its groups'
/// colours, as strong as they are there together against the strongest place. `only` shows one group alone (-1: all).
/// RGB, of the picture's size. Throws Error when the picture is empty or the maps are no such block.
Image groupOverlay(const Image& picture, const Array& maps, double opacity = 0.8, int only = -1);

}  // namespace unitscope
