#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "graph/graph.h"
#include "runtime/progress.h"
#include "training/quality.h"

namespace unitscope {

struct MeasuringOptions {
  std::string device = "cpu";
  std::int64_t pictures = 5000;  ///< rendered or drawn; the figures of the bars are for 5,000
  std::filesystem::path data;    ///< folder of Fashion-MNIST's IDX files
  std::filesystem::path models;  ///< folder of finished models to judge with; the embedded ones where it lacks them
};

/// Where Debian's package dataset-fashion-mnist puts its files.
std::filesystem::path defaultDataFolder();

/// Whether a model of the zoo is measured on files that have to be installed.
bool needsDataFolder(const std::string& model);

/// Quality of a network of the zoo on data that no training has seen: scenes of the held-out series, the test set of
/// Fashion-MNIST. Throws Error for unknown names, missing data, and networks that are of another kind than their name.
Measures measureModel(const std::string& model, const Graph& graph, const MeasuringOptions& options,
                      const Progress& progress = {}, const CancelToken& cancel = {});

}  // namespace unitscope
