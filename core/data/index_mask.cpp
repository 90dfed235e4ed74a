#include <fstream>
#include <limits>
#include <string>

#include "data/labelled_folders.h"
#include "image/field_reader.h"
#include "image/picture_header.h"
#include "runtime/error.h"

#ifdef UNITSCOPE_HAS_OPENCV
#include <opencv2/imgcodecs.hpp>
#endif

namespace unitscope {

#ifdef UNITSCOPE_HAS_OPENCV
namespace {

constexpr std::size_t kLargestFile = std::size_t{256} << 20;
constexpr int kPaletteColors = 256;

/// What a PNG's header and palette say (ISO/IEC 15948, sections 11.2.2 and 11.2.3).
struct PngFacts {
  std::uint32_t depth = 0, colorType = 0;
  std::vector<std::uint32_t> palette;  ///< 0xRRGGBB
};
constexpr std::uint32_t kGrey = 0, kIndexed = 3;

PngFacts factsOf(std::span<const std::byte> bytes, const std::string& subject) {
  const FieldReader png(bytes, true);
  PngFacts facts;
  // Signature and IHDR are checked by readPictureHeader() before.
  facts.depth = png.u8(24).value_or(0);
  facts.colorType = png.u8(25).value_or(std::numeric_limits<std::uint32_t>::max());
  constexpr std::uint32_t kPlte = 0x504C5445, kIdat = 0x49444154;
  std::uint64_t at = 8;
  while (true) {
    const auto length = png.u32(at), type = png.u32(at + 4);
    if (!length || !type || *type == kIdat) return facts;
    if (*type == kPlte) {
      if (*length % 3 != 0 || *length / 3 > kPaletteColors) throw Error(subject, "has a damaged palette");
      for (std::uint64_t i = 0; i < *length / 3; ++i) {
        const auto color = png.u24(at + 8 + 3 * i);
        if (!color) throw Error(subject, "ends inside its palette");
        facts.palette.push_back(*color);
      }
      return facts;
    }
    at += 12 + static_cast<std::uint64_t>(*length);
  }
}

std::vector<std::byte> readWhole(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in) throw Error(file.string(), "cannot be read");
  const std::streamoff size = in.tellg();
  if (size <= 0 || static_cast<std::uint64_t>(size) > kLargestFile)
    throw Error(file.string(), "is no mask of a sane size");
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  in.seekg(0);
  in.read(reinterpret_cast<char*>(bytes.data()), size);
  if (!in) throw Error(file.string(), "could not be read");
  return bytes;
}

/// OpenCV gives colours; what index each had follows from the palette, as long as no two in use look the same.
class PaletteIndex {
 public:
  PaletteIndex(const std::vector<std::uint32_t>& palette, const std::string& subject) : subject_(subject) {
    for (std::size_t i = 0; i < palette.size(); ++i) byColor_[palette[i]].push_back(static_cast<std::uint8_t>(i));
  }
  std::uint8_t of(std::uint32_t color) {
    if (color == lastColor_) return last_;
    const auto found = byColor_.find(color);
    if (found == byColor_.end()) throw Error(subject_, "has pixels outside its palette");
    if (found->second.size() > 1) throw Error(subject_, "has a palette that gives several indices one colour");
    lastColor_ = color;
    return last_ = found->second.front();
  }

 private:
  const std::string& subject_;
  std::map<std::uint32_t, std::vector<std::uint8_t>> byColor_;
  std::uint32_t lastColor_ = std::numeric_limits<std::uint32_t>::max();
  std::uint8_t last_ = 0;
};

}  // namespace

IndexMask readIndexMask(const std::filesystem::path& file) {
  const std::string subject = file.string();
  const std::vector<std::byte> bytes = readWhole(file);
  const PictureHeader header = readPictureHeader(bytes, subject);
  if (header.format != PictureHeader::Format::Png) throw Error(subject, "is no PNG, as masks have to be");
  const PngFacts facts = factsOf(bytes, subject);
  const bool indexed = facts.colorType == kIndexed;
  if (!indexed && facts.colorType != kGrey) throw Error(subject, "is in true colours, not in indices");
  if (facts.depth > 8) throw Error(subject, "has 16 bits a pixel; masks have 8");
  if (!indexed && facts.depth < 8) throw Error(subject, "is grey with fewer than 8 bits, which decoders stretch");
  cv::Mat pixels;
  try {
    const cv::Mat wrapped(1, static_cast<int>(bytes.size()), CV_8U, const_cast<std::byte*>(bytes.data()));
    pixels = cv::imdecode(wrapped, cv::IMREAD_UNCHANGED);
  } catch (const cv::Exception& problem) {
    throw Error(subject, "cannot be decoded: " + std::string(problem.what()));
  }
  if (pixels.empty()) throw Error(subject, "cannot be decoded");
  IndexMask mask{pixels.cols, pixels.rows, {}};
  mask.indices.resize(pixels.total());
  PaletteIndex palette(facts.palette, subject);
  const int channels = pixels.channels();
  auto* out = mask.indices.data();
  for (int y = 0; y < pixels.rows; ++y) {
    const auto* in = pixels.ptr<std::uint8_t>(y);
    for (int x = 0; x < pixels.cols; ++x, in += channels)
      *out++ =
          indexed && channels >= 3 ? palette.of(static_cast<std::uint32_t>(in[2] << 16 | in[1] << 8 | in[0])) : *in;
  }
  return mask;
}
#else
IndexMask readIndexMask(const std::filesystem::path& file) {
  throw Error(file.string(), "this build cannot read masks (it was made without OpenCV)");
}
#endif

}  // namespace unitscope
