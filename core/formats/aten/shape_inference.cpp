#include "formats/aten/shape_inference.h"

#include <functional>

namespace unitscope::aten {
namespace {

std::vector<ValueInfo> matmul(const Inference& f) {
  const auto& a = f.in(0).dims;
  const auto& b = f.in(1).dims;
  const DType type = f.in(0).dtype;
  if (!a || !b || a->empty() || b->empty()) {
    // A matrix on the right keeps the rank of the left.
    return f.one(type, std::nullopt);
  }
  Dims left(a->begin(), a->end());
  Dims right(b->begin(), b->end());
  if (left.size() == 1) left.insert(left.begin(), 1);
  if (right.size() == 1) right.push_back(1);
  const Dims batchA(left.begin(), left.end() - 2);
  const Dims batchB(right.begin(), right.end() - 2);
  Dims out = *broadcastDims(f.e, batchA, batchB);
  if (a->size() > 1) out.push_back(left[left.size() - 2]);
  if (b->size() > 1) out.push_back(right.back());
  return f.one(type, out);
}

std::vector<ValueInfo> gemm(const Inference& f) {
  const auto& a = f.in(0).dims;
  const auto& b = f.in(1).dims;
  if (!a || !b || a->size() != 2 || b->size() != 2) return f.one(f.in(0).dtype, std::nullopt);
  return f.one(f.in(0).dtype, Dims{(*a)[intOr(f.attributes, "transA", 0) != 0 ? 1 : 0],
                                   (*b)[intOr(f.attributes, "transB", 0) != 0 ? 0 : 1]});
}

std::vector<ValueInfo> reduce(const Inference& f) {
  const ValueInfo& x = f.in(0);
  const bool arg = f.op.starts_with("Arg");
  const DType type = arg ? DType::Int64 : x.dtype;
  if (!x.dims) return f.one(type, std::nullopt);
  const bool keep = intOr(f.attributes, "keepdims", 1) != 0;
  std::vector<std::int64_t> axes;
  if (arg)
    axes = {intOr(f.attributes, "axis", 0)};
  else if (const auto* given = f.ints(1))
    axes = *given;
  else
    for (std::size_t i = 0; i < x.dims->size(); ++i) axes.push_back(static_cast<std::int64_t>(i));
  std::vector<bool> gone(x.dims->size(), false);
  for (const std::int64_t a : axes)
    if (!x.dims->empty()) gone.at(static_cast<std::size_t>(f.axisOf(a, *x.dims))) = true;
  Dims out;
  for (std::size_t i = 0; i < gone.size(); ++i)
    if (!gone[i])
      out.push_back((*x.dims)[i]);
    else if (keep)
      out.push_back(1);
  return f.one(type, out);
}

std::vector<ValueInfo> constantOfShape(const Inference& f) {
  const auto it = f.attributes.find("value");
  const auto* value = it != f.attributes.end() ? std::get_if<TensorData>(&it->second) : nullptr;
  const auto* dims = f.ints(0);
  return f.one(value != nullptr ? value->dtype() : DType::Float32,
               dims != nullptr ? std::optional(*dims) : std::nullopt);
}

std::vector<ValueInfo> shapeOf(const Inference& f) {
  const auto& d = f.in(0).dims;
  const std::int64_t from = intOr(f.attributes, "start", 0);
  const std::int64_t to = intOr(f.attributes, "end", d ? static_cast<std::int64_t>(d->size()) : -1);
  return f.one(DType::Int64, to >= from ? std::optional(Dims{to - from}) : std::nullopt);
}

std::vector<ValueInfo> topK(const Inference& f) {
  const ValueInfo& x = f.in(0);
  std::optional<Dims> d = x.dims;
  if (d) {
    const auto* k = f.ints(1);
    (*d)[static_cast<std::size_t>(f.axisOf(intOr(f.attributes, "axis", -1), *d))] = k != nullptr ? k->at(0) : f.fresh();
  }
  return {{x.dtype, d}, {DType::Int64, d}};
}

std::vector<ValueInfo> elementwise(const Inference& f, std::optional<DType> type = {}, std::size_t from = 0) {
  std::optional<Dims> dims = f.in(0).dims;
  for (std::size_t i = 1; i < f.inputs.size(); ++i)
    if (f.has(i)) dims = broadcastDims(f.e, dims, f.in(i).dims);
  return f.one(type ? *type : f.in(from).dtype, dims);
}

using InferFunction = std::function<std::vector<ValueInfo>(const Inference&)>;

std::map<std::string, InferFunction, std::less<>> makeFunctions() {
  std::map<std::string, InferFunction, std::less<>> t;
  const auto all = [&t](std::initializer_list<const char*> names, const InferFunction& f) {
    for (const char* name : names) t[name] = f;
  };
  const InferFunction broadcast = [](const Inference& f) { return elementwise(f); };
  all({"Conv", "MaxPool", "AveragePool", "LpPool"}, inferWindow);
  all({"GlobalAveragePool", "GlobalMaxPool"}, inferGlobalPool);
  all({"AdaptiveAvgPool", "AdaptiveMaxPool"}, inferAdaptivePool);
  t["ConvTranspose"] = inferTransposedConv;
  t["MatMul"] = matmul;
  t["Gemm"] = gemm;
  t["Reshape"] = inferReshape;
  t["Transpose"] = inferTranspose;
  t["Concat"] = inferConcat;
  t["Slice"] = inferSlice;
  t["Gather"] = inferGather;
  t["Squeeze"] = inferSqueeze;
  t["Unsqueeze"] = inferUnsqueeze;
  t["Pad"] = inferPadded;
  t["Resize"] = inferResize;
  t["Expand"] = inferExpand;
  t["ConstantOfShape"] = constantOfShape;
  t["Shape"] = shapeOf;
  t["Split"] = inferSplit;
  t["TopK"] = topK;
  t["Flatten"] = inferFlatten;
  all({"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSumExp",
       "ReduceSumSquare", "ArgMax", "ArgMin"},
      reduce);
  all({"Add", "Sub", "Mul", "Div", "Pow", "Mod", "Max", "Min", "PRelu", "And", "Or", "Xor", "BitwiseAnd", "BitwiseOr",
       "BitwiseXor"},
      broadcast);
  all({"Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"},
      [](const Inference& f) { return elementwise(f, DType::Bool); });
  all({"IsNaN", "IsInf", "Not"}, [](const Inference& f) { return f.one(DType::Bool, f.in(0).dims); });
  t["Where"] = [](const Inference& f) { return elementwise(f, std::nullopt, 1); };
  t["GatherElements"] = [](const Inference& f) { return f.one(f.in(0).dtype, f.in(1).dims); };
  // Outputs beyond the first (statistics, masks) are never asked for.
  for (const char* name : {"Identity",
                           "Relu",
                           "Sigmoid",
                           "Tanh",
                           "HardSigmoid",
                           "HardSwish",
                           "LeakyRelu",
                           "Elu",
                           "Celu",
                           "Selu",
                           "Gelu",
                           "Softplus",
                           "Softsign",
                           "Mish",
                           "ThresholdedRelu",
                           "Shrink",
                           "Softmax",
                           "LogSoftmax",
                           "BatchNormalization",
                           "LayerNormalization",
                           "GroupNormalization",
                           "InstanceNormalization",
                           "RMSNormalization",
                           "LRN",
                           "LpNormalization",
                           "Clip",
                           "Exp",
                           "Log",
                           "Sqrt",
                           "Abs",
                           "Neg",
                           "Reciprocal",
                           "Floor",
                           "Ceil",
                           "Round",
                           "Sign",
                           "Sin",
                           "Cos",
                           "Tan",
                           "Asin",
                           "Acos",
                           "Atan",
                           "Sinh",
                           "Cosh",
                           "Asinh",
                           "Acosh",
                           "Atanh",
                           "Erf",
                           "Cast",
                           "CumSum",
                           "ScatterND",
                           "ScatterElements",
                           "Trilu",
                           "BitwiseNot",
                           "RandomNormalLike",
                           "RandomUniformLike"})
    t[name] = [](const Inference& f) { return f.same(); };
  return t;
}

}  // namespace

std::int64_t intOr(const Attributes& a, std::string_view key, std::int64_t fallback) {
  const auto it = a.find(key);
  const auto* value = it != a.end() ? std::get_if<std::int64_t>(&it->second) : nullptr;
  return value != nullptr ? *value : fallback;
}

std::vector<std::int64_t> intsOr(const Attributes& a, std::string_view key, std::vector<std::int64_t> fallback) {
  const auto it = a.find(key);
  const auto* value = it != a.end() ? std::get_if<std::vector<std::int64_t>>(&it->second) : nullptr;
  return value != nullptr ? *value : std::move(fallback);
}

std::optional<Dims> broadcastDims(Emitter& e, const std::optional<Dims>& a, const std::optional<Dims>& b) {
  if (!a || !b) return std::nullopt;
  const Dims& longer = a->size() >= b->size() ? *a : *b;
  const Dims& shorter = a->size() >= b->size() ? *b : *a;
  Dims out = longer;
  const std::size_t shift = longer.size() - shorter.size();
  for (std::size_t i = 0; i < shorter.size(); ++i) {
    std::int64_t& n = out[i + shift];
    const std::int64_t m = shorter[i];
    if (n == m || m == 1) continue;
    if (n == 1)
      n = m;
    else if (e.sameSize(n, m))
      n = isSymbol(n) && isSymbol(m) ? n : (isSymbol(n) ? n : m);
    else if (isSymbol(n) && !isSymbol(m))
      n = m;
    else if (isSymbol(n) && isSymbol(m))
      n = e.newSymbol();
    else if (!isSymbol(n) && !isSymbol(m))
      e.fail("values of sizes that do not fit each other are combined");
  }
  return out;
}

std::vector<ValueInfo> inferOutputs(Emitter& e, std::string_view op, const std::vector<ValueId>& inputs,
                                    const Emitter::Attributes& attributes, std::size_t outputs) {
  static const auto functions = makeFunctions();
  const Inference inference{e, op, inputs, attributes, outputs};
  const auto it = functions.find(op);
  if (it != functions.end()) {
    std::vector<ValueInfo> infos = it->second(inference);
    infos.resize(outputs);
    return infos;
  }
  const bool first = !inputs.empty() && inputs.front() != kNoValue;
  return std::vector<ValueInfo>(outputs, ValueInfo{first ? e.dtype(inputs.front()) : DType::Float32, std::nullopt});
}

}  // namespace unitscope::aten
