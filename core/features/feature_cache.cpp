#include "features/feature_cache.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <map>
#include <system_error>

#include <nlohmann/json.hpp>

#include "features/cache_files.h"
#include "image/picture_header.h"
#include "runtime/atomic_file.h"
#include "runtime/content_hash.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::uintmax_t kLargestNote = 64U << 10;
constexpr std::uintmax_t kLargestPicture = 64U << 20;
constexpr std::int64_t kLargestSide = 4096;
constexpr const char* kNote = ".json";
constexpr const char* kPicture = ".png";
constexpr const char* kOpacity = ".opacity.png";
constexpr float kOpaque = 255.0F;

std::optional<std::string> contentsOf(const fs::path& file, std::uintmax_t most) {
  std::error_code problem;
  if (!fs::is_regular_file(file, problem)) return std::nullopt;
  const std::uintmax_t size = fs::file_size(file, problem);
  if (problem || size == 0 || size > most) return std::nullopt;
  std::ifstream in(file, std::ios::binary);
  std::string bytes(size, '\0');
  if (!in.read(bytes.data(), static_cast<std::streamsize>(size))) return std::nullopt;
  return bytes;
}

std::string hashOf(const Image& image) {
  ContentHash hash;
  for (const int number : {image.width, image.height, image.channels}) hash.add(static_cast<std::uint64_t>(number));
  hash.add(std::as_bytes(std::span<const std::uint8_t>(image.pixels)));
  return hash.hex();
}

/// The picture in a file if it is the one that was kept.
std::optional<Image> keptPicture(const fs::path& file, const std::string& hash) {
  const std::optional<std::string> bytes = contentsOf(file, kLargestPicture);
  if (!bytes) return std::nullopt;
  const auto view = std::as_bytes(std::span<const char>(*bytes));
  const PictureHeader header = readPictureHeader(view, file.string());
  if (header.width > kLargestSide || header.height > kLargestSide) return std::nullopt;
  Image image = decodeImage(view);
  if (hashOf(image) != hash) return std::nullopt;
  return image;
}

Image greyOf(const Array& opacity) {
  Image image;
  image.channels = 1;
  image.height = static_cast<int>(opacity.shape.at(0));
  image.width = static_cast<int>(opacity.shape.at(1));
  for (const float v : opacity.values)
    image.pixels.push_back(static_cast<std::uint8_t>(std::lround(std::clamp(v, 0.0F, 1.0F) * kOpaque)));
  return image;
}

/// Grey pictures may come back as grey or as RGB; only the first channel counts then.
Array opacityOf(const Image& image) {
  Array opacity{{image.height, image.width}, {}};
  for (std::size_t i = 0; i < image.pixels.size(); i += static_cast<std::size_t>(image.channels))
    opacity.values.push_back(static_cast<float>(image.pixels[i]) / kOpaque);
  return opacity;
}

FeaturePicture read(const fs::path& folder, const std::string& key) {
  const std::optional<std::string> note = contentsOf(folder / (key + kNote), kLargestNote);
  if (!note) throw Error(key, "is not there");
  const Json json = Json::parse(*note);
  FeaturePicture picture;
  picture.mean = json.at("mean").get<double>();
  picture.largest = json.at("largest").get<double>();
  std::optional<Image> image = keptPicture(folder / (key + kPicture), json.at("picture").get<std::string>());
  if (!image) throw Error(key, "is damaged");
  picture.picture = std::move(*image);
  if (json.contains("opacity")) {
    const std::optional<Image> grey = keptPicture(folder / (key + kOpacity), json.at("opacity").get<std::string>());
    if (!grey || grey->width != picture.picture.width || grey->height != picture.picture.height)
      throw Error(key, "is damaged");
    picture.opacity = opacityOf(*grey);
  }
  return picture;
}

}  // namespace

FeatureCache::FeatureCache(fs::path folder, std::uint64_t limit) : folder_(std::move(folder)), limit_(limit) {}

bool FeatureCache::has(const std::string& key) const {
  std::error_code problem;
  return !folder_.empty() && isCacheKey(key) && fs::is_regular_file(folder_ / (key + kNote), problem);
}

std::optional<FeaturePicture> FeatureCache::find(const std::string& key) const {
  if (!has(key)) return std::nullopt;
  try {
    FeaturePicture picture = read(folder_, key);
    // Tells the eviction that it was looked at.
    std::error_code ignored;
    fs::last_write_time(folder_ / (key + kNote), fs::file_time_type::clock::now(), ignored);
    return picture;
  } catch (const std::exception&) {
    // Damaged, or being replaced by another program right now: made anew either way.
    return std::nullopt;
  }
}

bool FeatureCache::store(const std::string& key, const FeaturePicture& picture) {
  if (folder_.empty() || !isCacheKey(key) || picture.picture.empty()) return false;
  if (!std::isfinite(picture.mean) || !std::isfinite(picture.largest)) return false;
  try {
    fs::create_directories(folder_);
    Json note{{"mean", picture.mean}, {"largest", picture.largest}, {"picture", hashOf(picture.picture)}};
    saveImage(picture.picture, folder_ / (key + kPicture));
    if (picture.opacity.shape.size() == 2) {
      const Image grey = greyOf(picture.opacity);
      note["opacity"] = hashOf(grey);
      saveImage(grey, folder_ / (key + kOpacity));
    }
    // The note comes last, since an entry counts from then on.
    writeFileAtomically(folder_ / (key + kNote), note.dump());
    keepWithin(folder_, limit_, key);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

std::uint64_t FeatureCache::bytes() const {
  std::uint64_t sum = 0;
  for (const CacheEntry& entry : cacheEntries(folder_)) sum += entry.bytes;
  return sum;
}

void FeatureCache::clear() {
  if (!folder_.empty()) keepWithin(folder_, 0, {});
}

}  // namespace unitscope
