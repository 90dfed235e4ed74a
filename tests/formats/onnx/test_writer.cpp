#include <QtTest>

#include "formats/onnx/onnx_writer.h"
#include "graph/graph_builder.h"
#include "graph/layers.h"
#include "support/onnx_text.h"
#include "support/open_bytes.h"

using namespace unitscope;

namespace {

TensorData ramp(Shape shape) {
  std::vector<float> values(static_cast<std::size_t>(elementCount(shape)));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.25F * static_cast<float>(i);
  return TensorData::fromFloats(std::move(shape), std::move(values));
}

Graph network() {
  GraphBuilder b("net");
  const ValueId x = b.input("x", DType::Float32, Shape{-1, 3, 8, 8});
  b.setScope("features.0");
  ValueId h = b.op("Conv", {x, b.parameter("features.0.weight", ramp({4, 3, 3, 3}))}, {{"pads", Shape{1, 1, 1, 1}}});
  b.setScope("features.it's \\ odd");
  h = b.op("LeakyRelu", {h}, {{"alpha", 0.5}});
  b.setScope("");
  h = b.op("Mul", {h, b.constant(ramp({4, 1, 1}), "gain")});
  b.output(b.op("Clip", {h, kNoValue, b.scalarFloat(6.0F)}), "scores");
  b.graph().value(b.graph().outputs().at(0)).shape = Shape{-1, 4, 8, 8};
  b.graph().value(b.graph().outputs().at(0)).dtype = DType::Float32;
  return b.take();
}

/// A graph of one operator on a [2,3,7,6] input.
Graph pooling(std::string_view op, Shape size, std::optional<Shape> shape = Shape{2, 3, 7, 6}) {
  GraphBuilder b;
  const ValueId x = b.input("x", DType::Float32, std::move(shape));
  b.output(b.custom(kUnitscopeDomain, op, {x}, {{"output_size", std::move(size)}}), "y");
  return b.take();
}

std::vector<std::string> operators(const Graph& graph) {
  return onnxtext::facts(toOnnxBytes(graph)).operators;
}

using Names = std::vector<std::string>;

}  // namespace

class TestWriter : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void readsBackTheSame() {
    const Graph graph = network();
    const Graph again = openOnnxBytes(toOnnxBytes(graph));
    QCOMPARE(again.nodes().size(), graph.nodes().size());
    for (std::size_t n = 0; n < graph.nodes().size(); ++n) {
      const Node& a = graph.nodes()[n];
      const Node& b = again.nodes()[n];
      QCOMPARE(b.op, a.op);
      QCOMPARE(b.name, a.name);
      QCOMPARE(b.scope, a.scope);
      QCOMPARE(b.inputs.size(), a.inputs.size());
      for (std::size_t i = 0; i < a.inputs.size(); ++i) {
        QCOMPARE(b.inputs[i] == kNoValue, a.inputs[i] == kNoValue);
        if (a.inputs[i] != kNoValue) QCOMPARE(again.value(b.inputs[i]).name, graph.value(a.inputs[i]).name);
      }
    }
    QCOMPARE(again.node(1).floatOr("alpha", 0), 0.5);
    QVERIFY(again.node(0).intsOr("pads") == Shape({1, 1, 1, 1}));
    QCOMPARE(again.parameterCount(), graph.parameterCount());
    QVERIFY(!again.value(again.find("gain")).trainable);
    QVERIFY(again.value(again.find("features.0.weight")).data->toDoubles() ==
            graph.value(graph.find("features.0.weight")).data->toDoubles());
    QVERIFY(again.value(again.inputs().at(0)).shape == Shape({-1, 3, 8, 8}));
    QVERIFY(again.value(again.outputs().at(0)).shape == Shape({-1, 4, 8, 8}));
    Names before;
    Names after;
    for (const Layer& layer : findLayers(graph)) before.push_back(layer.name);
    for (const Layer& layer : findLayers(again)) after.push_back(layer.name);
    QVERIFY(before == after);
  }

  void asksForTheLowestOperatorSet() {
    QCOMPARE(onnxtext::facts(toOnnxBytes(network())).opset, 18);
    const auto opsetOf = [](std::string_view op, GraphBuilder::Attributes attributes = {}) {
      GraphBuilder b;
      const ValueId x = b.input("x", DType::Float32, Shape{1, 4, 2, 2});
      b.output(b.op(op, {x}, std::move(attributes)), "y");
      return onnxtext::facts(toOnnxBytes(b.take())).opset;
    };
    QCOMPARE(opsetOf("Gelu"), 20);
    QCOMPARE(opsetOf("AveragePool", {{"kernel_shape", Shape{2, 2}}}), 18);
    QCOMPARE(opsetOf("AveragePool", {{"kernel_shape", Shape{2, 2}}, {"dilations", Shape{1, 1}}}), 19);
    QCOMPARE(opsetOf("GroupNormalization", {{"num_groups", std::int64_t{2}}}), 21);
    QCOMPARE(opsetOf("Swish"), 18);
  }

  void adaptivePoolingBecomesOnnx() {
    QVERIFY(operators(pooling("AdaptiveAvgPool", {1, 1}, std::nullopt)) == Names({"GlobalAveragePool"}));
    QVERIFY(operators(pooling("AdaptiveMaxPool", {1, 1}, std::nullopt)) == Names({"GlobalMaxPool"}));
    QVERIFY(operators(pooling("AdaptiveAvgPool", {7, 3})) == Names({"AveragePool"}));
    QVERIFY(operators(pooling("AdaptiveMaxPool", {1, 2})) == Names({"MaxPool"}));
    QVERIFY(operators(pooling("AdaptiveAvgPool", {3, 4})) == Names({"MatMul", "MatMul"}));
    QVERIFY_EXCEPTION_THROWN(toOnnxBytes(pooling("AdaptiveMaxPool", {3, 4})), Error);
    QVERIFY_EXCEPTION_THROWN(toOnnxBytes(pooling("AdaptiveMaxPool", {3, 4}, std::nullopt)), Error);
    QVERIFY_EXCEPTION_THROWN(toOnnxBytes(pooling("AdaptiveAvgPool", {0, 4})), Error);
    QVERIFY_EXCEPTION_THROWN(toOnnxBytes(pooling("SomethingElse", {3, 4})), Error);
  }

  void largeWeightsGoBeside() {
    const Folder folder;
    const Graph graph = network();
    const auto file = folder.path() / "net.onnx";
    GraphBuilder b;
    const ValueId x = b.input("x", DType::Float32, Shape{-1, 300});
    b.output(b.op("Add", {b.op("MatMul", {x, b.parameter("w", ramp({300, 3}))}), b.parameter("b", ramp({3}))}), "y");
    writeOnnx(b.take(), file, OnnxWriteOptions{1000});
    QVERIFY(std::filesystem::exists(folder.path() / "net.onnx.data"));
    QVERIFY(std::filesystem::file_size(file) < 1000);
    const Graph again = openOnnx(file).graph;
    QCOMPARE(again.value(again.find("w")).data->toDoubles().back(), 0.25 * 899);
    QCOMPARE(again.value(again.find("b")).data->toDoubles().back(), 0.5);
    QCOMPARE(again.parameterCount(), 903);
  }

  void failuresLeaveTheOldFile() {
    const Folder folder;
    const auto file = folder.write("net.onnx", "old");
    QVERIFY_EXCEPTION_THROWN(writeOnnx(pooling("SomethingElse", {3, 4}), file), Error);
    QCOMPARE(std::filesystem::file_size(file), std::uintmax_t{3});
    QVERIFY_EXCEPTION_THROWN(writeOnnx(network(), folder.path() / "missing" / "net.onnx"), Error);
    writeOnnx(network(), file);
    QCOMPARE(openOnnx(file).graph.nodes().size(), std::size_t{4});
  }

  void mayReplaceTheFileThatItWasReadFrom() {
    const Folder folder;
    const auto file = folder.path() / "net.onnx";
    writeOnnx(network(), file);
    const Graph graph = openOnnx(file).graph;  // its weights lie in the mapped file
    writeOnnx(graph, file);
    const Graph again = openOnnx(file).graph;
    QVERIFY(again.value(again.find("features.0.weight")).data->toDoubles() ==
            graph.value(graph.find("features.0.weight")).data->toDoubles());
  }
};

QTEST_APPLESS_MAIN(TestWriter)
#include "test_writer.moc"
