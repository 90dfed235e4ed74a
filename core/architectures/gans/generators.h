#pragma once

#include <optional>
#include <span>
#include <vector>

#include "architectures/recognise.h"
#include "graph/named_tensor.h"

namespace unitscope {

/// What lies beside a generator's weights and neither their names nor their shapes tell.
struct GeneratorHints {
  /// BigGAN: for each residual block whether it doubles height and width. Empty: every second one, as published.
  std::vector<bool> doubling;
  /// BigGAN: what is added to the variances.
  std::optional<double> epsilon;
};

/// Finds the published generator whose state dict these tensors are, and builds it around them in float32. Known are
/// genforce's PGGAN (Karras et al. 2018), StyleGAN (Karras et al. 2019) and StyleGAN2 (Karras et al. 2020),
/// rosinality's StyleGAN2, and Hugging Face's BigGAN-deep (Brock et al. 2019), as they are or under a prefix
/// ("generator_smooth.", "g_ema."; averaged weights are taken first). Every size comes from the tensors' names and
/// shapes.
///
/// Inputs: `z` [N,z_dim], normal; with classes `class` [N,classes] (one-hot); with a mean style or statistics for
/// several truncations `truncation` [1] (default 1); noise maps under their names in the file (default: the stored
/// ones). Values of the style-based ones: `w` [N,w_dim] after the mapping, `w_plus` [N,layers,w_dim] after the
/// truncation. Layers are named as the file's modules. Output `image` [N,channels,H,W] in about -1..1.
RecognisedNetwork recogniseGenerator(std::span<const NamedTensor> tensors, const GeneratorHints& hints = {});

}  // namespace unitscope
