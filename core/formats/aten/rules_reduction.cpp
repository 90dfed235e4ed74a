#include <cmath>

#include "formats/aten/aten_call.h"

namespace unitscope::aten {
namespace {

using Ints = std::vector<std::int64_t>;

ValueId reduce(const AtenCall& c, const char* op, ValueId x, const Ints& axes, bool keep) {
  std::vector<ValueId> inputs{x};
  if (!axes.empty()) {
    Ints counted;
    for (const std::int64_t a : axes) counted.push_back(c.e.axis(x, a));
    inputs.push_back(c.e.ints(counted));
  }
  return c.emit(op, std::move(inputs), {{"keepdims", std::int64_t{keep ? 1 : 0}}});
}

Ints axesOr(const AtenCall& c, std::size_t i) {
  return c.given(i) ? c.knownInts(i) : Ints{};
}

/// sum, mean, prod...: (self, dim, keepdim, dtype)
AtenRule overAxes(const char* op, bool countsTruth) {
  return [op, countsTruth](AtenCall& c) {
    ValueId x = c.tensor(0);
    if (const auto type = c.dtypeOrNone(3))
      x = c.e.cast(x, *type);
    else if (countsTruth && !isFloating(c.e.dtype(x)))
      x = c.e.cast(x, DType::Int64);
    return c.result(reduce(c, op, x, axesOr(c, 1), c.flag(2)));
  };
}

/// sum(self, dtype), mean(self, dtype)
AtenRule overAll(const char* op, bool countsTruth) {
  return [op, countsTruth](AtenCall& c) {
    ValueId x = c.tensor(0);
    if (const auto type = c.dtypeOrNone(1))
      x = c.e.cast(x, *type);
    else if (countsTruth && !isFloating(c.e.dtype(x)))
      x = c.e.cast(x, DType::Int64);
    return c.result(reduce(c, op, x, {}, false));
  };
}

AtenRule truth(const char* op) {
  return [op](AtenCall& c) {
    const ValueId x = c.e.cast(c.e.cast(c.tensor(0), DType::Bool), DType::Int64);
    return c.result(c.e.cast(reduce(c, op, x, axesOr(c, 1), c.flag(2)), DType::Bool));
  };
}

ValueId argument(const AtenCall& c, const char* op, ValueId x, std::int64_t axis, bool keep) {
  return c.emit(op, {x}, {{"axis", c.e.axis(x, axis)}, {"keepdims", std::int64_t{keep ? 1 : 0}}});
}

AtenRule extremeAlong(const char* op, const char* index) {
  return [op, index](AtenCall& c) {
    const ValueId x = c.tensor(0);
    const std::int64_t axis = c.knownInteger(1);
    return AtenValue::ofTuple(
        {c.result(reduce(c, op, x, {axis}, c.flag(2))), c.result(argument(c, index, x, axis, c.flag(2)))});
  };
}

AtenRule argumentOf(const char* op) {
  return [op](AtenCall& c) {
    ValueId x = c.tensor(0);
    if (!c.given(1)) {
      x = reshapeTo(c.e, x, {-1});
      return c.result(argument(c, op, x, 0, false));
    }
    return c.result(argument(c, op, x, c.knownInteger(1), c.flag(2)));
  };
}

ValueId variance(const AtenCall& c, ValueId x, const Ints& axes, double correction, bool keep, ValueId* meanOut) {
  Emitter& e = c.e;
  const ValueId mean = reduce(c, "ReduceMean", x, axes, true);
  const ValueId away = c.emit("Sub", {x, mean});
  ValueId v = reduce(c, "ReduceMean", c.emit("Mul", {away, away}), axes, keep);
  if (meanOut != nullptr) *meanOut = keep ? mean : reduce(c, "ReduceMean", x, axes, false);
  if (correction == 0.0) return v;
  std::int64_t n = 1;
  if (axes.empty())
    for (std::int64_t i = 0; i < e.rank(x); ++i) n = e.arithmetic("Mul", n, e.size(x, i));
  else
    for (const std::int64_t a : axes) n = e.arithmetic("Mul", n, e.size(x, a));
  const DType type = e.dtype(x);
  if (!isSymbol(n)) {
    const auto count = static_cast<double>(n);
    return c.emit("Mul", {v, e.scalar(count / std::max(0.0, count - correction), type)});
  }
  const ValueId count = c.emit("Squeeze", {e.cast(e.symbolValue(n), type), e.ints({0})});
  v = c.emit("Mul", {v, count});
  return c.emit("Div", {v, c.emit("Sub", {count, e.scalar(correction, type)})});
}

/// (self, dim, correction or unbiased, keepdim)
AtenRule varianceRule(bool root, bool withMean) {
  return [root, withMean](AtenCall& c) {
    const ValueId x = c.tensor(0);
    const Ints axes = axesOr(c, 1);
    const double correction = c.given(2) ? c.number(2) : 1.0;
    ValueId mean = kNoValue;
    ValueId v = variance(c, x, axes, correction, c.flag(3), withMean ? &mean : nullptr);
    if (root) v = c.emit("Sqrt", {v});
    return withMean ? AtenValue::ofTuple({c.result(v), c.result(mean)}) : c.result(v);
  };
}

AtenRule varianceOfAll(bool root) {
  return [root](AtenCall& c) {
    const ValueId v = variance(c, c.tensor(0), {}, c.flag(1, true) ? 1.0 : 0.0, false, nullptr);
    return c.result(root ? c.emit("Sqrt", {v}) : v);
  };
}

AtenValue topK(AtenCall& c) {
  const ValueId x = c.tensor(0);
  const auto made = c.e.emitMany("TopK", {x, c.e.intVector({c.integer(1)})}, 2,
                                 {{"axis", c.e.axis(x, c.knownInteger(2, -1))},
                                  {"largest", std::int64_t{c.flag(3, true) ? 1 : 0}},
                                  {"sorted", std::int64_t{1}}});
  return c.results(made, true);
}

AtenRule sorted(bool indicesOnly) {
  return [indicesOnly](AtenCall& c) {
    const ValueId x = c.tensor(0);
    const std::int64_t axis = c.e.axis(x, c.knownInteger(1, -1));
    const auto made =
        c.e.emitMany("TopK", {x, c.e.intVector({c.e.size(x, axis)})}, 2,
                     {{"axis", axis}, {"largest", std::int64_t{c.flag(2) ? 1 : 0}}, {"sorted", std::int64_t{1}}});
    return indicesOnly ? c.result(made[1]) : c.results(made, true);
  };
}

}  // namespace

void addReductionRules(AtenTable& t) {
  for (const auto& [aten, onnx, counts] : std::initializer_list<std::tuple<const char*, const char*, bool>>{
           {"sum", "ReduceSum", true}, {"mean", "ReduceMean", false}, {"prod", "ReduceProd", true}}) {
    t.add(aten, "self/input:t", overAll(onnx, counts));
    t.add(aten, "self/input:t dim:I? keepdim:b? dtype:i?",
          [onnx = onnx, counts = counts](AtenCall& c) { return overAxes(onnx, counts)(c); });
    t.add(aten, "self/input:t dtype:i?", overAll(onnx, counts));
  }
  t.add("amax", "self:t dim:I? keepdim:b?",
        [](AtenCall& c) { return c.result(reduce(c, "ReduceMax", c.tensor(0), axesOr(c, 1), c.flag(2))); });
  t.add("amin", "self:t dim:I? keepdim:b?",
        [](AtenCall& c) { return c.result(reduce(c, "ReduceMin", c.tensor(0), axesOr(c, 1), c.flag(2))); });
  t.add("logsumexp", "self:t dim:I keepdim:b?",
        [](AtenCall& c) { return c.result(reduce(c, "ReduceLogSumExp", c.tensor(0), c.knownInts(1), c.flag(2))); });
  t.add("max", "self:T", overAll("ReduceMax", false));
  t.add("min", "self:T", overAll("ReduceMin", false));
  t.add("max", "self:T dim:i keepdim:b?", extremeAlong("ReduceMax", "ArgMax"));
  t.add("min", "self:T dim:i keepdim:b?", extremeAlong("ReduceMin", "ArgMin"));
  t.add("argmax", "self:T dim:i? keepdim:b?", argumentOf("ArgMax"));
  t.add("argmin", "self:T dim:i? keepdim:b?", argumentOf("ArgMin"));
  t.add("all", "self:T dim:I? keepdim:b?", truth("ReduceMin"));
  t.add("any", "self:T dim:I? keepdim:b?", truth("ReduceMax"));
  for (const auto& [name, root] : {std::pair{"var", false}, std::pair{"std", true}}) {
    t.add(name, "self:T", varianceOfAll(root));
    t.add(name, "self:T dim:I? correction/unbiased:n? keepdim:b?", varianceRule(root, false));
    t.add(std::string(name) + "_mean", "self:T dim:I? correction/unbiased:n? keepdim:b?", varianceRule(root, true));
  }
  t.add("topk", "self:T k:i dim:i? largest:b? sorted:b?", topK);
  t.add("sort", "self:T dim:i? descending:b?", sorted(false));
  t.add("argsort", "self:T dim:i? descending:b?", sorted(true));
  t.add("cumsum", "self:T dim:i dtype:i?", [](AtenCall& c) {
    const ValueId x = c.tensor(0);
    return c.result(c.emit("CumSum", {x, c.e.constant(TensorData::scalar(c.e.axis(x, c.knownInteger(1))))}));
  });
}

}  // namespace unitscope::aten
