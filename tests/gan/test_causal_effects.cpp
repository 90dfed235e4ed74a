#include <cmath>

#include <ATen/ATen.h>

#include <QtTest>

#include "engine/model_internal.h"
#include "gan/causal_effects.h"
#include "gan/generators.h"
#include "gan/planted_generator.h"
#include "gan/sample_runs.h"
#include "gan/sample_segmenter.h"
#include "runtime/error.h"
#include "zoo/embedded_models.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

GanDissection dissected(Generator& generator) {
  GanDissectQuestion question;
  question.samples = 60;
  question.segmenter = colourSegmenter();
  return dissectGenerator(generator, question);
}

CausalQuestion about(const std::string& name, std::vector<std::int64_t> ranked) {
  CausalQuestion question;
  question.layer = "features";
  question.concepts = {name};
  question.ranked = {std::move(ranked)};
  question.samples = 50;
  question.segmenter = colourSegmenter();
  return question;
}

}  // namespace

class TestCausalEffects : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void whatDrawsAConceptRemovesIt() {
    const auto generator = Generator::from(planted());
    const GanDissection dissection = dissected(*generator);
    const CausalEffects effects = causalEffects(*generator, dissection, about("red thing", {kRed}));
    const CausalEffect& effect = effects.effects.front();
    QCOMPARE(effect.units, std::vector<std::int64_t>{kRed});
    QCOMPARE(effect.own.relative, -1.0);
    QVERIFY(effect.own.after == 0.0 && effect.own.before > 0.02);
    QCOMPARE(effects.concepts[2].name, std::string("green thing"));
    QCOMPARE(effect.changes[2].absolute, 0.0);
    // Every pixel that red loses goes to nothing, or to the blue behind it.
    double sum = 0.0;
    for (const ConceptChange& change : effect.changes) sum += change.absolute;
    QVERIFY(std::abs(sum) < 1e-12);
    QVERIFY(effect.samplesWith > 25);
  }

  void whatOnlyGoesAlongDoesNothing() {
    const auto generator = Generator::from(planted());
    const CausalEffects effects =
        causalEffects(*generator, dissected(*generator), about("red thing", {kTwin, kConstant}));
    for (const CausalPoint& point : effects.effects.front().curve) {
      QCOMPARE(point.own, 0.0);
      QCOMPARE(point.others, 0.0);
    }
  }

  /// What is measured behind the layer is what a whole run gives, and the interval is that of a mean.
  void changesAreThoseOfWholeRuns() {
    const auto generator = Generator::from(planted());
    CausalQuestion question = about("green thing", {kGreen, kBlue});
    question.units = 2;
    const CausalEffects effects = causalEffects(*generator, dissected(*generator), question);
    const CausalEffect& effect = effects.effects.front();
    const SampleSegmenter segmenter(*generator, colourSegmenter());
    SynthesisQuestion samples = samplesFrom(*generator, 50, question.firstSeed, 1.0, {});
    const Array before = generator->synthesise(samples);
    samples.edits = {{{"features", {kGreen, kBlue}, UnitSwitch::Kind::Scale, 0.0}, {}}};
    const Array after = generator->synthesise(samples);
    const at::Tensor was = segmenter.labels(viewOf(before), {}), is = segmenter.labels(viewOf(after), {});
    for (std::int64_t k = 0; k < 4; ++k) {
      const auto& change = effect.changes[static_cast<std::size_t>(k)];
      QVERIFY(std::abs(change.before - was.eq(k).to(at::kDouble).mean().item<double>()) < 1e-12);
      QVERIFY(std::abs(change.after - is.eq(k).to(at::kDouble).mean().item<double>()) < 1e-12);
      QVERIFY(change.absoluteLow <= change.absolute && change.absolute <= change.absoluteHigh);
    }
    // Normal approximation of the mean of what each sample wins of nothing.
    const at::Tensor each = (is.eq(0).to(at::kDouble) - was.eq(0).to(at::kDouble)).mean({1, 2});
    const double wide = 2.0 * 1.96 * each.std().item<double>() / std::sqrt(50.0);
    const ConceptChange& nothing = effect.changes[0];
    const double found = nothing.absoluteHigh - nothing.absoluteLow;
    QVERIFY2(found > 0.8 * wide && found < 1.2 * wide, qPrintable(QString("%1 of %2").arg(found).arg(wide)));
  }

  void theCurveChoosesTheNumberOfUnits() {
    const auto generator = Generator::from(planted());
    // The first unit is enough; the third would take green with it.
    const CausalEffects effects =
        causalEffects(*generator, dissected(*generator), about("red thing", {kTwin, kRed, kGreen, kBlue}));
    const CausalEffect& effect = effects.effects.front();
    QCOMPARE(effect.curve.size(), std::size_t{3});
    QCOMPARE(effect.curve[1].units, std::int64_t{2});
    QCOMPARE(effect.chosen.units, std::int64_t{2});
    QCOMPARE(effect.curve[0].own, 0.0);
    QCOMPARE(effect.curve[1].own, -1.0);
    QVERIFY(effect.curve[2].others > effect.curve[1].others + 0.2);
    GanDissection dissection = dissected(*generator);
    keepSet(dissection, conceptUnitsOf(effect, "iou"));
    keepSet(dissection, conceptUnitsOf(effect, "optimised"));
    QCOMPARE(dissection.sets.size(), std::size_t{1});
    QCOMPARE(dissection.sets[0].removed, 1.0);
    QCOMPARE(unitsOfConcept(dissection, 0, conceptIndexOf(dissection, "red thing")),
             (std::vector<std::int64_t>{kTwin, kRed}));
  }

  void insertingDraws() {
    const auto generator = Generator::from(planted());
    CausalQuestion question = about("red thing", {kRed});
    question.kind = CausalQuestion::Kind::Insert;
    question.region[0] = 0.0;
    question.region[1] = 0.5;
    question.region[2] = 1.0;
    question.region[3] = 1.0;
    const CausalEffects effects = causalEffects(*generator, dissected(*generator), question);
    const CausalEffect& effect = effects.effects.front();
    // The right half, where red never is, becomes red as far as green and blue are weaker.
    QVERIFY(effect.own.absolute > 0.3);
    QVERIFY(effect.changes[2].absolute < 0.0);
  }

  void optimisingFindsTheCause() {
    const auto generator = Generator::from(planted());
    OptimiseQuestion question;
    question.layer = "features";
    question.conceptName = "red thing";
    question.samples = 40;
    question.steps = 60;
    question.segmenter = colourSegmenter();
    const OptimisedUnits units = optimiseUnits(*generator, question);
    QCOMPARE(units.alphas.size(), static_cast<std::size_t>(kPlantedUnits));
    QCOMPARE(units.ranked.front(), std::int64_t{kRed});
    QVERIFY(units.alphas[kRed] > 0.9);
    // What goes along only, and what draws others, is left on.
    QVERIFY(units.alphas[kTwin] < 0.5 && units.alphas[kGreen] < 0.2);
    QVERIFY(units.losses.back() < units.losses.front());
    question.conceptName = "zebra";
    QVERIFY_EXCEPTION_THROWN(optimiseUnits(*generator, question), Error);
    question.conceptName = "red thing";
    question.start = {1.0};
    QVERIFY_EXCEPTION_THROWN(optimiseUnits(*generator, question), Error);
  }

  /// Where the layer's surroundings are fed, styles and skips included, nothing changes.
  void behindALayerIsTheSameNetwork() {
    for (Graph graph : {styleGan(true), pggan(), bigGan()}) {
      const auto generator = Generator::from(modelOf(std::move(graph)));
      for (const std::string& layer : generatorLayers(*generator)) {
        BehindLayer behind(*generator, layer);
        SynthesisQuestion samples = samplesFrom(*generator, 3, 5, 1.0, {});
        const at::Tensor plain = behind.start(samples, 0, 3, {}).clone();
        const Array whole = generator->synthesise(samples);
        QVERIFY((plain - viewOf(whole)).abs().max().item<double>() < 1e-5);
        samples.edits = {{{layer, {1, 2}, UnitSwitch::Kind::Scale, 0.0}, {}}};
        const at::Tensor part = behind.pictures(generator->internal().edits(samples.edits), false, {});
        const Array edited = generator->synthesise(samples);
        QVERIFY((part - viewOf(edited)).abs().max().item<double>() < 1e-5);
        QVERIFY((part - plain).abs().max().item<double>() > 1e-4);
      }
    }
  }

  void cloudsGoFromTheEmbeddedGenerator() {
    if (findEmbeddedModel("scene-generator") == nullptr) QSKIP("this build has no embedded generators");
    std::optional<ReadModel> read = readBuiltInModel("scene-generator");
    const auto generator = Generator::from(Model::fromGraph(std::move(read->graph), std::move(read->card)));
    GanDissectQuestion asked;
    asked.samples = 64;
    asked.layers = {"block16.conv1"};
    asked.colors = false;
    const GanDissection dissection = dissectGenerator(*generator, asked);
    CausalQuestion question;
    question.concepts = {"cloud"};
    question.units = 2;
    question.samples = 32;
    const CausalEffects effects = causalEffects(*generator, dissection, question);
    const CausalEffect& effect = effects.effects.front();
    QCOMPARE(effect.layer, std::string("block16.conv1"));
    QVERIFY2(effect.own.relativeHigh < -0.2, qPrintable(QString::number(effect.own.relativeHigh)));
    QVERIFY2(effect.chosen.others < -0.5 * effect.chosen.own, qPrintable(QString::number(effect.chosen.others)));
  }

  void whatCannotBeIsRefused() {
    const auto generator = Generator::from(planted());
    const GanDissection dissection = dissected(*generator);
    CausalQuestion question = about("zebra", {0});
    QVERIFY_EXCEPTION_THROWN(causalEffects(*generator, dissection, question), Error);
    question = about("red thing", {99});
    QVERIFY_EXCEPTION_THROWN(causalEffects(*generator, dissection, question), Error);
    question = about("red thing", {kRed});
    question.layer = "nowhere";
    QVERIFY_EXCEPTION_THROWN(causalEffects(*generator, dissection, question), Error);
    // A colour is no class of the segmenter.
    QVERIFY_EXCEPTION_THROWN(causalEffects(*generator, dissection, about("black", {kRed})), Error);
    CancelToken cancel;
    cancel.cancel();
    QVERIFY_EXCEPTION_THROWN(causalEffects(*generator, dissection, about("red thing", {kRed}), {}, cancel), Cancelled);
  }
};

QTEST_GUILESS_MAIN(TestCausalEffects)
#include "test_causal_effects.moc"
