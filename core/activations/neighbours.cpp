#include "activations/neighbours.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "activations/unit_walk.h"
#include "activations/weight_reader.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::int64_t kMostListed = 4096;

class Neighbours {
 public:
  Neighbours(const Graph& graph, const std::vector<Layer>& layers) : graph_(graph), layers_(layers), walk_(graph) {}

  UnitNeighbours of(const std::string& layer, std::int64_t unit, std::int64_t count) {
    const ValueId value = resolveLayer(graph_, layers_, layer);
    if (graph_.value(value).data) throw Error(layer, "is a weight; choose a layer that computes something");
    const std::int64_t units = walk_.channelsOf(value);
    if (unit < 0 || (units > 0 && unit >= units))
      throw Error(layer, "has no unit " + std::to_string(unit) +
                             (units > 0 ? "; they go from 0 to " + std::to_string(units - 1) : std::string()));
    UnitNeighbours result;
    for (const UnitWeights& weights : walk_.upstream(value, unit)) incoming(weights, result.incoming);
    for (const UnitWeights& weights : walk_.downstream(value, unit)) outgoing(weights, result.outgoing);
    for (auto* list : {&result.incoming, &result.outgoing}) {
      std::ranges::stable_sort(*list, [](const UnitWeight& a, const UnitWeight& b) { return a.norm > b.norm; });
      const auto most = static_cast<std::size_t>(std::clamp<std::int64_t>(count, 0, kMostListed));
      if (list->size() > most) list->resize(most);
    }
    result.notes = walk_.notes();
    return result;
  }

 private:
  /// A layer's name for what it puts out: the innermost that people see.
  std::string nameOf(ValueId value) const {
    std::string name;
    for (const Layer& layer : layers_)
      if (layer.output == value && (!layer.plumbing || name.empty())) name = layer.name;
    if (!name.empty()) return name;
    return std::ranges::find(graph_.inputs(), value) != graph_.inputs().end() ? "input" : graph_.value(value).name;
  }

  /// The layer that the weights belong to.
  std::string moduleOf(const Node& node) const {
    const bool known = std::ranges::find(layers_, node.scope, &Layer::name) != layers_.end();
    return known && !node.scope.empty() ? node.scope : nameOf(node.outputs.front());
  }

  static UnitWeight weightOf(std::vector<double> kernel, double scale, std::int64_t height, std::int64_t width) {
    UnitWeight weight;
    weight.kernel.shape = {height, width};
    double squares = 0.0;
    for (double& w : kernel) {
      w *= scale;
      squares += w * w;
      weight.sum += w;
      weight.kernel.values.push_back(static_cast<float>(w));
    }
    weight.norm = std::sqrt(squares);
    return weight;
  }

  /// A kernel of `size` numbers as a plane: its own where it has two axes, else as square as may be.
  static std::pair<std::int64_t, std::int64_t> planeOf(const Shape& shape, std::int64_t size) {
    if (shape.size() == 4) return {shape[2], shape[3]};
    const auto side = static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(size))));
    return side * side == size ? std::pair{side, side} : std::pair{std::int64_t{1}, size};
  }

  /// Numbers of weights for one pair of units of a convolution.
  static std::int64_t kernelSize(const Shape& shape) {
    std::int64_t size = 1;
    for (std::size_t i = 2; i < shape.size(); ++i) size *= shape[i];
    return size;
  }

  /// A fully connected layer's weight from input `j` to output `i`.
  struct Dense {
    WeightReader reader;
    bool outputFirst;
    std::int64_t inputs() const { return reader.shape()[outputFirst ? 1 : 0]; }
    std::int64_t outputs() const { return reader.shape()[outputFirst ? 0 : 1]; }
    std::vector<double> block(std::int64_t i, std::int64_t j, std::int64_t size) const {
      if (outputFirst) return reader.read(i * inputs() + j, size);
      std::vector<double> values;
      for (std::int64_t k = 0; k < size; ++k) values.push_back(reader.at((j + k) * outputs() + i));
      return values;
    }
  };
  static Dense denseOf(const Node& node, const TensorData& data) {
    return {WeightReader(data), node.op == "Gemm" && node.intOr("transB", 0) != 0};
  }
  static double alphaOf(const Node& node) { return node.op == "Gemm" ? node.floatOr("alpha", 1.0) : 1.0; }

  /// Groups of a convolution that divide its channels; 1 where they do not.
  static std::int64_t groupsOf(const Node& node, std::int64_t inputs, std::int64_t outputs) {
    const std::int64_t groups = node.intOr("group", 1);
    if (groups < 1 || inputs % groups != 0 || outputs % groups != 0)
      throw Error(node.label(), "its groups do not divide its channels");
    return groups;
  }

  void incoming(const UnitWeights& weights, std::vector<UnitWeight>& list) {
    const Node& node = graph_.node(weights.node);
    const TensorData& data = *graph_.value(node.input(1)).data;
    const Shape& shape = data.shape();
    const ValueId source = walk_.beforePlaces(node.input(0));
    const std::string layer = nameOf(source), by = moduleOf(node);
    const UnitSpot& spot = weights.spot;
    const auto add = [&](std::int64_t unit, UnitWeight weight) {
      weight.layer = layer;
      weight.by = by;
      weight.unit = unit;
      list.push_back(std::move(weight));
    };
    if (node.op == "Gemm" || node.op == "MatMul") {
      const Dense dense = denseOf(node, data);
      const std::int64_t units = walk_.channelsOf(source);
      const std::int64_t block = units > 0 && dense.inputs() % units == 0 ? dense.inputs() / units : 1;
      const auto [height, width] = planeOf({}, block);
      for (std::int64_t j = 0; j + block <= dense.inputs(); j += block)
        add(j / block, weightOf(dense.block(spot.unit, j, block), spot.scale * alphaOf(node), height, width));
      return;
    }
    const WeightReader reader(data);
    const std::int64_t size = kernelSize(shape);
    const auto [height, width] = planeOf(shape, size);
    if (node.op == "Conv") {
      const std::int64_t groups = groupsOf(node, shape[1] * node.intOr("group", 1), shape[0]);
      const std::int64_t first = spot.unit / std::max<std::int64_t>(shape[0] / groups, 1) * shape[1];
      for (std::int64_t j = 0; j < shape[1]; ++j)
        add(first + j, weightOf(reader.read((spot.unit * shape[1] + j) * size, size), spot.scale, height, width));
      return;
    }
    const std::int64_t groups = groupsOf(node, shape[0], shape[1] * node.intOr("group", 1));
    const std::int64_t perGroup = shape[0] / groups;
    const std::int64_t first = spot.unit / std::max<std::int64_t>(shape[1], 1) * perGroup;
    for (std::int64_t j = first; j < first + perGroup; ++j)
      add(j, weightOf(reader.read((j * shape[1] + spot.unit % shape[1]) * size, size), spot.scale, height, width));
  }

  void outgoing(const UnitWeights& weights, std::vector<UnitWeight>& list) {
    const Node& node = graph_.node(weights.node);
    const TensorData& data = *graph_.value(node.input(1)).data;
    const Shape& shape = data.shape();
    const ValueId own = node.outputs.front();
    const std::string layer = nameOf(walk_.afterActivation(own)), by = moduleOf(node);
    const UnitSpot& spot = weights.spot;
    const auto scaleOf = [&](std::int64_t unit) { return spot.scale * walk_.normalisationAfter(own, unit); };
    const auto add = [&](std::int64_t unit, UnitWeight weight) {
      weight.layer = layer;
      weight.by = by;
      weight.unit = unit;
      list.push_back(std::move(weight));
    };
    if (node.op == "Gemm" || node.op == "MatMul") {
      const Dense dense = denseOf(node, data);
      const std::int64_t units = spot.flattened;
      const std::int64_t block = units > 0 && dense.inputs() % units == 0 ? dense.inputs() / units : 1;
      const auto [height, width] = planeOf({}, block);
      for (std::int64_t i = 0; i < dense.outputs(); ++i)
        add(i, weightOf(dense.block(i, spot.unit * block, block), scaleOf(i) * alphaOf(node), height, width));
      return;
    }
    const WeightReader reader(data);
    const std::int64_t size = kernelSize(shape);
    const auto [height, width] = planeOf(shape, size);
    if (node.op == "Conv") {
      const std::int64_t groups = groupsOf(node, shape[1] * node.intOr("group", 1), shape[0]);
      const std::int64_t perGroup = shape[0] / groups;
      const std::int64_t first = spot.unit / std::max<std::int64_t>(shape[1], 1) * perGroup;
      for (std::int64_t i = first; i < std::min(first + perGroup, shape[0]); ++i)
        add(i, weightOf(reader.read((i * shape[1] + spot.unit % shape[1]) * size, size), scaleOf(i), height, width));
      return;
    }
    const std::int64_t groups = groupsOf(node, shape[0], shape[1] * node.intOr("group", 1));
    const std::int64_t first = spot.unit / std::max<std::int64_t>(shape[0] / groups, 1) * shape[1];
    for (std::int64_t i = 0; i < shape[1]; ++i)
      add(first + i, weightOf(reader.read((spot.unit * shape[1] + i) * size, size), scaleOf(first + i), height, width));
  }

  const Graph& graph_;
  const std::vector<Layer>& layers_;
  UnitWalk walk_;
};

}  // namespace

UnitNeighbours unitNeighbours(const Graph& graph, const std::vector<Layer>& layers, const std::string& layer,
                              std::int64_t unit, std::int64_t count) {
  return Neighbours(graph, layers).of(layer, unit, count);
}

}  // namespace unitscope
