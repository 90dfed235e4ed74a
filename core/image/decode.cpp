#include <cmath>
#include <fstream>
#include <string>
#include <system_error>

#include "image/image.h"
#include "image/picture_header.h"
#include "runtime/error.h"

#ifdef UNITSCOPE_HAS_OPENCV
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#endif

namespace unitscope {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxFileBytes = std::uintmax_t{1} << 30U;

std::vector<std::byte> readWhole(const fs::path& file) {
  std::error_code problem;
  const fs::file_status status = fs::status(file, problem);
  if (!fs::exists(status)) throw Error(file.string(), "there is no such file");
  if (fs::is_directory(status)) throw Error(file.string(), "this is a folder, not a picture");
  if (!fs::is_regular_file(status)) throw Error(file.string(), "this is a device or pipe, not a picture");
  const std::uintmax_t size = fs::file_size(file, problem);
  std::ifstream in(file, std::ios::binary);
  if (problem || !in) throw Error(file.string(), "the file may not be read");
  if (size == 0) throw Error(file.string(), "the file is empty");
  if (size > kMaxFileBytes) throw Error(file.string(), "the file is too large for a picture");
  std::vector<std::byte> bytes(size);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  if (in.gcount() != static_cast<std::streamsize>(size)) throw Error(file.string(), "the file could not be read");
  return bytes;
}

#ifdef UNITSCOPE_HAS_OPENCV

/// Any depth to 8 bits; float pictures are taken to lie in [0,1].
cv::Mat toBytes(const cv::Mat& picture, const std::string& subject) {
  cv::Mat bytes;
  switch (picture.depth()) {
    case CV_8U: return picture;
    case CV_16U: picture.convertTo(bytes, CV_8U, 1.0 / 257.0); return bytes;
    case CV_32F:
    case CV_64F: {
      cv::Mat known;
      picture.convertTo(known, CV_32F);
      cv::patchNaNs(known, 0.0);
      known.convertTo(bytes, CV_8U, 255.0);
      return bytes;
    }
    default: throw Error(subject, "pictures with signed pixel values are not supported");
  }
}

/// BGR(A) rows to RGB, transparency over white.
Image toImage(const cv::Mat& picture, const std::string& subject) {
  const int from = picture.channels();
  if (from != 1 && from != 3 && from != 4)
    throw Error(subject, "pictures with " + std::to_string(from) + " channels are not supported");
  Image image;
  image.width = picture.cols;
  image.height = picture.rows;
  image.channels = from == 1 ? 1 : 3;
  image.pixels.resize(static_cast<std::size_t>(picture.cols) * static_cast<std::size_t>(picture.rows) *
                      static_cast<std::size_t>(image.channels));
  std::uint8_t* out = image.pixels.data();
  for (int y = 0; y < picture.rows; ++y) {
    const std::uint8_t* in = picture.ptr<std::uint8_t>(y);
    if (from == 1) {
      out = std::copy(in, in + picture.cols, out);
      continue;
    }
    for (int x = 0; x < picture.cols; ++x, in += from) {
      const unsigned alpha = from == 4 ? in[3] : 255U;
      for (int c = 2; c >= 0; --c)
        *out++ = static_cast<std::uint8_t>((in[c] * alpha + 255U * (255U - alpha) + 127U) / 255U);
    }
  }
  return image;
}

/// Undoes the EXIF orientations 2 to 8: five to eight are transposed first, then mirrored.
cv::Mat upright(const cv::Mat& picture, int orientation) {
  if (orientation <= 1) return picture;
  cv::Mat turned = picture;
  if (orientation >= 5) cv::transpose(picture, turned);
  const bool leftRight = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
  const bool upDown = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
  if (!leftRight && !upDown) return turned;
  cv::Mat flipped;
  cv::flip(turned, flipped, leftRight && upDown ? -1 : leftRight ? 1 : 0);
  return flipped;
}

Image decode(std::span<const std::byte> bytes, const std::string& subject) {
  const PictureHeader header = readPictureHeader(bytes, subject);
  try {
    const cv::Mat file(1, static_cast<int>(bytes.size()), CV_8U, const_cast<std::byte*>(bytes.data()));
    // UNCHANGED alone keeps alpha and depth; it leaves the orientation to us, in every version of OpenCV.
    const cv::Mat picture = cv::imdecode(file, cv::IMREAD_UNCHANGED);
    if (picture.empty()) throw Error(subject, "the picture is damaged or incomplete");
    return toImage(upright(toBytes(picture, subject), header.orientation), subject);
  } catch (const cv::Exception& error) {
    if (error.code == cv::Error::StsNoMem) throw OutOfMemory(subject, "there is not enough memory for this picture");
    throw Error(subject, "the picture is damaged or of a kind that is not supported");
  } catch (const std::bad_alloc&) {
    throw OutOfMemory(subject, "there is not enough memory for this picture");
  }
}

#else

Image decode(std::span<const std::byte> bytes, const std::string& subject) {
  readPictureHeader(bytes, subject);
  throw Error(subject, "this build of Unitscope has no OpenCV and cannot decode pictures; give the input as .npy");
}

#endif

}  // namespace

Image loadImage(const fs::path& file) {
  return decode(readWhole(file), file.string());
}

Image decodeImage(std::span<const std::byte> bytes) {
  if (bytes.size() > kMaxFileBytes) throw Error("picture", "it is too large");
  return decode(bytes, "picture");
}

}  // namespace unitscope
