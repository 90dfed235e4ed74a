#pragma once

#include <filesystem>
#include <vector>

#include "gan/animation.h"

namespace unitscope {

// What writeAnimation() chooses from. Frames are checked by it.
void writeGif(const std::vector<Image>& frames, const std::filesystem::path& file, const AnimationOptions& options,
              const Progress& progress, const CancelToken& cancel);
bool hasGif();

/// `format` is "mp4" or "webm".
void writeVideo(const std::vector<Image>& frames, const std::filesystem::path& file, const std::string& format,
                const AnimationOptions& options, const Progress& progress, const CancelToken& cancel);
std::string whyNoVideo(const std::string& format);

/// Every pixel `scale` x `scale` times.
Image enlarged(const Image& picture, int scale);

}  // namespace unitscope
