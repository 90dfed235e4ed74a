#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "attribution/perturbation/descent.h"
#include "features/feature_goal.h"
#include "features/layer_run.h"
#include "features/objective.h"
#include "features/parameterisation.h"
#include "features/transforms.h"
#include "features/visualise.h"

namespace unitscope {

/// How the pictures of a question are made: its parameters, and what follows from them for this network.
struct AscentPlan {
  std::string method;
  std::int64_t steps = 256;
  double rate = 0.05;
  PictureForm form;
  TransformRange transforms;
  std::int64_t viewHeight = 128, viewWidth = 128;  ///< what the network is shown of a picture
  bool fit = false;                                ///< the view shows the picture at another scale (MaCo)
  bool opacity = false;
  double cosinePower = 1.0, diversity = 1.0, l1 = 0.0, tv = 0.0, blur = 0.0;
  std::uint64_t seed = 0;
  std::vector<std::int64_t> maps;  ///< shape [1,C,h,w] of the layer for a finished picture
};

/// One batch of pictures on their way up.
class Ascent {
 public:
  /// `copies` tells pictures of the same goal apart. Goals must be checked.
  Ascent(LayerRun& run, const AscentPlan& plan, std::vector<FeatureGoal> goals,
         const std::vector<std::int64_t>& copies);

  void step();
  /// The pictures so far.
  std::vector<Image> images() const;
  /// The same with their numbers, in the order of the goals.
  std::vector<FeaturePicture> finish();

 private:
  at::Tensor worth(const at::Tensor& pictures, const at::Tensor& activations);
  at::Tensor bytes() const;

  LayerRun& run_;
  const AscentPlan& plan_;
  std::vector<FeatureGoal> goals_;
  Objective objective_;
  std::unique_ptr<Parameterisation> parameterisation_;
  AdamDescent adam_;
  at::Generator generator_;
  bool negative_, grouped_;
  at::Tensor scale_, touched_;
  std::int64_t steps_ = 0;
};

}  // namespace unitscope
