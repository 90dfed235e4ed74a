#include <cmath>

#include <QComboBox>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QSlider>
#include <QSpinBox>
#include <QUndoStack>

#include "app/generator/directions/walk_player.h"
#include "app/generator/directions/walk_tool.h"
#include "directions_fixture.h"

using namespace unitscope;
using namespace unitscope::test;

/// Films through the latent space.
class TestGeneratorWalk : public QObject {
  Q_OBJECT

  static double dot(const Array& a, std::size_t layer, const Array& b, std::size_t axis) {
    const auto width = std::size_t(a.shape.back());
    return double(a.values[layer * width + axis] - b.values[layer * width + axis]);
  }
  static void playAll(DirectionsFixture& f, WalkTool& walk) {
    QTest::mouseClick(walk.playButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!walk.frames().empty(), 30000);
    QTRY_COMPARE_WITH_TIMEOUT(walk.player()->madeCount(), int(walk.frames().size()), 60000);
    Q_UNUSED(f)
  }

 private Q_SLOTS:
  void aFilmPlaysInPlaceOfTheSampleAndLeavesIt() {
    DirectionsFixture f;
    f.list().add("test", {f.direction("keep me", 5)}, true);
    auto& walk = f.tool<WalkTool>("walk");
    walk.seconds()->setValue(1);
    walk.constants()->item(0)->setCheckState(Qt::Checked);
    const GeneratorScene sample = f.stage().scene();
    const QImage before = f.stage().shown();
    const int steps = f.studio().undo().count();
    QVERIFY(!walk.keepButton()->isEnabled());
    QVERIFY(!walk.keepButton()->toolTip().isEmpty());

    playAll(f, walk);
    QVERIFY(walk.player()->playing());
    QCOMPARE(int(walk.frames().size()), WalkPlayer::kRate);
    QTRY_VERIFY(walk.player()->current() > 3);
    QVERIFY(f.stage().shown() != before);
    QVERIFY(f.stage().scene() == sample);
    QCOMPARE(f.studio().undo().count(), steps);
    // It begins at the sample and leaves the attribute that was to stay alone.
    const auto frames = walk.frames();
    double farthest = 0.0;
    for (const GeneratorScene& frame : frames) {
      QVERIFY(frame.sample.space == LatentSpace::WPlus);
      QVERIFY(std::abs(dot(frame.sample.latents, 2, frames[0].sample.latents, 5)) < 1e-4);
      farthest = std::max(farthest, std::abs(dot(frame.sample.latents, 2, frames[0].sample.latents, 6)));
    }
    QVERIFY(farthest > 1e-3);

    QTest::mouseClick(walk.playButton(), Qt::LeftButton);
    QVERIFY(!walk.player()->playing());
    walk.position()->setValue(12);
    QCOMPARE(walk.player()->current(), 12);
    QCOMPARE(f.stage().shown(), walk.player()->picture(12));
    QTest::mouseClick(walk.stopButton(), Qt::LeftButton);
    QVERIFY(walk.frames().empty());
    QCOMPARE(f.stage().shown(), before);
    QVERIFY(f.stage().scene() == sample);
    QVERIFY(f.settle());
  }

  void aFrameIsKeptAsOneStep() {
    DirectionsFixture f;
    auto& walk = f.tool<WalkTool>("walk");
    walk.seconds()->setValue(1);
    const GeneratorScene sample = f.stage().scene();
    playAll(f, walk);
    QTest::mouseClick(walk.playButton(), Qt::LeftButton);
    walk.player()->seek(9);
    const GeneratorScene frame = walk.frames()[9];
    const QImage shown = f.stage().shown();
    QTest::mouseClick(walk.keepButton(), Qt::LeftButton);
    QVERIFY(f.stage().scene() == frame);
    QVERIFY(walk.frames().empty());
    QVERIFY(f.settle());
    QCOMPARE(f.stage().shown(), shown);
    f.studio().undo().undo();
    QVERIFY(f.stage().scene() == sample);
  }

  void alongADirectionItGoesForthAndBack() {
    DirectionsFixture f;
    LatentDirection direction = f.direction("way", 7);
    direction.layers = {1, 2};
    direction.to = 4.0;
    f.list().add("test", {direction}, true);
    auto& walk = f.tool<WalkTool>("walk");
    walk.restoreState({{"kind", "along"}, {"along", "way"}, {"seconds", 1}});
    playAll(f, walk);
    const auto frames = walk.frames();
    double least = 0.0, most = 0.0;
    for (const GeneratorScene& frame : frames) {
      const double moved = dot(frame.sample.latents, 1, frames[0].sample.latents, 7);
      least = std::min(least, moved);
      most = std::max(most, moved);
      QVERIFY(std::abs(dot(frame.sample.latents, 5, frames[0].sample.latents, 7)) < 1e-6);
    }
    QVERIFY(std::abs(most - 4.0) < 0.1);
    QVERIFY(std::abs(least + 4.0) < 0.1);
    // A change of the sample ends the film.
    f.stage().change("test", f.stage().seeded(3));
    QVERIFY(walk.frames().empty());
    QVERIFY(f.settle());
  }

  void betweenTwoSamples() {
    DirectionsFixture f;
    auto& walk = f.tool<WalkTool>("walk");
    walk.restoreState({{"kind", "between"}, {"space", "zs"}, {"seconds", 1}, {"endSeed", 4}});
    QVERIFY(walk.plan().spherical);
    playAll(f, walk);
    const auto frames = walk.frames();
    const Array end = f.stage().generator()->drawLatents({4});
    QVERIFY(frames.front().sample.space == LatentSpace::Z);
    for (std::size_t k = 0; k < end.values.size(); ++k)
      QVERIFY(std::abs(frames.back().sample.latents.values[k] - end.values[k]) < 1e-4F);
    // A pinned sample instead of a seed, through w.
    QTest::mouseClick(walk.stopButton(), Qt::LeftButton);
    QTest::mouseClick(walk.pin(), Qt::LeftButton);
    QVERIFY(walk.pin()->text().contains(f.stage().scene().name));
    f.stage().change("test", f.stage().seeded(9));
    walk.restoreState({{"kind", "between"}, {"space", "w"}, {"seconds", 1}, {"end", walk.saveState()["end"]}});
    QCOMPARE(walk.plan().end.name, QString("Seed 0"));
    QVERIFY(!walk.plan().spherical);
    playAll(f, walk);
    QVERIFY(walk.frames().front().sample.space == LatentSpace::WPlus);
    QTest::mouseClick(walk.stopButton(), Qt::LeftButton);
  }

  void aHiddenFilmRests() {
    DirectionsFixture f;
    auto& walk = f.tool<WalkTool>("walk");
    walk.seconds()->setValue(1);
    const QImage before = f.stage().shown();
    playAll(f, walk);
    f.page().showTool("find");
    QVERIFY(!walk.player()->playing());
    QCOMPARE(f.stage().shown(), before);
    f.page().showTool("walk");
    QVERIFY(!walk.frames().empty());
    QVERIFY(f.stage().shown() != before || walk.player()->current() == 0);
    walk.player()->stop();
  }

  void samplesWithoutZSayWhy() {
    DirectionsFixture f;
    auto& walk = f.tool<WalkTool>("walk");
    GeneratorScene inverted = f.stage().scene();
    inverted.sample.space = LatentSpace::WPlus;
    inverted.sample.latents = {{1, 9, 128}, std::vector<float>(9 * 128, 0.1F)};
    f.stage().change("test", inverted);
    QVERIFY(walk.playButton()->isEnabled());
    walk.restoreState({{"space", "z"}, {"seconds", 1}});
    QVERIFY(!walk.playButton()->isEnabled());
    QVERIFY(walk.playButton()->toolTip().contains("z"));
    walk.restoreState({{"space", "w"}, {"seconds", 1}});
    playAll(f, walk);
    walk.player()->stop();
  }

  void generatorsWithoutStylesWalkThroughZ() {
    DirectionsFixture f(dcgan());
    auto& walk = f.tool<WalkTool>("walk");
    walk.seconds()->setValue(1);
    playAll(f, walk);
    QVERIFY(!walk.space()->isVisible());
    QVERIFY(walk.frames().front().sample.space == LatentSpace::Z);
    walk.restoreState({{"kind", "between"}, {"seconds", 1}});
    QVERIFY(walk.plan().spherical);
    playAll(f, walk);
    walk.player()->stop();
  }
};

QTEST_MAIN(TestGeneratorWalk)
#include "test_generator_walk.moc"
