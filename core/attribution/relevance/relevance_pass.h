#pragma once

#include <functional>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "attribution/relevance/relevance_rules.h"
#include "attribution/score.h"

namespace unitscope {

/// Where relevance is looked at on its way down.
struct RelevanceStop {
  ValueId layer = kNoValue;
  /// What goes on below the layer, from what arrived there; all of it where this is empty.
  std::function<at::Tensor(const at::Tensor&)> keep;
  bool toInput = true;  ///< whether to go on to the picture at all
};

struct RelevanceFlow {
  at::Tensor scores;                    ///< [B], what is explained
  at::Tensor started;                   ///< [B], sum of each picture's relevance at the output
  at::Tensor atLayer;                   ///< as it arrived there, in the layer's shape; undefined without a layer
  at::Tensor atInput;                   ///< [B,C,H,W]; undefined unless asked for
  std::vector<std::string> byGradient;  ///< operators without a rule of their own
};

/// Layer-wise relevance propagation (Bach et al. 2015) for a batch of pictures [B,C,H,W]: evaluates the network once,
/// then walks it backwards node by node. It starts with the derivative of the score by the query's output, which is 1
/// at the target's logit; a softmax that ends the network is passed over. Linear in what it starts with, so that a
/// difference of two classes gives the difference of their maps. Holds all activations of the batch. Throws Error when
/// no relevance reaches the layer (or the picture), Cancelled when the token says so.
RelevanceFlow propagateRelevance(const ScoreFunction& score, const at::Tensor& batch, const RelevanceRules& rules,
                                 const RelevanceStop& stop, const Progress& progress, const CancelToken& cancel);

/// The axis of a layer's value that its channels lie on: the last of tokens [B,T,C], else the second.
std::int64_t channelAxis(const at::Tensor& value);
/// Sum over all pictures and places, one number a channel.
std::vector<float> relevanceOfChannels(const at::Tensor& relevance);
/// Sum of everything, in double precision on the CPU: not every device has doubles.
double totalOf(const at::Tensor& relevance);
/// "the map adds up to 0.994 of 1 that the output started with", and which operators had no rule.
std::vector<std::string> conservationNotes(const RelevanceFlow& flow);

}  // namespace unitscope
