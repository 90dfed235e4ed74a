#include "examples/field_steps.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <string_view>

namespace unitscope {
namespace {

using Field = std::optional<ReceptiveField>;

// Each place of the result reads that place of the operands, whatever channels.
constexpr auto kPlacewise = std::to_array<std::string_view>({"Abs",        "Add",
                                                             "And",        "BatchNormalization",
                                                             "Cast",       "Ceil",
                                                             "Celu",       "Clip",
                                                             "Cos",        "DequantizeLinear",
                                                             "Div",        "Dropout",
                                                             "Elu",        "Equal",
                                                             "Erf",        "Exp",
                                                             "Floor",      "Gelu",
                                                             "Greater",    "HardSigmoid",
                                                             "HardSwish",  "Identity",
                                                             "LRN",        "LeakyRelu",
                                                             "Less",       "Log",
                                                             "Max",        "Mean",
                                                             "Min",        "Mish",
                                                             "Mul",        "Neg",
                                                             "Not",        "Or",
                                                             "PRelu",      "Pow",
                                                             "Reciprocal", "Relu",
                                                             "Round",      "Selu",
                                                             "Shrink",     "Sigmoid",
                                                             "Sign",       "Sin",
                                                             "Softplus",   "Softsign",
                                                             "Sqrt",       "Sub",
                                                             "Sum",        "Swish",
                                                             "Tanh",       "ThresholdedRelu",
                                                             "Where",      "QuantizeLinear"});

const TensorData* constantOf(const Graph& graph, ValueId id) {
  return id == kNoValue || !graph.value(id).data ? nullptr : &*graph.value(id).data;
}

std::vector<std::int64_t> integersOf(const Graph& graph, ValueId id) {
  const TensorData* data = constantOf(graph, id);
  return data != nullptr && data->dtype() == DType::Int64 && data->count() <= 16 ? data->toInts()
                                                                                 : std::vector<std::int64_t>{};
}

FieldAxis slid(FieldAxis axis, std::int64_t kernel, std::int64_t stride, std::int64_t dilation, std::int64_t begin) {
  axis.start -= axis.stride * static_cast<double>(begin);
  axis.size += axis.stride * static_cast<double>((kernel - 1) * dilation);
  axis.stride *= static_cast<double>(stride);
  return axis;
}

/// Every place o reads places (o + begin - (kernel - 1) * dilation) / stride to (o + begin) / stride.
FieldAxis spread(FieldAxis axis, std::int64_t kernel, std::int64_t stride, std::int64_t dilation, std::int64_t begin) {
  const double step = axis.stride / static_cast<double>(stride);
  const double reach = static_cast<double>((kernel - 1) * dilation);
  axis.start += step * (static_cast<double>(begin) - reach);
  axis.size += step * reach;
  axis.stride = step;
  return axis;
}

std::int64_t nth(const std::vector<std::int64_t>& values, std::size_t i, std::int64_t fallback) {
  return i < values.size() ? values[i] : fallback;
}

/// Padding before the first place, which auto_pad makes depend on the length.
std::optional<std::int64_t> beginOf(const Graph& graph, const Node& node, std::size_t axis, std::int64_t kernel,
                                    std::int64_t stride, std::int64_t dilation) {
  const std::string automatic = node.stringOr("auto_pad", "NOTSET");
  if (automatic == "VALID") return 0;
  if (automatic == "NOTSET" || automatic.empty()) return nth(node.intsOr("pads"), axis, 0);
  const auto& shape = graph.value(node.input(0)).shape;
  if (node.op == "ConvTranspose" || !shape || shape->size() != 4 || (*shape)[axis + 2] < 1) return std::nullopt;
  const std::int64_t length = (*shape)[axis + 2], out = (length + stride - 1) / stride;
  const std::int64_t total = std::max<std::int64_t>((out - 1) * stride + (kernel - 1) * dilation + 1 - length, 0);
  return automatic == "SAME_LOWER" ? total - total / 2 : total / 2;
}

Field windowed(const Graph& graph, const Node& node, const ReceptiveField& field) {
  std::vector<std::int64_t> kernel = node.intsOr("kernel_shape");
  if (kernel.empty() && node.input(1) != kNoValue) {
    const auto& shape = graph.value(node.input(1)).shape;
    const TensorData* weights = constantOf(graph, node.input(1));
    const Shape known = weights != nullptr ? weights->shape() : shape.value_or(Shape{});
    if (known.size() == 4) kernel = {known[2], known[3]};
  }
  if (kernel.size() != 2 || kernel[0] < 1 || kernel[1] < 1) return std::nullopt;
  ReceptiveField result = field;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    FieldAxis& a = axis == 0 ? result.y : result.x;
    const std::int64_t stride = nth(node.intsOr("strides"), axis, 1), dilation = nth(node.intsOr("dilations"), axis, 1);
    if (stride < 1 || dilation < 1) return std::nullopt;
    const auto begin = beginOf(graph, node, axis, kernel[axis], stride, dilation);
    if (!begin) return std::nullopt;
    a = (node.op == "ConvTranspose" ? spread : slid)(a, kernel[axis], stride, dilation, *begin);
  }
  return result;
}

Field padded(const Graph& graph, const Node& node, ReceptiveField field) {
  const std::vector<std::int64_t> pads = integersOf(graph, node.input(1));
  if (pads.size() != 8 || node.input(3) != kNoValue || node.stringOr("mode", "constant") == "wrap") return std::nullopt;
  field.y.start -= field.y.stride * static_cast<double>(pads[2]);
  field.x.start -= field.x.stride * static_cast<double>(pads[3]);
  return field;
}

Field resized(const Graph& graph, const Node& node, ReceptiveField field) {
  const TensorData* scales = constantOf(graph, node.input(2));
  if (scales == nullptr || scales->dtype() != DType::Float32 || scales->count() != 4) return std::nullopt;
  const std::vector<double> s = scales->toDoubles();
  if (s[0] != 1.0 || s[1] != 1.0 || !(s[2] >= 1.0) || !(s[3] >= 1.0)) return std::nullopt;
  // Whatever the convention for the middles of pixels, neighbours as far as this are all that is read.
  const double margin = node.stringOr("mode", "nearest") == "cubic" ? 3.0 : 2.0;
  const auto along = [&](FieldAxis& axis, double scale) {
    axis.start -= axis.stride * margin;
    axis.size += axis.stride * 2.0 * margin;
    axis.stride /= scale;
  };
  along(field.y, s[2]);
  along(field.x, s[3]);
  return field;
}

FieldAxis joined(const FieldAxis& a, const FieldAxis& b) {
  const double start = std::min(a.start, b.start);
  return {start, a.stride, std::max(a.start + a.size, b.start + b.size) - start};
}

Field joined(const Node& node, const std::vector<Field>& fields) {
  Field all;
  for (const ValueId v : node.inputs) {
    if (v == kNoValue || !fields[static_cast<std::size_t>(v)]) continue;
    const ReceptiveField& one = *fields[static_cast<std::size_t>(v)];
    if (one.whole) return std::nullopt;
    if (!all) {
      all = one;
      continue;
    }
    // Maps of different strides cannot have equally many places.
    if (std::abs(all->y.stride - one.y.stride) > 1e-9 || std::abs(all->x.stride - one.x.stride) > 1e-9)
      return std::nullopt;
    all->y = joined(all->y, one.y);
    all->x = joined(all->x, one.x);
  }
  return all;
}

bool overChannels(const Graph& graph, const Node& node) {
  if (node.op.starts_with("Reduce")) {
    std::vector<std::int64_t> axes = node.intsOr("axes");
    if (axes.empty()) axes = integersOf(graph, node.input(1));
    return axes == std::vector<std::int64_t>{1} && node.intOr("keepdims", 1) != 0;
  }
  if (node.op == "Slice") {
    const std::vector<std::int64_t> axes = integersOf(graph, node.input(3));
    return axes == std::vector<std::int64_t>{1};
  }
  return (node.op == "Softmax" || node.op == "LogSoftmax" || node.op == "LpNormalization" || node.op == "Concat" ||
          node.op == "Split") &&
         node.intOr("axis", node.op == "Split" ? 0 : -1) == 1;
}

bool keepsPlaces(const Node& node) {
  if (node.op != "Transpose") return std::ranges::find(kPlacewise, node.op) != kPlacewise.end();
  const std::vector<std::int64_t> perm = node.intsOr("perm");
  return perm == std::vector<std::int64_t>{0, 3, 1, 2} || perm == std::vector<std::int64_t>{0, 2, 3, 1};
}

}  // namespace

std::optional<ReceptiveField> fieldBehind(const Graph& graph, const Node& node,
                                          const std::vector<std::optional<ReceptiveField>>& fields) {
  if (!node.domain.empty()) return std::nullopt;
  const Field field = joined(node, fields);
  if (!field) return std::nullopt;
  for (const ValueId v : node.outputs)
    if (v != kNoValue && graph.value(v).shape && graph.value(v).shape->size() != 4) return std::nullopt;
  // Only the first operand may depend on the picture where places are looked at through a window.
  const auto first = node.input(0);
  const bool plain = first != kNoValue && fields[static_cast<std::size_t>(first)];
  if (node.op == "Conv" || node.op == "ConvTranspose" || node.op == "MaxPool" || node.op == "AveragePool" ||
      node.op == "LpPool")
    return plain ? windowed(graph, node, *field) : std::nullopt;
  if (node.op == "Pad") return plain ? padded(graph, node, *field) : std::nullopt;
  if (node.op == "Resize") return plain ? resized(graph, node, *field) : std::nullopt;
  return keepsPlaces(node) || overChannels(graph, node) ? field : std::nullopt;
}

}  // namespace unitscope
