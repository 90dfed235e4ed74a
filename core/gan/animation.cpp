#include "gan/animation.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <system_error>

#include "gan/animation_files.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::int64_t kMostPixels = std::int64_t{1} << 28;
constexpr int kMostSide = 16384, kMostScale = 64;

void checkFrames(const std::vector<Image>& frames, const std::string& subject) {
  if (frames.empty()) throw Error(subject, "there are no frames to write");
  const Image& first = frames.front();
  for (const Image& frame : frames) {
    if (frame.width < 1 || frame.height < 1 || (frame.channels != 1 && frame.channels != 3) ||
        frame.pixels.size() != static_cast<std::size_t>(frame.width) * static_cast<std::size_t>(frame.height) *
                                   static_cast<std::size_t>(frame.channels))
      throw Error(subject, "a frame is empty, or neither grey nor RGB");
    if (frame.width != first.width || frame.height != first.height || frame.channels != first.channels)
      throw Error(subject, "all frames must have the same size");
  }
}

std::string formatOf(const std::filesystem::path& file) {
  std::string ending = file.extension().string();
  if (!ending.empty()) ending.erase(0, 1);
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return ending;
}

}  // namespace

Image enlarged(const Image& picture, int scale) {
  if (scale == 1) return picture;
  const auto channels = static_cast<std::size_t>(picture.channels), times = static_cast<std::size_t>(scale);
  const auto width = static_cast<std::size_t>(picture.width), height = static_cast<std::size_t>(picture.height);
  Image large{picture.width * scale, picture.height * scale, picture.channels, {}};
  large.pixels.reserve(picture.pixels.size() * times * times);
  for (std::size_t y = 0; y < height * times; ++y)
    for (std::size_t x = 0; x < width * times; ++x) {
      const std::uint8_t* pixel = picture.pixels.data() + (y / times * width + x / times) * channels;
      large.pixels.insert(large.pixels.end(), pixel, pixel + channels);
    }
  return large;
}

std::string whyNoAnimation(const std::string& format) {
  if (format == "gif") return hasGif() ? std::string() : "this build cannot write GIF (it was made without giflib)";
  if (format == "mp4" || format == "webm") return whyNoVideo(format);
  return "there is no format " + format + "; there are gif, mp4 and webm";
}

void writeAnimation(const std::vector<Image>& frames, const std::filesystem::path& file,
                    const AnimationOptions& options, const Progress& progress, const CancelToken& cancel) {
  const std::string subject = file.string(), format = formatOf(file);
  if (format != "gif" && format != "mp4" && format != "webm")
    throw Error(subject, "must end in .gif, .mp4 or .webm, which says what to write");
  checkFrames(frames, subject);
  if (!(options.framesPerSecond >= 0.01 && options.framesPerSecond <= 240.0))
    throw Error(subject, "there can be 0.01 to 240 frames in a second");
  const Image& first = frames.front();
  const bool large = options.scale < 1 || options.scale > kMostScale || first.width > kMostSide / options.scale ||
                     first.height > kMostSide / options.scale;
  const std::int64_t pixels = std::int64_t{first.width} * first.height * static_cast<std::int64_t>(frames.size());
  if (large || pixels > kMostPixels) throw Error(subject, "would be too large; take fewer frames or a smaller scale");
  if (format == "gif")
    writeGif(frames, file, options, progress, cancel);
  else
    writeVideo(frames, file, format, options, progress, cancel);
  progress.report(1.0, "writing");
}

void writeFrames(const std::vector<Image>& frames, const std::filesystem::path& folder, const Progress& progress,
                 const CancelToken& cancel) {
  checkFrames(frames, folder.string());
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem || !std::filesystem::is_directory(folder, problem))
    throw Error(folder.string(), "is no folder and cannot be made one");
  for (std::size_t i = 0; i < frames.size(); ++i) {
    cancel.check();
    progress.report(static_cast<double>(i) / static_cast<double>(frames.size()), "writing");
    char name[32];
    static_cast<void>(std::snprintf(name, sizeof(name), "frame-%04zu.png", i));
    saveImage(frames[i], folder / name);
  }
  progress.report(1.0, "writing");
}

Image filmStrip(const std::vector<Image>& frames, int count, int gap) {
  checkFrames(frames, "strip");
  if (count < 1 || gap < 0) throw Error("strip", "needs at least one picture");
  const std::size_t shown = std::min(frames.size(), static_cast<std::size_t>(count));
  const Image& first = frames.front();
  const auto channels = static_cast<std::size_t>(first.channels);
  const std::int64_t width =
      static_cast<std::int64_t>(shown) * first.width + static_cast<std::int64_t>(shown - 1) * gap;
  if (width * first.height > kMaxImagePixels) throw Error("strip", "would be too large; show fewer frames");
  Image strip{static_cast<int>(width), first.height, first.channels, {}};
  strip.pixels.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(first.height) * channels, 255);
  const auto row = static_cast<std::size_t>(first.width) * channels;
  for (std::size_t k = 0; k < shown; ++k) {
    const std::size_t index =
        shown == 1
            ? 0
            : static_cast<std::size_t>(std::lround(static_cast<double>(k) * static_cast<double>(frames.size() - 1) /
                                                   static_cast<double>(shown - 1)));
    const std::size_t left = k * (row + static_cast<std::size_t>(gap) * channels);
    for (std::size_t y = 0; y < static_cast<std::size_t>(first.height); ++y)
      std::copy_n(
          frames[index].pixels.begin() + static_cast<std::ptrdiff_t>(y * row), row,
          strip.pixels.begin() + static_cast<std::ptrdiff_t>(y * static_cast<std::size_t>(width) * channels + left));
  }
  return strip;
}

}  // namespace unitscope
