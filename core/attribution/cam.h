#pragma once

#include <vector>

#include <ATen/ATen.h>

#include "attribution/score.h"

namespace unitscope {

/// Grad-CAM's map [1,1,h,w] from a layer's activation and gradient, both [1,C,h,w] (Selvaraju et al. 2017).
at::Tensor gradCam(const ScoreFunction::AtLayer& at);

/// Mean over places of each channel of a [1,C,h,w] tensor: what the channel adds to the map.
std::vector<float> channelMeans(const at::Tensor& perPlace);

}  // namespace unitscope
