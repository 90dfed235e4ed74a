#include <algorithm>
#include <cmath>
#include <set>

#include <QtTest>

#include "gan/boundary.h"
#include "gan/latent_samples.h"
#include "gan/linear_svm.h"
#include "support/files.h"

using namespace unitscope;
using test::errorOf;
using test::sampleAt;

namespace {

constexpr int kSamples = 400, kWidth = 6;
constexpr double kWeights[kWidth] = {1.0, -2.0, 0.5, 0.0, 0.0, 0.25};

double scoreAt(int i, double noise) {
  double score = noise * sampleAt(i, 100);
  for (int k = 0; k < kWidth; ++k) score += kWeights[k] * sampleAt(i, k);
  return score;
}

Array latents(int count) {
  Array rows{{count, kWidth}, {}};
  for (int i = 0; i < count; ++i)
    for (int k = 0; k < kWidth; ++k) rows.values.push_back(static_cast<float>(sampleAt(i, k)));
  return rows;
}

std::vector<float> scores(int count, double noise) {
  std::vector<float> all;
  for (int i = 0; i < count; ++i) all.push_back(static_cast<float>(scoreAt(i, noise)));
  return all;
}

}  // namespace

class TestBoundary : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  /// The plane that LinearSVC of scikit-learn 1.9.1 finds for these samples with its defaults (tolerance 1e-8).
  void linearSvc() {
    if (!canFitBoundaries()) QSKIP("this build has no LIBLINEAR");
    SvmProblem problem;
    problem.width = kWidth;
    for (int i = 0; i < kSamples; ++i) {
      for (int k = 0; k < kWidth; ++k) problem.rows.push_back(sampleAt(i, k));
      problem.positive.push_back(scoreAt(i, 1.5) > 0.2);
    }
    const SvmPlane plane = trainLinearSvm(problem, 1.0);
    const double expected[kWidth] = {0.510981, -1.254114, 0.389592, 0.007641, 0.081354, 0.195610};
    for (std::size_t k = 0; k < kWidth; ++k)
      QVERIFY2(std::abs(plane.weights[k] - expected[k]) < 1e-4, QByteArray::number(plane.weights[k]));
    QVERIFY(std::abs(plane.bias + 0.086281) < 1e-4);
    // Its accuracy there is 0.81.
    int right = 0;
    for (int i = 0; i < kSamples; ++i) {
      double value = plane.bias;
      for (int k = 0; k < kWidth; ++k) value += plane.weights[static_cast<std::size_t>(k)] * sampleAt(i, k);
      right += (value > 0) == (scoreAt(i, 1.5) > 0.2) ? 1 : 0;
    }
    QCOMPARE(right, 324);
  }

  void splitAndAccuracies() {
    if (!canFitBoundaries()) QSKIP("this build has no LIBLINEAR");
    const std::vector<float> all = scores(kSamples, 0.0);
    const Boundary b = fitBoundary(latents(kSamples), all, {.share = 0.25, .seed = 3});
    QCOMPARE(b.trainPositive.size(), std::size_t{70});
    QCOMPARE(b.trainNegative.size(), std::size_t{70});
    QCOMPARE(b.validationPositive.size(), std::size_t{30});
    QCOMPARE(b.validationNegative.size(), std::size_t{30});
    QCOMPARE(b.remaining, std::int64_t{200});
    std::set<std::int64_t> rows;
    for (const auto* part : {&b.trainPositive, &b.validationPositive, &b.trainNegative, &b.validationNegative})
      rows.insert(part->begin(), part->end());
    QCOMPARE(rows.size(), std::size_t{200});
    float leastPositive = 1e9f, mostNegative = -1e9f;
    for (const std::int64_t row : b.trainPositive) leastPositive = std::min(leastPositive, all[std::size_t(row)]);
    for (const std::int64_t row : b.validationNegative) mostNegative = std::max(mostNegative, all[std::size_t(row)]);
    QVERIFY(leastPositive > mostNegative);
    QCOMPARE(b.trainAccuracy, 1.0);
    QCOMPARE(b.validationAccuracy, 1.0);
    QVERIFY(b.remainingAccuracy > 0.85);
    double length = 0.0, cosine = 0.0, whole = 0.0;
    for (std::size_t k = 0; k < kWidth; ++k) {
      const double n = static_cast<double>(b.normal.values[k]);
      length += n * n;
      cosine += n * kWeights[k];
      whole += kWeights[k] * kWeights[k];
    }
    QVERIFY(std::abs(length - 1.0) < 1e-5);
    QVERIFY(cosine / std::sqrt(whole) > 0.98);
    // The same seed, the same split; another one, another.
    QCOMPARE(fitBoundary(latents(kSamples), all, {.share = 0.25, .seed = 3}).trainPositive, b.trainPositive);
    QVERIFY(fitBoundary(latents(kSamples), all, {.share = 0.25, .seed = 4}).trainPositive != b.trainPositive);
  }

  void handLabels() {
    if (!canFitBoundaries()) QSKIP("this build has no LIBLINEAR");
    std::vector<float> labels;
    for (const float score : scores(60, 0.0)) labels.push_back(score > 1.0f ? 1.0f : 0.0f);
    const auto marked = static_cast<std::size_t>(std::count(labels.begin(), labels.end(), 1.0f));
    const Boundary b = fitBoundary(latents(60), labels);
    QCOMPARE(b.trainPositive.size() + b.validationPositive.size(), marked);
    QCOMPARE(b.trainNegative.size() + b.validationNegative.size(), 60 - marked);
    QCOMPARE(b.remaining, std::int64_t{0});
    QVERIFY(std::isnan(b.remainingAccuracy));
  }

  void shapes() {
    if (!canFitBoundaries()) QSKIP("this build has no LIBLINEAR");
    Array rows = latents(80);
    const std::vector<float> all = scores(80, 0.0);
    rows.shape = {80, kWidth, 1, 1};
    QCOMPARE(fitBoundary(rows, all).normal.shape, Shape{kWidth});
    rows.shape = {80, 2, 3};
    QCOMPARE(fitBoundary(rows, all).normal.shape, (Shape{2, 3}));
  }

  void refusals() {
    const std::vector<float> good = scores(40, 0.0);
    QVERIFY(errorOf([&] { fitBoundary(latents(41), good); }).find("40 for 41") != std::string::npos);
    QVERIFY(!errorOf([&] { fitBoundary(latents(40), std::vector<float>(40, 1.0f)); }).empty());
    std::vector<float> bad = good;
    bad[7] = NAN;
    QVERIFY(!errorOf([&] { fitBoundary(latents(40), bad); }).empty());
    Array broken = latents(40);
    broken.values[3] = INFINITY;
    QVERIFY(!errorOf([&] { fitBoundary(broken, good); }).empty());
    broken = latents(40);
    broken.values.pop_back();
    QVERIFY(!errorOf([&] { fitBoundary(broken, good); }).empty());
    QVERIFY(!errorOf([&] { fitBoundary(latents(40), good, {.share = 0.7}); }).empty());
    QVERIFY(!errorOf([&] { fitBoundary(latents(40), good, {.share = 0.02}); }).empty());
    QVERIFY(!errorOf([&] { fitBoundary(latents(40), good, {.validation = 0.9}); }).empty());
    QVERIFY(!errorOf([&] { fitBoundary({}, {}); }).empty());
  }

  void conditional() {
    const float h = static_cast<float>(std::sqrt(0.5));
    const Array n{{1, 4}, {0.5f, 0.5f, 0.5f, 0.5f}}, x{{4}, {2, 0, 0, 0}}, mix{{4}, {h, h, 0, 0}};
    // One: n1 - (n1 n2) n2.
    const Array one = withoutParts(n, {x});
    QCOMPARE(one.shape, n.shape);
    const float third = static_cast<float>(1.0 / std::sqrt(3.0));
    for (std::size_t i = 0; i < 4; ++i) QVERIFY(std::abs(one.values[i] - (i == 0 ? 0.0f : third)) < 1e-6f);
    // Several that are not at right angles, and one of them twice: what is left is in none of them.
    const Array two = withoutParts(n, {x, mix, x});
    for (std::size_t i = 0; i < 4; ++i) QVERIFY(std::abs(two.values[i] - (i < 2 ? 0.0f : h)) < 1e-6f);
    QVERIFY(!errorOf([&] { withoutParts(mix, {x, n, Array{{4}, {0, 0, 1, 1}}}); }).empty());
    QVERIFY(!errorOf([&] { withoutParts(n, {Array{{3}, {1, 0, 0}}}); }).empty());
    QVERIFY(!errorOf([&] { withoutParts(n, {Array{{4}, {0, 0, 0, 0}}}); }).empty());
  }

  void entangled() {
    const Entanglement e = entanglement({{1, 2, 3, 4}, {4, 3, 2, 1}, {1, -1, -1, 1}, {5, 5, 5, 5}},
                                        {{{2}, {3, 0}}, {{2}, {1, 1}}, {{2}, {0, -1}}});
    QCOMPARE(e.correlation.shape, (Shape{4, 4}));
    const auto r = [&](std::size_t i, std::size_t k) { return e.correlation.values[i * 4 + k]; };
    QVERIFY(std::abs(r(0, 0) - 1.0f) < 1e-6f);
    QVERIFY(std::abs(r(0, 1) + 1.0f) < 1e-6f);
    QVERIFY(std::abs(r(0, 2)) < 1e-6f);
    QVERIFY(std::isnan(r(3, 0)) && std::isnan(r(3, 3)));
    const float h = static_cast<float>(std::sqrt(0.5));
    const std::vector<float> cosines{1, h, 0, h, 1, -h, 0, -h, 1};
    for (std::size_t i = 0; i < 9; ++i) QVERIFY(std::abs(e.cosine.values[i] - cosines[i]) < 1e-6f);
    QVERIFY(entanglement({}, {}).cosine.values.empty());
    QVERIFY(!errorOf([] { entanglement({{1, 2}, {1, 2, 3}}, {}); }).empty());
  }
};

QTEST_APPLESS_MAIN(TestBoundary)
#include "test_boundary.moc"
