#include <algorithm>

#include <QtTest>

#include "graph/graph_builder.h"
#include "graph/layers.h"
#include "runtime/error.h"

using namespace unitscope;

class TestLayers : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void scopesFromExportersNames() {
    QCOMPARE(scopeFromNodeName("/features/features.3/squeeze/Conv"), std::string("features.3.squeeze"));
    QCOMPARE(scopeFromNodeName("/layer1/layer1.0/conv1/Conv"), std::string("layer1.0.conv1"));
    QCOMPARE(scopeFromNodeName("/Flatten"), std::string());
    QCOMPARE(scopeFromNodeName("Conv_12"), std::string());
    QCOMPARE(scopeFromNodeName("//Conv"), std::string());
    QCOMPARE(scopeFromParameterName("features.0.weight"), std::string("features.0"));
    QCOMPARE(scopeFromParameterName("weight"), std::string());
    QCOMPARE(scopeFromParameterName("onnx::Conv_1"), std::string());
  }

  void modulesContainTheirParts() {
    GraphBuilder b;
    const ValueId x = b.input("x", DType::Float32, std::nullopt);
    b.setScope("features.0.left");
    const ValueId left = b.op("Conv", {x, b.parameter("w1", TensorData::fromFloats({1, 1, 1, 1}, {1}))});
    b.setScope("features.0.right");
    const ValueId before = b.op("Relu", {x});  // as a padding that the exporter wrote apart: not its main node
    const ValueId right = b.op("Conv", {before, b.parameter("w2", TensorData::fromFloats({1, 1, 1, 1}, {2}))});
    b.setScope("features.0");
    const ValueId joined = b.op("Concat", {left, right}, {{"axis", std::int64_t{1}}});
    // Shape arithmetic behind a module's result must not be taken for its result.
    b.op("Shape", {joined});
    b.setScope("");
    b.output(b.op("Flatten", {joined}));
    const Graph graph = b.take();
    const auto layers = findLayers(graph);
    const auto named = [&](const char* name) {
      return std::find_if(layers.begin(), layers.end(), [&](const Layer& l) { return l.name == name; });
    };
    QVERIFY(named("features") != layers.end());
    QCOMPARE(named("features.0")->output, joined);
    QCOMPARE(named("features")->output, joined);
    QCOMPARE(named("features.0.left")->output, left);
    QCOMPARE(named("features.0")->parameters, 2);
    QCOMPARE(named("features.0")->op, std::string());
    QCOMPARE(named("features.0.right")->op, std::string("Conv"));
    QCOMPARE(layers[static_cast<std::size_t>(named("features.0.left")->parent)].name, std::string("features.0"));
    QVERIFY(named("Flatten")->plumbing);
    for (std::size_t i = 0; i < layers.size(); ++i) QVERIFY(layers[i].parent < static_cast<int>(i));

    QCOMPARE(resolveLayer(graph, layers, "features.0"), joined);
    QCOMPARE(resolveLayer(graph, layers, "output"), graph.outputs().front());
    QCOMPARE(resolveLayer(graph, layers, "input"), x);
    try {
      resolveLayer(graph, layers, "features.0.rigth");
      QFAIL("a layer that does not exist was found");
    } catch (const Error& e) {
      QVERIFY2(e.reason().find("features.0.right") != std::string::npos, e.what());
    }
  }

  void nodesAreLayersWhereThereAreNoModules() {
    GraphBuilder b;
    const ValueId x = b.input("x", DType::Float32, std::nullopt);
    b.output(b.op("Relu", {b.op("Relu", {x}, {}, "first")}, {}, "second"));
    const Graph graph = b.take();
    const auto layers = findLayers(graph);
    QCOMPARE(layers.size(), std::size_t{2});
    QCOMPARE(layers[0].name, std::string("first"));
    QCOMPARE(layers[1].name, std::string("second"));
  }
};

QTEST_APPLESS_MAIN(TestLayers)
#include "test_layers.moc"
