#include "formats/onnx/trainable.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "graph/layers.h"

namespace unitscope::onnxfile {
namespace {

constexpr std::array<std::string_view, 10> kWeighted = {"Conv",
                                                        "ConvTranspose",
                                                        "Gemm",
                                                        "BatchNormalization",
                                                        "InstanceNormalization",
                                                        "LayerNormalization",
                                                        "PRelu",
                                                        "GroupNormalization",
                                                        "RMSNormalization",
                                                        "DeformConv"};
constexpr std::array<std::string_view, 9> kSteered = {"Resize", "Clip",     "Pad",   "Dropout",          "Range",
                                                      "OneHot", "RoiAlign", "Where", "NonMaxSuppression"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& names, std::string_view op) {
  return std::ranges::find(names, op) != names.end();
}

/// Names that exporters give to what they computed themselves.
bool isAnonymous(std::string_view name) {
  return name.starts_with("onnx::") || name.starts_with("val_") || name.starts_with("scalar_tensor") ||
         name.starts_with("/");
}

bool isWeightOf(const Node& node, std::size_t input, const Value& value) {
  if (!node.domain.empty() || value.shape->empty()) return false;
  if (node.op == "MatMul") return value.shape->size() == 2;
  return input > 0 && contains(kWeighted, node.op);
}

}  // namespace

void markWeights(Graph& graph, const std::unordered_set<ValueId>& initialisers) {
  std::vector<bool> weighs(graph.values().size(), false);
  std::vector<bool> works(graph.values().size(), false);  // read by something that it does not merely steer
  for (const Node& node : graph.nodes())
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const ValueId id = node.inputs[i];
      if (id == kNoValue || !graph.value(id).data) continue;
      const auto at = static_cast<std::size_t>(id);
      weighs[at] = weighs[at] || isWeightOf(node, i, graph.value(id));
      works[at] = works[at] || i == 0 || !node.domain.empty() || !contains(kSteered, node.op);
    }
  for (std::size_t at = 0; at < weighs.size(); ++at) {
    const auto id = static_cast<ValueId>(at);
    Value& value = graph.value(id);
    if (!value.data || !isFloating(value.dtype)) continue;
    const bool named =
        (!value.shape->empty() && !isAnonymous(value.name)) || !scopeFromParameterName(value.name).empty();
    value.trainable = weighs[at] || (initialisers.contains(id) && works[at] && named);
  }
}

}  // namespace unitscope::onnxfile
