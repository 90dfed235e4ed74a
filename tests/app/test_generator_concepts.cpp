#include <QCheckBox>
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QPushButton>
#include <QSlider>
#include <QSpinBox>
#include <QTabBar>
#include <QTabWidget>
#include <QUndoStack>

#include "app/generator/concepts/artifacts_view.h"
#include "app/generator/concepts/concept_bars.h"
#include "app/generator/concepts/concept_edits.h"
#include "app/generator/concepts/dissection_page.h"
#include "app/generator/concepts/dissection_switches.h"
#include "app/generator/concepts/effects_view.h"
#include "app/generator/generator_concepts.h"
#include "generator_pages_fixture.h"
#include "widgets/bar_list.h"
#include "widgets/empty_state.h"
#include "widgets/heat_matrix.h"
#include "widgets/interval_bars.h"
#include "widgets/region_picker.h"
#include "widgets/stacked_bars.h"
#include "widgets/tile_grid.h"

using namespace unitscope;
using namespace unitscope::test;

/// Concepts of a generator's units in the window, on the built-in generator of scenes and few samples.
class TestGeneratorConcepts : public QObject {
  Q_OBJECT

  static void rest(GeneratorWorkspace& w) { QTRY_VERIFY_WITH_TIMEOUT(!w.busy(), kGeneratorPatience); }

  static QString middleLayer(GeneratorWorkspace& w) {
    const std::vector<std::string> layers = generatorLayers(*w.stage()->generator());
    return QString::fromStdString(layers[layers.size() / 2]);
  }

  /// One layer and few samples.
  static DissectionPage& dissected(DeskFixture& f, GeneratorWorkspace& w, int samples = 24) {
    DissectionPage& page = shownPage<DissectionPage>(w);
    rest(w);
    page.restoreState({{"samples", samples}, {"allLayers", false}, {"effectSamples", 10}});
    f.studio().selection().setLayer(middleLayer(w));
    QTest::mouseClick(page.dissectButton(), Qt::LeftButton);
    if (!page.knowledge()->dissecting()) qFatal("nothing is being dissected");
    if (!QTest::qWaitFor([&] { return !w.busy(); }, kGeneratorPatience)) qFatal("dissecting did not end");
    if (!page.knowledge()->dissection()) qFatal("%s", qPrintable(page.knowledge()->failure()));
    return page;
  }

 private Q_SLOTS:
  void factorsOfUnits() {
    GeneratorScene scene;
    QCOMPARE(*factorOf(scene, "a", {1, 2}), 1.0);
    setFactor(scene, "a", {1, 2, 3}, 0.0);
    QCOMPARE(*factorOf(scene, "a", {1, 2}), 0.0);
    QCOMPARE(*factorOf(scene, "b", {1, 2}), 1.0);
    setFactor(scene, "a", {2}, 2.0);
    QVERIFY(!factorOf(scene, "a", {1, 2}));
    QCOMPARE(*factorOf(scene, "a", {2}), 2.0);
    setFactor(scene, "a", {1, 2, 3}, 1.0);
    QVERIFY(scene.sample.edits.empty());
    // Concepts share units: each keeps a switch of its own, in whatever order they are switched.
    setFactor(scene, "a", {1, 2, 3}, 0.0);
    setFactor(scene, "a", {3, 4}, 0.0);
    QCOMPARE(*factorOf(scene, "a", {1, 2, 3}), 0.0);
    QCOMPARE(*factorOf(scene, "a", {3, 4}), 0.0);
    QCOMPARE(*factorOf(scene, "a", {4, 5}), 1.0);
    setFactor(scene, "a", {1, 2, 3}, 1.0);
    QCOMPARE(*factorOf(scene, "a", {1, 2, 3}), 1.0);
    QCOMPARE(*factorOf(scene, "a", {3}), 0.0);
    // One that lies wholly in another comes back by itself.
    setFactor(scene, "a", {3}, 1.0);
    QCOMPARE(*factorOf(scene, "a", {3}), 1.0);
    QCOMPARE(*factorOf(scene, "a", {4}), 0.0);
    setFactor(scene, "a", {3, 4}, 1.0);
    QVERIFY(scene.sample.edits.empty());
    // What is painted stays, and does not count.
    scene.sample.edits.push_back({{"a", {1}, UnitSwitch::Kind::Set, 5.0}, {{1, 1}, {1.0F}}});
    QCOMPARE(*factorOf(scene, "a", {1}), 1.0);
    setFactor(scene, "a", {1}, 0.0);
    QCOMPARE(scene.sample.edits.size(), std::size_t(2));
    QVERIFY(!scene.sample.edits.back().where.values.empty());
    scene.sample.edits.push_back({{"a", {1}, UnitSwitch::Kind::Set, 5.0}, {}});
    QVERIFY(!factorOf(scene, "a", {1}));
  }

  void conceptsBecomeSwitches() {
    DeskFixture f;
    GeneratorWorkspace& w = openedGenerator(f);
    DissectionPage& page = shownPage<DissectionPage>(w);
    rest(w);
    QVERIFY(page.empty()->isVisible());
    page.restoreState({{"allLayers", false}});
    f.studio().selection().reset();
    QVERIFY(!page.dissectButton()->isEnabled());
    QVERIFY(page.dissectButton()->toolTip().contains("layer"));
    QVERIFY(!page.effects()->measureButton()->isEnabled());
    for (QAction* action : page.exportActions()) QVERIFY(!action->isEnabled() && !action->toolTip().isEmpty());

    dissected(f, w, 36);
    const GanDissection& found = *page.knowledge()->dissection();
    QCOMPARE(found.found.pictures, std::int64_t(36));
    QCOMPARE(found.found.layers.size(), std::size_t(1));
    const QString layer = middleLayer(w);
    QVERIFY(!w.stage()->concepts()->empty());
    QVERIFY(w.stage()->concepts()->of(layer));

    // One click switches all units of a concept off, and the picture follows.
    DissectionSwitches& switches = *page.switches();
    QVERIFY(!switches.names().isEmpty());
    const QString name = switches.names().front();
    const ConceptGroup* group = w.stage()->concepts()->group(switches.layerOf(name), name);
    QVERIFY(group && !group->units.empty());
    const QImage before = w.stage()->picture();
    QVERIFY(switches.switchOf(name)->isChecked());
    QTest::mouseClick(switches.switchOf(name), Qt::LeftButton, {}, {12, switches.switchOf(name)->height() / 2});
    QVERIFY(!switches.switchOf(name)->isChecked());
    QCOMPARE(*factorOf(w.stage()->scene(), layer, group->units), 0.0);
    QCOMPARE(switches.sliderOf(name)->value(), 0);
    rest(w);
    QVERIFY(w.stage()->picture() != before);
    f.studio().undo().undo();
    QVERIFY(switches.switchOf(name)->isChecked());
    rest(w);
    QCOMPARE(w.stage()->picture(), before);

    // The slider is one step, however often it moved.
    QSlider& slider = *switches.sliderOf(name);
    slider.setFocus();
    for (int i = 0; i < 3; ++i) QTest::keyClick(&slider, Qt::Key_PageUp);
    QCOMPARE(*factorOf(w.stage()->scene(), layer, group->units), 2.5);
    f.studio().undo().undo();
    QCOMPARE(slider.value(), 100);
    rest(w);

    // Bars lead to units, and these to the shared selection.
    page.tabs()->setCurrentIndex(1);
    ConceptBars& bars = *page.bars();
    QCOMPARE(bars.layer(), layer);
    QVERIFY(!bars.bars()->rows().isEmpty());
    QTest::mouseClick(bars.bars()->viewport(), Qt::LeftButton, {}, bars.bars()->rowRect(0).center());
    QCOMPARE(bars.conceptName(), bars.bars()->rows().front().label);
    QVERIFY(!bars.units()->rows().isEmpty());
    const int unit = bars.units()->rows().front().id;
    QTest::mouseClick(bars.units()->viewport(), Qt::LeftButton, {}, bars.units()->rowRect(unit).center());
    QCOMPARE(f.studio().selection().focus().unit, unit);
    QCOMPARE(f.studio().selection().focus().layer, layer);
    QVERIFY(!bars.picture().isNull());

    // Another session finds what this one found; a file is opened as it was saved.
    page.saveResult(f.path("dissection.json"));
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(f.path("dissection.json")), kGeneratorPatience);
    QCOMPARE(page.saveState()["looks"].toObject()["file"].toString(), f.path("dissection.json"));
    f.reopen();
    GeneratorWorkspace& again = openedGenerator(f);
    DissectionPage& other = shownPage<DissectionPage>(again);
    QTRY_VERIFY_WITH_TIMEOUT(other.knowledge()->dissection() != nullptr, kGeneratorPatience);
    QCOMPARE(other.knowledge()->dissection()->found.pictures, std::int64_t(36));
    QVERIFY(!again.stage()->concepts()->empty());
    rest(again);
    QVERIFY(!f.makePicture("no.json").isEmpty());
    other.openResult(f.path("no.json"));
    QTRY_VERIFY_WITH_TIMEOUT(!other.busy() && f.window().messageBar().count() > 0, kGeneratorPatience);
    QVERIFY(other.knowledge()->dissection());
    // Another network: nothing is known of it.
    f.studio().openBuiltIn("fashion-generator", false);
    QVERIFY(f.desk().waitUntilIdle(kGeneratorPatience));
    QVERIFY(!other.knowledge()->dissection());
    QVERIFY(again.stage()->concepts()->empty());
  }

  void effectsAreMeasuredAndStopped() {
    DeskFixture f;
    GeneratorWorkspace& w = openedGenerator(f);
    DissectionPage& page = dissected(f, w);
    page.tabs()->setCurrentIndex(2);
    EffectsView& view = *page.effects();
    QVERIFY(!view.optimiseButton()->isEnabled() && !view.optimiseButton()->toolTip().isEmpty());
    QTest::mouseClick(view.measureButton(), Qt::LeftButton);
    QVERIFY(page.knowledge()->measuring());
    QTest::mouseClick(view.measureButton(), Qt::LeftButton);
    rest(w);
    QVERIFY(!page.knowledge()->effects());

    QTest::mouseClick(view.measureButton(), Qt::LeftButton);
    rest(w);
    QVERIFY2(page.knowledge()->effects(), qPrintable(page.knowledge()->failure()));
    const CausalEffects& effects = *page.knowledge()->effects();
    QVERIFY(effects.effects.size() > 1);
    QCOMPARE(view.matrix()->rowCount(), int(effects.effects.size()));
    QCOMPARE(view.matrix()->columnCount(), int(effects.concepts.size()));
    QTest::mouseClick(view.matrix(), Qt::LeftButton, {}, view.matrix()->cellRect(1, 0).center());
    QCOMPARE(page.saveState()["looks"].toObject()["concept"].toString(),
             QString::fromStdString(effects.effects[1].conceptName));
    QVERIFY(!view.bars()->rows().isEmpty());
    for (const IntervalRow& row : view.bars()->rows()) QVERIFY(row.low <= row.high);
    QVERIFY(view.csv().count('\n') > view.matrix()->rowCount());
    // What was measured is what the switches go by.
    QVERIFY(!page.knowledge()->dissection()->sets.empty());
    QVERIFY(view.optimiseButton()->isEnabled());
  }

  void badSamplesLeadToUnits() {
    DeskFixture f;
    GeneratorWorkspace& w = openedGenerator(f);
    DissectionPage& page = shownPage<DissectionPage>(w);
    // No dissection is needed.
    page.tabs()->setCurrentIndex(3);
    ArtifactsView& view = *page.artifacts();
    QVERIFY(view.isVisible());
    rest(w);
    TileGrid& grid = *view.samples();
    QCOMPARE(grid.count(), 24);
    QVERIFY(!view.rankButton()->isEnabled());
    for (const int tile : {0, 2}) QTest::mouseClick(grid.viewport(), Qt::LeftButton, {}, grid.tileRect(tile).center());
    QVERIFY(view.rankButton()->isEnabled());
    // A second click takes the mark away; a rectangle marks a part.
    QTest::mouseClick(grid.viewport(), Qt::LeftButton, {}, grid.tileRect(2).center());
    const QRectF picture = view.region()->imageRect();
    const auto at = [&](double x, double y) {
      return QPointF(picture.x() + x * picture.width(), picture.y() + y * picture.height()).toPoint();
    };
    QTest::mousePress(view.region(), Qt::LeftButton, {}, at(0.1, 0.5));
    QTest::mouseMove(view.region(), at(0.6, 0.9));
    QTest::mouseRelease(view.region(), Qt::LeftButton, {}, at(0.6, 0.9));
    QTest::mouseClick(view.rankButton(), Qt::LeftButton);
    rest(w);
    QVERIFY(!view.ranking()->rows().isEmpty());
    view.count()->setValue(3);
    QTest::mouseClick(view.switchOffButton(), Qt::LeftButton);
    QCOMPARE(w.stage()->scene().sample.edits.size(), std::size_t(1));
    QCOMPARE(w.stage()->scene().sample.edits.front().change.units.size(), std::size_t(3));
    QCOMPARE(w.stage()->scene().sample.edits.front().change.units.front(), view.ranking()->rows().front().id);
    f.studio().undo().undo();
    QVERIFY(w.stage()->scene().sample.edits.empty());
    view.measuredSamples()->setValue(50);
    QTest::mouseClick(view.measureButton(), Qt::LeftButton);
    rest(w);
    QVERIFY2(view.verdict()->text().contains("chet"), qPrintable(view.verdict()->text()));
  }

  void aNetworkWithoutStylesAndInGreyWorksOrSaysWhy() {
    DeskFixture f;
    GeneratorWorkspace& w = openedGenerator(f, QStringLiteral("fashion-generator"));
    DissectionPage& page = shownPage<DissectionPage>(w);
    rest(w);
    page.restoreState({{"samples", 20}});
    QTest::mouseClick(page.dissectButton(), Qt::LeftButton);
    rest(w);
    QVERIFY(page.knowledge()->dissection() || !page.knowledge()->failure().isEmpty());
  }

  void controlsAreUndoneAndSaved() {
    DeskFixture f;
    GeneratorWorkspace& w = openedGenerator(f);
    DissectionPage& page = shownPage<DissectionPage>(w);
    rest(w);
    const int before = page.samples()->value();
    page.samples()->setValue(before + 100);
    page.samples()->setValue(before + 200);
    page.layers()->setCurrentIndex(1);
    Q_EMIT page.layers()->activated(1);
    QCOMPARE(page.saveState()["allLayers"].toBool(), false);
    f.studio().undo().undo();
    QCOMPARE(page.layers()->currentIndex(), 0);
    f.studio().undo().undo();
    QCOMPARE(page.samples()->value(), before);
    const QJsonObject state = page.saveState();
    QCOMPARE(DissectionPageState::fromJson(state).toJson(), state);
    const DissectionPageState odd =
        DissectionPageState::fromJson({{"samples", -7}, {"looks", QJsonObject{{"view", "x"}}}, {"segmenter", ""}});
    QCOMPARE(odd.samples, 20);
    QCOMPARE(odd.view, QString("switches"));
    QCOMPARE(odd.segmenter, QString("scene-segmenter"));
  }
};

QTEST_MAIN(TestGeneratorConcepts)
#include "test_generator_concepts.moc"
