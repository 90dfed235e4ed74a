#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "engine/model_card.h"
#include "graph/graph.h"
#include "image/image.h"
#include "runtime/progress.h"
#include "training/quality.h"
#include "training/train.h"
#include "training/trainee.h"

namespace unitscope {

/// How one model of the zoo is made: its data, its network and its loss. The driver (train.h) calls step() until the
/// time or the steps are over, and keeps checkpoints and curves.
class Recipe {
 public:
  virtual ~Recipe() = default;

  /// Names of what step() returns.
  virtual std::vector<std::string> losses() const = 0;
  /// One step of training, number `step`; `done` in 0..1 says how much of the training lies behind (learning rates
  /// follow it). The losses [K] stay on the device, so that nothing waits for them. Random numbers are seeded before
  /// each step, so a training that was interrupted goes on as if it had not been.
  virtual at::Tensor step(std::int64_t step, double done) = 0;

  /// All that the next step depends on.
  virtual NamedTensors state() const = 0;
  virtual void load(const NamedTensors& state) = 0;
  /// Begins with the weights of a finished network of this kind instead of random ones; nothing else is known of its
  /// training. Throws Error for one of another shape.
  virtual void startFrom(const NamedTensors& weights) = 0;

  /// What is looked at now and then while training, by name; costs seconds at most.
  virtual std::vector<std::string> checks() const { return {}; }
  virtual std::vector<double> check() { return {}; }
  /// A picture of the present state for the eye; empty where there is nothing to see.
  virtual Image picture() { return {}; }

  /// The network for use, with the weights of now.
  virtual Graph finished() const = 0;
  virtual ModelCard card() const = 0;
};

/// The same with the model's own numbers where none are given. Throws Error for unknown names.
TrainingOptions withDefaults(TrainingOptions options);

/// The recipe of a model (trainableModels() names them), with its data loaded or rendered. Throws Error for unknown
/// names and for data that is missing.
std::unique_ptr<Recipe> makeRecipe(const TrainingOptions& options, const Progress& progress, const CancelToken& cancel);

/// Mixes a seed with a number, so that streams of different numbers share nothing.
std::uint64_t mixSeed(std::uint64_t seed, std::uint64_t number);

/// Learning rate factor: rises over the first `warmUp` of training and falls to zero along half a cosine.
double cosineRate(double done, double warmUp = 0.05);

}  // namespace unitscope
