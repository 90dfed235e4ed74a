#pragma once

#include <cstdint>

#include <ATen/ATen.h>

#include "engine/array.h"
#include "gan/generator.h"
#include "runtime/progress.h"

namespace unitscope {

/// How a generator's styles w are spread.
struct LatentSpread {
  at::Tensor mean;       ///< [D]
  at::Tensor axes;       ///< [D,D], a principal axis a row
  at::Tensor deviation;  ///< [D] standard deviation along each
  /// w [...,D] as multiples of the deviations along the axes: normal with deviation 1 for drawn latents.
  at::Tensor toStandard(const at::Tensor& w) const;
  at::Tensor fromStandard(const at::Tensor& x) const;
};

/// Of `count` drawn latents, float32. Axes along which they hardly spread (a mapping network may lose dimensions) count
/// as a thousandth of the widest. `classes` as SynthesisQuestion has it. Throws Error where the network has no styles.
LatentSpread spreadOfStyles(Generator& generator, std::int64_t count, const Array& classes,
                            const CancelToken& cancel = {});

}  // namespace unitscope
