#include <QtTest>

#include "graph/layers.h"
#include "support/onnx_text.h"
#include "support/open_bytes.h"

using namespace unitscope;

namespace {

const char* const kSmall = R"(
<ir_version: 7, opset_import: ["" : 13]>
net (float[N, 4] x) => (float[N, 2] y) <float[4, 2] w = {1, 2, 3, 4, 5, 6, 7, 8}, int64[1] axes = {0}>
{ h = MatMul(x, w)  y = Relu(h) })";

}  // namespace

class TestReader : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void readsNodesWeightsAndShapes() {
    const Graph graph = openOnnxBytes(onnxtext::model(kSmall));
    QCOMPARE(graph.nodes().size(), std::size_t{2});
    QCOMPARE(graph.node(0).op, std::string("MatMul"));
    const Value& x = graph.value(graph.inputs().at(0));
    QCOMPARE(x.name, std::string("x"));
    QCOMPARE(x.dtype, DType::Float32);
    QVERIFY(x.shape == Shape({-1, 4}));
    const Value& w = graph.value(graph.find("w"));
    QVERIFY(w.trainable);
    QCOMPARE(w.data->toDoubles().at(5), 6.0);
    QVERIFY(!graph.value(graph.find("axes")).trainable);
    QCOMPARE(graph.parameterCount(), 8);
    QCOMPARE(graph.value(graph.outputs().at(0)).name, std::string("y"));
  }

  void isRecognisedByItsContents() {
    const std::string bytes = onnxtext::model(kSmall);
    const auto reader = makeOnnxReader();
    QVERIFY(reader->recognises("weights.bin", bytes));
    QVERIFY(!reader->recognises("model.onnx", "PK\x03\x04 not a model at all"));
    QVERIFY(!reader->recognises("model.onnx", std::string("\x80\x02}q\x00.", 6)));
    QVERIFY(!reader->recognises("model.onnx", "{\"graph\": 1}"));
    QVERIFY(!reader->recognises("model.onnx", std::string("\x60\x00\x00\x00\x00\x00\x00\x00{\"a\":1}", 15)));
  }

  void opensNodesInAnyOrder() {
    const Graph graph = openOnnxBytes(onnxtext::withReversedNodes(onnxtext::model(kSmall)));
    QCOMPARE(graph.node(0).op, std::string("MatMul"));
    QCOMPARE(graph.node(1).op, std::string("Relu"));
  }

  void constantsAreNoNodes() {
    const Graph graph = openOnnxBytes(onnxtext::model(R"(
      <ir_version: 7, opset_import: ["" : 13]>
      net (float[2] x) => (float[2] y) { a = Constant<value_float = 2.5>()  b = Constant<value_ints = [1, 2]>()
        s = Reshape(x, b)  y = Mul(s, a) })"));
    QCOMPARE(graph.nodes().size(), std::size_t{2});
    QCOMPARE(graph.value(graph.find("a")).data->toDoubles().at(0), 2.5);
    QVERIFY(graph.value(graph.find("b")).data->toInts() == std::vector<std::int64_t>({1, 2}));
    QVERIFY(!graph.value(graph.find("a")).trainable);
  }

  void copiesOfParametersBecomeParameters() {
    const Graph graph = openOnnxBytes(onnxtext::model(R"(
      <ir_version: 7, opset_import: ["" : 13]>
      net (float[2] x) => (float[2] y) <float[2] one = {1, 2}>
      { other = Identity(one)  h = Add(x, one)  y = Add(h, other) })"));
    QCOMPARE(graph.nodes().size(), std::size_t{2});
    QCOMPARE(graph.parameterCount(), 4);
    QVERIFY(graph.value(graph.find("other")).trainable);
  }

  void initialisersAmongTheInputsAreDefaults() {
    const Graph graph = openOnnxBytes(onnxtext::withRaw(onnxtext::model(R"(
      <ir_version: 3, opset_import: ["" : 9]>
      net (float[1] x, float[1] w) => (float[1] y) { y = Add(x, w) })"),
                                                        "w", 1, {1}, std::string(4, '\0')));
    QCOMPARE(graph.inputs().size(), std::size_t{1});
    QVERIFY(graph.value(graph.find("w")).data.has_value());
  }

  void findsModulesInNodeNames() {
    const std::string bytes =
        onnxtext::withNodeNames(onnxtext::model(kSmall), {"/features/features.0/MatMul", "/features/features.1/Relu"});
    const Graph graph = openOnnxBytes(bytes);
    QCOMPARE(graph.node(0).scope, std::string("features.0"));
    QCOMPARE(graph.node(1).scope, std::string("features.1"));
  }

  void findsModulesInMetadata() {
    std::string bytes = onnxtext::model(kSmall);
    const std::string key = "pkg.torch.onnx.name_scopes";
    bytes = onnxtext::withNodeMetadata(bytes, 0, "other", "x");
    bytes = onnxtext::withNodeMetadata(bytes, 0, key, "['', 'features', 'features.12', 'mm']");
    bytes = onnxtext::withNodeMetadata(bytes, 1, key, "['', 'relu']");
    const Graph graph = openOnnxBytes(bytes);
    QCOMPARE(graph.node(0).scope, std::string("features.12"));
    QCOMPARE(graph.node(1).scope, std::string());
  }

  void findsModulesInParameterNames() {
    const std::string bytes = onnxtext::model(R"(
      <ir_version: 3, opset_import: ["" : 9]>
      net (float[1] x, float[1] w) => (float[1] y) { h = Add(x, w)  y = Relu(h) })");
    const Graph graph = openOnnxBytes(onnxtext::withRenamed(onnxtext::withRaw(bytes, "w", 1, {1}, std::string(4, '\0')),
                                                            "w", "features.3.squeeze.weight"));
    QCOMPARE(graph.node(0).scope, std::string("features.3.squeeze"));
    QVERIFY(graph.node(1).scope.empty());
  }

  void inlinesFunctions() {
    const Graph graph = openOnnxBytes(onnxtext::model(R"(
      <ir_version: 8, opset_import: ["" : 17, "local" : 1]>
      net (float[2] x) => (float[2] y) { h = local.twice <slope = 0.25> (x)  y = local.twice <slope = 0.5> (h) }
      <domain: "local", opset_import: ["" : 17, "local" : 1]> leaky <alpha> (a) => (b)
      { b = LeakyRelu <alpha : float = @alpha> (a) }
      <domain: "local", opset_import: ["" : 17, "local" : 1]> twice <slope> (a) => (c)
      { b = local.leaky <alpha : float = @slope> (a)  c = Add(b, b) })"));
    QCOMPARE(graph.nodes().size(), std::size_t{4});
    QCOMPARE(graph.node(0).op, std::string("LeakyRelu"));
    QCOMPARE(graph.node(0).floatOr("alpha", 0), 0.25);
    QCOMPARE(graph.node(2).floatOr("alpha", 0), 0.5);
    QCOMPARE(graph.value(graph.outputs().at(0)).name, std::string("y"));
  }

  void functionsMayPassThrough() {
    const Graph graph = openOnnxBytes(onnxtext::model(R"(
      <ir_version: 8, opset_import: ["" : 17, "local" : 1]>
      net (float[2] x) => (float[2] y) { y = local.same(x) }
      <domain: "local", opset_import: ["" : 17]> same (a) => (a) { b = Relu(a) })"));
    QCOMPARE(graph.nodes().size(), std::size_t{2});
    QCOMPARE(graph.node(1).op, std::string("Identity"));
  }

  void readsTheSqueezeNets() {
    const std::filesystem::path models = std::filesystem::path(UNITSCOPE_SHARED_DIR) / "models";
    const auto older = models / "squeezenet1_0-imagenet.onnx";
    if (!std::filesystem::exists(older)) QSKIP("the shared folder with real networks is not here");
    const Graph a = openOnnx(older).graph;
    const Graph b = openOnnx(models / "squeezenet1_0-imagenet.dynamo.onnx").graph;
    QCOMPARE(a.parameterCount(), 1248424);
    QCOMPARE(b.parameterCount(), 1248424);
    const auto modules = [](const Graph& graph) {
      std::vector<std::string> names;
      for (const Layer& layer : findLayers(graph))
        if (!layer.plumbing) names.push_back(layer.name);
      return names;
    };
    QVERIFY(modules(a) == modules(b));
    QVERIFY(std::ranges::count(modules(a), std::string("features.12.expand3x3")) == 1);
  }
};

QTEST_APPLESS_MAIN(TestReader)
#include "test_reader.moc"
