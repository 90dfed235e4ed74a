#include <QJsonObject>
#include <QTest>

#include "app/generator/generator_concepts.h"
#include "app/generator/scene_edits.h"
#include "app/generator/units/unit_painter.h"

using namespace unitscope;

namespace {

using Units = std::vector<std::int64_t>;

GeneratorScene sample() {
  GeneratorScene scene;
  scene.name = QStringLiteral("Seed 1");
  scene.sample.latents = {{1, 2}, {0.5F, -1.0F}};
  return scene;
}

constexpr UnitState kOff{UnitSwitch::Kind::Scale, 0.0};
constexpr UnitState kDouble{UnitSwitch::Kind::Scale, 2.0};

Array mask(float first) {
  return {{1, 2}, {first, 0.0F}};
}

UnitPaint treePaint(UnitPaint::Mode mode) {
  UnitPaint paint;
  paint.mode = mode;
  paint.what = QStringLiteral("tree");
  paint.layer = "a";
  paint.units = {1, 2};
  paint.high = {3.0, 4.0};
  return paint;
}

}  // namespace

/// What is done to a scene's units, as plain values.
class TestSceneEdits : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aUnitIsInOneChange() {
    GeneratorScene scene = withUnits(sample(), "a", {1, 2, 3}, kOff);
    QCOMPARE(stateOf(scene, "a", 2), kOff);
    QVERIFY(stateOf(scene, "b", 2).asIs());
    scene = withUnits(scene, "a", {2}, kDouble);
    QCOMPARE(scene.sample.edits.size(), std::size_t(2));
    QCOMPARE(scene.sample.edits[0].change.units, (Units{1, 3}));
    QVERIFY(!stateOf(scene, "a", Units{1, 2}));
    QCOMPARE(stateOf(scene, "a", Units{1, 3}), std::optional(kOff));
    // A slider that goes on changes its own edit, at its own place.
    scene = withUnits(scene, "a", {1, 3}, kDouble);
    QCOMPARE(scene.sample.edits[0].change.amount, 2.0);
    scene = withUnits(scene, "a", {1, 2, 3}, {});
    QVERIFY(!scene.edited());
  }

  void switchesStandBeforeStrokes() {
    GeneratorScene scene = painted(sample(), treePaint(UnitPaint::Mode::Draw), mask(1.0F));
    QCOMPARE(scene.sample.edits.size(), std::size_t(2));
    scene = withUnits(scene, "a", {1}, kOff);
    QVERIFY(!isPainted(scene.sample.edits.front()));
    QCOMPARE(stateOf(scene, "a", 1), kOff);
    scene = withUnits(scene, "a", {1}, {});
    QCOMPARE(scene.sample.edits.size(), std::size_t(2));
  }

  void strokesGrowAndFollowOneAnother() {
    GeneratorScene scene = painted(sample(), treePaint(UnitPaint::Mode::Draw), mask(0.25F));
    QCOMPARE(scene.sample.edits[1].change.amount, 4.0);
    scene = painted(scene, treePaint(UnitPaint::Mode::Draw), mask(1.0F));
    QCOMPARE(scene.sample.edits.size(), std::size_t(2));
    QCOMPARE(scene.sample.edits[0].where.values[0], 1.0F);
    scene = painted(scene, treePaint(UnitPaint::Mode::Remove), mask(1.0F));
    QCOMPARE(scene.sample.edits.size(), std::size_t(3));
    // Drawn again over what was removed: behind it, or it would not be seen.
    scene = painted(scene, treePaint(UnitPaint::Mode::Draw), mask(0.5F));
    QCOMPARE(scene.sample.edits.size(), std::size_t(5));
    scene = painted(scene, treePaint(UnitPaint::Mode::Erase), mask(0.5F));
    QCOMPARE(scene.sample.edits.size(), std::size_t(5));
    QCOMPARE(scene.sample.edits[0].where.values[0], 0.5F);
    scene = painted(scene, treePaint(UnitPaint::Mode::Erase), mask(1.0F));
    QVERIFY(scene.sample.edits.empty());
  }

  void aFreshSampleKeepsSwitchesButNotStrokes() {
    GeneratorScene scene = withUnits(sample(), "a", {5}, kOff);
    scene = painted(scene, treePaint(UnitPaint::Mode::Draw), mask(1.0F));
    LatentMove inW, inZ;
    inW.direction.vector = inZ.direction.vector = {{2}, {1.0F, 0.0F}};
    inZ.direction.space = "z";
    inW.amount = inZ.amount = 1.0;
    scene.moves = {inW, inZ};
    const GeneratorScene next = withChangesOf(sample(), scene);
    QCOMPARE(next.sample.edits.size(), std::size_t(1));
    QCOMPARE(next.moves.size(), std::size_t(2));
    GeneratorScene styles = sample();
    styles.sample.space = LatentSpace::WPlus;
    QCOMPARE(withChangesOf(styles, scene).moves.size(), std::size_t(1));
  }

  void changesAreToldAsPeopleSeeThem() {
    GeneratorConcepts concepts;
    LayerConcepts known;
    known.groups = {{"tree", "class", {}, {2, 1}, {1.0, 1.0}, 0.3, 0.8},
                    {"nothing", "class", {}, {}, {}, 0.1, 0.0},
                    {"odd", "class", {}, {4}, {}, 0.1, 0.0}};
    concepts.set({"a"}, {{QStringLiteral("a"), known}});
    QCOMPARE(concepts.of("a")->groups.size(), std::size_t(1));
    QVERIFY(!concepts.group("a", "odd"));
    GeneratorScene scene = withUnits(sample(), "a", {1, 2}, kOff);
    scene = withUnits(scene, "a", {7}, kDouble);
    scene = painted(scene, treePaint(UnitPaint::Mode::Draw), mask(1.0F));
    const std::vector<EditGroup> groups = editGroups(scene, concepts);
    QCOMPARE(groups.size(), std::size_t(3));
    QVERIFY(groups[0].text.contains("tree") && groups[0].text.contains("off"));
    QVERIFY(groups[1].text.contains("unit 7"));
    QVERIFY(groups[2].painted && groups[2].text.contains("tree"));
    QCOMPARE(groups[2].edits, (std::vector<std::size_t>{2, 3}));
    QCOMPARE(withoutEdits(scene, groups[2].edits).sample.edits.size(), std::size_t(2));
    QCOMPARE(unitsText({3, 7, 4, 5, 9, 8}), QStringLiteral("3\u20135, 7\u20139"));
    QCOMPARE(sceneFromJson(toJson(scene)), scene);
  }
};

QTEST_MAIN(TestSceneEdits)
#include "test_scene_edits.moc"
