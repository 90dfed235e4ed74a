#include "activations/place_maps.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "activations/layer_form.h"
#include "engine/devices.h"
#include "engine/model_internal.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr const char* kSubject = "activations";

/// Several sums at once, so that the compiler may compute them side by side; one sum in order it must not reorder.
float dot(const float* a, const float* b, std::int64_t count) {
  constexpr std::int64_t kLanes = 16;
  float sums[kLanes] = {};
  std::int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes)
    for (std::int64_t lane = 0; lane < kLanes; ++lane) sums[lane] += a[i + lane] * b[i + lane];
  float sum = std::accumulate(sums, sums + kLanes, 0.0F);
  for (; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

float lengthOf(const float* vector, std::int64_t count) {
  double sum = 0.0;
  for (std::int64_t i = 0; i < count; ++i) sum += static_cast<double>(vector[i]) * static_cast<double>(vector[i]);
  return static_cast<float>(std::sqrt(sum));
}

std::vector<UnitActivation> topOf(const std::vector<float>& values, std::int64_t n) {
  double sum = 0.0;
  for (const float v : values) sum += std::abs(static_cast<double>(v));
  std::vector<std::int64_t> order(values.size());
  std::iota(order.begin(), order.end(), std::int64_t{0});
  const auto kept = std::clamp<std::int64_t>(n, 0, static_cast<std::int64_t>(order.size()));
  // NaN comes last, so that a broken network still gives an order.
  const auto of = [&](std::int64_t unit) {
    const float v = values[static_cast<std::size_t>(unit)];
    return std::isnan(v) ? -std::numeric_limits<float>::infinity() : v;
  };
  std::partial_sort(order.begin(), order.begin() + kept, order.end(),
                    [&](std::int64_t a, std::int64_t b) { return of(a) != of(b) ? of(a) > of(b) : a < b; });
  std::vector<UnitActivation> top;
  for (std::int64_t i = 0; i < kept; ++i) {
    const std::int64_t unit = order[static_cast<std::size_t>(i)];
    const float v = values[static_cast<std::size_t>(unit)];
    top.push_back({unit, v, sum > 0.0 ? static_cast<float>(std::abs(static_cast<double>(v)) / sum) : 0.0F});
  }
  return top;
}

}  // namespace

Array layerMaps(Model& model, const Array& input, const std::string& layer, const CancelToken& cancel) {
  prepareComputeThread(model.settings());
  Model::Internal& inner = model.internal();
  const at::Tensor value = layerValue(inner, viewOf(input), unitLayer(inner, layer), cancel);
  if (value.dim() == 0 || value.size(0) != 1) throw Error(layer, "takes one picture at a time");
  return toArray(layerForm(value.sizes(), layer).maps(value)[0]);
}

PlaceMaps::PlaceMaps(std::vector<Array> maps) {
  for (Array& array : maps) {
    Shape shape = array.shape;
    if (shape.size() == 4 && shape.front() == 1) shape.erase(shape.begin());
    if (shape.size() != 3 || std::ranges::any_of(shape, [](std::int64_t n) { return n < 1; }) ||
        elementCount(shape) != static_cast<std::int64_t>(array.values.size()))
      throw Error(kSubject, "a map of places must be [C,h,w], not " + toString(array.shape));
    if (units_ != 0 && shape[0] != units_)
      throw Error(kSubject, "one picture has " + std::to_string(units_) + " units and another " +
                                std::to_string(shape[0]) + "; they must come from the same layer");
    units_ = shape[0];
    const std::int64_t places = shape[1] * shape[2];
    Picture picture{shape[1], shape[2], std::vector<float>(array.values.size()), {}};
    for (std::int64_t unit = 0; unit < units_; ++unit)
      for (std::int64_t place = 0; place < places; ++place)
        picture.vectors[static_cast<std::size_t>(place * units_ + unit)] =
            array.values[static_cast<std::size_t>(unit * places + place)];
    for (std::int64_t place = 0; place < places; ++place)
      picture.lengths.push_back(lengthOf(picture.vectors.data() + place * units_, units_));
    pictures_.push_back(std::move(picture));
    array = {};
  }
}

PlaceMaps PlaceMaps::of(Model& model, const std::vector<Array>& inputs, const std::string& layer,
                        const Progress& progress, const CancelToken& cancel) {
  std::vector<Array> maps;
  for (const Array& input : inputs) {
    cancel.check();
    progress.report(static_cast<double>(maps.size()) / static_cast<double>(inputs.size()), layer);
    maps.push_back(layerMaps(model, input, layer, cancel));
  }
  return PlaceMaps(std::move(maps));
}

const float* PlaceMaps::at(std::size_t picture, std::int64_t y, std::int64_t x) const {
  if (picture >= pictures_.size()) throw Error(kSubject, "there is no picture " + std::to_string(picture));
  const Picture& p = pictures_[picture];
  if (y < 0 || x < 0 || y >= p.height || x >= p.width)
    throw Error(kSubject, "the place " + std::to_string(y) + ", " + std::to_string(x) + " lies outside the map of " +
                              std::to_string(p.height) + " x " + std::to_string(p.width));
  return p.vectors.data() + (y * p.width + x) * units_;
}

std::vector<float> PlaceMaps::vectorAt(std::size_t picture, std::int64_t y, std::int64_t x) const {
  const float* vector = at(picture, y, x);
  return {vector, vector + units_};
}

std::vector<Array> PlaceMaps::similarity(std::size_t picture, std::int64_t y, std::int64_t x) const {
  return similarityTo(vectorAt(picture, y, x));
}

std::vector<Array> PlaceMaps::similarityTo(const std::vector<float>& vector) const {
  if (static_cast<std::int64_t>(vector.size()) != units_)
    throw Error(kSubject, "the vector has " + std::to_string(vector.size()) + " numbers; the layer has " +
                              std::to_string(units_) + " units");
  const float length = lengthOf(vector.data(), units_);
  std::vector<Array> similar;
  for (const Picture& p : pictures_) {
    Array map{{p.height, p.width}, std::vector<float>(p.lengths.size(), 0.0F)};
    for (std::size_t place = 0; place < p.lengths.size(); ++place) {
      const float both = length * p.lengths[place];
      if (!(both > 0.0F)) continue;
      const float* other = p.vectors.data() + static_cast<std::int64_t>(place) * units_;
      map.values[place] = std::clamp(dot(vector.data(), other, units_) / both, -1.0F, 1.0F);
    }
    similar.push_back(std::move(map));
  }
  return similar;
}

std::vector<UnitActivation> PlaceMaps::topUnits(std::size_t picture, std::int64_t y, std::int64_t x,
                                                std::int64_t n) const {
  return topOf(vectorAt(picture, y, x), n);
}

std::vector<UnitActivation> PlaceMaps::topUnits(std::size_t picture, std::int64_t n) const {
  at(picture, 0, 0);
  const Picture& p = pictures_[picture];
  std::vector<double> sums(static_cast<std::size_t>(units_), 0.0);
  const float* value = p.vectors.data();
  for (std::size_t place = 0; place < p.lengths.size(); ++place)
    for (double& sum : sums) sum += static_cast<double>(*value++);
  std::vector<float> means;
  for (const double sum : sums) means.push_back(static_cast<float>(sum / static_cast<double>(p.lengths.size())));
  return topOf(means, n);
}

Array PlaceMaps::map(std::size_t picture, std::int64_t unit) const {
  at(picture, 0, 0);
  if (unit < 0 || unit >= units_)
    throw Error(kSubject,
                "there is no unit " + std::to_string(unit) + "; they go from 0 to " + std::to_string(units_ - 1));
  const Picture& p = pictures_[picture];
  Array map{{p.height, p.width}, {}};
  map.values.reserve(p.lengths.size());
  for (std::size_t place = 0; place < p.lengths.size(); ++place)
    map.values.push_back(p.vectors[place * static_cast<std::size_t>(units_) + static_cast<std::size_t>(unit)]);
  return map;
}

std::size_t PlaceMaps::bytes() const {
  std::size_t total = 0;
  for (const Picture& p : pictures_) total += (p.vectors.size() + p.lengths.size()) * sizeof(float);
  return total;
}

}  // namespace unitscope
