#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "attribution/parameters.h"
#include "engine/array.h"
#include "engine/model.h"
#include "features/feature_goal.h"
#include "image/image.h"
#include "runtime/progress.h"

namespace unitscope {

/// A picture that was made for a goal.
struct FeaturePicture {
  FeatureGoal goal;
  Image picture;         ///< finished, without transforms; RGB, or grey for networks that take one channel
  Array opacity;         ///< [H,W] 0..1, how much each pixel mattered (MaCo); empty otherwise
  double mean = 0.0;     ///< of the goal's unit (or projection) over places on the picture as shown, whatever the sign
  double largest = 0.0;  ///< of the same over places
};

/// A question for feature visualization: pictures for one or more goals, made together in one batch (or a few, where
/// memory demands). All goals must be of one layer. A picture depends on its own goal, the parameters and the seed
/// only, not on what else is in the batch, groups aside.
struct FeatureQuestion {
  std::vector<FeatureGoal> goals;
  std::string method = "fourier";  ///< id of one of featureMethods()
  ParameterValues parameters;      ///< what is not set takes its default
  std::uint64_t seed = 0;

  /// Given the pictures so far of goals first, first + 1, ..., on the calling thread, a few times a second at most.
  std::function<void(std::size_t first, const std::vector<Image>& pictures)> preview;
  /// Given every picture as its batch is done, with the goal's number, on the calling thread: to store and show it
  /// before the rest is there.
  std::function<void(std::size_t index, const FeaturePicture& picture)> finished;
};

/// How pictures can be parameterised, each with its parameters: "fourier", "pixels", "maco".
std::vector<MethodInfo> featureMethods();
/// Throws Error listing the known ids when there is none of this id.
const MethodInfo& featureMethod(const std::string& id);

/// Pictures by gradient ascent from noise, in the order of the goals (Olah, Mordvintsev & Schubert, "Feature
/// Visualization", 2017; "maco": Fel et al., "Unlocking Feature Visualization for Deeper Networks with MAgnitude
/// Constrained Optimization", 2023). Only the part of the network before the layer runs. Throws Error for layers, units
/// and places that do not exist, sizes that the network does not take, parameters out of range and networks that take
/// no pictures; Cancelled.
std::vector<FeaturePicture> visualise(Model& model, const FeatureQuestion& question, const Progress& progress = {},
                                      const CancelToken& cancel = {});

}  // namespace unitscope
