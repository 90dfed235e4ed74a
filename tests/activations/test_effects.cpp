#include <ATen/ATen.h>

#include <QtTest>

#include "activations/unit_correlations.h"
#include "activations/unit_effect.h"
#include "attribution/nets.h"
#include "engine/model_internal.h"
#include "runtime/error.h"
#include "sources/picture_source.h"
#include "zoo/embedded_models.h"

using namespace unitscope;
using namespace unitscope::test;

/// What units are for, over procedural scenes.
class TestEffects : public QObject {
  Q_OBJECT

  std::shared_ptr<Model> model_;
  std::string layer_;
  std::int64_t units_ = 0;

 private Q_SLOTS:
  void initTestCase() {
#if !defined(UNITSCOPE_HAS_OPENCV) || !defined(UNITSCOPE_HAS_ONNX)
    QSKIP("this build has no scenes or no networks");
#endif
    std::optional<ReadModel> read = readBuiltInModel("scene-classifier");
    model_ = Model::fromGraph(std::move(read->graph), std::move(read->card));
    layer_ = model_->spatialLayers().front().name;
    const auto& layers = model_->layers();
    const auto at = std::ranges::find(layers, layer_, &Layer::name) - layers.begin();
    units_ = model_->layerShapes()[static_cast<std::size_t>(at)][1];
  }

  void meanScoresAreThoseOfRuns() {
    EffectQuestion question;
    question.count = 20;
    question.ablations = {{"half", {{layer_, {}, UnitSwitch::Kind::Scale, 0.0}}}, {"nothing", {}}};
    for (std::int64_t unit = 0; unit < units_; unit += 2) question.ablations[0].changes[0].units.push_back(unit);
    const UnitEffects found = measureEffects(*model_, question);
    QCOMPARE(found.pictures, std::int64_t{20});
    QVERIFY(found.labelled && found.multiLabel);
    QCOMPARE(found.ablations.size(), std::size_t{2});
    QCOMPARE(found.ablations[0].name, std::string("half"));

    const auto source = openPictures("scenes", *model_, 0);
    std::map<std::int64_t, std::pair<double, std::int64_t>> before, after;
    for (std::int64_t i = 0; i < 20; ++i) {
      const KnownPicture picture = source->at(i);
      UnitSwitchboard switches(model_, picture.input);
      const Array plain = switches.scores();
      switches.setAll(question.ablations[0].changes);
      const Array changed = switches.scores();
      for (const std::int64_t k : picture.classes) {
        before[k].first += static_cast<double>(plain.values[static_cast<std::size_t>(k)]);
        after[k].first += static_cast<double>(changed.values[static_cast<std::size_t>(k)]);
        ++before[k].second;
      }
    }
    for (const ClassEffect& c : found.ablations[0].classes) {
      QCOMPARE(c.shown, before[c.index].second);
      if (c.shown == 0) {
        QVERIFY(std::isnan(c.score) && std::isnan(c.averagePrecision));
        continue;
      }
      const auto count = static_cast<double>(c.shown);
      QVERIFY(std::abs(c.score - before[c.index].first / count) < 1e-3);
      QVERIFY(std::abs(c.scoreAfter - after[c.index].first / count) < 1e-3);
    }
    // Sorted; and nothing changed changes nothing.
    for (std::size_t i = 1; i < found.ablations[0].classes.size(); ++i)
      if (std::isfinite(found.ablations[0].classes[i].drop()))
        QVERIFY(found.ablations[0].classes[i].drop() <= found.ablations[0].classes[i - 1].drop());
    for (const ClassEffect& c : found.ablations[1].classes) QVERIFY(c.shown == 0 || std::abs(c.drop()) < 1e-4);
    QVERIFY(std::abs(found.ablations[1].meanAveragePrecision - found.ablations[1].meanAveragePrecisionAfter) < 1e-9);
    QVERIFY(found.ablations[0].classes.front().drop() > 0.1);
    QVERIFY(found.ablations[0].meanAveragePrecision > 0.5);
  }

  void aClassLosesItsUnits() {
    // The units that speak most for one class over a few pictures, switched off, cost this class most.
    constexpr std::int64_t kHouse = 10;
    EffectQuestion question;
    question.count = 40;
    for (std::int64_t unit = 0; unit < units_; ++unit)
      question.ablations.push_back({std::to_string(unit), {{layer_, {unit}, UnitSwitch::Kind::Scale, 0.0}}});
    const UnitEffects single = measureEffects(*model_, question);
    const auto dropOf = [](const UnitEffect& effect, std::int64_t k) {
      for (const ClassEffect& c : effect.classes)
        if (c.index == k) return c.drop();
      return 0.0;
    };
    std::vector<std::pair<double, std::int64_t>> order;
    for (std::size_t i = 0; i < single.ablations.size(); ++i)
      order.emplace_back(dropOf(single.ablations[i], kHouse), static_cast<std::int64_t>(i));
    std::ranges::sort(order, std::greater<>());
    Ablation top{"top", {{layer_, {}, UnitSwitch::Kind::Scale, 0.0}}};
    for (std::size_t i = 0; i < 4; ++i) top.changes[0].units.push_back(order[i].second);
    question.seed = 9;
    question.ablations = {top};
    const UnitEffects together = measureEffects(*model_, question);
    qInfo("%zu units one by one on 40 scenes: %.1f s", single.ablations.size(), single.seconds);
    for (std::size_t i = 0; i < 4; ++i)
      qInfo("%s: drop %.2f", together.ablations[0].classes[i].label.c_str(), together.ablations[0].classes[i].drop());
    QCOMPARE(together.ablations[0].classes.front().index, kHouse);
  }

  void correlationsAreThoseOfAllRows() {
    CorrelationsQuestion question;
    question.count = 37;  // no multiple of a batch
    question.layer = layer_;
    const UnitCorrelations found = correlateUnits(*model_, question);
    QCOMPARE(found.units(), units_);
    QCOMPARE(found.pictures, std::int64_t{37});
    const auto source = openPictures("scenes", *model_, 0);
    const ValueId value = resolveLayer(model_->graph(), model_->layers(), layer_);
    std::vector<at::Tensor> rows;
    for (std::int64_t i = 0; i < 37; ++i)
      rows.push_back(
          viewOf(model_->activations(source->at(i).input, value)).mean(at::IntArrayRef{2, 3}).to(at::kDouble));
    const at::Tensor all = at::cat(rows);
    const at::Tensor centred = all - all.mean(0);
    const at::Tensor covariance = at::mm(centred.t(), centred) / 37.0;
    const at::Tensor own = at::tensor(found.covariance, at::kDouble).reshape({units_, units_});
    QVERIFY(largestDifference(own, covariance) < 1e-6 + 1e-4 * covariance.abs().max().item<double>());
    const std::vector<CorrelatedUnit> close = found.mostCorrelated(0, 5);
    QCOMPARE(close.size(), std::size_t{5});
    QVERIFY(close[0].correlation >= close[4].correlation && close[0].unit != 0);
    QVERIFY(std::abs(found.correlation(3, close[0].unit) - found.correlation(close[0].unit, 3)) < 1e-12);
    QVERIFY_EXCEPTION_THROWN(found.correlation(0, units_), Error);
    QVERIFY_EXCEPTION_THROWN(found.mostCorrelated(-1, 3), Error);
  }

  void mistakes() {
    EffectQuestion question;
    question.count = 2;
    question.ablations = {{"", {{"nowhere", {0}, UnitSwitch::Kind::Scale, 0.0}}}};
    QVERIFY_EXCEPTION_THROWN(measureEffects(*model_, question), Error);
    question.ablations = {{"", {{layer_, {units_}, UnitSwitch::Kind::Scale, 0.0}}}};
    QVERIFY_EXCEPTION_THROWN(measureEffects(*model_, question), Error);
    question.ablations.clear();
    question.data = "/nowhere";
    QVERIFY_EXCEPTION_THROWN(measureEffects(*model_, question), Error);
    question.data = "scenes";
    question.count = 0;
    QVERIFY_EXCEPTION_THROWN(measureEffects(*model_, question), Error);
    CorrelationsQuestion other;
    other.layer = "nowhere";
    QVERIFY_EXCEPTION_THROWN(correlateUnits(*model_, other), Error);
    other.layer = layer_;
    CancelToken cancel;
    cancel.cancel();
    QVERIFY_EXCEPTION_THROWN(correlateUnits(*model_, other, {}, cancel), Cancelled);
  }
};

QTEST_GUILESS_MAIN(TestEffects)
#include "test_effects.moc"
