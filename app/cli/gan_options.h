#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "app/cli/options.h"
#include "gan/generator.h"

namespace unitscope::cli {

/// Which generator.
struct GeneratorOptions {
  ModelOptions model;
  std::string synthesis;
  LatentHints hints;
};

/// MODEL, --synthesis and the options that name the parts of the network.
void addGeneratorOptions(CLI::App& command, GeneratorOptions& options);
/// Throws Error.
std::shared_ptr<Generator> openGenerator(const GeneratorOptions& options, Console& console);
/// Another network for the same machine; null for an empty name.
std::shared_ptr<Model> openSecond(const GeneratorOptions& options, const std::string& name, Console& console);

/// What pictures are made of.
struct LatentOptions {
  std::filesystem::path latents, classFile, edits;
  std::string seeds = "0-15", space = "z", noise = "const";
  std::int64_t classNumber = -1, noiseSeed = 0;
  double truncation = 1.0;
};

/// --latents or --seeds, --space, --class-npy or --class, --truncation, --noise, --noise-seed, --layer-edits.
void addLatentOptions(CLI::App& command, LatentOptions& options);
/// Throws Error.
SynthesisQuestion questionFrom(const LatentOptions& options, const Generator& generator);

/// Pictures as one sheet, PNG or JPEG.
void savePictures(const Generator& generator, const Array& images, int columns, const std::filesystem::path& file);

}  // namespace unitscope::cli
