#include <cmath>
#include <limits>

#include <ATen/ATen.h>

#include <QtTest>

#include "attribution/nets.h"
#include "engine/model.h"
#include "engine/model_internal.h"
#include "judging/imputation.h"
#include "judging/judge.h"
#include "judging/map_plane.h"
#include "judging/score_curve.h"
#include "judging/similarity.h"
#include "runtime/error.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

std::shared_ptr<Model> modelOf(const Net& net, bool multiLabel = false) {
  ModelCard card;
  card.multiLabel = multiLabel;
  return Model::fromGraph(*net.graph, card);
}

JudgeQuestion questionFor(std::int64_t side, std::vector<std::string> metrics) {
  JudgeQuestion question;
  question.asked.input = toArray(wavyPicture(side, side));
  question.asked.target = 1;
  question.metrics = std::move(metrics);
  return question;
}

MetricResult only(Model& model, const JudgeQuestion& question) {
  const std::vector<MetricResult> results = judge(model, question);
  return results.size() == 1 ? results.front() : MetricResult{};
}

double detailOf(const MetricResult& result, const char* name) {
  for (const auto& [key, value] : result.details)
    if (key == name) return value;
  return std::numeric_limits<double>::quiet_NaN();
}

/// A map and a mask on 8 x 8 places, for which the results can be worked out by hand.
struct Places {
  at::Tensor map = at::zeros({8, 8}), mask = at::zeros({8, 8});
};

MetricResult located(Model& model, const Places& places, const char* metric) {
  JudgeQuestion question = questionFor(8, {metric});
  question.map = toArray(places.map);
  question.mask = toArray(places.mask);
  return only(model, question);
}

}  // namespace

/// The metrics where their values are known beforehand.
class TestJudge : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void mapsAreCollapsedAndEnlarged() {
    const at::Tensor map = at::tensor({1.0F, -3.0F, 2.0F, 0.5F}).reshape({1, 2, 1, 2});
    QVERIFY(largestDifference(collapsedMap(map, false), at::tensor({3.0, -2.5}, at::kDouble).reshape({1, 2})) < 1e-9);
    QVERIFY(largestDifference(collapsedMap(map, true), at::tensor({2.0, 3.0}, at::kDouble).reshape({1, 2})) < 1e-9);
    const at::Tensor plane = mapPlane(map, 4, 8, false);
    QCOMPARE(plane.sizes().vec(), (std::vector<std::int64_t>{4, 8}));
    QVERIFY(std::abs(plane[2][0].item<double>() - 3.0) < 1e-9);
    at::Tensor broken = at::ones({3, 3});
    broken[1][1] = std::numeric_limits<float>::quiet_NaN();
    broken[0][0] = -2.0;
    QCOMPARE(mapPlane(broken, 3, 3, false)[1][1].item<double>(), -2.0);
    QVERIFY_EXCEPTION_THROWN(collapsedMap(broken / 0.0 * 0.0, false), Error);
    QVERIFY_EXCEPTION_THROWN(collapsedMap(at::ones({2, 3, 4, 4}), false), Error);
  }

  void equalPlacesStayInReadingOrder() {
    const at::Tensor order = fallingOrder(at::tensor({1.0, 2.0, 1.0, 2.0}, at::kDouble));
    QVERIFY(at::equal(order, at::tensor({1, 3, 0, 2}, at::kLong)));
    QVERIFY(
        at::equal(fallingRanks(at::tensor({1.0, 2.0, 1.0, 2.0}, at::kDouble)), at::tensor({2, 0, 3, 1}, at::kLong)));
  }

  void curvesBeginAndEndWhereTheyMust() {
    const Net net = convNet();
    const auto model = modelOf(net);
    JudgeQuestion question = questionFor(16, {"deletion", "insertion"});
    question.map = toArray(wavyPicture(16, 16, 1, 1));
    const std::vector<MetricResult> results = judge(*model, question);
    QCOMPARE(results.size(), std::size_t{2});
    const auto probability = [&](const at::Tensor& picture) {
      return model->classify(toArray(picture), 4)[0].probability;
    };
    const auto ofTarget = [&](const at::Tensor& picture) {
      for (const Prediction& p : model->classify(toArray(picture), 4))
        if (p.index == 1) return p.probability;
      return -1.0;
    };
    QVERIFY(probability(wavyPicture(16, 16)) > 0.0);
    for (const MetricResult& result : results) {
      QCOMPARE(result.curve.size(), std::size_t{17});
      QCOMPARE(result.x.size(), std::size_t{17});
      QCOMPARE(result.x.back(), 1.0);
      QVERIFY(std::abs(result.value - areaUnder(result.curve)) < 1e-12);
    }
    const double whole = ofTarget(wavyPicture(16, 16)), none = ofTarget(at::zeros({1, 3, 16, 16}));
    QVERIFY(std::abs(results[0].curve.front() - whole) < 1e-6);
    QVERIFY(std::abs(results[0].curve.back() - none) < 1e-6);
    QVERIFY(std::abs(results[1].curve.back() - whole) < 1e-6);
    QCOMPARE(areaUnder({1.0, 0.5, 0.0}), 0.5);
  }

  /// The true contributions of a linear score delete it faster than the same upside down.
  void contributionsBeatTheirOpposite() {
    const auto model = modelOf(linearNet(8));
    JudgeQuestion question = questionFor(8, {"deletion", "insertion", "road"});
    question.asked.method = "input_x_gradient";
    const std::vector<MetricResult> right = judge(*model, question);
    AttributionAnswer answer = model->attribute(question.asked);
    for (float& value : answer.map.values) value = -value;
    question.map = answer.map;
    const std::vector<MetricResult> wrong = judge(*model, question);
    QVERIFY(right[0].value < wrong[0].value - 0.1);
    QVERIFY(right[1].value > wrong[1].value + 0.1);
    QVERIFY(std::abs(right[2].value + wrong[2].value) < 0.2 && right[2].value > 0.0);
  }

  void contributionsOfALinearScoreAddUp() {
    const auto model = modelOf(linearNet(8));
    JudgeQuestion question = questionFor(8, {"sensitivity_n", "infidelity"});
    question.asked.method = "input_x_gradient";
    std::vector<MetricResult> results = judge(*model, question);
    QVERIFY2(results[0].value > 0.9999, qPrintable(QString::number(results[0].value)));
    QVERIFY2(results[1].value < 1e-6, qPrintable(QString::number(results[1].value)));
    QVERIFY(std::abs(detailOf(results[1], "scale") - 1.0) < 1e-3);
    question.map = toArray(wavyPicture(8, 8, 1, 1).roll(5, 3));
    results = judge(*model, question);
    QVERIFY(results[0].value < 0.7);
    QVERIFY(results[1].value > 0.5 && results[1].value <= 1.0);
  }

  void placesAgainstAMask() {
    const auto model = modelOf(linearNet(8));
    Places places;
    places.mask.slice(0, 2, 4).slice(1, 2, 4).fill_(1);
    places.map.slice(0, 2, 4).slice(1, 2, 4).fill_(3);
    places.map[7][7] = 4;
    places.map[0][7] = -50;
    QCOMPARE(located(*model, places, "pointing").value, 0.0);
    QVERIFY(std::abs(located(*model, places, "energy").value - 12.0 / 16.0) < 1e-6);
    QVERIFY(std::abs(detailOf(located(*model, places, "energy"), "mask_share") - 4.0 / 64.0) < 1e-9);
    QVERIFY(std::abs(located(*model, places, "iou").value - 4.0 / 5.0) < 1e-6);
    QVERIFY(std::abs(located(*model, places, "iou_fixed").value - 4.0 / 5.0) < 1e-6);
    places.map[7][7] = 0;
    places.map[2][3] = 5;
    QCOMPARE(located(*model, places, "pointing").value, 1.0);
    QVERIFY(std::abs(located(*model, places, "iou").value - 1.0) < 1e-6);
    // A threshold takes equal places together: all four or none.
    QVERIFY(std::abs(detailOf(located(*model, places, "iou"), "threshold") - 3.0 / 5.0) < 1e-6);
    places.map.fill_(2);
    QCOMPARE(located(*model, places, "pointing").value, 0.0);
    QVERIFY(std::abs(located(*model, places, "iou").value - 4.0 / 64.0) < 1e-6);
    places.map.zero_();
    QVERIFY(std::isnan(located(*model, places, "energy").value));
  }

  void theGradientOfALinearScoreIsSteady() {
    const auto model = modelOf(linearNet(8));
    JudgeQuestion question = questionFor(8, {"max_sensitivity"});
    question.asked.method = "gradient";
    QVERIFY(only(*model, question).value < 1e-5);
    question.asked.method = "input_x_gradient";
    const MetricResult moved = only(*model, question);
    QVERIFY(moved.value > 1e-3 && moved.value < 0.1);
    QVERIFY(std::abs(only(*model, question).value - moved.value) < 1e-5);
  }

  void holesAreContinued() {
    // A slope is what it is between its neighbours' mean: the hole cannot be told.
    const at::Tensor slope = (at::arange(20, at::kFloat).unsqueeze(1) * 0.3 - at::arange(24, at::kFloat) * 0.2 + 1.0)
                                 .reshape({1, 1, 20, 24});
    at::Tensor missing = at::zeros({2, 1, 20, 24}, at::kBool);
    missing[0][0].slice(0, 5, 14).slice(1, 4, 20).fill_(true);
    const at::Tensor filled = imputed(slope, missing, {});
    QVERIFY2(largestDifference(filled.slice(0, 0, 1), slope) < 0.15,
             qPrintable(QString::number(largestDifference(filled.slice(0, 0, 1), slope))));
    QCOMPARE(largestDifference(filled.slice(0, 1, 2), slope), 0.0);
    missing.fill_(true);
    QCOMPARE(imputed(slope, missing, {}).abs().max().item<double>(), 0.0);
  }

  void similarities() {
    const at::Tensor a = wavyPicture(20, 20, 1, 1)[0][0].abs(), b = a.roll(3, 0);
    QVERIFY(std::abs(structuralSimilarity(a, a * 7) - 1.0) < 1e-6);
    QVERIFY(structuralSimilarity(a, b) < 0.9);
    QVERIFY(std::abs(rankCorrelation(a, a.square()) - 1.0) < 1e-9);
    QVERIFY(std::abs(rankCorrelation(a, -a) + 1.0) < 1e-9);
    QVERIFY(std::isnan(rankCorrelation(a, at::ones({20, 20}))));
    // Ties share their mean rank: ranks 0, 1.5, 1.5, 3 against 0, 1, 2, 3.
    const double tied =
        rankCorrelation(at::tensor({1.0, 2.0, 2.0, 3.0}, at::kDouble), at::tensor({1.0, 2.0, 3.0, 4.0}, at::kDouble));
    QVERIFY(std::abs(tied - 4.5 / std::sqrt(4.5 * 5.0)) < 1e-9);
  }

  void sanityChecksGoFromTheOutputToTheInput() {
    const Net net = convNet();
    const auto model = modelOf(net);
    JudgeQuestion question = questionFor(16, {"sanity_cascade", "sanity_independent"});
    question.asked.method = "input_x_gradient";
    const Array before = model->scores(question.asked.input);
    const std::vector<MetricResult> results = judge(*model, question);
    QVERIFY(largestDifference(viewOf(model->scores(question.asked.input)), viewOf(before)) < 1e-5);
    QCOMPARE(results.size(), std::size_t{2});
    for (const MetricResult& result : results) {
      QCOMPARE(result.stages.size(), std::size_t{3});
      QCOMPARE(result.stages.front().layer, std::string("head"));
      QCOMPARE(result.stages.back().layer, std::string("conv1"));
      for (const SanityStage& stage : result.stages) {
        QCOMPARE(stage.map.shape, (Shape{16, 16}));
        QVERIFY(stage.rankCorrelation > -1.0 && stage.rankCorrelation < 0.999);
      }
    }
    // The first stage is the same in both, later ones keep their random weights in the cascade alone.
    const auto apart = [&](std::size_t i) {
      const at::Tensor one = viewOf(results[0].stages[i].map);
      return largestDifference(one, viewOf(results[1].stages[i].map)) / one.abs().max().item<double>();
    };
    QVERIFY(apart(0) < 1e-4);
    QVERIFY(apart(2) > 1e-2);
    // Equal seeds, equal maps; others, others.
    QVERIFY(std::abs(judge(*model, question)[0].value - results[0].value) < 1e-3);
    question.seed = 5;
    QVERIFY(std::abs(judge(*model, question)[0].value - results[0].value) > 1e-3);
  }

  void weightsComeBackWhenCancelled() {
    const Net net = convNet();
    const auto model = modelOf(net);
    JudgeQuestion question = questionFor(16, {"sanity_cascade"});
    question.asked.method = "gradient";
    // Weights that the user edited are put back as they were, not as the file has them.
    const ValueId edited = model->graph().find("conv1.bias");
    model->internal().executor.setParameter(edited, at::full({6}, 0.25));
    const Array before = model->scores(question.asked.input);
    const CancelToken cancel;
    const Progress progress([&](double fraction, const std::string&) {
      if (fraction > 0.5) cancel.cancel();
    });
    QVERIFY_EXCEPTION_THROWN(judge(*model, question, progress, cancel), Cancelled);
    // The engine may meanwhile have chosen another memory layout, which sums in another order.
    QVERIFY(largestDifference(viewOf(model->scores(question.asked.input)), viewOf(before)) < 1e-5);
  }

  void whatIsMissingIsSaid() {
    const auto model = modelOf(linearNet(8));
    JudgeQuestion question = questionFor(8, {"nonsense"});
    question.map = toArray(at::ones({8, 8}));
    QVERIFY_EXCEPTION_THROWN(judge(*model, question), Error);
    question.metrics = {"energy"};
    QVERIFY_EXCEPTION_THROWN(judge(*model, question), Error);
    question.metrics = {"sanity_cascade"};
    QVERIFY_EXCEPTION_THROWN(judge(*model, question), Error);
    question.metrics = {};
    QCOMPARE(judge(*model, question).size(), std::size_t{2});
    question.mask = toArray(at::ones({8, 8}));
    QCOMPARE(judge(*model, question).size(), std::size_t{6});
    question.map = toArray(at::ones({2, 1, 8, 8}));
    QVERIFY_EXCEPTION_THROWN(judge(*model, question), Error);
    question.map = {};
    QVERIFY_EXCEPTION_THROWN(judge(*model, question), Error);
  }

  void networksForOnePictureAndSigmoids() {
    const auto fixed = modelOf(convNet(16, 1)), free = modelOf(convNet(16)), many = modelOf(convNet(16), true);
    JudgeQuestion question = questionFor(16, {"deletion"});
    question.map = toArray(wavyPicture(16, 16, 1, 1));
    const MetricResult a = only(*fixed, question), b = only(*free, question);
    for (std::size_t i = 0; i < a.curve.size(); ++i) QVERIFY(std::abs(a.curve[i] - b.curve[i]) < 1e-6);
    const double logit = viewOf(many->scores(question.asked.input))[0][1].item<double>();
    QVERIFY(std::abs(only(*many, question).curve.front() - 1.0 / (1.0 + std::exp(-logit))) < 1e-6);
  }

  void everyMetricIsDescribed() {
    for (const MetricInfo& info : judgeMetrics())
      QVERIFY2(!info.title.empty() && !info.description.empty() && !info.measure.empty(), info.id.c_str());
  }
};

QTEST_GUILESS_MAIN(TestJudge)
#include "test_judge.moc"
