#include <algorithm>
#include <cctype>
#include <string>

#include "image/image.h"
#include "runtime/atomic_file.h"
#include "runtime/error.h"

#ifdef UNITSCOPE_HAS_OPENCV
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#endif

namespace unitscope {
namespace {

constexpr int kJpegQuality = 95;

std::string endingOf(const std::filesystem::path& file) {
  std::string ending = file.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return ending;
}

bool isSound(const Image& image) {
  if (image.width <= 0 || image.height <= 0) return false;
  if (image.channels != 1 && image.channels != 3 && image.channels != 4) return false;
  return image.pixels.size() == static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) *
                                    static_cast<std::size_t>(image.channels);
}

}  // namespace

void saveImage(const Image& image, const std::filesystem::path& file) {
  if (!isSound(image)) throw Error(file.string(), "there is no picture to save");
  const std::string ending = endingOf(file);
  const bool jpeg = ending == ".jpg" || ending == ".jpeg";
  if (!jpeg && ending != ".png")
    throw Error(file.string(), "pictures are saved as .png or .jpg; the name ends in neither");
#ifdef UNITSCOPE_HAS_OPENCV
  // OpenCV wants BGR(A).
  Image swapped = image;
  const auto step = static_cast<std::size_t>(image.channels);
  if (step >= 3)
    for (std::size_t i = 0; i < swapped.pixels.size(); i += step) std::swap(swapped.pixels[i], swapped.pixels[i + 2]);
  std::vector<std::uint8_t> bytes;
  try {
    const cv::Mat picture(image.height, image.width, CV_8UC(image.channels), swapped.pixels.data());
    std::vector<int> options;
    if (jpeg) options = {cv::IMWRITE_JPEG_QUALITY, kJpegQuality};
    if (!cv::imencode(jpeg ? ".jpg" : ".png", picture, bytes, options))
      throw Error(file.string(), "it could not be encoded");
  } catch (const cv::Exception&) {
    throw Error(file.string(), "it could not be encoded; it may be too large for this format");
  }
  writeFileAtomically(file, std::as_bytes(std::span<const std::uint8_t>(bytes)));
#else
  throw Error(file.string(), "this build of Unitscope has no OpenCV and cannot write pictures; save the map as .npy");
#endif
}

}  // namespace unitscope
