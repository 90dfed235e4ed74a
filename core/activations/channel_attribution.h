#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/array.h"
#include "engine/model.h"
#include "runtime/progress.h"

namespace unitscope {

/// "extremal", "gradient_x_activation", "conductance".
const std::vector<std::string>& channelMethods();

struct ChannelsQuestion {
  Array input;                      ///< preprocessed [1,C,H,W]
  std::string layer;                ///< any with units: [N,C,H,W], [N,C], [N,T,C] (conductance: [N,C,H,W])
  std::int64_t target = -1;         ///< class; -1: the model's first choice
  std::string method = "extremal";  ///< of channelMethods()
  /// How many channels are kept; searched together. Those above the layer's number are left out; empty: 1, 2, 5, 10,
  /// 20, 50... as far as the layer goes.
  std::vector<std::int64_t> numbers;
  std::int64_t steps = 300;  ///< of the search
  /// Of a wrong number at the beginning of the search, grows by 0.35 % a step. A tenth of the paper's 300 for places:
  /// with that, what is kept is settled within some fifty steps, and channels that need one another are missed.
  double weight = 30.0;
  bool contrastive = true;   ///< reward: distance from the best other class instead of the score itself
  std::int64_t pieces = 50;  ///< of the way, for conductance
};

/// The channels that are kept for one number.
struct KeptChannels {
  std::int64_t number = 0;
  std::vector<std::int64_t> channels;  ///< most important first
  std::vector<float> mask;             ///< [C], what the search ended with, 0..1; empty for the other methods
  double score = 0.0;                  ///< of the class with these channels alone, the others 0
  double probability = 0.0;
};

struct ChannelAttribution {
  std::string method, layer;
  std::int64_t target = 0;
  std::string targetLabel;
  /// [C]. extremal: mean of the masks; else the sum over places of gradient x activation or conductance.
  std::vector<float> scores;
  std::vector<KeptChannels> kept;                   ///< by rising number
  double score = 0.0, probability = 0.0;            ///< of the whole layer: the curve's line
  double emptyScore = 0.0, emptyProbability = 0.0;  ///< of a layer of zeros
  Array activation;                                 ///< [C,h,w], as layerMaps() has it
  std::vector<std::string> notes;                   ///< in words: how few suffice; completeness
  double seconds = 0.0;
};

/// Which channels of a layer are responsible for a class's score. Extremal perturbation over channels searches for each
/// number the channels whose activation alone gives the highest score (Fong, Patrick & Vedaldi 2019), with one mask
/// value a channel and no smoothing; the other two rank channels one by one (gradient x activation; conductance,
/// Dhamdhere et al. 2018). Either way the curve is measured in the same manner, by keeping the first channels whole and
/// setting the others to 0. Throws Error for layers without units, numbers below 1, unknown methods and classes;
/// Cancelled.
ChannelAttribution attributeChannels(Model& model, const ChannelsQuestion& question, const Progress& progress = {},
                                     const CancelToken& cancel = {});

/// The activation [C,h,w] with these channels alone, to be turned back into a picture. Throws Error for channels that
/// it does not have.
Array keptActivation(const Array& activation, const std::vector<std::int64_t>& channels);

}  // namespace unitscope
