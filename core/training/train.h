#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "runtime/progress.h"
#include "training/quality.h"

namespace unitscope {

/// How to train a model of the zoo. Zeros mean the model's own defaults.
struct TrainingOptions {
  std::string model;
  std::int64_t steps = 0;  ///< of the whole training, what was done before included
  int batch = 0;
  std::uint64_t seed = 1;
  std::int64_t samples = 0;  ///< pictures rendered for training
  std::string device = "cpu";
  bool bfloat16 = false;           ///< convolutions and matrix products in half the width, weights and the rest in full
  std::filesystem::path data;      ///< folder of the IDX files, for models that need them
  std::filesystem::path models;    ///< folder of finished models that this one builds on
  std::filesystem::path out;       ///< where checkpoint, curve and finished model go
  bool resume = false;             ///< from the checkpoint in `out`
  std::filesystem::path from;      ///< finished network whose weights to begin with; empty: random ones
  double seconds = 0.0;            ///< stop after this long with a checkpoint; 0: never
  double checkpointSeconds = 300;  ///< between checkpoints and looks at the quality
};

struct TrainableModel {
  std::string name;
  std::string description;
  std::int64_t steps;
  int batch;
  std::int64_t samples;
};
/// In the order in which they build on one another.
const std::vector<TrainableModel>& trainableModels();

/// What a training left behind.
struct TrainingResult {
  std::int64_t steps = 0;
  bool finished = false;  ///< false: stopped by time, to be resumed
  double seconds = 0.0;
  std::vector<std::filesystem::path> files;
};

/// Told every few seconds: step of steps, losses as text.
using TrainingReport = std::function<void(std::int64_t step, std::int64_t steps, const std::string& losses)>;

/// Trains and writes NAME.onnx with its card, NAME.safetensors (the checkpoint), NAME.csv and NAME.png (the curves)
/// and, where there is something to see, NAME-samples.png into `out`. A cancelled training leaves a checkpoint to
/// resume from and throws Cancelled. Throws Error for unknown models, missing data, and losses that are no numbers any
/// more.
TrainingResult trainModel(const TrainingOptions& options, const Progress& progress, const CancelToken& cancel,
                          const TrainingReport& report = {});

}  // namespace unitscope
