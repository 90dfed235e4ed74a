#include "gan/animation_files.h"

#ifdef UNITSCOPE_HAS_GIF
#include <algorithm>
#include <cmath>
#include <exception>
#include <gif_lib.h>
#include <memory>
#include <optional>

#include "gan/colour_palette.h"
#include "runtime/atomic_file.h"
#endif
#include "runtime/error.h"

namespace unitscope {

#ifdef UNITSCOPE_HAS_GIF
namespace {

/// giflib is C: what goes wrong while it writes must not fly through it.
struct Sink {
  AtomicFile file;
  std::exception_ptr problem;
};

int put(GifFileType* gif, const GifByteType* bytes, int count) {
  auto* sink = static_cast<Sink*>(gif->UserData);
  try {
    sink->file.write(std::as_bytes(std::span<const GifByteType>(bytes, static_cast<std::size_t>(count))));
    return count;
  } catch (...) {
    sink->problem = std::current_exception();
    return 0;
  }
}

struct Closer {
  void operator()(GifFileType* gif) const { static_cast<void>(EGifCloseFile(gif, nullptr)); }
};
struct MapFreer {
  void operator()(ColorMapObject* map) const { GifFreeMapObject(map); }
};

/// Where two frames differ, half open.
struct Box {
  int left = 0, top = 0, right = 1, bottom = 1;
};
Box changed(const std::vector<std::uint8_t>& before, const std::vector<std::uint8_t>& now, int width, int height) {
  Box box{width, height, 0, 0};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const auto i = static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
      if (before[i] == now[i]) continue;
      box = {std::min(box.left, x), std::min(box.top, y), std::max(box.right, x + 1), std::max(box.bottom, y + 1)};
    }
  // A frame that shows nothing new still has to last.
  return box.left < box.right ? box : Box{};
}

class GifWriter {
 public:
  GifWriter(const std::filesystem::path& file, const ColourPalette& palette, int width, int height, bool forever)
      : sink_{AtomicFile(file), {}}, subject_(file.string()), width_(width), height_(height) {
    int problem = 0;
    gif_.reset(EGifOpen(&sink_, put, &problem));
    if (!gif_) throw Error(subject_, reasonOf(problem));
    EGifSetGifVersion(gif_.get(), true);
    int size = 2;
    while (size < static_cast<int>(palette.colours().size())) size *= 2;
    std::vector<GifColorType> colours(static_cast<std::size_t>(size));
    for (std::size_t i = 0; i < palette.colours().size(); ++i)
      colours[i] = {palette.colours()[i].r, palette.colours()[i].g, palette.colours()[i].b};
    const std::unique_ptr<ColorMapObject, MapFreer> map(GifMakeMapObject(size, colours.data()));
    if (!map) throw OutOfMemory(subject_, "not enough memory");
    check(EGifPutScreenDesc(gif_.get(), width, height, 8, 0, map.get()));
    if (!forever) return;
    // Netscape's extension: 0 rounds are as many as there can be.
    constexpr GifByteType kRounds[3] = {1, 0, 0};
    check(EGifPutExtensionLeader(gif_.get(), APPLICATION_EXT_FUNC_CODE));
    check(EGifPutExtensionBlock(gif_.get(), 11, "NETSCAPE2.0"));
    check(EGifPutExtensionBlock(gif_.get(), 3, kRounds));
    check(EGifPutExtensionTrailer(gif_.get()));
  }

  void add(const std::vector<std::uint8_t>& indices, int hundredths) {
    GraphicsControlBlock control{DISPOSE_DO_NOT, false, hundredths, NO_TRANSPARENT_COLOR};
    GifByteType extension[4];
    const auto size = static_cast<int>(EGifGCBToExtension(&control, extension));
    check(EGifPutExtension(gif_.get(), GRAPHICS_EXT_FUNC_CODE, size, extension));
    const Box box = before_.empty() ? Box{0, 0, width_, height_} : changed(before_, indices, width_, height_);
    check(EGifPutImageDesc(gif_.get(), box.left, box.top, box.right - box.left, box.bottom - box.top, false, nullptr));
    std::vector<GifPixelType> line;
    for (int y = box.top; y < box.bottom; ++y) {
      const auto first =
          indices.begin() + static_cast<std::ptrdiff_t>(y) * width_ + static_cast<std::ptrdiff_t>(box.left);
      line.assign(first, first + (box.right - box.left));
      check(EGifPutLine(gif_.get(), line.data(), box.right - box.left));
    }
    before_ = indices;
  }

  void finish() {
    int problem = 0;
    const int result = EGifCloseFile(gif_.release(), &problem);
    if (sink_.problem) std::rethrow_exception(sink_.problem);
    if (result != GIF_OK) throw Error(subject_, reasonOf(problem));
    sink_.file.commit();
  }

 private:
  static std::string reasonOf(int problem) {
    const char* text = GifErrorString(problem);
    return std::string("cannot be written as GIF: ") + (text != nullptr ? text : "giflib does not say why");
  }
  void check(int result) {
    if (sink_.problem) std::rethrow_exception(sink_.problem);
    if (result != GIF_OK) throw Error(subject_, reasonOf(gif_->Error));
  }

  Sink sink_;
  std::string subject_;
  int width_, height_;
  std::unique_ptr<GifFileType, Closer> gif_;
  std::vector<std::uint8_t> before_;
};

std::vector<std::uint8_t> enlargedIndices(const std::vector<std::uint8_t>& indices, int width, int scale) {
  Image grey{width, static_cast<int>(indices.size()) / width, 1, indices};
  return enlarged(grey, scale).pixels;
}

}  // namespace

bool hasGif() {
  return true;
}

void writeGif(const std::vector<Image>& frames, const std::filesystem::path& file, const AnimationOptions& options,
              const Progress& progress, const CancelToken& cancel) {
  ColourPalette palette(frames);
  const int width = frames.front().width, height = frames.front().height;
  GifWriter writer(file, palette, width * options.scale, height * options.scale, options.forever);
  const auto hundredthsUntil = [&](std::size_t frame) {
    return std::lround(100.0 * static_cast<double>(frame) / options.framesPerSecond);
  };
  for (std::size_t i = 0; i < frames.size(); ++i) {
    cancel.check();
    progress.report(static_cast<double>(i) / static_cast<double>(frames.size()), "writing");
    const auto hundredths = static_cast<int>(hundredthsUntil(i + 1) - hundredthsUntil(i));
    // Dithered before it is enlarged, so that a pixel stays one colour.
    writer.add(enlargedIndices(palette.indicesOf(frames[i], options.dither), width, options.scale),
               std::clamp(hundredths, 2, 65535));
  }
  writer.finish();
}
#else
bool hasGif() {
  return false;
}

void writeGif(const std::vector<Image>&, const std::filesystem::path& file, const AnimationOptions&, const Progress&,
              const CancelToken&) {
  throw Error(file.string(), "this build cannot write GIF (it was made without giflib)");
}
#endif

}  // namespace unitscope
