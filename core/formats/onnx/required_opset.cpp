#include "formats/onnx/required_opset.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace unitscope::onnxfile {
namespace {

constexpr int kLowest = 18;  // since then the axes of every reduction are inputs, as they are in a Graph

int requiredFor(const Graph& graph, const Node& node) {
  static const std::map<std::string_view, int> kSince = {{"Gelu", 20},
                                                         {"AffineGrid", 20},
                                                         {"GridSample", 20},
                                                         {"DFT", 20},
                                                         {"IsNaN", 20},
                                                         {"IsInf", 20},
                                                         {"DeformConv", 19},
                                                         {"GroupNormalization", 21},
                                                         {"Attention", 23},
                                                         {"RMSNormalization", 23},
                                                         {"RotaryEmbedding", 23},
                                                         {"Swish", 24}};
  if (const auto found = kSince.find(node.op); found != kSince.end()) return found->second;
  if (node.op == "AveragePool" && node.has("dilations")) return 19;
  if (node.op == "Resize" && (node.stringOr("coordinate_transformation_mode", "") == "half_pixel_symmetric" ||
                              node.has("keep_aspect_ratio_policy")))
    return 19;
  if (node.op == "Pad" && node.stringOr("mode", "constant") == "wrap") return 19;
  if ((node.op == "Cast" || node.op == "CastLike") && node.has("saturate")) return 19;
  if ((node.op == "QuantizeLinear" || node.op == "DequantizeLinear") &&
      (node.has("block_size") || node.has("output_dtype")))
    return 21;
  if ((node.op == "ReduceMax" || node.op == "ReduceMin") && node.input(0) != kNoValue &&
      graph.value(node.input(0)).dtype == DType::Bool)
    return 20;
  return kLowest;
}

}  // namespace

int requiredOpset(const Graph& graph) {
  int opset = kLowest;
  for (const Node& node : graph.nodes())
    if (node.domain.empty()) opset = std::max(opset, requiredFor(graph, node));
  return opset;
}

int irVersionFor(int opset) {
  if (opset >= 23) return 11;
  if (opset >= 21) return 10;
  return opset >= 19 ? 9 : 8;
}

}  // namespace unitscope::onnxfile
