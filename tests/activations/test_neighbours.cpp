#include <ATen/ATen.h>

#include <QtTest>

#include "activations/neighbours.h"
#include "attribution/nets.h"
#include "engine/model.h"
#include "engine/model_internal.h"
#include "engine/shared_models.h"
#include "graph/graph_builder.h"
#include "runtime/error.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

UnitNeighbours ask(const Graph& graph, const std::string& layer, std::int64_t unit, std::int64_t count = 1000) {
  return unitNeighbours(graph, findLayers(graph), layer, unit, count);
}

at::Tensor weight(const Graph& graph, const char* name) {
  return tensorOf(*graph.value(graph.find(name)).data);
}

const UnitWeight* from(const std::vector<UnitWeight>& list, std::int64_t unit, const std::string& layer = {}) {
  for (const UnitWeight& w : list)
    if (w.unit == unit && (layer.empty() || w.layer == layer)) return &w;
  return nullptr;
}

const GraphBuilder::Attributes kSame{{"pads", std::vector<std::int64_t>{1, 1, 1, 1}},
                                     {"kernel_shape", std::vector<std::int64_t>{3, 3}}};

/// Two branches joined, a residual sum with normalisation, a convolution in groups, and a fully connected layer that
/// reads places.
Graph knottedNet() {
  GraphBuilder b("knotted");
  ValueId x = b.input("x", DType::Float32, Shape{-1, 3, 8, 8});
  b.setScope("a");
  const ValueId a = b.op("Relu", {b.op("Conv", {x, b.parameter("a.weight", wavy({4, 3, 3, 3}, 0.1F))}, kSame)});
  b.setScope("b");
  const ValueId c = b.op("Relu", {b.op("Conv", {x, b.parameter("b.weight", wavy({2, 3, 3, 3}, 0.6F))}, kSame)});
  b.setScope("join");
  const ValueId joined = b.op("Concat", {a, c}, {{"axis", std::int64_t{1}}});
  b.setScope("pool");
  x = b.op("MaxPool", {joined},
           {{"kernel_shape", std::vector<std::int64_t>{2, 2}}, {"strides", std::vector<std::int64_t>{2, 2}}});
  b.setScope("inner");
  ValueId y = b.op("Conv", {x, b.parameter("inner.weight", wavy({6, 6, 3, 3}, 0.9F))}, kSame);
  b.setScope("norm");
  y = b.op("BatchNormalization",
           {y, b.parameter("norm.scale", TensorData::fromFloats({6}, {1, 2, 3, 4, 5, 6})),
            b.parameter("norm.bias", wavy({6}, 0.2F)), b.parameter("norm.mean", wavy({6}, 0.3F)),
            b.parameter("norm.var", TensorData::fromFloats({6}, {4, 4, 4, 4, 4, 4}))},
           {{"epsilon", 0.0}});
  b.setScope("sum");
  x = b.op("Relu", {b.op("Add", {y, x})});
  b.setScope("grouped");
  GraphBuilder::Attributes grouped = kSame;
  grouped["group"] = std::int64_t{3};
  x = b.op("Relu", {b.op("Conv", {x, b.parameter("grouped.weight", wavy({6, 2, 3, 3}, 1.3F))}, grouped)});
  b.setScope("head");
  x = b.op("Gemm", {b.op("Flatten", {x}), b.parameter("head.weight", wavy({5, 96}, 0.4F))},
           {{"transB", std::int64_t{1}}});
  b.output(x, "scores");
  return b.take();
}

}  // namespace

/// The weights on either side of a unit.
class TestNeighbours : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void kernelSlices() {
    const Graph graph = *convNet(16).graph;
    const UnitNeighbours found = ask(graph, "relu2", 3);
    const at::Tensor kernel = weight(graph, "conv2.weight");
    QCOMPARE(found.incoming.size(), std::size_t{6});
    for (std::int64_t j = 0; j < 6; ++j) {
      const UnitWeight* w = from(found.incoming, j, "relu1");
      QVERIFY(w != nullptr);
      QCOMPARE(w->by, std::string("conv2"));
      QVERIFY(largestDifference(viewOf(w->kernel), kernel[3][j]) < 1e-6);
      QVERIFY(std::abs(w->norm - kernel[3][j].norm().item<double>()) < 1e-5);
      QVERIFY(std::abs(w->sum - kernel[3][j].sum().item<double>()) < 1e-5);
    }
    for (std::size_t i = 1; i < 6; ++i) QVERIFY(found.incoming[i].norm <= found.incoming[i - 1].norm);
    // Through pooling and flattening to the fully connected layer.
    QCOMPARE(found.outgoing.size(), std::size_t{4});
    for (std::int64_t k = 0; k < 4; ++k) {
      const UnitWeight* w = from(found.outgoing, k);
      QVERIFY(w != nullptr);
      QCOMPARE(w->kernel.shape, (Shape{1, 1}));
      QVERIFY(std::abs(w->sum - weight(graph, "head.weight")[k][3].item<double>()) < 1e-6);
    }
    // A convolution's own output is looked at the same way; and the first layer reads the input.
    QCOMPARE(ask(graph, "conv2", 3).incoming.size(), std::size_t{6});
    QCOMPARE(ask(graph, "relu1", 0).incoming.front().layer, std::string("input"));
    QCOMPARE(ask(graph, "relu1", 0, 2).outgoing.size(), std::size_t{2});
    QCOMPARE(ask(graph, "relu1", 0).outgoing.front().layer, std::string("relu2"));
    QVERIFY(!ask(graph, "scores", 0).notes.empty());
  }

  void branchesAndSums() {
    const Graph graph = knottedNet();
    // Unit 5 of the joined layer is unit 1 of the second branch.
    const UnitNeighbours joined = ask(graph, "join", 5);
    QCOMPARE(joined.incoming.size(), std::size_t{3});
    QVERIFY(largestDifference(viewOf(from(joined.incoming, 2)->kernel), weight(graph, "b.weight")[1][2]) < 1e-6);
    // Ahead: the convolution, and, past the sum, the third group's.
    const UnitNeighbours branch = ask(graph, "b", 1);
    QCOMPARE(branch.outgoing.size(), std::size_t{8});
    const UnitWeight* inner = from(branch.outgoing, 4, "norm");
    QVERIFY(inner != nullptr);
    QCOMPARE(inner->by, std::string("inner"));
    QVERIFY(largestDifference(viewOf(inner->kernel), weight(graph, "inner.weight")[4][5] * 2.5) < 1e-5);
    QVERIFY(from(branch.outgoing, 4, "grouped") != nullptr && from(branch.outgoing, 3, "grouped") == nullptr);
    QVERIFY(largestDifference(viewOf(from(branch.outgoing, 5, "grouped")->kernel),
                              weight(graph, "grouped.weight")[5][1]) < 1e-6);

    // Behind the sum: normalised weights, and what comes past them.
    const UnitNeighbours sum = ask(graph, "sum", 1);
    QCOMPARE(sum.incoming.size(), std::size_t{9});
    // Scale 2 over a standard deviation of 2.
    QVERIFY(largestDifference(viewOf(from(sum.incoming, 3, "join")->kernel), weight(graph, "inner.weight")[1][3]) <
            1e-5);
    QVERIFY(from(sum.incoming, 0, "input") != nullptr);

    // A fully connected layer that reads places has a kernel of them.
    const UnitNeighbours grouped = ask(graph, "grouped", 2);
    QCOMPARE(grouped.incoming.size(), std::size_t{2});
    QVERIFY(from(grouped.incoming, 2) != nullptr && from(grouped.incoming, 3) != nullptr);
    QCOMPARE(grouped.outgoing.size(), std::size_t{5});
    const UnitWeight* head = from(grouped.outgoing, 4);
    QCOMPARE(head->kernel.shape, (Shape{4, 4}));
    QVERIFY(largestDifference(viewOf(head->kernel).flatten(), weight(graph, "head.weight")[4].narrow(0, 32, 16)) <
            1e-6);
    const UnitNeighbours scores = ask(graph, "scores", 4);
    QCOMPARE(scores.incoming.size(), std::size_t{6});
    QVERIFY(largestDifference(viewOf(from(scores.incoming, 2, "grouped")->kernel), viewOf(head->kernel)) < 1e-6);
  }

  void mistakesAndOddGraphs() {
    const Graph graph = *convNet(16).graph;
    QVERIFY_EXCEPTION_THROWN(ask(graph, "nowhere", 0), Error);
    QVERIFY_EXCEPTION_THROWN(ask(graph, "relu2", 5), Error);
    QVERIFY_EXCEPTION_THROWN(ask(graph, "relu2", -1), Error);
    QVERIFY_EXCEPTION_THROWN(ask(graph, "conv2.weight", 0), Error);
    QVERIFY(ask(graph, "relu2", 0, -5).incoming.empty());

    // A layer that joins itself to itself forty times would have 2^40 units.
    GraphBuilder b("doubling");
    ValueId x = b.op("Relu", {b.input("x", DType::Float32, Shape{-1, 3, 8, 8})}, {}, "first");
    for (int i = 0; i < 40; ++i) x = b.op("Concat", {x, x}, {{"axis", std::int64_t{1}}});
    for (int i = 0; i < 20000; ++i) x = b.op("Relu", {x});
    b.output(x, "y");
    const Graph doubling = b.take();
    QVERIFY(!unitNeighbours(doubling, {}, "first", 0, 10).notes.empty());
    QVERIFY(!unitNeighbours(doubling, {}, "y", 0, 10).notes.empty());
  }

  void squeezeNet() {
    UNITSCOPE_NEED("models/squeezenet1_0-imagenet.onnx");
    const auto model = Model::open(shared("models/squeezenet1_0-imagenet.onnx"));
    Model::Internal& inner = model->internal();
    const UnitNeighbours found = unitNeighbours(model->graph(), model->layers(), "features.7", 200, 2000);
    QCOMPARE(found.incoming.size(), std::size_t{32});
    QCOMPARE(found.outgoing.size(), std::size_t{48});
    const auto kernelOf = [&](const char* layer) {
      const ValueId value = resolveLayer(model->graph(), model->layers(), layer);
      return inner.executor.parameter(model->graph().node(model->graph().value(value).producer).input(1));
    };
    const UnitWeight& in = found.incoming.front();
    QCOMPARE(in.layer, std::string("features.7.squeeze_activation"));
    QCOMPARE(in.by, std::string("features.7.expand3x3"));
    QVERIFY(largestDifference(viewOf(in.kernel), kernelOf("features.7.expand3x3")[200 - 128][in.unit]) < 1e-6);
    const UnitWeight& out = found.outgoing.front();
    QCOMPARE(out.layer, std::string("features.8.squeeze_activation"));
    QVERIFY(largestDifference(viewOf(out.kernel), kernelOf("features.8.squeeze")[out.unit][200]) < 1e-6);
    // Over the pooling layer.
    QCOMPARE(unitNeighbours(model->graph(), model->layers(), "features.10", 3, 1).outgoing.front().by,
             std::string("features.12.squeeze"));
    QCOMPARE(unitNeighbours(model->graph(), model->layers(), "features.12.squeeze", 3, 1).incoming.front().layer,
             std::string("features.10"));
    QCOMPARE(unitNeighbours(model->graph(), model->layers(), "output", 285, 600).incoming.size(), std::size_t{512});
  }
};

QTEST_GUILESS_MAIN(TestNeighbours)
#include "test_neighbours.moc"
