#include <cmath>

#include "formats/aten/aten_call.h"

namespace unitscope::aten {
namespace {

/// A weight, or one that changes nothing.
ValueId orFilled(const AtenCall& c, std::size_t i, const Dims& dims, float value, DType type) {
  if (c.given(i)) return c.tensor(i);
  for (const std::int64_t n : dims)
    if (isSymbol(n)) c.fail("the number of channels is not known");
  std::vector<float> values(static_cast<std::size_t>(elementCount(dims)), value);
  return c.e.cast(c.e.constant(TensorData::fromFloats(dims, std::move(values))), type);
}

std::int64_t channelsOf(const AtenCall& c, ValueId x, std::initializer_list<std::size_t> weights) {
  for (const std::size_t i : weights)
    if (c.given(i))
      if (const auto& d = c.e.dims(c.tensor(i)); d && d->size() == 1) return d->front();
  return c.e.size(x, 1);
}

ValueId batchNorm(const AtenCall& c, double epsilon) {
  const ValueId x = c.tensor(0);
  if (!c.given(3) || !c.given(4)) c.fail("has no running statistics: it would depend on the other pictures of a batch");
  const Dims channels{channelsOf(c, x, {3})};
  const DType type = c.e.dtype(x);
  return c.emit(
      "BatchNormalization",
      {x, orFilled(c, 1, channels, 1.0F, type), orFilled(c, 2, channels, 0.0F, type), c.tensor(3), c.tensor(4)},
      {{"epsilon", epsilon}});
}

AtenValue trainedBatchNorm(AtenCall& c) {
  if (c.flag(5)) {
    // Weight standardisation calls it on a weight seen as one picture, whose own statistics are what is meant.
    const ValueId x = c.tensor(0);
    if (c.given(3) || !c.e.dims(x) || c.e.rank(x) < 3 || c.e.dims(x)->front() != 1)
      c.fail("is in training mode; call model.eval() before the export");
    const Dims channels{c.e.size(x, 1)};
    const ValueId y =
        c.emit("InstanceNormalization",
               {x, orFilled(c, 1, channels, 1.0F, c.e.dtype(x)), orFilled(c, 2, channels, 0.0F, c.e.dtype(x))},
               {{"epsilon", c.number(7, 1e-5)}});
    return c.op() == "batch_norm" ? c.result(y) : AtenValue::ofTuple({c.result(y), AtenValue(), AtenValue()});
  }
  const ValueId y = batchNorm(c, c.number(7, 1e-5));
  if (c.op() == "batch_norm") return c.result(y);
  return AtenValue::ofTuple({c.result(y), AtenValue(), AtenValue()});
}

AtenValue layerNorm(AtenCall& c) {
  const ValueId x = c.tensor(0);
  const std::vector<std::int64_t> shape = c.knownInts(1);
  const ValueId scale = orFilled(c, 2, shape, 1.0F, c.e.dtype(x));
  std::vector<ValueId> inputs{x, scale};
  if (c.given(3)) inputs.push_back(c.tensor(3));
  const ValueId y = c.emit("LayerNormalization", std::move(inputs),
                           {{"axis", -static_cast<std::int64_t>(shape.size())}, {"epsilon", c.number(4, 1e-5)}});
  return c.op() == "layer_norm" ? c.result(y) : AtenValue::ofTuple({c.result(y), AtenValue(), AtenValue()});
}

ValueId groupNorm(const AtenCall& c, std::int64_t groups, std::size_t weight, std::size_t bias, double epsilon) {
  const ValueId x = c.tensor(0);
  const Dims channels{channelsOf(c, x, {weight, bias})};
  const DType type = c.e.dtype(x);
  return c.emit("GroupNormalization",
                {x, orFilled(c, weight, channels, 1.0F, type), orFilled(c, bias, channels, 0.0F, type)},
                {{"num_groups", groups}, {"epsilon", epsilon}});
}

AtenValue instanceNorm(AtenCall& c) {
  if (!c.flag(5, true)) return c.result(batchNorm(c, c.number(7, 1e-5)));
  const ValueId x = c.tensor(0);
  const Dims channels{channelsOf(c, x, {1, 2})};
  const DType type = c.e.dtype(x);
  return c.result(c.emit("InstanceNormalization",
                         {x, orFilled(c, 1, channels, 1.0F, type), orFilled(c, 2, channels, 0.0F, type)},
                         {{"epsilon", c.number(7, 1e-5)}}));
}

AtenValue rmsNorm(AtenCall& c) {
  const ValueId x = c.tensor(0);
  std::vector<std::int64_t> axes;
  for (std::size_t i = 0; i < c.ints(1).size(); ++i) axes.push_back(-1 - static_cast<std::int64_t>(i));
  const double epsilon = c.number(3, 1.1920928955078125e-07);
  const ValueId mean = c.emit("ReduceMean", {c.emit("Mul", {x, x}), c.e.ints(axes)});
  const ValueId root = c.emit("Sqrt", {c.emit("Add", {mean, c.e.scalar(epsilon, c.e.dtype(x))})});
  const ValueId y = c.emit("Div", {x, root});
  return c.result(c.given(2) ? c.emit("Mul", {y, c.tensor(2)}) : y);
}

/// Reduction to a norm over some axes (none: all).
ValueId norm(const AtenCall& c, ValueId x, double order, std::vector<std::int64_t> axes, bool keep) {
  const Emitter::Attributes kept{{"keepdims", std::int64_t{keep ? 1 : 0}}};
  const auto reduce = [&](const char* op, ValueId v) {
    std::vector<ValueId> inputs{v};
    if (!axes.empty()) inputs.push_back(c.e.ints(axes));
    return c.emit(op, std::move(inputs), kept);
  };
  if (order == 2.0) return reduce("ReduceL2", x);
  if (order == 1.0) return reduce("ReduceL1", x);
  const ValueId a = c.emit("Abs", {x});
  if (std::isinf(order)) return reduce(order > 0 ? "ReduceMax" : "ReduceMin", a);
  if (order == 0.0) c.fail("norm of order 0");
  const DType type = c.e.dtype(x);
  const ValueId sum = reduce("ReduceSum", c.emit("Pow", {a, c.e.scalar(order, type)}));
  return c.emit("Pow", {sum, c.e.scalar(1.0 / order, type)});
}

}  // namespace

void addNormalizationRules(AtenTable& t) {
  t.add("batch_norm",
        "input/self:t weight:t? bias:t? running_mean:t? running_var:t? training:b? momentum:n? eps:n? cudnn_enabled:b?",
        trainedBatchNorm);
  t.add("native_batch_norm cudnn_batch_norm",
        "input/self:t weight:t? bias:t? running_mean:t? running_var:t? training:b? momentum:n? eps/epsilon:n?",
        trainedBatchNorm);
  t.add("_native_batch_norm_legit_no_training",
        "input:t weight:t? bias:t? running_mean:t? running_var:t? momentum:n? eps:n?", [](AtenCall& c) {
          return AtenValue::ofTuple({c.result(batchNorm(c, c.number(6, 1e-5))), AtenValue(), AtenValue()});
        });
  t.add("layer_norm native_layer_norm", "input:t normalized_shape:I weight:t? bias:t? eps:n? cudnn_enable:b?",
        layerNorm);
  t.add("group_norm", "input:t num_groups:i weight:t? bias:t? eps:n? cudnn_enabled:b?",
        [](AtenCall& c) { return c.result(groupNorm(c, c.knownInteger(1), 2, 3, c.number(4, 1e-5))); });
  t.add("native_group_norm", "input:t weight:t? bias:t? N:i C:i HxW:i group:i eps:n", [](AtenCall& c) {
    return AtenValue::ofTuple({c.result(groupNorm(c, c.knownInteger(6), 1, 2, c.number(7))), AtenValue(), AtenValue()});
  });
  t.add("instance_norm",
        "input:t weight:t? bias:t? running_mean:t? running_var:t? use_input_stats:b? momentum:n? eps:n? "
        "cudnn_enabled:b?",
        instanceNorm);
  t.add("rms_norm", "input:t normalized_shape:I weight:t? eps:n?", rmsNorm);
  t.add("linalg_vector_norm", "self:t ord:n? dim:I? keepdim:b? dtype:i?", [](AtenCall& c) {
    return c.result(
        norm(c, c.tensor(0), c.number(1, 2.0), c.given(2) ? c.knownInts(2) : std::vector<std::int64_t>{}, c.flag(3)));
  });
  t.add("norm", "self:t p:n? dim:I? keepdim:b? dtype:i?", [](AtenCall& c) {
    return c.result(
        norm(c, c.tensor(0), c.number(1, 2.0), c.given(2) ? c.knownInts(2) : std::vector<std::int64_t>{}, c.flag(3)));
  });
  t.add("frobenius_norm", "self:t dim:I? keepdim:b?", [](AtenCall& c) {
    return c.result(norm(c, c.tensor(0), 2.0, c.given(1) ? c.knownInts(1) : std::vector<std::int64_t>{}, c.flag(2)));
  });
}

}  // namespace unitscope::aten
