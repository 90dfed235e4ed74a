#include <string>

#include "gan/animation_files.h"
#include "runtime/error.h"

#ifdef UNITSCOPE_HAS_VIDEO
#include <fstream>
#include <random>
#include <system_error>
#include <utility>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

#include "runtime/atomic_file.h"
#endif

namespace unitscope {

#ifdef UNITSCOPE_HAS_VIDEO
namespace {

/// A folder that goes when this does: OpenCV writes to a name of its own choice of format only.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::random_device random;
    path_ = std::filesystem::temp_directory_path() /
            ("unitscope-film-" + std::to_string(random()) + std::to_string(random()));
    std::filesystem::create_directories(path_);
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Encoders that a format may hold, best first.
std::vector<int> codecsOf(const std::string& format) {
  if (format == "webm")
    return {cv::VideoWriter::fourcc('V', 'P', '9', '0'), cv::VideoWriter::fourcc('V', 'P', '8', '0')};
  return {cv::VideoWriter::fourcc('a', 'v', 'c', '1'), cv::VideoWriter::fourcc('m', 'p', '4', 'v')};
}

/// Nothing is thrown where an encoder is missing: the writer is simply not open.
bool openWith(cv::VideoWriter& writer, const std::filesystem::path& file, const std::string& format, double rate,
              cv::Size size) {
  for (const int codec : codecsOf(format)) {
    try {
      if (writer.open(file.string(), cv::CAP_FFMPEG, codec, rate, size, true)) return true;
    } catch (const cv::Exception&) {
      continue;
    }
  }
  return false;
}

/// Colours as OpenCV has them, with even sides as most encoders demand.
cv::Mat asFrame(const Image& picture, int scale) {
  Image large = enlarged(picture, scale);
  const int type = picture.channels == 1 ? CV_8UC1 : CV_8UC3;
  const cv::Mat given(large.height, large.width, type, large.pixels.data());
  cv::Mat frame;
  cv::cvtColor(given, frame, picture.channels == 1 ? cv::COLOR_GRAY2BGR : cv::COLOR_RGB2BGR);
  if (frame.rows % 2 != 0 || frame.cols % 2 != 0)
    cv::copyMakeBorder(frame, frame, 0, frame.rows % 2, 0, frame.cols % 2, cv::BORDER_REPLICATE);
  return frame;
}

std::string contentsOf(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

std::string whyNoVideo(const std::string& format) {
  try {
    const ScratchFolder scratch;
    cv::VideoWriter writer;
    constexpr int kSide = 64;
    if (openWith(writer, scratch.path() / ("probe." + format), format, 25.0, {kSide, kSide})) return {};
  } catch (const std::filesystem::filesystem_error&) {
    return "there is no room for temporary files";
  }
  return "OpenCV on this computer has no encoder for " + format;
}

void writeVideo(const std::vector<Image>& frames, const std::filesystem::path& file, const std::string& format,
                const AnimationOptions& options, const Progress& progress, const CancelToken& cancel) {
  try {
    // Before the work, so that a name that cannot be written is no surprise after it.
    AtomicFile target(file);
    const ScratchFolder scratch;
    const std::filesystem::path made = scratch.path() / ("film." + format);
    cv::VideoWriter writer;
    if (!openWith(writer, made, format, options.framesPerSecond, asFrame(frames.front(), options.scale).size()))
      throw Error(file.string(),
                  "OpenCV on this computer has no encoder for " + format + "; write a .gif or single frames instead");
    for (std::size_t i = 0; i < frames.size(); ++i) {
      cancel.check();
      progress.report(static_cast<double>(i) / static_cast<double>(frames.size()), "writing");
      writer.write(asFrame(frames[i], options.scale));
    }
    writer.release();
    const std::string bytes = contentsOf(made);
    if (bytes.empty()) throw Error(file.string(), "the encoder wrote nothing; is there room for temporary files?");
    target.write(bytes);
    target.commit();
  } catch (const cv::Exception& problem) {
    throw Error(file.string(), "cannot be written as a film: " + problem.err);
  } catch (const std::filesystem::filesystem_error&) {
    throw Error(file.string(), "needs room for temporary files, but there is none");
  }
}
#else
std::string whyNoVideo(const std::string& format) {
  return "this build has no writer for " + format + " (it was made without OpenCV's videoio)";
}

void writeVideo(const std::vector<Image>&, const std::filesystem::path& file, const std::string& format,
                const AnimationOptions&, const Progress&, const CancelToken&) {
  throw Error(file.string(), whyNoVideo(format) + "; write a .gif or single frames instead");
}
#endif

}  // namespace unitscope
