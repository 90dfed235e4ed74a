#include <cmath>

#include <ATen/ATen.h>

#include <QTemporaryDir>
#include <QtTest>

#include "engine/model_internal.h"
#include "gan/artifact_units.h"
#include "gan/planted_generator.h"
#include "runtime/error.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

SynthesisQuestion looked(const Generator& generator, std::uint64_t count) {
  SynthesisQuestion question;
  std::vector<std::uint64_t> seeds(count);
  for (std::uint64_t i = 0; i < count; ++i) seeds[i] = i;
  question.latents = generator.drawLatents(seeds);
  return question;
}

/// A lens whose features are the means of the colours and of their squares.
std::shared_ptr<Model> lens() {
  GraphBuilder b("lens");
  const ValueId x = b.input("x", DType::Float32, Shape{-1, 3, kSide, kSide});
  const ValueId both = b.op("Concat", {x, b.op("Mul", {x, x})}, {{"axis", std::int64_t{1}}});
  const ValueId pooled = b.op("Reshape", {b.op("GlobalAveragePool", {both}), b.constant({-1, 6})});
  b.output(b.op("Gemm", {pooled, b.parameter("w", TensorData::fromFloats({2, 6}, std::vector<float>(12, 0.1F)))},
                {{"transB", std::int64_t{1}}}),
           "scores");
  ModelCard card;
  card.title = "lens";
  card.guessed = false;
  card.height = card.width = card.resizeTo = static_cast<int>(kSide);
  card.mean = {0.0, 0.0, 0.0};
  card.std = {1.0, 1.0, 1.0};
  return Model::fromGraph(b.take(), std::move(card));
}

}  // namespace

class TestArtifactUnits : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void badSamplesPointToTheirUnit() {
    const auto generator = Generator::from(planted());
    ArtifactQuestion question;
    question.samples = looked(*generator, 40);
    question.layer = "features";
    const Array images = generator->synthesise(question.samples);
    // A person who dislikes blue pictures, and overlooks some.
    const at::Tensor blue = viewOf(images).select(1, 2).mean({1, 2});
    for (std::int64_t i = 0; i < 40; ++i)
      if (blue[i].item<double>() > 0.1 && i % 4 != 0) question.bad.push_back(i);
    QVERIFY(question.bad.size() > 3 && question.bad.size() < 30);
    const auto units = rankArtifactUnits(*generator, question);
    QCOMPARE(units.size(), static_cast<std::size_t>(kPlantedUnits));
    QCOMPARE(units.front().unit, std::int64_t{kBlue});
    QVERIFY(units.front().there > 2.0 * units.front().elsewhere);
    QVERIFY(units.front().score > 3.0 * units[1].score);
    for (const ArtifactUnit& unit : units)
      if (unit.unit == kConstant || unit.unit == kDead) QCOMPARE(unit.score, 0.0);
    const UnitEdit edit = ablationOf("features", units, 2);
    QCOMPARE(edit.change.units, (std::vector<std::int64_t>{units[0].unit, units[1].unit}));
    QCOMPARE(edit.change.amount, 0.0);
  }

  void regionsCountWhereTheyAre() {
    const auto generator = Generator::from(planted());
    ArtifactQuestion question;
    question.samples = looked(*generator, 30);
    question.layer = "features";
    // The red pixels of some samples, marked at four times the resolution.
    const Array images = generator->synthesise(question.samples);
    for (std::int64_t i = 0; i < 12; ++i) {
      const at::Tensor red = viewOf(images)[i][0].gt(0.3).to(at::kFloat);
      question.regions.push_back({i, toArray(at::upsample_nearest2d(red.unsqueeze(0).unsqueeze(0), {32, 32})[0][0])});
    }
    const auto units = rankArtifactUnits(*generator, question);
    QVERIFY(units[0].unit == kRed || units[0].unit == kTwin);
    QVERIFY(units[1].unit == kRed || units[1].unit == kTwin);
    // By the definition.
    const Array maps = generator->activations(question.samples, "features");
    const at::Tensor red = viewOf(maps).select(1, kRed).to(at::kDouble);
    const at::Tensor marked =
        viewOf(images).select(1, 0).gt(0.3).logical_and(at::arange(30).lt(12).reshape({30, 1, 1}));
    const double there = red.masked_select(marked).mean().item<double>();
    const double elsewhere = red.masked_select(marked.logical_not()).mean().item<double>();
    for (const ArtifactUnit& unit : units) {
      if (unit.unit != kRed) continue;
      QVERIFY(std::abs(unit.there - there) < 1e-6 && std::abs(unit.elsewhere - elsewhere) < 1e-6);
      QVERIFY(std::abs(unit.score - (there - elsewhere) / red.std(/*unbiased=*/false).item<double>()) < 1e-6);
    }
  }

  void marksMustMakeSense() {
    const auto generator = Generator::from(planted());
    ArtifactQuestion question;
    question.samples = looked(*generator, 3);
    question.layer = "features";
    QVERIFY_EXCEPTION_THROWN(rankArtifactUnits(*generator, question), Error);
    question.bad = {0, 1, 2};
    QVERIFY_EXCEPTION_THROWN(rankArtifactUnits(*generator, question), Error);
    question.bad = {3};
    QVERIFY_EXCEPTION_THROWN(rankArtifactUnits(*generator, question), Error);
    question.bad = {1};
    question.layer = "nowhere";
    QVERIFY_EXCEPTION_THROWN(rankArtifactUnits(*generator, question), Error);
    question.layer = "features";
    question.regions.push_back({0, Array{{4}, {1, 1, 1, 1}}});
    QVERIFY_EXCEPTION_THROWN(rankArtifactUnits(*generator, question), Error);
  }

  void aRepairBringsPicturesCloser() {
    const auto generator = Generator::from(planted());
    // The reference: pictures without blue.
    SynthesisQuestion good = looked(*generator, 120);
    const UnitEdit off{{"features", {kBlue}, UnitSwitch::Kind::Scale, 0.0}, {}};
    good.edits = {off};
    QTemporaryDir folder;
    int number = 0;
    for (const Image& picture : generator->picturesOf(generator->synthesise(good)))
      saveImage(picture, folder.filePath(QString("%1.png").arg(number++, 4, 10, QChar('0'))).toStdString());
    RepairQuestion question;
    question.edits = {off};
    question.samples = 120;
    question.reference = folder.path().toStdString();
    question.lens = lens();
    const RepairEffect effect = measureRepair(*generator, question);
    QCOMPARE(effect.referenceCount, std::int64_t{120});
    QVERIFY2(effect.after < 0.2 * effect.before, qPrintable(QString("%1 to %2").arg(effect.before).arg(effect.after)));
    QVERIFY(effect.before > 5.0 * effect.reference);
    question.edits.clear();
    const RepairEffect none = measureRepair(*generator, question);
    QCOMPARE(none.after, none.before);
    question.features = "nowhere";
    QVERIFY_EXCEPTION_THROWN(measureRepair(*generator, question), Error);
    question.features.clear();
    question.reference = folder.filePath("nothing").toStdString();
    QVERIFY_EXCEPTION_THROWN(measureRepair(*generator, question), Error);
  }
};

QTEST_GUILESS_MAIN(TestArtifactUnits)
#include "test_artifact_units.moc"
