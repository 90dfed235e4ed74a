#pragma once

#include <filesystem>
#include <vector>

#include "app/cli/options.h"
#include "gan/animation.h"
#include "image/image.h"

namespace unitscope::cli {

/// Where frames go.
struct FilmOptions {
  std::filesystem::path film, folder, strip;
  AnimationOptions animation;
  bool wanted() const { return !film.empty() || !folder.empty() || !strip.empty(); }
};

/// --film, --pictures, --strip, --fps, --enlarge, --no-dither.
void addFilmOptions(CLI::App& command, FilmOptions& options);
void writeFilm(const std::vector<Image>& frames, const FilmOptions& options, Console& console);

}  // namespace unitscope::cli
