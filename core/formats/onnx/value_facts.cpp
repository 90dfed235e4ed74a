#include "formats/onnx/value_facts.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace unitscope::onnxfile {
namespace {

// Operators whose first output has the rank of their first input.
constexpr std::array<std::string_view, 36> kKeepRank = {"Conv",
                                                        "ConvTranspose",
                                                        "MaxPool",
                                                        "AveragePool",
                                                        "GlobalAveragePool",
                                                        "GlobalMaxPool",
                                                        "Relu",
                                                        "LeakyRelu",
                                                        "PRelu",
                                                        "Sigmoid",
                                                        "Tanh",
                                                        "Clip",
                                                        "Dropout",
                                                        "Identity",
                                                        "Elu",
                                                        "Selu",
                                                        "Softplus",
                                                        "HardSigmoid",
                                                        "Softmax",
                                                        "LogSoftmax",
                                                        "Resize",
                                                        "Transpose",
                                                        "Pad",
                                                        "Concat",
                                                        "Neg",
                                                        "Exp",
                                                        "Sqrt",
                                                        "Erf",
                                                        "Abs",
                                                        "LRN",
                                                        "Slice",
                                                        "Split",
                                                        "Cast",
                                                        "BatchNormalization",
                                                        "LayerNormalization",
                                                        "InstanceNormalization"};
// Operators whose first output has the type of their first input, or a fixed one.
constexpr std::array<std::string_view, 4> kIndices = {"Shape", "Size", "ArgMax", "ArgMin"};
constexpr std::array<std::string_view, 12> kTruths = {"Equal",       "Greater", "Less",  "GreaterOrEqual",
                                                      "LessOrEqual", "And",     "Or",    "Xor",
                                                      "Not",         "IsNaN",   "IsInf", "NonZero"};
constexpr std::array<std::string_view, 8> kOwnType = {
    "Cast",   "CastLike",       "ConstantOfShape",  "EyeLike",
    "OneHot", "QuantizeLinear", "DequantizeLinear", "NonMaxSuppression"};
constexpr int kFurthest = 64;

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& names, std::string_view op) {
  return std::ranges::find(names, op) != names.end();
}

}  // namespace

std::optional<std::size_t> knownRank(const Graph& graph, ValueId id) {
  for (int step = 0; id != kNoValue && step < kFurthest; ++step) {
    const Value& value = graph.value(id);
    if (value.shape) return value.shape->size();
    if (value.producer == kNoNode) return std::nullopt;
    const Node& source = graph.node(value.producer);
    if (source.op == "Gemm" || source.op == "Flatten") return 2;
    if (!contains(kKeepRank, source.op)) return std::nullopt;
    if (source.outputs.empty() || source.outputs[0] != id) return std::nullopt;
    id = source.input(0);
  }
  return std::nullopt;
}

DType knownType(const Graph& graph, ValueId id) {
  for (int step = 0; id != kNoValue && step < kFurthest; ++step) {
    const Value& value = graph.value(id);
    if (value.dtype != DType::Undefined) return value.dtype;
    if (value.producer == kNoNode) return DType::Undefined;
    const Node& source = graph.node(value.producer);
    if (contains(kIndices, source.op)) return DType::Int64;
    if (contains(kTruths, source.op)) return source.op == "NonZero" ? DType::Int64 : DType::Bool;
    if (source.op == "Where") {
      id = source.input(1);
      continue;
    }
    if (contains(kOwnType, source.op)) return DType::Undefined;
    if (!source.outputs.empty() && source.outputs[0] != id) return DType::Undefined;
    id = source.input(0);
  }
  return DType::Undefined;
}

}  // namespace unitscope::onnxfile
