#pragma once

#include <string>

#include "architectures/gans/stored_module.h"
#include "architectures/gans/style_blocks.h"

namespace unitscope::nvidia {

inline constexpr std::int64_t kLargestSide = 4096;
inline constexpr std::int64_t kMostStyles = 256;
inline constexpr std::int64_t kMostChannels = 1 << 16;

/// What stands behind an activation's name ("linear", "relu", "lrelu") in NVIDIA's code. Throws Error for others.
StyleActivation activationOf(const StoredModule& module);

/// A FullyConnectedLayer. x [N,in]; the result [N,out] carries the module's name.
ValueId fullyConnected(GraphBuilder& b, const StoredModule& module, ValueId x, std::int64_t in);

/// The inputs z and class, the mapping network and the truncation, up to w_plus.
ValueId mapping(GraphBuilder& b, const StoredModule& module);

/// A layer's style from its FullyConnectedLayer `affine`, [N,channels].
ValueId styleOf(GraphBuilder& b, const StoredModule& layer, ValueId wPlus, std::int64_t index, std::int64_t channels);

FeatureMap synthesis2(GraphBuilder& b, const StoredModule& module, ValueId wPlus);
FeatureMap synthesis3(GraphBuilder& b, const StoredModule& module, ValueId wPlus);

}  // namespace unitscope::nvidia
