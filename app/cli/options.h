#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "app/cli/console.h"
#include "engine/model.h"

namespace unitscope::cli {

/// What MODEL may be, for the help.
inline constexpr const char* kModelHelp =
    "Network: ONNX, .pt2 or TorchScript file, or the name of a built-in one (`unitscope zoo list`)";

/// Which network, and where it computes.
struct ModelOptions {
  std::string model;
  std::string device = "cpu";
  std::string precision = "float32";
  std::uint64_t memory = 0;
  std::filesystem::path card;
  bool progress = false;

  ComputeSettings settings() const;
};

/// What the network looks at: pictures, or one tensor that is preprocessed already.
struct InputOptions {
  std::vector<std::filesystem::path> images;
  std::filesystem::path npy;
};

/// What a command does once its words are understood; returns the exit code.
using Action = std::function<int(Console&)>;

/// MODEL and what addComputeOptions() adds.
void addModelOptions(CLI::App& command, ModelOptions& options);
/// --device, --precision, --memory, --card, --progress.
void addComputeOptions(CLI::App& command, ModelOptions& options);
/// IMAGE... and --input-npy, of which exactly one must be given.
void addInputOptions(CLI::App& command, InputOptions& options, bool many);
void addJsonFlag(CLI::App& command, bool& json);

/// Opens what the options name. Throws Error.
std::shared_ptr<Model> openModel(const ModelOptions& options, Console& console);

/// The card in a file with its labels, wherever its labelsFile lies: beside the model or beside the card.
ModelCard readCard(const std::filesystem::path& file, const std::filesystem::path& model);

}  // namespace unitscope::cli
