#include <limits>

#include <ATen/ATen.h>

#include <QtTest>

#include "attribution/nets.h"
#include "attribution/occluded_scores.h"
#include "engine/model.h"
#include "engine/model_internal.h"
#include "engine/occluder.h"
#include "engine/shared_models.h"
#include "runtime/error.h"
#include "zoo/embedded_models.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

constexpr const char* kSqueezeNet = "models/squeezenet1_0-imagenet.onnx";
constexpr const char* kResNet = "models/resnet20-cifar10.onnx";

Array wavyInput(std::int64_t height, std::int64_t width) {
  return toArray(wavyPicture(height, width));
}

/// Largest difference between the incremental and the plain map, as a part of the largest value.
double difference(Model& model, const Array& input, const char* window, const char* stride, const char* baseline) {
  AttributionQuestion question;
  question.method = "occlusion";
  question.input = input;
  question.target = 1;
  const MethodInfo& info = model.internal().methods.find("occlusion").info();
  const auto map = [&](const char* incremental) {
    for (const auto& [name, value] : {std::pair{"window", window}, std::pair{"stride", stride},
                                      std::pair{"baseline", baseline}, std::pair{"incremental", incremental}})
      question.parameters.set(info, name, std::string_view(value));
    AttributionAnswer answer = model.attribute(question);
    qInfo() << "incremental" << incremental << answer.seconds << "s";
    return answer.map;
  };
  const Array ours = map("true"), plain = map("false");
  if (ours.shape != plain.shape) return 1e30;
  return largestDifference(viewOf(ours), viewOf(plain)) / viewOf(plain).abs().max().item<double>();
}

}  // namespace

/// Occlusion by recomputing only what a window changes, beside plain runs.
class TestIncrementalOcclusion : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void squeezeNet() {
    UNITSCOPE_NEED(kSqueezeNet);
    const auto model = Model::open(shared(kSqueezeNet));
    const Array input = arrayFrom("reference/chelsea_input.npy");
    // Few windows, since the plain way is slow; they fall on all strides and on the borders.
    const double found = difference(*model, input, "16", "33", "zero");
    QVERIFY2(found < 1e-4, qPrintable(QString::number(found)));
  }

  void resNet() {
    UNITSCOPE_NEED(kResNet);
    const auto model = Model::open(shared(kResNet));
    for (const auto& [window, stride] : {std::pair{"4", "3"}, std::pair{"7", "5"}, std::pair{"40", "1"}}) {
      const double found = difference(*model, wavyInput(32, 32), window, stride, "mean");
      QVERIFY2(found < 1e-4, qPrintable(QString::number(found)));
    }
  }

  void builtInClassifier() {
#ifndef UNITSCOPE_HAS_ONNX
    QSKIP("this build cannot read ONNX");
#else
    auto [graph, card] = readEmbeddedModel("scene-classifier");
    const auto model = Model::fromGraph(std::move(graph), std::move(card));
    const at::Tensor blank = model->internal().blankInput();
    const Array input = wavyInput(blank.size(2), blank.size(3));
    const double found = difference(*model, input, "9", "11", "blur");
    QVERIFY2(found < 1e-4, qPrintable(QString::number(found)));
#endif
  }

  void unitsAndNetworksForOneImage() {
    for (const std::int64_t batch : {-1, 1}) {
      Asked asked(convNet(16, batch));
      for (const bool inner : {false, true}) {
        AttributionQuery query = asked.query(wavyPicture(16, 16));
        if (inner) query.output = asked.net().layer;
        const at::Tensor ours = asked.run("occlusion", query, {{"window", "5"}, {"stride", "3"}}).map;
        const at::Tensor plain =
            asked.run("occlusion", query, {{"window", "5"}, {"stride", "3"}, {"incremental", "false"}}).map;
        QVERIFY(largestDifference(ours, plain) <= 1e-5 * plain.abs().max().item<double>());
      }
    }
  }

  void networksWithoutMapsAreRunWhole() {
    Asked asked(linearNet(8));
    const AttributionQuery query = asked.query(wavyPicture(8, 8));
    const ScoreFunction score(query, query.input, {});
    const OccludedScores scores(score);
    QVERIFY(!scores.incremental());
    QCOMPARE(scores.bytes(), std::size_t{0});
    const at::Tensor other = wavyPicture(8, 8) * 0.3;
    QVERIFY(largestDifference(scores.rows({{0, 0, 8, 8}}, other), score.rows(other)) < 1e-5);
    QVERIFY_EXCEPTION_THROWN(scores.rows({{0, 0, 9, 8}}, other), Error);
  }

  void occluderFollowsTheMouse() {
    const Net net = convNet(16);
    const auto model = Model::fromGraph(*net.graph, {});
    const Array input = wavyInput(16, 16);
    Occluder occluder(model, input);
    QVERIFY(occluder.incremental() && occluder.bytes() > 0);
    const auto plain = [&](const OccluderBox& box, double value) {
      at::Tensor picture = viewOf(input).clone();
      picture.slice(2, box.y, box.y + box.height).slice(3, box.x, box.x + box.width).fill_(value);
      return viewOf(model->scores(toArray(picture))).clone();
    };
    const at::Tensor whole = viewOf(model->scores(input)).clone();
    QVERIFY(largestDifference(viewOf(occluder.scores()), whole) < 1e-5);
    const OccluderBox box{3, 10, 4, 5};
    QVERIFY(largestDifference(viewOf(occluder.covered(box)), plain(box, 0.0)) < 1e-5);
    // Beyond the border, and outside the picture.
    const Array several = occluder.covered({{-2, 14, 6, 9}, {40, 3, 5, 5}, box, {2, 2, 0, 4}});
    QCOMPARE(several.shape, (std::vector<std::int64_t>{4, 4}));
    const at::Tensor rows = viewOf(several);
    QVERIFY(largestDifference(rows.narrow(0, 0, 1), plain({0, 14, 4, 2}, 0.0)) < 1e-5);
    QVERIFY(largestDifference(rows.narrow(0, 1, 1), whole) < 1e-5);
    QVERIFY(largestDifference(rows.narrow(0, 2, 1), plain(box, 0.0)) < 1e-5);
    QVERIFY(largestDifference(rows.narrow(0, 3, 1), whole) < 1e-5);
    // Hostile numbers are cut off like others.
    const std::int64_t far = std::numeric_limits<std::int64_t>::max();
    QVERIFY(largestDifference(viewOf(occluder.covered(OccluderBox{-far, -far, far, far})), whole) < 1e-5);
    QVERIFY(largestDifference(viewOf(occluder.covered(OccluderBox{0, 0, far, far})), plain({0, 0, 16, 16}, 0.0)) <
            1e-5);
  }

  void occluderTakesABrush() {
    const Net net = convNet(16);
    const auto model = Model::fromGraph(*net.graph, {});
    const Array input = wavyInput(16, 16);
    const Occluder occluder(model, input);
    at::Tensor painted = viewOf(input).clone();
    painted.slice(2, 4, 9).slice(3, 7, 8).fill_(0.8);
    painted[0][1][12][3] = -0.5;
    const Array picture = toArray(painted);
    const OccluderBox box = occluder.difference(picture);
    QCOMPARE(box.x, std::int64_t{3});
    QCOMPARE(box.y, std::int64_t{4});
    QCOMPARE(box.width, std::int64_t{5});
    QCOMPARE(box.height, std::int64_t{9});
    QVERIFY(largestDifference(viewOf(occluder.painted(picture, box)), viewOf(model->scores(picture))) < 1e-5);
    QCOMPARE(occluder.difference(input).width, std::int64_t{0});
    QVERIFY_EXCEPTION_THROWN(occluder.painted(wavyInput(15, 16), box), Error);
  }

  void occluderCovers() {
    const auto model = Model::fromGraph(*convNet(16).graph, {});
    const Array input = wavyInput(16, 16);
    Occluder occluder(model, input, "mean", "conv1");
    QCOMPARE(occluder.scores().shape, (std::vector<std::int64_t>{1, 6}));
    const at::Tensor mean = viewOf(occluder.covered(OccluderBox{2, 2, 6, 6})).clone();
    occluder.setCover("uniform");
    QVERIFY(largestDifference(mean, viewOf(occluder.covered(OccluderBox{2, 2, 6, 6}))) > 1e-4);
    QVERIFY_EXCEPTION_THROWN(occluder.setCover("fog"), Error);
    QVERIFY_EXCEPTION_THROWN(Occluder(model, input, "fog"), Error);
  }
};

QTEST_GUILESS_MAIN(TestIncrementalOcclusion)
#include "test_incremental_occlusion.moc"
