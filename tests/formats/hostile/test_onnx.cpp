#include <QtTest>

#include "graph/graph_builder.h"
#include "support/mutations.h"

#ifdef UNITSCOPE_HAS_ONNX
#include "formats/onnx/onnx_writer.h"
#endif

using namespace unitscope;
using namespace unitscope::test;

class TestHostileOnnx : public QObject {
  Q_OBJECT

  static TensorData ramp(Shape shape) {
    std::vector<float> values(static_cast<std::size_t>(elementCount(shape)));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.1F * static_cast<float>(i);
    return TensorData::fromFloats(std::move(shape), std::move(values));
  }

  /// A classifier of a few layers, with attributes and constants of every sort.
  static Graph network() {
    GraphBuilder b("small");
    const ValueId x = b.input("x", DType::Float32, Shape{-1, 2, 6, 6});
    b.setScope("features.0");
    ValueId y = b.op("Conv", {x, b.parameter("w", ramp({3, 2, 3, 3})), b.parameter("b", ramp({3}))},
                     {{"pads", std::vector<std::int64_t>{1, 1, 1, 1}}, {"strides", std::vector<std::int64_t>{2, 2}}});
    y = b.op("BatchNormalization",
             {y, b.parameter("s", ramp({3})), b.parameter("o", ramp({3})), b.parameter("m", ramp({3})),
              b.parameter("v", TensorData::fromFloats({3}, {1, 1, 1}))},
             {{"epsilon", 1e-5}});
    y = b.op("LeakyRelu", {y}, {{"alpha", 0.1}});
    b.setScope("features.1");
    y = b.op("MaxPool", {y}, {{"kernel_shape", std::vector<std::int64_t>{2, 2}}});
    y = b.op("Resize", {y, kNoValue, b.constant(TensorData::fromFloats({4}, {1, 1, 2, 2}))},
             {{"mode", std::string("nearest")}});
    y = b.op("Reshape", {y, b.constant({0, -1})});
    b.setScope("head");
    y = b.op("Gemm", {y, b.parameter("g", ramp({2, 12}))}, {{"transB", std::int64_t{1}}});
    b.output(b.op("Softmax", {y}, {{"axis", std::int64_t{-1}}}), "scores");
    return b.take();
  }

 private Q_SLOTS:
  void damagedFilesOpenOrAreRefused() {
#ifdef UNITSCOPE_HAS_ONNX
    const std::string seed = toOnnxBytes(network());
    const auto whole = openModelMutations(
        1, 1, [&](Mutator&) { return seed; }, "onnx");
    QVERIFY2(whole.problem.empty() && whole.opened == 1, "the undamaged network does not open");
    const MutationResult result = openModelMutations(
        kMutations, 20250106, [&](Mutator& m) { return m(seed); }, "onnx");
    qInfo("%d opened, %d refused, of %zu bytes", result.opened, result.refused, seed.size());
    QVERIFY2(result.problem.empty(), result.problem.c_str());
    QCOMPARE(result.opened + result.refused, kMutations);
    QVERIFY(result.opened > 100 && result.refused > 100);
#else
    QSKIP("built without ONNX");
#endif
  }
};

QTEST_APPLESS_MAIN(TestHostileOnnx)
#include "test_onnx.moc"
