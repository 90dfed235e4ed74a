#include "gan/direction.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <string_view>

#include "gan/latent_rows.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::int64_t kMostLayers = 1024;

std::int64_t layerFrom(std::string_view text, const std::string& whole, const std::string& subject) {
  std::int64_t layer = -1;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), layer);
  if (problem != std::errc() || end != text.data() + text.size() || layer < 0 || layer >= kMostLayers)
    throw Error(subject + " " + whole, "must be numbers of layers, as 0-3 or 0-3,5, or all");
  return layer;
}

}  // namespace

Array moved(const Array& latents, const LatentDirection& direction, double amount) {
  const Shape& shape = latents.shape;
  if (shape.size() < 2 || shape.size() > 4 || elementCount(shape) != static_cast<std::int64_t>(latents.values.size()))
    throw Error("latents", "must be [N,D] or [N,L,D]");
  // [N,D,1,1] has no layers either.
  const bool layered = shape.size() == 3;
  const std::int64_t layers = layered ? shape[1] : 1;
  const auto vector = direction.vector.values.size();
  const std::int64_t width = layered ? shape[2] : elementCount(Shape(shape.begin() + 1, shape.end()));
  const bool each = direction.vector.shape.size() == 2 && direction.vector.shape.front() > 1;
  if (width < 1 || vector != static_cast<std::size_t>(each ? layers * width : width) ||
      (each && direction.vector.shape.front() != layers))
    throw Error(direction.name,
                "has " + toString(direction.vector.shape) + " numbers, which does not fit latents " + toString(shape));
  std::vector<bool> moves(static_cast<std::size_t>(layers), direction.layers.empty() || !layered);
  for (const std::int64_t layer : direction.layers) {
    if (!layered) break;
    if (layer < 0 || layer >= layers)
      throw Error(direction.name,
                  "is for layer " + std::to_string(layer) + ", and there are " + std::to_string(layers));
    moves[static_cast<std::size_t>(layer)] = true;
  }
  Array result = latents;
  for (std::size_t i = 0; i < result.values.size(); ++i) {
    const std::size_t layer = i / static_cast<std::size_t>(width) % static_cast<std::size_t>(layers);
    if (!moves[layer]) continue;
    const std::size_t entry =
        i % static_cast<std::size_t>(width) + (each ? layer * static_cast<std::size_t>(width) : 0);
    result.values[i] += static_cast<float>(amount * static_cast<double>(direction.vector.values[entry]));
  }
  return result;
}

std::vector<std::int64_t> layersFrom(const std::string& text, const std::string& subject) {
  if (text.empty() || text == "all") return {};
  std::set<std::int64_t> layers;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t comma = std::min(text.find(',', from), text.size());
    const std::string_view part = std::string_view(text).substr(from, comma - from);
    const std::size_t dash = part.find('-');
    const std::int64_t first = layerFrom(part.substr(0, dash), text, subject);
    const std::int64_t last = dash == std::string_view::npos ? first : layerFrom(part.substr(dash + 1), text, subject);
    if (last < first) throw Error(subject + " " + text, "counts backwards");
    for (std::int64_t layer = first; layer <= last; ++layer) layers.insert(layer);
    from = comma + 1;
  }
  return {layers.begin(), layers.end()};
}

std::string layersText(const std::vector<std::int64_t>& layers) {
  if (layers.empty()) return "all";
  std::string text;
  for (std::size_t i = 0; i < layers.size();) {
    std::size_t end = i + 1;
    while (end < layers.size() && layers[end] == layers[end - 1] + 1) ++end;
    if (!text.empty()) text += ',';
    text += std::to_string(layers[i]);
    if (end > i + 1) text += '-' + std::to_string(layers[end - 1]);
    i = end;
  }
  return text;
}

}  // namespace unitscope
