#include <ATen/ATen.h>

#include <QtTest>

#include "activations/channel_attribution.h"
#include "attribution/nets.h"
#include "engine/model.h"
#include "engine/model_internal.h"
#include "engine/shared_models.h"
#include "runtime/error.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

/// Twelve channels, each the picture's brightness times a number; class 1 is three of them (2, 5 and 9), against which
/// one (7) speaks; class 0 the sum of the others.
std::shared_ptr<Model> plantedNet(bool tokens = false) {
  GraphBuilder b("planted");
  const ValueId x = b.input("x", DType::Float32, Shape{1, 1, 6, 6});
  std::vector<float> gains(12), toClass(24, 0.0F);
  for (std::size_t c = 0; c < 12; ++c) {
    gains[c] = 1.0F + 0.1F * static_cast<float>(c % 3);
    const bool planted = c == 2 || c == 5 || c == 9;
    toClass[12 + c] = planted ? 1.0F : c == 7 ? -2.0F : 0.0F;
    toClass[c] = planted || c == 7 ? 0.0F : 0.2F;
  }
  b.setScope("spread");
  ValueId layer =
      b.op("Relu", {b.op("Conv", {x, b.parameter("spread.weight", TensorData::fromFloats({12, 1, 1, 1}, gains))},
                         {{"kernel_shape", std::vector<std::int64_t>{1, 1}}})});
  if (tokens) {
    b.setScope("tokens");
    layer = b.op("Transpose", {b.op("Reshape", {layer, b.constant({1, 12, 36})})},
                 {{"perm", std::vector<std::int64_t>{0, 2, 1}}});
    b.setScope("head");
    layer = b.op("ReduceMean", {layer, b.constant({1})}, {{"keepdims", std::int64_t{0}}});
  } else {
    b.setScope("head");
    layer = b.op("Flatten", {b.op("GlobalAveragePool", {layer})});
  }
  b.output(b.op("Gemm", {layer, b.parameter("head.weight", TensorData::fromFloats({2, 12}, toClass))},
                {{"transB", std::int64_t{1}}}),
           "scores");
  return Model::fromGraph(b.take(), {});
}

std::vector<std::int64_t> sorted(std::vector<std::int64_t> numbers) {
  std::ranges::sort(numbers);
  return numbers;
}

}  // namespace

/// Which channels a score rests on.
class TestChannels : public QObject {
  Q_OBJECT

  static ChannelsQuestion question(const char* method, const char* layer = "spread") {
    ChannelsQuestion question;
    question.input = Array{{1, 1, 6, 6}, std::vector<float>(36, 1.0F)};
    question.layer = layer;
    question.target = 1;
    question.method = method;
    question.steps = 200;
    question.numbers = {1, 3, 5};
    return question;
  }

 private Q_SLOTS:
  void findsThePlantedChannels_data() {
    QTest::addColumn<QString>("method");
    QTest::addColumn<bool>("tokens");
    for (const std::string& method : channelMethods()) {
      QTest::newRow(method.c_str()) << QString::fromStdString(method) << false;
      if (method != "conductance")
        QTest::newRow((method + " tokens").c_str()) << QString::fromStdString(method) << true;
    }
  }
  void findsThePlantedChannels() {
    QFETCH(QString, method);
    QFETCH(bool, tokens);
    const auto model = plantedNet(tokens);
    const ChannelAttribution found =
        attributeChannels(*model, question(qPrintable(method), tokens ? "tokens" : "spread"));
    QCOMPARE(found.target, std::int64_t{1});
    QCOMPARE(found.scores.size(), std::size_t{12});
    QCOMPARE(found.activation.shape, (Shape{12, 6, 6}));
    QCOMPARE(found.kept.size(), std::size_t{3});
    QCOMPARE(sorted(found.kept[1].channels), (std::vector<std::int64_t>{2, 5, 9}));
    // One of them, and the three among the five.
    QVERIFY(std::ranges::find(found.kept[1].channels, found.kept[0].channels.front()) != found.kept[1].channels.end());
    for (const std::int64_t c : {2, 5, 9})
      QVERIFY(std::ranges::find(found.kept[2].channels, c) != found.kept[2].channels.end());
    // The three alone do better than all, since one speaks against the class.
    const double three = 1.0 + 0.1 * 2 + 1.0 + 0.1 * 2 + 1.0;  // 2, 5 and 9 of three kinds of gain
    QVERIFY2(std::abs(found.kept[1].score - three) < 1e-4, qPrintable(QString::number(found.kept[1].score)));
    QVERIFY(found.kept[1].score > found.score && found.kept[1].probability > found.probability);
    QVERIFY(std::abs(found.emptyScore) < 1e-6);
    QVERIFY(std::abs(found.emptyProbability - 0.5) < 1e-6);
    QVERIFY(!found.notes.empty());
    QCOMPARE(found.kept[0].mask.empty(), method != "extremal");
  }

  void gradientXActivationIsExact() {
    const auto model = plantedNet();
    const ChannelAttribution found = attributeChannels(*model, question("gradient_x_activation"));
    double sum = 0.0;
    for (const float score : found.scores) sum += static_cast<double>(score);
    QVERIFY(std::abs(sum - found.score) < 1e-5);
    QVERIFY(std::abs(found.scores[7] + 2.0 * 1.1) < 1e-5);
  }

  void usualNumbers() {
    ChannelsQuestion asked = question("gradient_x_activation");
    asked.numbers.clear();
    const auto model = plantedNet();
    const ChannelAttribution found = attributeChannels(*model, asked);
    std::vector<std::int64_t> numbers;
    for (const KeptChannels& kept : found.kept) numbers.push_back(kept.number);
    QCOMPARE(numbers, (std::vector<std::int64_t>{1, 2, 5, 10}));
    asked.numbers = {40, 5, 5, 12};
    QCOMPARE(attributeChannels(*model, asked).kept.size(), std::size_t{2});
  }

  void keptActivations() {
    const Array all{{3, 1, 2}, {1, 2, 3, 4, 5, 6}};
    QCOMPARE(keptActivation(all, {2, 0}).values, (std::vector<float>{1, 2, 0, 0, 5, 6}));
    QVERIFY_EXCEPTION_THROWN(keptActivation(all, {3}), Error);
    QVERIFY_EXCEPTION_THROWN(keptActivation({{2}, {1, 2}}, {0}), Error);
  }

  void mistakes() {
    const auto model = plantedNet();
    const auto fails = [&](auto change) {
      ChannelsQuestion bad = question("extremal");
      bad.steps = 5;
      change(bad);
      try {
        attributeChannels(*model, bad);
      } catch (const Error&) {
        return true;
      }
      return false;
    };
    QVERIFY(!fails([](ChannelsQuestion&) {}));
    QVERIFY(fails([](ChannelsQuestion& q) { q.layer = "nowhere"; }));
    QVERIFY(fails([](ChannelsQuestion& q) { q.layer = "input"; }));
    QVERIFY(fails([](ChannelsQuestion& q) { q.layer = "spread.weight"; }));
    QVERIFY(fails([](ChannelsQuestion& q) { q.method = "guess"; }));
    QVERIFY(fails([](ChannelsQuestion& q) { q.target = 2; }));
    QVERIFY(fails([](ChannelsQuestion& q) { q.numbers = {0, 3}; }));
    QVERIFY(fails([](ChannelsQuestion& q) { q.numbers = {100}; }));
    QVERIFY(fails([](ChannelsQuestion& q) { q.steps = 0; }));
    QVERIFY(fails([](ChannelsQuestion& q) { q.input = Array{{2, 1, 6, 6}, std::vector<float>(72, 1.0F)}; }));
    CancelToken cancel;
    cancel.cancel();
    QVERIFY_EXCEPTION_THROWN(attributeChannels(*model, question("extremal"), {}, cancel), Cancelled);
  }

  /// Beside Captum's conductance and its sums over places.
  void cat() {
    UNITSCOPE_NEED("models/squeezenet1_0-imagenet.onnx");
    UNITSCOPE_NEED("reference/chelsea_layer_conductance_features12.npy");
    const auto model = Model::open(shared("models/squeezenet1_0-imagenet.onnx"));
    ChannelsQuestion asked;
    asked.input = arrayFrom("reference/chelsea_input.npy");
    asked.layer = "features.12";
    asked.target = 285;
    asked.numbers = {5, 20, 100};
    asked.method = "conductance";
    const ChannelAttribution conductance = attributeChannels(*model, asked);
    const Array reference = arrayFrom("reference/chelsea_layer_conductance_features12.npy");
    const double close = correlation(at::tensor(conductance.scores), viewOf(reference).sum(at::IntArrayRef{0, 2, 3}));
    qInfo("correlation with the reference %.5f", close);
    QVERIFY(close > 0.99);

    asked.method = "gradient_x_activation";
    const ChannelAttribution cheap = attributeChannels(*model, asked);
    asked.method = "extremal";
    asked.steps = 100;
    const ChannelAttribution extremal = attributeChannels(*model, asked);
    qInfo("all 512: score %.2f, probability %.3f", extremal.score, extremal.probability);
    std::size_t better = 0;
    for (std::size_t i = 0; i < extremal.kept.size(); ++i) {
      qInfo("%4d channels: extremal %.2f (%.3f), gradient x activation %.2f (%.3f), conductance %.2f (%.3f)",
            static_cast<int>(extremal.kept[i].number), extremal.kept[i].score, extremal.kept[i].probability,
            cheap.kept[i].score, cheap.kept[i].probability, conductance.kept[i].score, conductance.kept[i].probability);
      better += extremal.kept[i].probability >= cheap.kept[i].probability;
    }
    qInfo("%.1f s for the search", extremal.seconds);
    QVERIFY(2 * better > extremal.kept.size());
  }
};

QTEST_GUILESS_MAIN(TestChannels)
#include "test_channels.moc"
