#pragma once

#include <cstdint>

#include <ATen/ATen.h>

namespace unitscope {

/// One number a place, [h,w] double on the CPU: the sum over the channels of a map [1,C,h,w], [C,h,w] or [h,w], or with
/// `absolute` their largest magnitude. Numbers that are none become the smallest that is one. Throws Error for other
/// shapes and for maps without a finite number.
at::Tensor collapsedMap(const at::Tensor& map, bool absolute);

/// The same in the picture's resolution: enlarged bilinearly between pixel centres, shrunk with antialiasing.
at::Tensor mapPlane(const at::Tensor& map, std::int64_t height, std::int64_t width, bool absolute);

/// Places in the order of falling values, [h*w] int64; equal ones stay in reading order.
at::Tensor fallingOrder(const at::Tensor& plane);

/// Number of each place in that order, [h,w] int64: 0 for the highest value.
at::Tensor fallingRanks(const at::Tensor& plane);

}  // namespace unitscope
