#include "formats/onnx/plain_operators.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "runtime/error.h"

namespace unitscope::onnxfile {
namespace {

/// Averaging over the bins of adaptive pooling as a matrix [out, in]: bin i covers floor(i*in/out) to
/// ceil((i+1)*in/out).
TensorData binMatrix(std::int64_t in, std::int64_t out, bool transposed) {
  std::vector<float> matrix(static_cast<std::size_t>(in * out), 0.0F);
  for (std::int64_t i = 0; i < out; ++i) {
    const std::int64_t from = i * in / out;
    const std::int64_t to = ((i + 1) * in + out - 1) / out;
    for (std::int64_t j = from; j < to; ++j)
      matrix[static_cast<std::size_t>(transposed ? j * out + i : i * in + j)] = 1.0F / static_cast<float>(to - from);
  }
  return TensorData::fromFloats(transposed ? Shape{in, out} : Shape{out, in}, std::move(matrix));
}

class Rewriter {
 public:
  explicit Rewriter(const Graph& source) : source_(source) {}

  Graph run() {
    graph_.name = source_.name;
    graph_.producer = source_.producer;
    for (Value value : source_.values()) {
      value.producer = kNoNode;
      graph_.addValue(std::move(value));
    }
    for (const ValueId id : source_.inputs()) graph_.addInput(id);
    for (const ValueId id : source_.outputs()) graph_.addOutput(id);
    for (const Node& node : source_.nodes()) rewrite(node);
    graph_.check();
    return std::move(graph_);
  }

 private:
  void rewrite(const Node& node) {
    if (node.domain.empty() && node.op == "Swish") {
      swish(node);
    } else if (node.domain == kUnitscopeDomain) {
      if (node.op != "AdaptiveAvgPool" && node.op != "AdaptiveMaxPool")
        throw Error(node.label(), "ONNX has no equivalent of this operator");
      adaptivePool(node);
    } else {
      graph_.addNode(node);
    }
  }

  /// A node in place of `node`; `output` is kNoValue for an inner value.
  ValueId add(const Node& node, std::string_view op, std::vector<ValueId> inputs, ValueId output,
              std::map<std::string, Attribute, std::less<>> attributes = {}) {
    Node made;
    made.op = op;
    made.name = node.name;
    made.scope = node.scope;
    made.inputs = std::move(inputs);
    made.attributes = std::move(attributes);
    if (output == kNoValue) output = graph_.addValue({node.name + "/" + std::string(op)});
    made.outputs = {output};
    graph_.addNode(std::move(made));
    return output;
  }

  ValueId constant(const Node& node, TensorData data, std::string_view what) {
    const ValueId id = graph_.addValue({node.name + "/" + std::string(what)});
    graph_.setData(id, std::move(data));
    return id;
  }

  void swish(const Node& node) {
    const ValueId x = node.input(0);
    const double alpha = node.floatOr("alpha", 1.0);
    ValueId scaled = x;
    if (alpha != 1.0) {
      if (graph_.value(x).dtype != DType::Float32) throw Error(node.label(), "cannot be written for this element type");
      scaled = add(node, "Mul", {x, constant(node, TensorData::scalar(static_cast<float>(alpha)), "alpha")}, kNoValue);
    }
    add(node, "Mul", {x, add(node, "Sigmoid", {scaled}, kNoValue)}, node.outputs.at(0));
  }

  void adaptivePool(const Node& node) {
    const bool maximum = node.op == "AdaptiveMaxPool";
    const std::vector<std::int64_t> wanted = node.intsOr("output_size");
    const ValueId x = node.input(0);
    if (x == kNoValue || wanted.empty()) throw Error(node.label(), "lacks its input or output_size");
    if (node.outputs.size() > 1 && node.outputs[1] != kNoValue)
      throw Error(node.label(), "the indices of adaptive pooling cannot be written as ONNX");
    if (std::ranges::all_of(wanted, [](std::int64_t size) { return size == 1; })) {
      add(node, maximum ? "GlobalMaxPool" : "GlobalAveragePool", {x}, node.outputs.at(0));
      return;
    }
    if (std::ranges::any_of(wanted, [](std::int64_t size) { return size < 1; }))
      throw Error(node.label(), "pools to " + toString(wanted));
    const std::optional<Shape>& shape = graph_.value(x).shape;
    const bool ranked = shape && shape->size() >= wanted.size();
    const Shape sizes = ranked ? Shape(shape->end() - static_cast<std::ptrdiff_t>(wanted.size()), shape->end())
                               : Shape(wanted.size(), -1);
    const bool open = std::ranges::any_of(sizes, [](std::int64_t size) { return size < 1; });
    const bool byMatrices = !maximum && wanted.size() <= 2 && graph_.value(x).dtype == DType::Float32;
    if (open && !byMatrices) throw Error(node.label(), "can be written as ONNX only where the input's size is known");
    Shape kernel;
    bool even = !open;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      kernel.push_back(sizes[i] / wanted[i]);
      even = even && sizes[i] % wanted[i] == 0;
    }
    if (even)
      add(node, maximum ? "MaxPool" : "AveragePool", {x}, node.outputs.at(0),
          {{"kernel_shape", kernel}, {"strides", kernel}});
    else if (byMatrices)
      averageByMatrices(node, x, sizes, wanted);
    else
      throw Error(node.label(), "pools " + toString(sizes) + " to " + toString(wanted) +
                                    " in overlapping bins, which ONNX cannot express");
  }

  void averageByMatrices(const Node& node, ValueId x, const Shape& sizes, const Shape& wanted) {
    const bool plane = wanted.size() == 2;
    const auto bins = [&](std::size_t axis, bool transposed, std::string_view what) {
      return sizes[axis] > 0 ? constant(node, binMatrix(sizes[axis], wanted[axis], transposed), what)
                             : openBinMatrix(node, x, wanted.size(), axis, wanted[axis], transposed, what);
    };
    const ValueId columns = bins(wanted.size() - 1, true, "columns");
    const ValueId narrowed = add(node, "MatMul", {x, columns}, plane ? kNoValue : node.outputs.at(0));
    if (!plane) return;
    const ValueId rows = bins(0, false, "rows");
    add(node, "MatMul", {rows, narrowed}, node.outputs.at(0));
  }

  /// binMatrix() for a size that only the run will tell, as nodes.
  ValueId openBinMatrix(const Node& node, ValueId x, std::size_t axes, std::size_t axis, std::int64_t out,
                        bool transposed, std::string_view what) {
    const std::string prefix = std::string(what) + "/";
    const auto inner = [&](std::string_view op, std::vector<ValueId> inputs, std::string_view name, DType type,
                           std::map<std::string, Attribute, std::less<>> attributes = {}) {
      const ValueId made = graph_.addValue({node.name + "/" + prefix + std::string(name)});
      graph_.value(made).dtype = type;
      return add(node, op, std::move(inputs), made, std::move(attributes));
    };
    const auto number = [&](std::int64_t value, std::string_view name) {
      return constant(node, TensorData::scalar(value), prefix + std::string(name));
    };
    std::vector<std::int64_t> first, second;
    for (std::int64_t i = 0; i < out; ++i) {
      first.push_back(i);
      second.push_back(i + 1);
    }
    constexpr DType kInt = DType::Int64, kBool = DType::Bool;
    const std::map<std::string, Attribute, std::less<>> toFloat{{"to", std::int64_t{1}}};
    const ValueId shape = inner("Shape", {x}, "shape", kInt);
    const auto fromTheEnd = static_cast<std::int64_t>(axis) - static_cast<std::int64_t>(axes);
    const ValueId size = inner("Gather", {shape, number(fromTheEnd, "axis")}, "size", kInt);
    const ValueId places = inner("Range", {number(0, "zero"), size, number(1, "one")}, "places", kInt);
    const ValueId bins = number(out, "bins");
    const auto column = [&](std::vector<std::int64_t> values, std::string_view name) {
      return constant(node, TensorData::fromInts({out, 1}, std::move(values)), prefix + std::string(name));
    };
    const ValueId from =
        inner("Div", {inner("Mul", {column(first, "first"), size}, "reach", kInt), bins}, "from", kInt);
    const ValueId up = inner(
        "Add", {inner("Mul", {column(second, "second"), size}, "end", kInt), number(out - 1, "less")}, "up", kInt);
    const ValueId to = inner("Div", {up, bins}, "to", kInt);
    const ValueId before = inner("Less", {places, from}, "before", kBool);
    const ValueId begun = inner("Not", {before}, "begun", kBool);
    const ValueId inside = inner("And", {begun, inner("Less", {places, to}, "open", kBool)}, "inside", kBool);
    const ValueId count = inner("Cast", {inner("Sub", {to, from}, "length", kInt)}, "count", DType::Float32, toFloat);
    const ValueId mask = inner("Cast", {inside}, "mask", DType::Float32, toFloat);
    const ValueId matrix = inner("Div", {mask, count}, "matrix", DType::Float32);
    if (!transposed) return matrix;
    return inner("Transpose", {matrix}, "transposed", DType::Float32, {{"perm", std::vector<std::int64_t>{1, 0}}});
  }

  const Graph& source_;
  Graph graph_;
};

}  // namespace

Graph withPlainOperators(const Graph& graph) {
  return Rewriter(graph).run();
}

}  // namespace unitscope::onnxfile
