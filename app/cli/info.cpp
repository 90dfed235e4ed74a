#include <algorithm>
#include <iomanip>
#include <ostream>
#include <unordered_map>

#include "app/cli/commands.h"
#include "app/cli/json_text.h"
#include "app/cli/tensor_table.h"
#include "formats/model_reader.h"
#include "runtime/error.h"
#include "zoo/embedded_models.h"

namespace unitscope::cli {
namespace {

struct InfoOptions {
  ModelOptions model;
  bool layers = false;
  bool json = false;
};

/// What is known of a file, whether or not this build can compute it.
struct Facts {
  ModelFile file;
  std::vector<Layer> layers;
  std::vector<std::optional<Shape>> shapes;  ///< by index into layers
  std::optional<ModelCard> card;             ///< of networks that can be computed
  std::vector<TensorStatistics> statistics;  ///< by index into file.tensors, of weights alone
};

std::optional<Shape> declaredShape(const Graph& graph, ValueId id) {
  return id == kNoValue ? std::nullopt : graph.value(id).shape;
}

/// The network opened for computing gives the layers' true shapes; where it cannot be, what the file declares is left.
Facts factsOf(Model& model, Console& console) {
  Facts facts;
  facts.file.format = model.format();
  facts.file.graph = model.graph();
  facts.file.notes = model.notes();
  facts.layers = model.layers();
  facts.card = model.card();
  for (const Layer& layer : facts.layers) facts.shapes.push_back(declaredShape(model.graph(), layer.output));
  try {
    const std::vector<Shape>& shapes = model.layerShapes(console.cancel());
    for (std::size_t i = 0; i < shapes.size() && i < facts.shapes.size(); ++i)
      if (!shapes[i].empty()) facts.shapes[i] = shapes[i];
  } catch (const Error& e) {
    facts.file.notes.push_back(std::string("shapes are those that the file declares; evaluating it failed: ") +
                               e.what());
  }
  return facts;
}

Facts look(const ModelOptions& options, Console& console) {
  if (isBuiltInModel(options.model)) return factsOf(*openModel(options, console), console);
  Facts facts;
  facts.file = readModelFile(options.model, console.cancel());
  if (!facts.file.isNetwork()) {
    facts.statistics = measureTensors(facts.file.tensors, console);
    if (!facts.file.obstacle.empty()) facts.file.notes.push_back("no network: " + facts.file.obstacle);
    return facts;
  }
  try {
    // The graph's copy shares the weights.
    return factsOf(*Model::fromFile(facts.file, options.model, options.settings()), console);
  } catch (const Error& e) {
    facts.file.notes.push_back("can be looked at but not computed: " + e.reason());
  }
  facts.layers = findLayers(facts.file.graph);
  for (const Layer& layer : facts.layers) facts.shapes.push_back(declaredShape(facts.file.graph, layer.output));
  return facts;
}

std::map<std::string, std::int64_t> operatorCounts(const Graph& graph) {
  std::map<std::string, std::int64_t> counts;
  for (const Node& node : graph.nodes()) ++counts[node.domain.empty() ? node.op : node.domain + "::" + node.op];
  return counts;
}

/// A layer of one node is called by its operator; a module of several has none of its own.
std::string operatorOf(const Graph& graph, const Layer& layer) {
  if (!layer.op.empty() || layer.nodes.size() != 1) return layer.op;
  return graph.node(layer.nodes.front()).op;
}

Json valuesJson(const Graph& graph, const std::vector<ValueId>& ids) {
  Json json = Json::array();
  for (const ValueId id : ids) {
    const Value& value = graph.value(id);
    json.push_back({{"name", value.name},
                    {"dtype", value.dtype == DType::Undefined ? Json() : Json(nameOf(value.dtype))},
                    {"shape", value.shape ? shapeJson(*value.shape) : Json()}});
  }
  return json;
}

std::int64_t elementsOf(const std::vector<NamedTensor>& tensors) {
  std::int64_t count = 0;
  for (const NamedTensor& tensor : tensors) count += tensor.data.count();
  return count;
}

Json infoJson(const Facts& facts, const std::string& name, bool all) {
  const Graph& graph = facts.file.graph;
  Json json{{"file", name}, {"format", facts.file.format}, {"network", facts.file.isNetwork()}};
  if (!facts.file.isNetwork()) {
    json["parameters"] = elementsOf(facts.file.tensors);
    json["tensors"] = tensorsJson(facts.file.tensors, facts.statistics);
    json["notes"] = facts.file.notes;
    return json;
  }
  json["name"] = graph.name;
  json["producer"] = graph.producer;
  json["inputs"] = valuesJson(graph, graph.inputs());
  json["outputs"] = valuesJson(graph, graph.outputs());
  json["operators"] = operatorCounts(graph);
  json["parameters"] = graph.parameterCount();
  Json layers = Json::array();
  for (std::size_t i = 0; i < facts.layers.size(); ++i) {
    const Layer& layer = facts.layers[i];
    if (layer.plumbing && !all) continue;
    layers.push_back({{"name", layer.name},
                      {"operator", operatorOf(graph, layer)},
                      {"shape", facts.shapes[i] ? shapeJson(*facts.shapes[i]) : Json()},
                      {"parameters", layer.parameters}});
  }
  json["layers"] = std::move(layers);
  if (facts.card) json["card"] = Json::parse(toJson(*facts.card), nullptr, false);
  json["notes"] = facts.file.notes;
  return json;
}

void printValues(std::ostream& out, const char* title, const Graph& graph, const std::vector<ValueId>& ids) {
  for (const ValueId id : ids) {
    const Value& value = graph.value(id);
    out << title << value.name;
    if (value.dtype != DType::Undefined) out << "  " << nameOf(value.dtype);
    if (value.shape) out << "  " << toString(*value.shape);
    out << '\n';
  }
}

void printLayers(std::ostream& out, const Facts& facts, bool all) {
  std::size_t width = 5;
  std::size_t operatorWidth = 8;
  for (const Layer& layer : facts.layers) {
    if (layer.plumbing && !all) continue;
    width = std::min<std::size_t>(60, std::max(width, layer.name.size() + 2 * static_cast<std::size_t>(layer.depth)));
    operatorWidth = std::max(operatorWidth, operatorOf(facts.file.graph, layer).size());
  }
  out << '\n'
      << std::left << std::setw(static_cast<int>(width) + 2) << "layer"
      << std::setw(static_cast<int>(operatorWidth) + 2) << "operator" << std::setw(22) << "shape"
      << "parameters\n";
  for (std::size_t i = 0; i < facts.layers.size(); ++i) {
    const Layer& layer = facts.layers[i];
    if (layer.plumbing && !all) continue;
    out << std::setw(static_cast<int>(width) + 2)
        << std::string(2 * static_cast<std::size_t>(layer.depth), ' ') + layer.name
        << std::setw(static_cast<int>(operatorWidth) + 2) << operatorOf(facts.file.graph, layer) << std::setw(22)
        << (facts.shapes[i] ? toString(*facts.shapes[i]) : "?");
    if (layer.parameters > 0) out << layer.parameters;
    out << '\n';
  }
}

void printInfo(std::ostream& out, const Facts& facts, const std::string& name, bool all) {
  const Graph& graph = facts.file.graph;
  out << name << "\nformat      " << (facts.file.format.empty() ? "built in" : facts.file.format);
  if (!graph.producer.empty()) out << ", written by " << graph.producer;
  out << '\n';
  if (facts.file.isNetwork()) {
    printValues(out, "input       ", graph, graph.inputs());
    printValues(out, "output      ", graph, graph.outputs());
    out << "parameters  " << graph.parameterCount() << "\noperators  ";
    for (const auto& [op, count] : operatorCounts(graph)) out << ' ' << op << " x" << count;
    out << '\n';
  } else {
    out << "parameters  " << elementsOf(facts.file.tensors) << " in " << facts.file.tensors.size()
        << " tensors (weights alone, no network)\n";
  }
  for (const std::string& note : facts.file.notes) out << "note        " << note << '\n';
  if (facts.file.isNetwork()) {
    printLayers(out, facts, all);
    return;
  }
  printTensors(out, facts.file.tensors, facts.statistics);
}

}  // namespace

void addInfo(CLI::App& root, Action& chosen) {
  auto options = std::make_shared<InfoOptions>();
  CLI::App* command = root.add_subcommand("info", "What a file holds: inputs, outputs, operators, layers, tensors");
  addModelOptions(*command, options->model);
  command->add_flag("--layers", options->layers, "List the plumbing (Reshape, Constant...) among the layers too");
  addJsonFlag(*command, options->json);
  command->callback([options, &chosen] {
    chosen = [options](Console& console) {
      const Facts facts = look(options->model, console);
      console.clearProgress();
      if (options->json)
        printJson(console.out(), infoJson(facts, options->model.model, options->layers));
      else
        printInfo(console.out(), facts, options->model.model, options->layers);
      return kFine;
    };
  });
}

}  // namespace unitscope::cli
