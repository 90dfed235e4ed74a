#include "app/cli/film.h"

namespace unitscope::cli {

void addFilmOptions(CLI::App& command, FilmOptions& options) {
  command.add_option("--film", options.film, "Write the pictures as a film: .gif, .mp4 or .webm");
  command.add_option("--pictures", options.folder, "Write them into this folder, frame-0000.png and on");
  command.add_option("--strip", options.strip, "Write eight of them side by side, PNG or JPEG");
  command.add_option("--fps", options.animation.framesPerSecond, "Pictures in a second of the film")
      ->check(CLI::Range(0.01, 240.0))
      ->capture_default_str();
  command
      .add_option("--enlarge", options.animation.scale, "Makes every pixel of the film so many pixels wide and high")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command.add_flag("--no-dither{false}", options.animation.dither, "GIF: plain nearest colours");
}

void writeFilm(const std::vector<Image>& frames, const FilmOptions& options, Console& console) {
  if (!options.film.empty())
    writeAnimation(frames, options.film, options.animation, console.progress("writing " + options.film.string()),
                   console.cancel());
  if (!options.folder.empty())
    writeFrames(frames, options.folder, console.progress("writing " + options.folder.string()), console.cancel());
  if (!options.strip.empty()) saveImage(filmStrip(frames), options.strip);
  console.clearProgress();
}

}  // namespace unitscope::cli
