#include <cmath>
#include <limits>

#include <QTest>

#include "app/weight_facts.h"
#include "graph/graph_builder.h"

using namespace unitscope;

class TestWeightFacts : public QObject {
  Q_OBJECT
 private:
  static Graph graphWith(TensorData data) {
    Graph graph;
    Value input;
    input.name = "x";
    const ValueId x = graph.addValue(input);
    graph.addInput(x);
    Value weight;
    weight.name = "w";
    weight.data = std::move(data);
    weight.trainable = true;
    const ValueId w = graph.addValue(weight);
    Value output;
    output.name = "y";
    const ValueId y = graph.addValue(output);
    Node node;
    node.op = "Mul";
    node.inputs = {x, w};
    node.outputs = {y};
    graph.addNode(node);
    graph.addOutput(y);
    return graph;
  }

 private Q_SLOTS:
  void countsAndAverages() {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const auto facts = weightFacts(graphWith(TensorData::fromFloats({6}, {0, 2, 4, -2, nan, 0})), {0}, {});
    QCOMPARE(facts.size(), std::size_t(1));
    QCOMPARE(facts[0].name, QString("w"));
    QCOMPARE(facts[0].numbers.count, 6);
    QCOMPARE(facts[0].numbers.zeros, 2);
    QCOMPARE(facts[0].numbers.notFinite, 1);
    QCOMPARE(facts[0].numbers.least, -2.0);
    QCOMPARE(facts[0].numbers.most, 4.0);
    QVERIFY(std::abs(facts[0].numbers.mean - 0.8) < 1e-12);
    QVERIFY(std::abs(facts[0].numbers.deviation - std::sqrt(4.16)) < 1e-12);
  }

  void goesThroughInPieces() {
    // Longer than one piece, and far from zero, where sums of squares would lose all digits.
    std::vector<float> values(200'000);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = i % 2 == 0 ? 1000.0F : 1001.0F;
    const auto facts = weightFacts(graphWith(TensorData::fromFloats({200'000}, std::move(values))), {0}, {});
    QVERIFY(std::abs(facts[0].numbers.mean - 1000.5) < 1e-9);
    QVERIFY(std::abs(facts[0].numbers.deviation - 0.5) < 1e-9);
  }

  void emptyTensorsAndCancelling() {
    const auto facts = weightFacts(graphWith(TensorData::fromFloats({0}, {})), {0, 0}, {});
    QCOMPARE(facts.size(), std::size_t(1));
    QCOMPARE(facts[0].numbers.mean, 0.0);
    CancelToken cancel;
    cancel.cancel();
    QVERIFY_EXCEPTION_THROWN(weightFacts(graphWith(TensorData::fromFloats({1}, {1})), {0}, cancel), Cancelled);
  }
};

QTEST_APPLESS_MAIN(TestWeightFacts)
#include "test_weight_facts.moc"
