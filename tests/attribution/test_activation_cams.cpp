#include <ATen/ATen.h>

#include <QtTest>

#include "attribution/nets.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

/// x [N,1,h,w] -> 1x1 Conv to two channels (the layer) -> scores linear in all its values.
Net linearLayerNet(std::int64_t height, std::int64_t width, std::vector<float> channels) {
  GraphBuilder b;
  Net net;
  net.input = b.input("x", DType::Float32, Shape{-1, 1, height, width});
  const auto count = static_cast<std::int64_t>(channels.size());
  net.layer =
      b.op("Conv", {net.input, b.parameter("w", TensorData::fromFloats({count, 1, 1, 1}, std::move(channels)))});
  net.output = b.op("Gemm", {b.op("Flatten", {net.layer}), b.parameter("v", wavy({3, count * height * width}, 0.6F))},
                    {{"transB", std::int64_t{1}}});
  b.output(net.output);
  net.graph = std::make_shared<const Graph>(b.take());
  return net;
}

}  // namespace

/// CAMs whose weights come from the activations themselves.
class TestActivationCams : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void scoreCamOfALinearNetwork() {
    Asked asked(linearLayerNet(3, 4, {2.0F, -0.5F}));
    const at::Tensor x = wavyPicture(3, 4, 1, 1);
    const at::Tensor activation = asked.executor().run(x, asked.net().layer);
    // The layer is as large as the picture, so the masks are the channels stretched to [0,1].
    std::vector<at::Tensor> rises;
    const auto scores = [&](const at::Tensor& picture) { return asked.executor().run(picture, asked.net().output)[0]; };
    const at::Tensor base = scores(at::zeros_like(x)).softmax(0)[1];
    for (std::int64_t c = 0; c < 2; ++c) {
      const at::Tensor a = activation[0][c];
      const at::Tensor mask = (a - a.min()) / (a.max() - a.min());
      rises.push_back(scores(x * mask).softmax(0)[1] - base);
    }
    const at::Tensor weights = at::stack(rises);
    QVERIFY(weights.abs().max().item<double>() > 0.01);
    const auto mapOf = [&](const at::Tensor& w) { return (w.reshape({1, 2, 1, 1}) * activation).sum(1, true).relu(); };
    const Attribution answer = asked.run("score_cam", x);
    QVERIFY(largestDifference(answer.map, mapOf(weights)) < 1e-6);
    QCOMPARE(answer.channelScores.size(), std::size_t{2});
    QVERIFY(std::abs(answer.channelScores[0] - (weights[0] * activation[0][0].mean()).item<float>()) < 1e-6F);
    QVERIFY(largestDifference(asked.run("score_cam", x, 1, {{"weights", "softmax"}}).map, mapOf(weights.softmax(0))) <
            1e-6);
    // Classes that do not exclude one another are each their own probability.
    AttributionQuery query = asked.query(x);
    query.multiLabel = true;
    QVERIFY(largestDifference(asked.run("score_cam", query).map, answer.map) > 1e-4);
  }

  void aFlatChannelMasksAllOut() {
    // A channel that is the same everywhere says nothing about places, and must not divide by its zero range.
    Asked asked(linearLayerNet(3, 4, {1.0F, 0.0F}));
    const Attribution answer = asked.run("score_cam", wavyPicture(3, 4, 1, 1));
    QVERIFY(at::isfinite(answer.map).all().item<bool>());
    QCOMPARE(answer.channelScores[1], 0.0F);
  }

  void previewsComeFromTheThreadThatRuns() {
    // Whatever was shown on the way has the final shape.
    Asked asked(convNet());
    AttributionQuery query = asked.query(wavyPicture(16, 16));
    int shown = 0;
    query.preview = [&](const Attribution& soFar) {
      ++shown;
      QCOMPARE(soFar.map.sizes().vec(), (std::vector<std::int64_t>{1, 1, 8, 8}));
    };
    QCOMPARE(asked.run("score_cam", query).channelScores.size(), std::size_t{5});
    QVERIFY(shown <= 5);
  }

  void xGradCamWeighsGradientsByActivation() {
    GraphBuilder b;
    Net net;
    net.input = b.input("x", DType::Float32, Shape{-1, 2, 1, 2});
    net.layer = b.op("Relu", {net.input});
    net.output =
        b.op("Gemm", {b.op("Flatten", {net.layer}), b.parameter("v", TensorData::fromFloats({1, 4}, {1, 3, 5, 7}))},
             {{"transB", std::int64_t{1}}});
    b.output(net.output);
    net.graph = std::make_shared<const Graph>(b.take());
    Asked asked(net);
    // Channel 0 is (2, 1) with gradients (1, 3): its weight is (2 + 3) / (2 + 1). Channel 1 is silent.
    const at::Tensor x = at::tensor({2.F, 1.F, -1.F, -2.F}).reshape({1, 2, 1, 2});
    const Attribution answer = asked.run("xgrad_cam", x, 0);
    QVERIFY(largestDifference(answer.map, at::tensor({10.F / 3, 5.F / 3}).reshape({1, 1, 1, 2})) < 1e-5);
    QCOMPARE(answer.channelScores, (std::vector<float>{2.5F, 0.0F}));
  }

  void eigenCamOfRankOne() {
    // Both channels are multiples 3 and 4 of the picture, so the component is the picture times 5.
    Asked asked(linearLayerNet(3, 4, {3.0F, 4.0F}));
    const at::Tensor x = wavyPicture(3, 4, 1, 1).abs();
    const Attribution answer = asked.run("eigen_cam", x);
    QVERIFY(largestDifference(answer.map, 5.0 * x) < 1e-4);
    QVERIFY(answer.notes.back().find("100%") != std::string::npos);
    QVERIFY(largestDifference(asked.run("eigen_cam", x, 2).map, answer.map) < 1e-6);
    // The sign follows the mean activation: what is negative on average is cut.
    QVERIFY(largestDifference(asked.run("eigen_cam", -x).map, at::zeros_like(x)) < 1e-6);
  }

  void eigenCamIsTheFirstSingularVector() {
    Asked asked(convNet());
    const at::Tensor x = wavyPicture(16, 16);
    const at::Tensor a = asked.executor().run(x, asked.net().layer)[0].flatten(1).t().to(at::kDouble);
    // Power iteration finds the same direction by another way.
    at::Tensor v = at::ones({5}, at::kDouble);
    for (int i = 0; i < 2000; ++i) {
      v = at::mv(a.t(), at::mv(a, v));
      v = v / v.norm();
    }
    const at::Tensor map = asked.run("eigen_cam", x).map;
    QVERIFY(largestDifference(map, at::mv(a, v).abs().to(at::kFloat).reshape({1, 1, 8, 8})) < 1e-4);
  }
};

QTEST_GUILESS_MAIN(TestActivationCams)
#include "test_activation_cams.moc"
