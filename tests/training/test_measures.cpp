#include <cmath>

#include <QtTest>

#include "support/files.h"
#include "training/measures.h"
#include "training/quality.h"

using namespace unitscope;
using namespace unitscope::test;

class TestMeasures : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void accuracyCountsTheLargestScore() {
    const at::Tensor scores = at::tensor({0.1, 0.9, 0.7, 0.2, 0.4, 0.5}, at::kDouble).reshape({3, 2});
    QCOMPARE(topOneAccuracy(scores, at::tensor({1, 0, 0}, at::kLong)), 2.0 / 3.0);
  }

  /// By hand: positives at ranks 1 and 3 of 4 give (1/1 + 2/3) / 2.
  void averagePrecisionByHand() {
    const at::Tensor scores = at::tensor({0.9, 0.8, 0.4, 0.1}, at::kDouble);
    const at::Tensor truth = at::tensor({1.0, 0.0, 1.0, 0.0}, at::kDouble);
    QVERIFY(std::abs(averagePrecision(scores, truth) - 5.0 / 6.0) < 1e-12);
    QVERIFY(std::isnan(averagePrecision(scores, at::zeros({4}))));
    const at::Tensor both = at::stack({scores, scores, scores}, 1);
    const at::Tensor truths = at::stack({truth, at::zeros({4}, at::kDouble), at::ones({4}, at::kDouble)}, 1);
    QVERIFY(std::abs(meanAveragePrecision(both, truths) - 0.5 * (5.0 / 6.0 + 1.0)) < 1e-12);
  }

  void intersectionOverUnionByHand() {
    const at::Tensor truth = at::tensor({0, 0, 0, 1, 1}, at::kLong), guess = at::tensor({0, 0, 1, 1, 0}, at::kLong);
    const at::Tensor confusion = confusionMatrix(truth, guess, 3);
    QCOMPARE(confusion.sum().item<std::int64_t>(), std::int64_t{5});
    QCOMPARE(confusion[0][1].item<std::int64_t>(), std::int64_t{1});
    const at::Tensor each = intersectionOverUnion(confusion);
    QVERIFY(std::abs(each[0].item<double>() - 2.0 / 4.0) < 1e-12);
    QVERIFY(std::abs(each[1].item<double>() - 1.0 / 3.0) < 1e-12);
    QVERIFY(std::isnan(each[2].item<double>()));
    QVERIFY(std::abs(meanOfKnown(each) - 5.0 / 12.0) < 1e-12);
  }

  /// For one axis the distance is (m1-m2)^2 + (s1-s2)^2; independent axes add.
  void frechetDistanceOfKnownGaussians() {
    at::manual_seed(3);
    const at::Tensor base = at::randn({400, 3}, at::kDouble);
    const auto moments = [](const at::Tensor& x) { return std::pair{x.mean(0), x.std(0)}; };
    QVERIFY(std::abs(frechetDistance(base, base)) < 1e-8);
    QVERIFY(std::abs(frechetDistance(base, base + 2.0) - 12.0) < 1e-8);
    // Scaling keeps the axes of the covariance, so tr((S1 S2)^1/2) = c tr S1.
    const at::Tensor scaled = base * 3.0;
    const auto [mean, deviation] = moments(base);
    const double expected = 4.0 * (mean.square().sum() + deviation.square().sum()).item<double>();
    QVERIFY(std::abs(frechetDistance(base, scaled) - expected) < 1e-6);
    QVERIFY(std::abs(frechetDistance(scaled, base) - expected) < 1e-6);
    QVERIFY(!errorOf([&] { frechetDistance(base.slice(0, 0, 1), base); }).empty());
  }

  /// Points on a line, one apart: radii are k for inner points.
  void coverageOfPointsOnALine() {
    const at::Tensor line = at::arange(10, at::kFloat).unsqueeze(1);
    const auto covered = [&](float x) { return manifoldCoverage(line, at::full({1, 1}, x), 3); };
    QCOMPARE(covered(4.5f), 1.0);
    QCOMPARE(covered(11.5f), 1.0);  // the end's third neighbour is three away
    QCOMPARE(covered(12.5f), 0.0);
    const at::Tensor probes = at::tensor({0.0f, 5.0f, 50.0f, -60.0f}).unsqueeze(1);
    QCOMPARE(manifoldCoverage(line, probes, 3), 0.5);
    QVERIFY(!errorOf([&] { manifoldCoverage(line.slice(0, 0, 3), probes, 3); }).empty());
  }

  void figuresAreKeptAsJson() {
    const Measures stated{{.name = "a", .value = 0.5, .bar = 0.4},
                          {.name = "b", .value = 3, .bar = 2, .higherIsBetter = false},
                          {.name = "c", .value = 1}};
    const Measures read = measuresFromJson(toJson(stated), "x");
    QCOMPARE(read.size(), std::size_t{3});
    QVERIFY(read[0].met() && read[0].hasBar());
    QVERIFY(!read[1].met());
    QVERIFY(read[2].met() && !read[2].hasBar());
    QCOMPARE(read[1].value, 3.0);
    QVERIFY(!errorOf([] { measuresFromJson("{}", "x"); }).empty());
    QVERIFY(!errorOf([] { measuresFromJson("{\"measures\":[{\"name\":3}]}", "x"); }).empty());
  }

  void signalToNoise() {
    const at::Tensor black = at::zeros({2, 3, 4, 4}, at::kByte), grey = at::full({2, 3, 4, 4}, 51, at::kByte);
    // An error of a fifth of the range: 10 log10(25).
    QVERIFY(std::abs(meanSignalToNoise(black, grey) - 13.9794) < 1e-3);
    QVERIFY(meanSignalToNoise(grey, grey) > 70.0);
  }
};

QTEST_GUILESS_MAIN(TestMeasures)
#include "test_measures.moc"
