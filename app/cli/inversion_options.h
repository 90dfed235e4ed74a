#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/cli/options.h"
#include "gan/domain_check.h"
#include "gan/inversion.h"

namespace unitscope::cli {

/// How pictures are inverted, for commands that do.
struct InversionOptions {
  InversionQuestion question;
  std::string space, encoder, perceptual;
  bool plainFeatures = false;
  std::filesystem::path reference;
  std::int64_t samples = 24, known = -1;
};

void addInversionOptions(CLI::App& command, InversionOptions& options);
/// The question with its networks opened, where `model` computes. Throws Error.
InversionQuestion questionFrom(const InversionOptions& options, const ModelOptions& model, Generator& generator,
                               Console& console);
/// What pictures of the domain look like: from the file where it is there and fits, else computed, and written there.
DomainReference referenceFor(const InversionOptions& options, Generator& generator, const InversionQuestion& question,
                             Console& console);
/// Whether it is the embedded scene-generator, whose domain can be drawn by the program itself.
bool drawsScenes(const Generator& generator);

}  // namespace unitscope::cli
