#include <ATen/CPUGeneratorImpl.h>

#include <QtTest>

#include "attribution/gradients_of.h"
#include "exec/executor.h"
#include "features/first_conv.h"
#include "graph/graph_builder.h"

using namespace unitscope;

/// The fast gradient of first convolutions is that of LibTorch.
class TestFirstConv : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void gradient_data() {
    QTest::addColumn<int>("kernel");
    QTest::addColumn<int>("stride");
    QTest::addColumn<int>("pad");
    QTest::addColumn<int>("height");
    QTest::addColumn<int>("width");
    QTest::newRow("SqueezeNet") << 7 << 2 << 0 << 33 << 32;
    QTest::newRow("ResNet") << 7 << 2 << 3 << 32 << 35;
    QTest::newRow("MobileNet") << 3 << 2 << 1 << 30 << 31;
    QTest::newRow("AlexNet") << 11 << 4 << 2 << 47 << 50;
    QTest::newRow("patches") << 8 << 8 << 0 << 32 << 24;
    QTest::newRow("gaps") << 2 << 3 << 0 << 16 << 17;
  }
  void gradient() {
    QFETCH(int, kernel);
    QFETCH(int, stride);
    QFETCH(int, pad);
    QFETCH(int, height);
    QFETCH(int, width);
    const at::AutoGradMode on(true);
    const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(1);
    const at::Tensor weight = at::randn({16, 3, kernel, kernel}, generator);
    const at::Tensor bias = at::randn({16}, generator);
    const at::Tensor x = at::randn({2, 3, height, width}, generator).requires_grad_(true);
    Node node;
    node.op = "Conv";
    node.attributes["strides"] = std::vector<std::int64_t>{stride, stride};
    node.attributes["pads"] = std::vector<std::int64_t>(4, pad);
    const std::vector<at::Tensor> inputs{x, weight, bias};
    const auto ours = firstConvolution(OpCall{node, inputs, at::kCPU});
    QVERIFY(ours.has_value());
    const std::vector<std::int64_t> strides(2, stride), pads(2, pad);
    const at::Tensor theirs = at::conv2d(x, weight, bias, strides, pads);
    QVERIFY(at::allclose((*ours)[0], theirs, 1e-4, 1e-4));
    const at::Tensor towards = at::randn(theirs.sizes(), generator);
    const at::Tensor a = gradientsOf((*ours)[0] * towards, {x})[0], b = gradientsOf(theirs * towards, {x})[0];
    QCOMPARE(a.sizes().vec(), b.sizes().vec());
    QVERIFY(at::allclose(a, b, 1e-3, 1e-3));
  }

  void leavesOthersAlone() {
    const at::Tensor weight = at::randn({16, 3, 3, 3}), x = at::randn({1, 3, 8, 8}).requires_grad_(true);
    const std::vector<at::Tensor> inputs{x, weight};
    Node node;
    node.op = "Conv";
    QVERIFY(!firstConvolution(OpCall{node, inputs, at::kCPU}));
    node.attributes["strides"] = std::vector<std::int64_t>{2, 2};
    QVERIFY(firstConvolution(OpCall{node, inputs, at::kCPU}));
    node.attributes["dilations"] = std::vector<std::int64_t>{2, 2};
    QVERIFY(!firstConvolution(OpCall{node, inputs, at::kCPU}));
    node.attributes.erase("dilations");
    node.attributes["auto_pad"] = std::string("SAME_UPPER");
    QVERIFY(!firstConvolution(OpCall{node, inputs, at::kCPU}));
    node.attributes.erase("auto_pad");
    const std::vector<at::Tensor> still{x.detach(), weight};
    QVERIFY(!firstConvolution(OpCall{node, still, at::kCPU}));
  }
};

QTEST_GUILESS_MAIN(TestFirstConv)
#include "test_first_conv.moc"
