#pragma once

#include <string>

#include "architectures/gans/stored_module.h"
#include "graph/graph.h"

namespace unitscope {

/// A generator of NVIDIA's PyTorch code, rebuilt.
struct NvidiaGenerator {
  std::string architecture;  ///< "stylegan2-ada", "stylegan3"
  Graph graph;
};

/// Builds the network that a stored `Generator` is: StyleGAN2 (Karras et al. 2020, "Training generative adversarial
/// networks with limited data"; architectures skip, resnet and orig) or StyleGAN3 (Karras et al. 2021, "Alias-free
/// generative adversarial networks"; configurations T and R), computed in float32. Inputs `z` [N,z_dim], with classes
/// `class` [N,c_dim] (one-hot), `truncation` (default 1), and StyleGAN2's noise maps [1,1,h,w] under their parameters'
/// names (default: the stored ones). Values `w` [N,w_dim] and `w_plus` [N,num_ws,w_dim]; layers are named as NVIDIA's
/// modules; output `image` [N,channels,H,W] in about -1..1. Throws Error that names the part which is missing, of
/// another kind or of an impossible size.
NvidiaGenerator buildNvidiaGenerator(const StoredModule& generator);

}  // namespace unitscope
