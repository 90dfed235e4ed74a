#include "zoo/embedded_models.h"

#include <algorithm>

#include "runtime/error.h"
#include "zoo/embedded_files.h"
#include "zoo/example_edges.h"

#ifdef UNITSCOPE_HAS_ONNX
#include "formats/onnx/onnx_reader.h"
#endif

namespace unitscope {

const std::vector<EmbeddedModel>& embeddedModels() {
  static const std::vector<EmbeddedModel> models = [] {
    std::vector<EmbeddedModel> list;
    for (const EmbeddedFiles& files : embeddedFiles())
      list.push_back({files.name, std::as_bytes(std::span(files.onnx)), files.card, files.quality});
    std::ranges::sort(list, {}, &EmbeddedModel::name);
    return list;
  }();
  return models;
}

const EmbeddedModel* findEmbeddedModel(std::string_view name) {
  const auto& models = embeddedModels();
  const auto found = std::ranges::find(models, name, &EmbeddedModel::name);
  return found == models.end() ? nullptr : &*found;
}

ReadModel readEmbeddedModel(std::string_view name) {
  const EmbeddedModel* model = findEmbeddedModel(name);
  if (model == nullptr) {
    std::string known;
    for (const EmbeddedModel& other : embeddedModels()) known += (known.empty() ? "" : ", ") + std::string(other.name);
    throw Error(std::string(name), "is no embedded model; there are " + (known.empty() ? "none" : known));
  }
#ifdef UNITSCOPE_HAS_ONNX
  ReadModel read{readOnnx(model->onnx, std::string(name)).graph, cardFromJson(model->card, std::string(name))};
  read.graph.name = name;
  return read;
#else
  throw Error(std::string(name), "cannot be opened: this build cannot read ONNX (it was made without libonnx)");
#endif
}

bool isBuiltInModel(std::string_view name) {
  return name == kExampleName || findEmbeddedModel(name) != nullptr;
}

std::optional<ReadModel> readBuiltInModel(std::string_view name) {
  if (name == kExampleName) return ReadModel{makeEdgeExample(), edgeExampleCard()};
  if (findEmbeddedModel(name) == nullptr) return std::nullopt;
  return readEmbeddedModel(name);
}

}  // namespace unitscope
