#pragma once

#include <vector>

#include <QString>

#include "app/generator/generator_scene.h"
#include "image/image.h"
#include "runtime/progress.h"

namespace unitscope {

class Generator;

/// A film or a strip of pictures of a generator, and how it is written.
struct FilmPlan {
  enum class What {
    Sweep,        ///< along a direction
    Walk,         ///< given scenes, one after the other
    BeforeAfter,  ///< the changes of the scene are wiped over the picture without them
  };
  enum class Format { Gif, Mp4, WebM, Frames, Strip };

  What what = What::BeforeAfter;
  GeneratorScene scene;
  LatentDirection direction;  ///< Sweep
  double from = -3.0, to = 3.0;
  std::vector<GeneratorScene> walk;  ///< Walk
  int frames = 50;
  bool returns = true;  ///< Sweep and BeforeAfter go back to where they began
  Format format = Format::Gif;
  int scale = 4;  ///< size of the pictures in those of the network
  double framesPerSecond = 25.0;
  bool forever = true;
};

/// "gif", "mp4", "webm", "png".
QString suffixOf(FilmPlan::Format format);
/// The scenes of a sweep or a walk; a walk has as many as were given, evenly chosen where fewer frames are asked for.
std::vector<GeneratorScene> scenesOf(const FilmPlan& plan);
/// The frames, enlarged. On a worker thread. Throws Error as Generator::synthesise() does; Cancelled.
std::vector<Image> filmFrames(Generator& generator, const FilmPlan& plan, const Progress& progress = {},
                              const CancelToken& cancel = {});
/// Draws the frames and writes them to a file, or (PNG frames) into a folder. Throws Error as said above, and naming
/// what cannot be written; Cancelled.
void writeFilm(Generator& generator, const FilmPlan& plan, const QString& file, const Progress& progress = {},
               const CancelToken& cancel = {});

}  // namespace unitscope
