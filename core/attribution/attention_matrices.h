#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "attribution/score.h"

namespace unitscope {

/// The attention of a vision transformer for one picture.
struct Attentions {
  std::vector<at::Tensor>
      matrices;       ///< [heads,T,T] or [1,heads,T,T], from input to output; a row is one token's attention
  at::Tensor scores;  ///< [1], the score explained
  std::int64_t height = 0, width = 0;  ///< the patches, which are the last height * width tokens
  std::int64_t before = 0;             ///< tokens before them: the class token first, then registers and the like
};

/// Runs the network on the picture and keeps its attention: the softmax over the keys that multiplies the values,
/// written out or inside an Attention operator. With `gradients` the score can be differentiated by the matrices. The
/// patch grid is that of the convolution that cuts the picture into patches. Throws Error saying why where there is no
/// attention, or none of this kind (attention within windows, between different sets of tokens).
Attentions attentionsOf(const ScoreFunction& score, bool gradients, const std::string& method);

/// What the class token (or, without one, all tokens on average) draws from each patch, [1,1,height,width]. `flow` is
/// [T,T]: how much of each token before the first layer is in each token behind the last.
at::Tensor patchMap(const Attentions& attentions, const at::Tensor& flow);

/// "12 layers, 3 heads, 197 tokens".
std::string shown(const Attentions& attentions);

/// Chain of layers: what entered a token at the input, by the product of their [T,T] matrices. Each layer is
/// flow -> matrix * flow (Abnar & Zuidema 2020).
at::Tensor rolledOut(const std::vector<at::Tensor>& layers);

}  // namespace unitscope
