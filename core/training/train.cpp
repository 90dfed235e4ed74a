#include "training/train.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <optional>
#include <system_error>

#include <ATen/ATen.h>

#include "engine/devices.h"
#include "exec/tensors.h"
#include "formats/model_reader.h"
#include "runtime/error.h"
#include "training/checkpoint.h"
#include "training/loss_curve.h"
#include "training/recipe.h"
#include "zoo/model_files.h"

namespace unitscope {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// Losses are fetched from the device this often at most: each time waits for it.
constexpr std::size_t kLossesAtOnce = 50;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// One training from its first or next step to its end.
class Training {
 public:
  Training(const TrainingOptions& options, const Progress& progress, const CancelToken& cancel,
           const TrainingReport& report)
      : options_(withDefaults(options)),
        progress_(progress),
        cancel_(cancel),
        report_(report),
        device_(deviceFrom(options_.device)),
        recipe_(makeRecipe(options_, progress.part(0.0, 0.05), cancel)),
        curve_(columns()) {}

  TrainingResult run();

 private:
  std::vector<std::string> columns() const {
    std::vector<std::string> names = recipe_->losses();
    for (const std::string& name : recipe_->checks()) names.push_back(name);
    return names;
  }
  fs::path file(const std::string& ending) const { return options_.out / (options_.model + ending); }
  void begin();
  void collect(bool check);
  void keep();
  void finish(TrainingResult& result);

  TrainingOptions options_;
  Progress progress_;
  CancelToken cancel_;
  TrainingReport report_;
  at::Device device_;  ///< first: an unknown one is refused before anything is rendered
  std::unique_ptr<Recipe> recipe_;
  LossCurve curve_;
  std::int64_t step_ = 0;
  std::vector<at::Tensor> losses_;
};

void Training::begin() {
  std::error_code problem;
  fs::create_directories(options_.out, problem);
  if (!fs::is_directory(options_.out, problem)) throw Error(options_.out.string(), "is not a folder that can be made");
  if (options_.resume) {
    const fs::path checkpoint = file(".safetensors");
    if (!fs::exists(checkpoint, problem)) throw Error(checkpoint.string(), "is not there, so nothing can be resumed");
    NamedTensors state = loadCheckpoint(checkpoint);
    const auto step = state.find("step");
    if (step == state.end()) throw Error(checkpoint.string(), "is no checkpoint of a training");
    step_ = step->second.item<std::int64_t>();
    recipe_->load(state);
    if (fs::exists(file(".csv"), problem)) {
      curve_.readCsv(file(".csv"));
      curve_.cutAfter(step_);
    }
  } else if (!options_.from.empty()) {
    NamedTensors weights;
    const ModelFile read = readModelFile(options_.from);
    for (const Value& value : read.graph.values())
      if (value.data) weights[value.name] = toTensor(*value.data).clone();
    recipe_->startFrom(weights);
  }
}

/// Takes the losses since the last time off the device and adds their mean to the curve.
void Training::collect(bool check) {
  if (losses_.empty()) return;
  const at::Tensor mean = at::stack(losses_).to(at::kDouble).mean(0).cpu();
  losses_.clear();
  std::vector<double> row(mean.data_ptr<double>(), mean.data_ptr<double>() + mean.numel());
  std::string text;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (!std::isfinite(row[i]))
      throw Error(options_.model, "the " + recipe_->losses()[i] + " is no number any more at step " +
                                      std::to_string(step_) + "; the last checkpoint is from before");
    char number[64];
    std::snprintf(number, sizeof number, "%s%s %.4f", i ? ", " : "", recipe_->losses()[i].c_str(), row[i]);
    text += number;
  }
  if (check) {
    for (const double value : recipe_->check()) {
      char number[32];
      std::snprintf(number, sizeof number, ", %.4f", value);
      text += number;
      row.push_back(value);
    }
  }
  row.resize(curve_.columns().size(), std::nan(""));
  curve_.add(step_, std::move(row));
  if (report_) report_(step_, options_.steps, text);
}

void Training::keep() {
  NamedTensors state = recipe_->state();
  state["step"] = at::scalar_tensor(step_, at::kLong);
  saveCheckpoint(state, file(".safetensors"));
  curve_.writeCsv(file(".csv"));
  curve_.writePng(options_.model, file(".png"));
  const Image picture = recipe_->picture();
  if (!picture.empty()) saveImage(picture, file("-samples.png"));
}

void Training::finish(TrainingResult& result) {
  saveZooModel(recipe_->finished(), recipe_->card(), file(".onnx"));
  result.files = {file(".onnx"), cardPathFor(file(".onnx")), file(".csv"), file(".png"), file(".safetensors")};
  if (fs::exists(file("-samples.png"))) result.files.push_back(file("-samples.png"));
}

TrainingResult Training::run() {
  prepareComputeThread({.device = options_.device});
  begin();
  const Clock::time_point start = Clock::now();
  Clock::time_point lastReport = start, lastKept = start;
  TrainingResult result;
  // The pictures of the last checkpoint are those of the network that is handed out.
  const auto outOfTime = [&] { return options_.seconds > 0.0 && secondsSince(start) >= options_.seconds; };
  while (step_ < options_.steps && !outOfTime()) {
    if (cancel_.cancelled()) {
      keep();
      throw Cancelled();
    }
    at::manual_seed(mixSeed(options_.seed, static_cast<std::uint64_t>(step_)));
    losses_.push_back(recipe_->step(step_, static_cast<double>(step_) / static_cast<double>(options_.steps)));
    ++step_;
    const bool check = secondsSince(lastKept) >= options_.checkpointSeconds;
    if (check || losses_.size() >= kLossesAtOnce || secondsSince(lastReport) >= 5.0) {
      collect(check);
      lastReport = Clock::now();
      progress_.report(0.05 + 0.95 * static_cast<double>(step_) / static_cast<double>(options_.steps),
                       "training " + options_.model);
    }
    if (check) {
      keep();
      lastKept = Clock::now();
    }
  }
  collect(true);
  keep();
  finish(result);
  result.steps = step_;
  result.finished = step_ >= options_.steps;
  result.seconds = secondsSince(start);
  return result;
}

}  // namespace

std::uint64_t mixSeed(std::uint64_t seed, std::uint64_t number) {
  std::uint64_t z = seed * 0x9E3779B97F4A7C15ULL + number + 0x632BE59BD9B4E019ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

double cosineRate(double done, double warmUp) {
  if (done < warmUp) return (done + 1e-3) / (warmUp + 1e-3);
  const double along = (done - warmUp) / (1.0 - warmUp);
  return 0.5 * (1.0 + std::cos(std::numbers::pi * std::min(along, 1.0)));
}

TrainingResult trainModel(const TrainingOptions& options, const Progress& progress, const CancelToken& cancel,
                          const TrainingReport& report) {
  return Training(options, progress, cancel, report).run();
}

}  // namespace unitscope
