#include <cmath>

#include "formats/aten/aten_call.h"

namespace unitscope::aten {
namespace {

AtenRule unary(const char* op) {
  return [op](AtenCall& c) { return c.result(c.emit(op, {c.tensor(0)})); };
}

/// As unary(), for operators whose result is a float whatever the input.
AtenRule floating(const char* op) {
  return [op](AtenCall& c) {
    const ValueId x = c.tensor(0);
    return c.result(c.emit(op, {isFloating(c.e.dtype(x)) ? x : c.e.cast(x, DType::Float32)}));
  };
}

ValueId scalarLike(const AtenCall& c, ValueId x, double value) {
  return c.e.scalar(value, c.e.dtype(x));
}

ValueId clipped(const AtenCall& c, ValueId x, double low, double high) {
  return c.emit("Clip", {x, scalarLike(c, x, low), scalarLike(c, x, high)});
}

AtenValue softmaxOf(AtenCall& c, const char* op) {
  ValueId x = c.tensor(0);
  if (const auto type = c.given(2) && !c.argument(2).is(AtenValue::Kind::Bool) ? c.dtypeOrNone(2) : std::nullopt)
    x = c.e.cast(x, *type);
  return c.result(c.emit(op, {x}, {{"axis", c.knownInteger(1)}}));
}

AtenValue prelu(AtenCall& c) {
  const ValueId x = c.tensor(0);
  ValueId slope = c.tensor(1);
  const auto& s = c.e.dims(slope);
  const std::int64_t rank = c.e.rank(x);
  // A slope a channel stands on axis 1.
  if (s && s->size() == 1 && s->front() != 1 && rank > 2) {
    std::vector<std::int64_t> shape{s->front()};
    shape.resize(static_cast<std::size_t>(rank - 1), 1);
    slope = reshapeTo(c.e, slope, shape);
  }
  return c.result(c.emit("PRelu", {x, slope}));
}

AtenValue glu(AtenCall& c) {
  const ValueId x = c.tensor(0);
  const std::int64_t axis = c.e.axis(x, c.knownInteger(1, -1));
  const auto parts = c.e.emitMany("Split", {x}, 2, {{"axis", axis}, {"num_outputs", std::int64_t{2}}});
  return c.result(c.emit("Mul", {parts[0], c.emit("Sigmoid", {parts[1]})}));
}

AtenValue softplus(AtenCall& c) {
  const ValueId x = c.tensor(0);
  const double beta = c.number(1, 1.0);
  if (beta == 1.0) return c.result(c.emit("Softplus", {x}));
  const ValueId scaled = c.emit("Mul", {x, scalarLike(c, x, beta)});
  return c.result(c.emit("Div", {c.emit("Softplus", {scaled}), scalarLike(c, x, beta)}));
}

AtenValue threshold(AtenCall& c) {
  const ValueId x = c.tensor(0);
  const ValueId above = c.emit("Greater", {x, scalarLike(c, x, c.number(1))});
  return c.result(c.emit("Where", {above, x, scalarLike(c, x, c.number(2))}));
}

}  // namespace

void addActivationRules(AtenTable& t) {
  for (const auto& [aten, onnx] : std::initializer_list<std::pair<const char*, const char*>>{{"relu", "Relu"},
                                                                                             {"hardswish", "HardSwish"},
                                                                                             {"mish", "Mish"},
                                                                                             {"abs", "Abs"},
                                                                                             {"neg", "Neg"},
                                                                                             {"floor", "Floor"},
                                                                                             {"ceil", "Ceil"},
                                                                                             {"round", "Round"},
                                                                                             {"sign", "Sign"},
                                                                                             {"negative", "Neg"},
                                                                                             {"sgn", "Sign"}})
    t.add(aten, "self/input:T", unary(onnx));
  for (const auto& [aten, onnx] :
       std::initializer_list<std::pair<const char*, const char*>>{{"sigmoid", "Sigmoid"},
                                                                  {"tanh", "Tanh"},
                                                                  {"exp", "Exp"},
                                                                  {"log", "Log"},
                                                                  {"sqrt", "Sqrt"},
                                                                  {"sin", "Sin"},
                                                                  {"cos", "Cos"},
                                                                  {"tan", "Tan"},
                                                                  {"asin", "Asin"},
                                                                  {"acos", "Acos"},
                                                                  {"atan", "Atan"},
                                                                  {"sinh", "Sinh"},
                                                                  {"cosh", "Cosh"},
                                                                  {"asinh", "Asinh"},
                                                                  {"acosh", "Acosh"},
                                                                  {"atanh", "Atanh"},
                                                                  {"erf", "Erf"},
                                                                  {"reciprocal", "Reciprocal"},
                                                                  {"softsign", "Softsign"}})
    t.add(aten, "self/input:T", floating(onnx));
  t.add("special_expit", "self:T", floating("Sigmoid"));
  t.add("isnan", "self:T", unary("IsNaN"));
  t.add("isinf", "self:T", unary("IsInf"));
  t.add("silu", "self/input:T", [](AtenCall& c) {
    const ValueId x = c.tensor(0);
    return c.result(c.emit("Mul", {x, c.emit("Sigmoid", {x})}));
  });
  t.add("rsqrt", "self/input:T",
        [](AtenCall& c) { return c.result(c.emit("Reciprocal", {c.emit("Sqrt", {c.tensor(0)})})); });
  t.add("square", "self/input:T", [](AtenCall& c) {
    const ValueId x = c.tensor(0);
    return c.result(c.emit("Mul", {x, x}));
  });
  t.add("log2 log10 log1p exp2 expm1", "self/input:T", [](AtenCall& c) {
    const ValueId x = c.tensor(0);
    const std::string& op = c.op();
    if (op == "log1p") return c.result(c.emit("Log", {c.emit("Add", {x, scalarLike(c, x, 1.0)})}));
    if (op == "expm1") return c.result(c.emit("Sub", {c.emit("Exp", {x}), scalarLike(c, x, 1.0)}));
    if (op == "exp2") return c.result(c.emit("Exp", {c.emit("Mul", {x, scalarLike(c, x, std::log(2.0))})}));
    return c.result(c.emit("Div", {c.emit("Log", {x}), scalarLike(c, x, std::log(op == "log2" ? 2.0 : 10.0))}));
  });
  t.add("relu6", "self/input:T", [](AtenCall& c) { return c.result(clipped(c, c.tensor(0), 0.0, 6.0)); });
  t.add("hardtanh", "self/input:T min_val:n? max_val:n?",
        [](AtenCall& c) { return c.result(clipped(c, c.tensor(0), c.number(1, -1.0), c.number(2, 1.0))); });
  t.add("hardsigmoid", "self/input:T", [](AtenCall& c) {
    return c.result(c.emit("HardSigmoid", {c.tensor(0)}, {{"alpha", 1.0 / 6.0}, {"beta", 0.5}}));
  });
  t.add("leaky_relu", "self/input:T negative_slope:n?", [](AtenCall& c) {
    return c.result(c.emit("LeakyRelu", {c.tensor(0)}, {{"alpha", c.number(1, 0.01)}}));
  });
  t.add("rrelu", "self:T lower:n? upper:n? training:b? generator:*?", [](AtenCall& c) {
    if (c.flag(3)) c.fail("is in training mode");
    const double slope = (c.number(1, 0.125) + c.number(2, 1.0 / 3.0)) / 2.0;
    return c.result(c.emit("LeakyRelu", {c.tensor(0)}, {{"alpha", slope}}));
  });
  t.add("elu", "self/input:T alpha:n? scale:n? input_scale:n?", [](AtenCall& c) {
    if (c.number(2, 1.0) != 1.0 || c.number(3, 1.0) != 1.0) c.fail("scales of its own");
    return c.result(c.emit("Elu", {c.tensor(0)}, {{"alpha", c.number(1, 1.0)}}));
  });
  t.add("celu", "self/input:T alpha:n?", [](AtenCall& c) {
    return c.result(c.emit("Celu", {c.tensor(0)}, {{"alpha", c.number(1, 1.0)}}));
  });
  t.add("selu", "self/input:T", [](AtenCall& c) {
    return c.result(c.emit("Selu", {c.tensor(0)}, {{"alpha", 1.6732632423543772}, {"gamma", 1.0507009873554805}}));
  });
  t.add("gelu", "self/input:T approximate:s?", [](AtenCall& c) {
    return c.result(c.emit("Gelu", {c.tensor(0)}, {{"approximate", c.given(1) ? c.text(1) : std::string("none")}}));
  });
  t.add("logit", "self:T eps:n?", [](AtenCall& c) {
    ValueId x = c.tensor(0);
    if (c.given(1)) x = clipped(c, x, c.number(1), 1.0 - c.number(1));
    return c.result(c.emit("Log", {c.emit("Div", {x, c.emit("Sub", {scalarLike(c, x, 1.0), x})})}));
  });
  t.add("log_sigmoid", "self:T",
        [](AtenCall& c) { return c.result(c.emit("Neg", {c.emit("Softplus", {c.emit("Neg", {c.tensor(0)})})})); });
  t.add("softshrink", "self:T lambd:n?", [](AtenCall& c) {
    const double l = c.number(1, 0.5);
    return c.result(c.emit("Shrink", {c.tensor(0)}, {{"lambd", l}, {"bias", l}}));
  });
  t.add("hardshrink", "self:T lambd:n?", [](AtenCall& c) {
    return c.result(c.emit("Shrink", {c.tensor(0)}, {{"lambd", c.number(1, 0.5)}, {"bias", 0.0}}));
  });
  t.add("softplus", "self/input:T beta:n? threshold:n?", softplus);
  t.add("threshold", "self/input:T threshold:n value:n", threshold);
  t.add("prelu _prelu_kernel", "self/input:T weight:T", prelu);
  t.add("glu", "self/input:T dim:i?", glu);
  t.add("softmax _softmax", "self/input:T dim:i dtype/half_to_float:*?",
        [](AtenCall& c) { return softmaxOf(c, "Softmax"); });
  t.add("log_softmax _log_softmax", "self/input:T dim:i dtype/half_to_float:*?",
        [](AtenCall& c) { return softmaxOf(c, "LogSoftmax"); });
  t.add("softmin", "self/input:T dim:i", [](AtenCall& c) {
    return c.result(c.emit("Softmax", {c.emit("Neg", {c.tensor(0)})}, {{"axis", c.knownInteger(1)}}));
  });
}

}  // namespace unitscope::aten
