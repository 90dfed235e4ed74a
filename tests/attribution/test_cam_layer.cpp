#include <ATen/ATen.h>

#include <QtTest>

#include "attribution/cam_layer.h"
#include "attribution/nets.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

ValueShapes shapesOf(const Graph& graph, const at::Tensor& input) {
  Executor executor(std::make_shared<const Graph>(graph));
  return executor.describe({{graph.inputs().front(), input}});
}

}  // namespace

class TestCamLayer : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void theLastBlockBeforeAPooledHead() {
    const Net net = convNet();
    const ValueShapes shapes = shapesOf(*net.graph, wavyPicture(16, 16));
    QCOMPARE(defaultCamLayer(*net.graph, shapes, net.input, net.output), net.layer);
    const std::vector<ValueId> maps = featureMaps(*net.graph, shapes, net.input, net.output);
    QVERIFY(maps.size() >= 3);
    QCOMPARE(maps.back(), net.layer);
  }

  void notTheScoreMapsOfAConvolutionalHead() {
    // SqueezeNet's end: features, dropout, 1x1 convolution to classes, ReLU, average.
    GraphBuilder b;
    const ValueId x = b.input("x", DType::Float32, Shape{-1, 3, 8, 8});
    const ValueId features = b.op("Concat",
                                  {b.op("Relu", {b.op("Conv", {x, b.parameter("a", wavy({4, 3, 1, 1}, 0.1F))})}),
                                   b.op("Relu", {b.op("Conv", {x, b.parameter("c", wavy({4, 3, 1, 1}, 0.2F))})})},
                                  {{"axis", std::int64_t{1}}});
    const ValueId dropped = b.op("Dropout", {features});
    const ValueId scores = b.op("Relu", {b.op("Conv", {dropped, b.parameter("d", wavy({6, 8, 1, 1}, 0.3F))})});
    const ValueId output = b.op("Flatten", {b.op("GlobalAveragePool", {scores})});
    b.output(output);
    const Graph graph = b.take();
    QCOMPARE(defaultCamLayer(graph, shapesOf(graph, wavyPicture(8, 8)), x, output), features);
  }

  void meansOverPlacesCountAsPooling() {
    GraphBuilder b;
    const ValueId x = b.input("x", DType::Float32, Shape{-1, 3, 8, 8});
    const ValueId conv = b.op("Conv", {x, b.parameter("a", wavy({4, 3, 1, 1}, 0.1F))});
    const ValueId sum = b.op("Relu", {b.op("Add", {conv, conv})});
    const ValueId mean = b.op("ReduceMean", {sum, b.constant({-1, -2})}, {{"keepdims", std::int64_t{0}}});
    const ValueId output = b.op("MatMul", {mean, b.parameter("w", wavy({4, 5}, 0.1F))});
    b.output(output);
    const Graph graph = b.take();
    QCOMPARE(defaultCamLayer(graph, shapesOf(graph, wavyPicture(8, 8)), x, output), sum);
  }

  void attentionIsNoMap() {
    GraphBuilder b;
    const ValueId x = b.input("x", DType::Float32, Shape{-1, 3, 8, 8});
    const ValueId patches =
        b.op("Conv", {x, b.parameter("a", wavy({4, 3, 2, 2}, 0.1F))},
             {{"strides", std::vector<std::int64_t>{2, 2}}, {"kernel_shape", std::vector<std::int64_t>{2, 2}}});
    // [1,4,16] -> heads [1,2,2,16] -> attention [1,2,2,2]: four dimensions, but no places.
    const ValueId heads = b.op("Reshape", {patches, b.constant({-1, 2, 2, 16})});
    const ValueId keys = b.op("Transpose", {heads}, {{"perm", std::vector<std::int64_t>{0, 1, 3, 2}}});
    const ValueId attention = b.op("Softmax", {b.op("MatMul", {heads, keys})});
    const ValueId mixed = b.op("Flatten", {b.op("MatMul", {attention, heads})});
    const ValueId output = b.op("MatMul", {mixed, b.parameter("w", wavy({64, 5}, 0.1F))});
    b.output(output);
    const Graph graph = b.take();
    QCOMPARE(defaultCamLayer(graph, shapesOf(graph, wavyPicture(8, 8)), x, output), patches);
  }

  void noneWhereThereAreNoPlaces() {
    const Net net = linearNet(4);
    const ValueShapes shapes = shapesOf(*net.graph, wavyPicture(4, 4));
    QVERIFY(featureMaps(*net.graph, shapes, net.input, net.output).empty());
    QCOMPARE(defaultCamLayer(*net.graph, shapes, net.input, net.output), kNoValue);
  }

  void mapsThatTheScoreDoesNotSeeAreLeftOut() {
    GraphBuilder b;
    const ValueId x = b.input("x", DType::Float32, Shape{-1, 3, 8, 8});
    const ValueId used = b.op("Relu", {b.op("Conv", {x, b.parameter("a", wavy({4, 3, 1, 1}, 0.1F))})});
    const ValueId aside = b.op("Conv", {used, b.parameter("c", wavy({4, 4, 1, 1}, 0.2F))});
    const ValueId output =
        b.op("MatMul", {b.op("Flatten", {b.op("GlobalAveragePool", {used})}), b.parameter("w", wavy({4, 5}, 0.1F))});
    b.output(output);
    b.output(aside);
    const Graph graph = b.take();
    const ValueShapes shapes = shapesOf(graph, wavyPicture(8, 8));
    for (const ValueId id : featureMaps(graph, shapes, x, output)) QVERIFY(id != aside);
    QCOMPARE(defaultCamLayer(graph, shapes, x, output), used);
  }
};

QTEST_GUILESS_MAIN(TestCamLayer)
#include "test_cam_layer.moc"
