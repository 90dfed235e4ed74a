#include <cmath>

#include <QtTest>

#include "gan/generators.h"
#include "gan/planted.h"
#include "gan/rescoring.h"
#include "support/files.h"

using namespace unitscope;
using test::errorOf;

namespace {

/// What one unit of w adds to a score in 0..1.
constexpr double kUnit = 0.5 * static_cast<double>(test::kPlantedGain);

LatentDirection along(std::int64_t number, const char* space = "w+") {
  LatentDirection direction;
  direction.name = "number " + std::to_string(number);
  direction.space = space;
  direction.vector = test::axis(number);
  return direction;
}

RescoringQuestion about(std::vector<LatentDirection> directions, const std::vector<const char*>& texts) {
  RescoringQuestion question;
  question.directions = std::move(directions);
  for (const char* text : texts) question.attributes.push_back(attributeFrom(text));
  question.samples = 60;
  question.models = {test::colorJudge(test::kPlantedSide), test::lightJudge(test::kPlantedSide)};
  return question;
}

double entry(const Array& table, std::size_t row, std::size_t column) {
  return static_cast<double>(table.values[row * static_cast<std::size_t>(table.shape[1]) + column]);
}

bool near(double a, double b, double within = 1e-5) {
  return std::abs(a - b) < within;
}

}  // namespace

/// Re-scoring of directions whose effects are known.
class TestRescoring : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void changesAreThosePlanted() {
    const std::shared_ptr<Generator> generator = test::planted();
    const ChangeTable table = rescore(
        *generator, about({along(0), along(1), along(2), along(3)}, {"brightness", "warmth", "brightness@top"}));
    QCOMPARE(table.rows, (std::vector<std::string>{"number 0", "number 1", "number 2", "number 3"}));
    QCOMPARE(table.change.shape, (Shape{4, 3}));
    const double step = 2.0 * kUnit;
    const double wanted[4][3] = {{step, 0, step}, {0, 2.0 * step, 0}, {step / 3, 0, step}, {0, 0, 0}};
    for (std::size_t row = 0; row < 4; ++row)
      for (std::size_t k = 0; k < 3; ++k) {
        // The checkerboard of nine by nine has one light field more, so that a third of it has a mean.
        const double within = row == 3 ? 0.002 : 1e-5;
        QVERIFY2(near(entry(table.change, row, k), wanted[row][k], within),
                 qPrintable(QString("%1 %2 %3").arg(row).arg(k).arg(entry(table.change, row, k))));
        QVERIFY(near(entry(table.rise, row, k), wanted[row][k], within));
        // Each sample changes by the same.
        QVERIFY(entry(table.changeHigh, row, k) - entry(table.changeLow, row, k) < 1e-4);
      }
    // Deviations: number 0 and a third of number 2; number 1.
    QVERIFY(near(table.deviations[1], 2.0 * kUnit, 0.01));
    QVERIFY(near(table.strength(1, 1), 2.0, 0.5));
    const ChangeTable::Target warm = table.targetOf(1);
    QCOMPARE(warm.attribute, std::ptrdiff_t{1});
    QVERIFY(warm.ratio > 100.0 && near(warm.ratio, table.selectivity(1, 1)));
    QVERIFY(table.selectivity(0, 1) < 0.01);
  }

  void risesCountOnlyWhatRises() {
    const std::shared_ptr<Generator> generator = test::planted();
    RescoringQuestion question = about({along(0)}, {"brightness"});
    question.step = -2.0;
    const ChangeTable table = rescore(*generator, question);
    QVERIFY(near(entry(table.rise, 0, 0), 0.0) && near(entry(table.change, 0, 0), -2.0 * kUnit));
    QVERIFY(near(table.targetOf(0).strength, -2.0 * kUnit / table.deviations[0], 1e-4));
  }

  void intervalsHoldTheSpread() {
    // Light pixels: some samples turn light, others stay dark.
    const std::shared_ptr<Generator> generator = test::planted();
    const ChangeTable table = rescore(*generator, about({along(0)}, {"area:light@bottom"}));
    QVERIFY(entry(table.changeLow, 0, 0) < entry(table.change, 0, 0));
    QVERIFY(entry(table.change, 0, 0) < entry(table.changeHigh, 0, 0));
    QVERIFY(entry(table.riseLow, 0, 0) > 0.0 && entry(table.riseHigh, 0, 0) <= 1.0);
  }

  void stepsAreDeviationsWhereKnown() {
    const std::shared_ptr<Generator> generator = test::planted();
    LatentDirection wide = along(0);
    wide.details["deviation"] = 0.5;
    RescoringQuestion question = about({wide, along(0)}, {"brightness"});
    const ChangeTable table = rescore(*generator, question);
    QVERIFY(near(entry(table.change, 0, 0), kUnit) && near(entry(table.change, 1, 0), 2.0 * kUnit));
    question.inDeviations = false;
    QVERIFY(near(entry(rescore(*generator, question).change, 0, 0), 2.0 * kUnit));
  }

  void allSpacesAreMoved() {
    const std::shared_ptr<Generator> generator = test::planted();
    LatentDirection each = along(0);
    each.vector = {{4, test::kPlantedSize}, std::vector<float>(4 * test::kPlantedSize, 0.0F)};
    each.vector.values[0] = 1.0F;
    const ChangeTable table =
        rescore(*generator, about({along(0, "z"), along(0, "w"), each}, {"brightness", "warmth"}));
    for (std::size_t row = 0; row < 3; ++row) QVERIFY(near(entry(table.change, row, 0), 2.0 * kUnit));
    LatentDirection elsewhere = along(0);
    elsewhere.layers = {1, 3};
    QVERIFY(near(entry(rescore(*generator, about({elsewhere}, {"brightness"})).change, 0, 0), 0.0));
    const std::shared_ptr<Generator> plain = Generator::from(test::modelOf(test::dcgan()));
    QVERIFY(!rescore(*plain, about({along(0, "z")}, {"brightness"})).rows.empty());
    QVERIFY(!errorOf([&] { rescore(*plain, about({along(0)}, {"brightness"})); }).empty());
  }

  void layersShowWhereADirectionWorks() {
    const std::shared_ptr<Generator> generator = test::planted();
    LatentDirection narrow = along(0);
    narrow.layers = {3};  // does not count here
    const std::vector<ChangeTable> tables = rescoreByLayer(
        *generator, about({narrow, along(1)}, {"brightness", "warmth"}), singleLayers(generator->plan()));
    QCOMPARE(tables.size(), std::size_t{2});
    QCOMPARE(tables[0].rows, (std::vector<std::string>{"0", "1", "2", "3", "all"}));
    for (std::size_t row = 0; row < 5; ++row) {
      QVERIFY(near(entry(tables[0].change, row, 0), row == 0 || row == 4 ? 2.0 * kUnit : 0.0));
      QVERIFY(near(entry(tables[1].change, row, 1), row == 1 || row == 4 ? 4.0 * kUnit : 0.0));
    }
    QVERIFY(!errorOf([&] {
               rescoreByLayer(*generator, about({along(0, "z")}, {"brightness"}), singleLayers(generator->plan()));
             }).empty());
    QVERIFY(!errorOf([&] { rescoreByLayer(*generator, about({along(0)}, {"brightness"}), {}); }).empty());
    QVERIFY(!errorOf([&] { rescoreByLayer(*generator, about({along(0)}, {"brightness"}), {{"none", {7}}}); }).empty());
  }

  void groupsAreAsPublished() {
    GeneratorPlan plan;
    plan.styles = "w";
    const auto rows = [&](std::int64_t layers) {
      plan.styleCount = layers;
      std::string text;
      std::int64_t count = 0;
      for (const LayerGroup& group : layerGroups(plan)) {
        text += (text.empty() ? "" : ", ") + group.name;
        for (const std::int64_t layer : group.layers) count += layer == count ? 1 : 1000;
      }
      return count == layers ? text : "gaps";
    };
    QCOMPARE(rows(14), std::string("lowest 0-1, middle 2-5, upper 6-11, last 12-13"));
    QCOMPARE(rows(4), std::string("lowest 0, middle 1, upper 2, last 3"));
    QCOMPARE(rows(9), std::string("lowest 0, middle 1-3, upper 4-7, last 8"));
    for (std::int64_t layers = 4; layers < 40; ++layers) {
      plan.styleCount = layers;
      for (const LayerGroup& group : layerGroups(plan)) QVERIFY(!group.layers.empty());
      QVERIFY(rows(layers) != "gaps");
    }
    QCOMPARE(rows(2), std::string("0, 1"));
    plan.styleCount = 1;
    QVERIFY(!errorOf([&] { layerGroups(plan); }).empty());
  }

  void whatDoesNotFitIsRefused() {
    const std::shared_ptr<Generator> generator = test::planted();
    QVERIFY(!errorOf([&] { rescore(*generator, about({}, {"brightness"})); }).empty());
    QVERIFY(!errorOf([&] { rescore(*generator, about({along(0)}, {})); }).empty());
    RescoringQuestion question = about({along(0)}, {"brightness"});
    question.samples = 1;
    QVERIFY(!errorOf([&] { rescore(*generator, question); }).empty());
    question.samples = 10;
    question.step = 0.0;
    QVERIFY(!errorOf([&] { rescore(*generator, question); }).empty());
    question.step = 1.0;
    question.directions.front().vector = {{3}, {1, 0, 0}};
    QVERIFY(errorOf([&] { rescore(*generator, question); }).find("number 0") != std::string::npos);
    question.directions = {along(0, "v")};
    QVERIFY(!errorOf([&] { rescore(*generator, question); }).empty());
    CancelToken stopped;
    stopped.cancel();
    QVERIFY_EXCEPTION_THROWN(rescore(*generator, about({along(0)}, {"brightness"}), {}, stopped), Cancelled);
  }
};

QTEST_GUILESS_MAIN(TestRescoring)
#include "test_rescoring.moc"
