#pragma once

#include <filesystem>
#include <string>

#include "app/cli/options.h"
#include "engine/model.h"

namespace unitscope::cli {

/// What is to be explained, as typed.
struct TargetOptions {
  std::string target, against, unit;
  std::filesystem::path region, resemble;
};

/// --target, --against, --unit, --region and --resemble, with which of them exclude one another.
void addTargetOptions(CLI::App& command, TargetOptions& options);

/// The score that a model is asked to explain: a class, a class rather than another, a unit, or a similarity.
class AttributionTarget {
 public:
  /// Reads the files, finds labels and layers. Throws Error naming the option whose text means nothing here.
  AttributionTarget(const TargetOptions& options, const Model& model);

  /// Fills in the question's fields. Its input must be set; where no class was typed, the first choice is found if
  /// something depends on it. Throws Error when the class is to be explained against itself, or the layer has no such
  /// channel.
  void ask(Model& model, AttributionQuestion& question, const CancelToken& cancel) const;

  /// "tabby rather than tiger cat", "features.12 channel 383", "similarity to b.png", for the class that the answer
  /// names.
  std::string text(const Model& model, std::int64_t target) const;
  /// The part of text() that stands for the target alone: no comparison, no region.
  std::string label(const Model& model, std::int64_t target) const;

  bool isClass() const { return unitLayer_.empty() && resemble_.values.empty(); }
  bool isSimilarity() const { return !resemble_.values.empty(); }
  std::int64_t against() const { return against_; }
  const std::string& unitLayer() const { return unitLayer_; }
  const std::string& region() const { return regionName_; }
  const std::string& resemble() const { return resembleName_; }

 private:
  void checkScore(Model& model, const Array& input, const CancelToken& cancel) const;

  std::int64_t target_ = -1, against_ = -1;
  std::string unitLayer_, regionName_, resembleName_;
  Array region_, resemble_;
};

}  // namespace unitscope::cli
