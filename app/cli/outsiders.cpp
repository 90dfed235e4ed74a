#include "app/cli/outsiders.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <random>

#include "data/idx_file.h"
#include "data/scene.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

/// The series that is kept out of all training, behind the scenes that the networks are measured on.
constexpr std::uint64_t kHeldOut = 3, kFirstScene = 20'000;

using Colour = std::array<double, 3>;

class Textures {
 public:
  Textures(int width, int height) : width_(width), height_(height) {}

  Image next(bool noise) {
    const Colour a = colour(), b = colour();
    const int kind = noise ? 5 : kind_++ % 5, period = 4 + number(12);
    std::vector<std::pair<std::array<double, 2>, Colour>> patches;
    for (int i = 0; i < 6; ++i)
      patches.push_back({{static_cast<double>(number(width_)), static_cast<double>(number(height_))}, colour()});
    Image picture{width_, height_, 3, {}};
    for (int y = 0; y < height_; ++y)
      for (int x = 0; x < width_; ++x) {
        Colour c = a;
        switch (kind) {
          case 0: c = (x / period + y / period) % 2 != 0 ? a : b; break;
          case 1: c = (x + y) / period % 2 != 0 ? a : b; break;
          case 2: {
            const auto distance = [&](const auto& patch) { return std::hypot(patch.first[0] - x, patch.first[1] - y); };
            c = std::ranges::min_element(patches, {}, distance)->second;
            break;
          }
          case 3:
            for (std::size_t k = 0; k < 3; ++k)
              c[k] = 128.0 + 60.0 * std::sin(0.1 * x * period) + 60.0 * std::cos(0.15 * y * period + a[k]);
            break;
          case 4:
            for (std::size_t k = 0; k < 3; ++k) c[k] = (x * a[k] + (width_ - 1 - x) * b[k]) / std::max(1, width_ - 1);
            break;
          default: c = colour();
        }
        for (const double value : c)
          picture.pixels.push_back(static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L)));
      }
    return picture;
  }

 private:
  int number(int below) { return static_cast<int>(random_() % static_cast<unsigned>(std::max(1, below))); }
  Colour colour() {
    return {static_cast<double>(number(256)), static_cast<double>(number(256)), static_cast<double>(number(256))};
  }

  int width_, height_, kind_ = 0;
  std::mt19937 random_{12345};
};

std::vector<Image> fromIdx(const std::string& file, std::int64_t count) {
  const IdxFile idx = readIdxFile(file);
  if (idx.shape.size() != 3) throw Error(file, "holds no pictures");
  const auto size = static_cast<std::size_t>(idx.shape[1] * idx.shape[2]);
  std::vector<Image> all;
  for (std::int64_t i = 0; i < std::min(count, idx.shape[0]); ++i) {
    const auto first = idx.values.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(i) * size);
    all.push_back({static_cast<int>(idx.shape[2]),
                   static_cast<int>(idx.shape[1]),
                   1,
                   {first, first + static_cast<std::ptrdiff_t>(size)}});
  }
  return all;
}

bool isPicture(const std::filesystem::path& file) {
  std::string ending = file.extension().string();
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  constexpr std::array<std::string_view, 7> kEndings{".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"};
  return std::ranges::find(kEndings, ending) != kEndings.end();
}

std::vector<Image> fromFiles(const std::vector<std::filesystem::path>& files, const Generator& generator,
                             std::int64_t count) {
  const Shape& shape = generator.plan().imageShape;
  const auto wanted = static_cast<std::size_t>(count);
  std::vector<Image> all;
  for (std::size_t f = 0; f < files.size() && all.size() < wanted; ++f) {
    const Image picture = loadImage(files[f]);
    const bool large = picture.height > 2 * shape[1] && picture.width > 2 * shape[2];
    // As many of each as of the others, the first few one more.
    const std::size_t mine = large ? wanted / files.size() + (f < wanted % files.size() ? 1 : 0) : 1;
    for (std::size_t i = 0; i < mine; ++i) {
      const auto k = static_cast<double>(i);
      const double size = i == 0 ? 1.0 : (i % 2 == 1 ? 0.5 : 0.3);
      // Steps of the golden ratio spread evenly however many there are.
      all.push_back(cropFor(
          picture, generator,
          {0.25 + 0.5 * std::fmod(0.618 * k, 1.0), 0.25 + 0.5 * std::fmod(0.382 * k + 0.1, 1.0), large ? size : 1.0}));
    }
  }
  return all;
}

}  // namespace

std::vector<Image> picturesCalled(const std::string& name, const Generator& generator, std::int64_t count) {
  const Shape& shape = generator.plan().imageShape;
  const int height = static_cast<int>(shape[1]), width = static_cast<int>(shape[2]);
  std::vector<Image> all;
  if (name == "scenes") {
    for (std::int64_t i = 0; i < count; ++i)
      all.push_back(
          renderScene(kHeldOut, kFirstScene + static_cast<std::uint64_t>(i), {std::clamp(height, 16, 1024)}).picture);
  } else if (name == "noise" || name == "textures") {
    Textures textures(width, height);
    for (std::int64_t i = 0; i < count; ++i) all.push_back(textures.next(name == "noise"));
  } else if (name.ends_with("-ubyte") || name.ends_with("-ubyte.gz")) {
    all = fromIdx(name, count);
  } else {
    std::error_code problem;
    std::vector<std::filesystem::path> files{name};
    if (std::filesystem::is_directory(name, problem)) {
      files.clear();
      for (const auto& entry : std::filesystem::directory_iterator(name, problem))
        if (isPicture(entry.path())) files.push_back(entry.path());
      std::ranges::sort(files);
    }
    if (problem || files.empty()) throw Error(name, "holds no pictures that can be read");
    all = fromFiles(files, generator, count);
  }
  for (Image& picture : all) picture = cropFor(picture, generator);
  return all;
}

}  // namespace unitscope::cli
