#pragma once

#include <string>
#include <vector>

#include "app/cli/gan_attribute_options.h"
#include "gan/attribute_boundaries.h"

namespace unitscope::cli {

/// `gan boundary MODEL`: boundaries of attributes on a generator's own samples.
struct AttributeBoundaryOptions {
  ModelOptions model;
  AttributeWords words;
  std::vector<std::string> conditionOn;  ///< attributes, or "all"
  std::string conditionBy = "normals", layers = "all", npy, latentsOut, scoresOut;
  std::int64_t classIndex = -1;
  BoundaryQuestion question;
  bool json = false;
};

void addAttributeBoundaryOptions(CLI::App& command, AttributeBoundaryOptions& options);
int performAttributeBoundaries(const AttributeBoundaryOptions& options, Console& console);

}  // namespace unitscope::cli
