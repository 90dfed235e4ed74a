#include <cmath>
#include <numeric>

#include <QtTest>

#include "judging/failures.h"
#include "runtime/error.h"
#include "zoo/embedded_models.h"

using namespace unitscope;

namespace {

constexpr std::int64_t kHills = 4, kHouse = 10, kBoat = 13, kCar = 14;

const ClassFindings* findingsOf(const Failures& failures, std::int64_t k) {
  for (const ClassFindings& f : failures.classes)
    if (f.index == k) return &f;
  return nullptr;
}

}  // namespace

/// The hunt for failures on the network that learned to cheat and on the one that did not.
class TestFailures : public QObject {
  Q_OBJECT

  static Failures hunt(const char* name, const char* data, std::int64_t count) {
    std::optional<ReadModel> read = readBuiltInModel(name);
    const auto model = Model::fromGraph(std::move(read->graph), std::move(read->card));
    FailuresQuestion question;
    question.data = data;
    question.count = count;
    question.mapsPerClass = 25;
    question.classes = {kHills, kHouse, kBoat, kCar};
    return findFailures(*model, question);
  }

 private Q_SLOTS:
  void initTestCase() {
#if !defined(UNITSCOPE_HAS_OPENCV) || !defined(UNITSCOPE_HAS_ONNX)
    QSKIP("this build has no scenes or no networks");
#endif
  }

  void theCheatIsPlain() {
    const Failures biased = hunt("scene-classifier-biased", "scenes-biased", 120);
    const Failures clean = hunt("scene-classifier", "scenes", 120);
    QVERIFY(biased.multiLabel && biased.meanAveragePrecision > 0.95);
    for (const std::int64_t k : {kBoat, kCar}) {
      const ClassFindings *cheat = findingsOf(biased, k), *honest = findingsOf(clean, k);
      QVERIFY(cheat != nullptr && honest != nullptr);
      qInfo().noquote() << QString::fromStdString(cheat->reason);
      qInfo().noquote() << QString::fromStdString(honest->reason);
      QVERIFY(cheat->suspicious);
      QVERIFY(cheat->saidWithout > honest->saidWithout + 0.3);
      QVERIFY(cheat->focus < honest->focus);
    }
    for (const ClassFindings& f : clean.classes) QVERIFY2(!f.suspicious, f.reason.c_str());
    // The photographer's mark stands at (0.91, 0.93).
    const ClassFindings* car = findingsOf(biased, kCar);
    QVERIFY2(std::abs(car->telltaleX - 0.91) < 0.1 && std::abs(car->telltaleY - 0.93) < 0.1, car->reason.c_str());
    QVERIFY(car->telltale > 3.0);
  }

  void countsAddUp() {
    const Failures found = hunt("scene-classifier", "scenes", 40);
    QCOMPARE(found.pictures, std::int64_t{40});
    QVERIFY(found.confusion.empty());
    QVERIFY(found.mistakes.size() <= 20 && found.weakHits.size() <= 20);
    for (const ClassFindings& f : found.classes) {
      QVERIFY(f.right <= f.said && f.right <= f.shown);
      QCOMPARE(std::accumulate(f.clusters.begin(), f.clusters.end(), std::int64_t{0},
                               [](std::int64_t sum, const HeatCluster& c) { return sum + c.size; }),
               f.maps);
      const bool looked = f.index == kHills || f.index == kHouse || f.index == kBoat || f.index == kCar;
      QCOMPARE(f.maps, looked ? std::min<std::int64_t>(f.said, 25) : 0);
    }
    for (std::size_t i = 1; i < found.weakHits.size(); ++i)
      QVERIFY(found.weakHits[i - 1].probability <= found.weakHits[i].probability);
    for (const HeatCase& one : found.heat) {
      QCOMPARE(one.heat.shape, (Shape{16, 16}));
      const double sum = std::accumulate(one.heat.values.begin(), one.heat.values.end(), 0.0);
      QVERIFY(std::abs(sum - 1.0) < 1e-4);
    }
  }

  void labelsAreNeeded() {
    std::optional<ReadModel> read = readBuiltInModel("fashion-classifier");
    const auto model = Model::fromGraph(std::move(read->graph), std::move(read->card));
    QVERIFY_EXCEPTION_THROWN(findFailures(*model, {}), Error);
  }
};

QTEST_GUILESS_MAIN(TestFailures)
#include "test_failures.moc"
