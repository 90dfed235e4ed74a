#include "sources/planes.h"

#include <algorithm>

#include "data/labelled_folders.h"
#include "formats/npy/npy.h"
#include "image/image.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

// Beyond it float32 does not tell whole numbers apart.
constexpr double kLargestNumber = 1 << 24;

bool isNpy(const std::filesystem::path& file) {
  return file.extension() == ".npy";
}

/// [h,w] of an array with leading axes of one.
Shape planeShape(Shape shape, const std::filesystem::path& file) {
  const Shape whole = shape;
  while (shape.size() > 2 && shape.front() == 1) shape.erase(shape.begin());
  if (shape.size() != 2 || elementCount(shape) < 1)
    throw Error(file.string(), "must have the shape [height, width], not " + toString(whole));
  return shape;
}

Array regionFromPicture(const std::filesystem::path& file) {
  const Image image = loadImage(file);
  Array region{{image.height, image.width}, {}};
  const auto channels = static_cast<std::size_t>(image.channels);
  const auto colours = static_cast<std::ptrdiff_t>(std::min<std::size_t>(channels, 3));
  region.values.reserve(image.pixels.size() / channels);
  for (auto pixel = image.pixels.begin(); pixel != image.pixels.end(); pixel += image.channels)
    region.values.push_back(std::any_of(pixel, pixel + colours, [](std::uint8_t c) { return c != 0; }) ? 1.0F : 0.0F);
  return region;
}

std::vector<double> doublesOf(const TensorData& data, const std::filesystem::path& file) {
  try {
    return data.toDoubles();
  } catch (const Error& e) {
    throw Error(file.string(), e.reason());
  }
}

Array regionFromNpy(const std::filesystem::path& file) {
  const TensorData data = readNpy(file);
  Array region{planeShape(data.shape(), file), {}};
  region.values.reserve(static_cast<std::size_t>(data.count()));
  for (const double value : doublesOf(data, file)) region.values.push_back(value != 0.0 ? 1.0F : 0.0F);
  return region;
}

Array segmentsFromNpy(const std::filesystem::path& file) {
  const TensorData data = readNpy(file);
  if (!isInteger(data.dtype()))
    throw Error(file.string(), "holds " + std::string(nameOf(data.dtype())) + "; numbers of segments are integers");
  Array segments{planeShape(data.shape(), file), {}};
  segments.values.reserve(static_cast<std::size_t>(data.count()));
  for (const double number : doublesOf(data, file)) {
    if (number < 0.0 || number > kLargestNumber)
      throw Error(file.string(), "has numbers of segments that are negative or too large");
    segments.values.push_back(static_cast<float>(number));
  }
  return segments;
}

}  // namespace

Array readRegion(const std::filesystem::path& file) {
  Array region = isNpy(file) ? regionFromNpy(file) : regionFromPicture(file);
  if (std::ranges::count(region.values, 1.0F) == 0) throw Error(file.string(), "the region is empty");
  return region;
}

Array readSegments(const std::filesystem::path& file) {
  if (isNpy(file)) return segmentsFromNpy(file);
  const IndexMask mask = readIndexMask(file);
  return {{mask.height, mask.width}, {mask.indices.begin(), mask.indices.end()}};
}

}  // namespace unitscope
