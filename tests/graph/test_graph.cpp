#include <cmath>
#include <cstring>

#include <QtTest>

#include "graph/graph_builder.h"
#include "runtime/error.h"

using namespace unitscope;

class TestGraph : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void buildsInOrder() {
    GraphBuilder b("tiny");
    const ValueId x = b.input("x", DType::Float32, Shape{-1, 3});
    const ValueId w = b.parameter("w", TensorData::fromFloats({3, 2}, {1, 2, 3, 4, 5, 6}));
    b.setScope("head");
    b.output(b.op("MatMul", {x, w}), "y");
    const Graph graph = b.take();
    QCOMPARE(graph.parameterCount(), 6);
    QCOMPARE(graph.value(graph.find("y")).producer, 0);
    QCOMPARE(graph.node(0).scope, std::string("head"));
    QCOMPARE(graph.consumers()[static_cast<std::size_t>(w)].size(), std::size_t{1});
  }

  void namesStayUnique() {
    Graph graph;
    const ValueId a = graph.addValue({"a"});
    const ValueId b = graph.addValue({"a"});
    QVERIFY(graph.value(a).name != graph.value(b).name);
    graph.renameValue(b, "a");
    QVERIFY(graph.value(a).name != graph.value(b).name);
    QCOMPARE(graph.find("a"), a);
  }

  void refusesTwoWriters() {
    Graph graph;
    const ValueId a = graph.addValue({"a"});
    graph.addNode({"Relu", "", "one", "", {}, {a}, {}});
    QVERIFY_EXCEPTION_THROWN(graph.addNode({"Relu", "", "two", "", {}, {a}, {}}), Error);
  }

  void refusesUseBeforeDefinition() {
    Graph graph;
    const ValueId a = graph.addValue({"a"});
    graph.addOutput(a);
    QVERIFY_EXCEPTION_THROWN(graph.check(), Error);
  }

  void tensorDataChecksItsSize() {
    std::vector<std::byte> bytes(8);
    QVERIFY_EXCEPTION_THROWN(TensorData::fromBytes(DType::Float32, {3}, bytes), Error);
    QVERIFY_EXCEPTION_THROWN(TensorData::fromBytes(DType::Float32, {std::int64_t{1} << 62, 8}, bytes), Error);
    QCOMPARE(TensorData::fromBytes(DType::Float32, {2}, bytes).count(), 2);
  }

  void halfPrecisionConverts() {
    const std::uint16_t halves[] = {0x3C00, 0xC000, 0x0001, 0x7C00};
    std::vector<std::byte> bytes(sizeof halves);
    std::memcpy(bytes.data(), halves, sizeof halves);
    const auto values = TensorData::fromBytes(DType::Float16, {4}, bytes).toDoubles();
    QCOMPARE(values[0], 1.0);
    QCOMPARE(values[1], -2.0);
    QCOMPARE(values[2], std::ldexp(1.0, -24));
    QVERIFY(std::isinf(values[3]));
  }
};

QTEST_APPLESS_MAIN(TestGraph)
#include "test_graph.moc"
