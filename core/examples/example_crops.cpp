#include "examples/example_crops.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "examples/example_layers.h"
#include "image/resample.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

/// Pictures by number, each read once.
class Readings {
 public:
  Readings(const Model& model, const PictureSource& source, const CancelToken& cancel)
      : model_(model), source_(source), cancel_(cancel) {}

  /// As the network sees it; empty where it cannot be read.
  const Image& of(std::int64_t number) {
    const auto [found, isNew] = pictures_.try_emplace(number);
    if (!isNew) return found->second;
    cancel_.check();
    try {
      found->second = model_.pictureOf(source_.at(number).input);
    } catch (const Error&) {
      // Moved or damaged since.
    } catch (const std::out_of_range&) {
      // The folder has fewer pictures than it had.
    }
    return found->second;
  }

 private:
  const Model& model_;
  const PictureSource& source_;
  const CancelToken& cancel_;
  std::map<std::int64_t, Image> pictures_;
};

Image cutOut(const Image& picture, const FieldBox& box) {
  Image crop{static_cast<int>(box.width), static_cast<int>(box.height), picture.channels, {}};
  const auto channels = static_cast<std::size_t>(picture.channels);
  crop.pixels.reserve(static_cast<std::size_t>(box.width * box.height) * channels);
  for (std::int64_t y = box.y; y < box.y + box.height; ++y) {
    const std::uint8_t* row = picture.pixels.data() + static_cast<std::size_t>(y * picture.width + box.x) * channels;
    crop.pixels.insert(crop.pixels.end(), row, row + static_cast<std::size_t>(box.width) * channels);
  }
  return crop;
}

FieldBox within(FieldBox box, const Image& picture) {
  box.x = std::clamp<std::int64_t>(box.x, 0, picture.width - 1);
  box.y = std::clamp<std::int64_t>(box.y, 0, picture.height - 1);
  box.width = std::clamp<std::int64_t>(box.width, 1, picture.width - box.x);
  box.height = std::clamp<std::int64_t>(box.height, 1, picture.height - box.y);
  return box;
}

}  // namespace

std::vector<ExampleCrop> exampleCrops(const Model& model, const PictureSource& source,
                                      const std::vector<Example>& examples, const CancelToken& cancel) {
  Readings readings(model, source, cancel);
  std::vector<ExampleCrop> crops;
  for (const Example& example : examples) {
    ExampleCrop crop;
    crop.picture = readings.of(example.picture);
    if (!crop.picture.empty()) {
      crop.box = within(example.box, crop.picture);
      crop.crop = cutOut(crop.picture, crop.box);
    }
    crops.push_back(std::move(crop));
  }
  return crops;
}

Image meanOfCrops(const Model& model, const PictureSource& source, const std::vector<Example>& examples,
                  const ReceptiveField& field, const CancelToken& cancel) {
  Readings readings(model, source, cancel);
  Image mean;
  std::vector<double> sum, weight;
  for (const Example& example : examples) {
    const Image& picture = readings.of(example.picture);
    if (picture.empty()) continue;
    const FieldBox box = field.uncutBox(example.row, example.column, picture.height, picture.width);
    if (mean.width == 0) {
      mean.width = static_cast<int>(std::min<std::int64_t>(box.width, picture.width));
      mean.height = static_cast<int>(std::min<std::int64_t>(box.height, picture.height));
      mean.channels = picture.channels;
      weight.assign(static_cast<std::size_t>(mean.width) * static_cast<std::size_t>(mean.height), 0.0);
      sum.assign(weight.size() * static_cast<std::size_t>(mean.channels), 0.0);
    }
    const std::int64_t left = box.x + (box.width - mean.width) / 2, top = box.y + (box.height - mean.height) / 2;
    std::size_t pixel = 0;
    for (std::int64_t y = top; y < top + mean.height; ++y)
      for (std::int64_t x = left; x < left + mean.width; ++x, ++pixel) {
        if (y < 0 || x < 0 || y >= picture.height || x >= picture.width) continue;
        weight[pixel] += 1.0;
        for (int c = 0; c < mean.channels; ++c)
          sum[pixel * static_cast<std::size_t>(mean.channels) + static_cast<std::size_t>(c)] +=
              picture.pixels[static_cast<std::size_t>((y * picture.width + x) * picture.channels + c)];
      }
  }
  constexpr std::uint8_t kGrey = 128;
  for (std::size_t i = 0; i < sum.size(); ++i) {
    const double over = weight[i / static_cast<std::size_t>(mean.channels)];
    mean.pixels.push_back(over > 0.0 ? static_cast<std::uint8_t>(std::lround(sum[i] / over)) : kGrey);
  }
  return mean;
}

Array firingMap(Model& model, const Array& input, const std::string& layer, std::int64_t unit,
                const CancelToken& cancel) {
  const UnitLayer found = unitLayers(model, {layer}, cancel).front();
  if (unit < 0 || unit >= found.units)
    throw Error(layer,
                "has " + std::to_string(found.units) + " units, counted from 0; there is no " + std::to_string(unit));
  if (found.tokens) throw Error(layer, "its units look at tokens, which have no fixed places in the picture");
  if (input.shape.size() != 4) throw Error(layer, "the network takes no pictures");
  const Array all = model.activations(input, found.value, cancel);
  const bool map = all.shape.size() == 4;
  if (all.shape.size() < 2 || all.shape[1] <= unit) throw Error(layer, "has other units for this picture");
  const std::int64_t height = map ? all.shape[2] : 1, width = map ? all.shape[3] : 1;
  const bool last = model.card().channelsLast;
  const auto down = static_cast<int>(input.shape[last ? 1 : 2]), across = static_cast<int>(input.shape[last ? 2 : 3]);
  const auto first = all.values.begin() + unit * height * width;
  const std::vector<float> values(first, first + height * width);
  return {{down, across}, resizeFloats(values, static_cast<int>(width), static_cast<int>(height), across, down)};
}

Array firingMask(Model& model, const Array& input, const std::string& layer, std::int64_t unit, double level,
                 const CancelToken& cancel) {
  Array mask = firingMap(model, input, layer, unit, cancel);
  for (float& value : mask.values) value = static_cast<double>(value) > level ? 1.0F : 0.0F;
  return mask;
}

}  // namespace unitscope
