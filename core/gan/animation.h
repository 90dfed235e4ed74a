#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "image/image.h"
#include "runtime/progress.h"

namespace unitscope {

struct AnimationOptions {
  double framesPerSecond = 25.0;  ///< GIF knows hundredths of a second only, and plays nothing above 50
  int scale = 1;                  ///< whole pixels; small pictures are hard to see
  bool forever = true;            ///< GIF: begins again at the end
  /// GIF: mixes neighbouring pixels where the 256 colours do not suffice (Floyd & Steinberg 1976).
  bool dither = true;
};

/// Formats by the ending of the file's name: .gif, .mp4, .webm. Each throws Error naming the file for frames that are
/// none, of different sizes or with too many pixels in all (256 million), for numbers out of range, and where this
/// build has no writer for the format; Cancelled, in which case no file is left.
void writeAnimation(const std::vector<Image>& frames, const std::filesystem::path& file,
                    const AnimationOptions& options = {}, const Progress& progress = {},
                    const CancelToken& cancel = {});
/// Why this build cannot write such a file ("gif", "mp4", "webm"); empty where it can. For disabled controls.
std::string whyNoAnimation(const std::string& format);

/// A numbered PNG for each frame, frame-0000.png and on, in a folder that is made where it is not there. Throws Error.
void writeFrames(const std::vector<Image>& frames, const std::filesystem::path& folder, const Progress& progress = {},
                 const CancelToken& cancel = {});

/// Up to `count` frames evenly chosen, the first and the last among them, side by side in one picture. Throws Error for
/// no frames and frames of different sizes.
Image filmStrip(const std::vector<Image>& frames, int count = 8, int gap = 2);

}  // namespace unitscope
