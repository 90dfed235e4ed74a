#include "app/generator/units/map_layers.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "app/engine_bridge.h"
#include "app/generator/generator_stage.h"
#include "graph/layers.h"

namespace unitscope {
namespace {

struct Found {
  std::vector<MapLayer> good, others;
};

bool nonlinear(std::string_view op) {
  constexpr std::array kNames = {"Relu",     "LeakyRelu", "PRelu", "Elu",   "Selu", "Gelu",
                                 "Softplus", "Sigmoid",   "Tanh",  "Swish", "Clip", "HardSwish"};
  return std::ranges::find(kNames, op) != kNames.end();
}

bool isOneNumber(const Graph& graph, ValueId value) {
  return value != kNoValue && graph.value(value).data && graph.value(value).data->count() == 1;
}

/// Whether the value comes out of a nonlinearity, behind which there may be a gain or a clamp.
bool isActivated(const Graph& graph, ValueId value) {
  constexpr int kFar = 3;
  for (int i = 0; i < kFar && value != kNoValue; ++i) {
    const NodeId producer = graph.value(value).producer;
    if (producer == kNoNode) return false;
    const Node& node = graph.node(producer);
    if (nonlinear(node.op)) return true;
    // A product with a style belongs to the next layer.
    const bool gain = node.op == "Mul" && node.inputs.size() == 2 && isOneNumber(graph, node.inputs[1]);
    if (!gain && node.op != "Cast" && node.op != "Identity") return false;
    value = node.inputs.empty() ? kNoValue : node.inputs.front();
  }
  return false;
}

Found findLayersWithMaps(Generator& generator, const CancelToken& cancel) {
  Model& model = *generator.model();
  const std::vector<Shape>& shapes = model.layerShapes(cancel);
  const std::vector<Layer>& layers = model.layers();
  const Graph& graph = model.graph();
  const std::int64_t channels = generator.plan().imageShape.empty() ? 3 : generator.plan().imageShape.front();
  Found found;
  std::vector<ValueId> seen;
  for (std::size_t i = 0; i < layers.size() && i < shapes.size(); ++i) {
    const Shape& shape = shapes[i];
    if (shape.size() != 4 || shape[2] * shape[3] < 2 || layers[i].plumbing) continue;
    if (shape[1] <= channels || shape[1] > 1'000'000) continue;
    // A module and its last part have the same value; the module comes first.
    if (std::ranges::find(seen, layers[i].output) != seen.end()) continue;
    seen.push_back(layers[i].output);
    MapLayer layer{QString::fromStdString(layers[i].name), int(shape[1]), int(shape[2]), int(shape[3])};
    if (isActivated(graph, layers[i].output)) found.good.push_back(layer);
    found.others.push_back(std::move(layer));
  }
  if (found.good.empty()) found.good = found.others;
  return found;
}

}  // namespace

MapLayers::MapLayers(const Context& context, GeneratorStage& stage, QObject* parent)
    : QObject(parent), context_(context), stage_(stage) {
  connect(&stage_, &GeneratorStage::generatorChanged, this, &MapLayers::ask);
  ask();
}

void MapLayers::ask() {
  const int round = ++round_;
  asking_ = stage_.generator() != nullptr;
  if (!all_.empty()) {
    all_.clear();
    others_.clear();
    Q_EMIT known();
  }
  if (!stage_.generator()) return;
  context_.engine.ask<Found>(
      tr("Measuring the layers"), QStringLiteral("generator/layers"),
      [generator = stage_.generator()](const Progress&, const CancelToken& cancel) {
        return findLayersWithMaps(*generator, cancel);
      },
      this,
      [this, round](const Found& found) {
        if (round != round_) return;
        asking_ = false;
        all_ = found.good;
        others_ = found.others;
        Q_EMIT known();
      },
      [this, round](const Problem&) {
        if (round != round_) return;
        asking_ = false;
        Q_EMIT known();
      });
}

const MapLayer* MapLayers::find(const QString& name) const {
  const auto found = std::ranges::find(all_, name, &MapLayer::name);
  return found == all_.end() ? nullptr : &*found;
}

QString MapLayers::first() const {
  if (all_.empty()) return {};
  const Shape& picture = stage_.generator()->plan().imageShape;
  const std::int64_t side = picture.size() == 3 ? std::max(picture[1], picture[2]) / 4 : 16;
  const MapLayer* best = &all_.front();
  for (const MapLayer& layer : all_)
    if (std::max(layer.height, layer.width) <= side) best = &layer;
  return best->name;
}

void MapLayers::add(const QString& name) {
  const auto other = std::ranges::find(others_, name, &MapLayer::name);
  if (find(name) || other == others_.end()) return;
  all_.push_back(*other);
  const auto place = [this](const MapLayer& layer) {
    return std::ranges::find(others_, layer.name, &MapLayer::name) - others_.begin();
  };
  std::ranges::sort(all_, [&](const MapLayer& a, const MapLayer& b) { return place(a) < place(b); });
  Q_EMIT known();
}

}  // namespace unitscope
