#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSlider>
#include <QTabWidget>
#include <QTimer>
#include <QToolButton>

#include "app/generator/scene_edits.h"
#include "app/generator/units/concept_switches.h"
#include "app/generator/units/edit_list.h"
#include "app/generator/units/map_layers.h"
#include "app/generator/units/paint_panel.h"
#include "app/generator/units/scene_maps.h"
#include "app/generator/units/unit_gallery.h"
#include "app/generator/units/unit_switch_panel.h"
#include "generator_fixture.h"
#include "heartbeat.h"
#include "zoo/embedded_models.h"

using namespace unitscope;
using namespace unitscope::test;

/// Units of a generator as switches, by concept and under a brush, by mouse and keyboard.
class TestGeneratorUnits : public QObject {
  Q_OBJECT

  using Units = std::vector<std::int64_t>;

  static UnitsPage& opened(OnStage& f) {
    auto& page = f.page<UnitsPage>();
    if (!QTest::qWaitFor([&] { return page.gallery()->maps().maps() && !page.busy(); }, OnStage::kPatience))
      qFatal("the maps of the units did not come");
    return page;
  }
  static std::string layerOf(UnitsPage& page) { return page.gallery()->layer().toStdString(); }
  static void dissect(OnStage& f, const QString& layer) {
    LayerConcepts known;
    known.units = {{"tree", 0.4}, {"sky", 0.3}, {"tree", 0.2}};
    known.groups = {{"tree", "class", Qt::darkGreen, {0, 2}, {2.0, 1.5}, 0.4, 0.7},
                    {"sky", "class", {}, {1}, {1.0}, 0.3}};
    f.stage().concepts()->set({layer}, {{layer, known}});
  }
  static void stroke(StageCanvas& canvas, QPointF from, QPointF to) {
    const auto at = [&](QPointF place) { return canvas.toWidget(place).toPoint(); };
    QTest::mousePress(&canvas, Qt::LeftButton, {}, at(from));
    for (int i = 1; i <= 4; ++i) QTest::mouseMove(&canvas, at(from + (to - from) * i / 4.0));
    QTest::mouseRelease(&canvas, Qt::LeftButton, {}, at(to));
  }

 private Q_SLOTS:
  void initTestCase() {
#ifndef UNITSCOPE_HAS_ONNX
    QSKIP("this build writes no ONNX files to open");
#endif
  }

  void unitsAreShownSortedAndFound() {
    OnStage f(styleGan(true));
    UnitsPage& page = opened(f);
    UnitGallery& gallery = *page.gallery();
    QCOMPARE(gallery.layers().all().size(), std::size_t(4));
    QCOMPARE(gallery.order().size(), std::size_t(8));
    QTRY_VERIFY_WITH_TIMEOUT(!gallery.tileOf(3).picture.isNull(), OnStage::kPatience);
    gallery.sortBox()->setCurrentIndex(1);
    Q_EMIT gallery.sortBox()->activated(1);
    for (std::size_t i = 1; i < gallery.order().size(); ++i)
      QVERIFY(gallery.facts()[std::size_t(gallery.order()[i - 1])].activation >=
              gallery.facts()[std::size_t(gallery.order()[i])].activation);
    QTest::keyClicks(gallery.search(), "2-4");
    QCOMPARE(gallery.order().size(), std::size_t(3));
    gallery.search()->clear();
    gallery.layerBox()->setCurrentIndex(3);
    Q_EMIT gallery.layerBox()->activated(3);
    QCOMPARE(gallery.layer(), gallery.layers().all()[3].name);
    QCOMPARE(f.studio().selection().focus().layer, gallery.layer());
    QTRY_VERIFY_WITH_TIMEOUT(gallery.maps().maps() && gallery.maps().maps()->axes().height == 8, OnStage::kPatience);
  }

  void aUnitIsSwitchedAndSlid() {
    OnStage f(styleGan(true));
    UnitsPage& page = opened(f);
    UnitSwitchPanel& panel = *page.switches();
    QVERIFY(!panel.slider()->isEnabled());
    QVERIFY(!panel.slider()->toolTip().isEmpty());
    OnStage::clickTile(page.gallery()->grid(), 2);
    QCOMPARE(page.gallery()->chosen(), (Units{2}));
    QCOMPARE(f.studio().selection().focus().unit, 2);
    const QImage before = f.stage().picture();
    QTest::mouseClick(panel.off(), Qt::LeftButton);
    QVERIFY(stateOf(f.scene(), layerOf(page), 2).off());
    QVERIFY(page.gallery()->tileOf(2).muted);
    f.settle();
    QVERIFY(f.stage().picture() != before);
    QCOMPARE(f.stage().unchangedPicture(), before);
    // A slider that is dragged is one step.
    const int steps = f.undo().index();
    for (const int at : {300, 400, 500, 700}) panel.slider()->setValue(at);
    QCOMPARE(stateOf(f.scene(), layerOf(page), 2).amount, 5.0);
    QCOMPARE(f.undo().index(), steps + 1);
    panel.slider()->setValue(0);
    QCOMPARE(stateOf(f.scene(), layerOf(page), 2).amount, -2.0);
    panel.kind()->setCurrentIndex(1);
    Q_EMIT panel.kind()->activated(1);
    QVERIFY(stateOf(f.scene(), layerOf(page), 2).kind == UnitSwitch::Kind::Set);
    panel.value()->setValue(panel.value()->maximum());
    QVERIFY(stateOf(f.scene(), layerOf(page), 2).amount > 0.0);
    f.settle();
    QTest::mouseClick(panel.asIs(), Qt::LeftButton);
    QVERIFY(!f.scene().edited());
    f.settle();
    QCOMPARE(f.stage().picture(), before);
    while (f.undo().canUndo()) f.undo().undo();
    QVERIFY(!f.scene().edited());
  }

  void severalUnitsAreChosen() {
    OnStage f(styleGan(true));
    UnitsPage& page = opened(f);
    TileGrid* grid = page.gallery()->grid();
    OnStage::clickTile(grid, 1);
    OnStage::clickTile(grid, 4, Qt::ControlModifier);
    QCOMPARE(page.gallery()->chosen(), (Units{1, 4}));
    QVERIFY(page.gallery()->tileOf(4).chosen);
    OnStage::clickTile(grid, 6, Qt::ShiftModifier);
    QCOMPARE(page.gallery()->chosen(), (Units{4, 5, 6}));
    grid->setFocus();
    QTest::keyClick(grid, Qt::Key_Right);
    QTest::keyClick(grid, Qt::Key_Space);
    QCOMPARE(page.gallery()->chosen(), (Units{4, 5, 6, 7}));
    QTest::mouseClick(page.switches()->chooseAll(), Qt::LeftButton);
    QCOMPARE(page.gallery()->chosen().size(), std::size_t(8));
    QTest::mouseClick(page.switches()->off(), Qt::LeftButton);
    QCOMPARE(f.scene().sample.edits.size(), std::size_t(1));
    OnStage::clickTile(grid, 0);
    page.switches()->slider()->setValue(500);
    QCOMPARE(f.scene().sample.edits.size(), std::size_t(2));
    // The list of changes takes them back one by one.
    page.tools()->setCurrentWidget(page.edits());
    QCOMPARE(page.edits()->list()->count(), 2);
    QVERIFY(page.tools()->tabText(3).contains("2"));
    QVERIFY(!page.edits()->remove()->isEnabled());
    page.edits()->list()->item(0)->setSelected(true);
    QTest::mouseClick(page.edits()->remove(), Qt::LeftButton);
    QCOMPARE(page.edits()->list()->count(), 1);
    QTest::mouseClick(page.edits()->removeAll(), Qt::LeftButton);
    QVERIFY(!f.scene().edited());
    QVERIFY(!page.edits()->removeAll()->isEnabled());
  }

  void aDoubleClickLeadsToNeurons() {
    OnStage f(styleGan(true));
    UnitsPage& page = opened(f);
    TileGrid* grid = page.gallery()->grid();
    QTest::mouseDClick(grid->viewport(), Qt::LeftButton, {}, grid->tileRect(3).center());
    QCOMPARE(f.window().currentWorkspace()->id(), QStringLiteral("neurons"));
    QCOMPARE(f.studio().selection().focus().unit, 3);
    QCOMPARE(f.studio().selection().focus().layer, page.gallery()->layer());
    // What is picked elsewhere is found here.
    f.studio().selection().setUnit(page.gallery()->layers().all()[0].name, 6);
    QCOMPARE(page.gallery()->layer(), page.gallery()->layers().all()[0].name);
    QCOMPARE(page.gallery()->chosen(), (Units{6}));
  }

  void conceptsAreSwitches() {
    OnStage f(styleGan(true));
    UnitsPage& page = opened(f);
    page.tools()->setCurrentWidget(page.conceptSwitches());
    QVERIFY(page.conceptSwitches()->rows().empty());
    const QString layer = page.gallery()->layers().all()[3].name;
    dissect(f, layer);
    QCOMPARE(page.gallery()->layer(), layer);
    QCOMPARE(page.gallery()->tileOf(1).title, QStringLiteral("1 sky"));
    QCOMPARE(page.conceptSwitches()->rows().size(), std::size_t(2));
    const ConceptSwitches::Row tree = *page.conceptSwitches()->row("tree");
    const ConceptSwitches::Row sky = *page.conceptSwitches()->row("sky");
    const QImage before = f.stage().picture();
    tree.on->click();
    QVERIFY(stateOf(f.scene(), layer.toStdString(), Units{0, 2})->off());
    f.settle();
    QVERIFY(f.stage().picture() != before);
    tree.strength->setValue(30);
    tree.strength->setValue(40);
    QCOMPARE(stateOf(f.scene(), layer.toStdString(), 2).amount, 2.0);
    QVERIFY(tree.on->isChecked());
    f.undo().undo();
    QVERIFY(!tree.on->isChecked());
    // One of its units by itself: neither on nor off.
    tree.choose->click();
    QCOMPARE(page.gallery()->chosen(), (Units{0, 2}));
    page.gallery()->choose({2});
    Q_EMIT page.gallery()->chosenChanged();
    page.switches()->asIs()->click();
    QCOMPARE(tree.on->checkState(), Qt::PartiallyChecked);
    sky.on->click();
    QCOMPARE(f.scene().sample.edits.size(), std::size_t(2));
    QTest::keyClicks(page.gallery()->search(), "tree");
    QCOMPARE(page.gallery()->order(), (std::vector<int>{0, 2}));
  }

  void unitsArePaintedAndEachStrokeUndone() {
    OnStage f(styleGan(true));
    UnitsPage& page = opened(f);
    StageCanvas& canvas = *f.panel().canvas();
    QVERIFY(!canvas.brushing());
    page.tools()->setCurrentWidget(page.paint());
    QVERIFY(canvas.brushing());
    stroke(canvas, {0.2, 0.2}, {0.4, 0.2});
    QVERIFY(!f.scene().edited());  // nothing is chosen
    QVERIFY(!page.paint()->hint()->text().isEmpty());
    OnStage::clickTile(page.gallery()->grid(), 1);
    page.paint()->mode(UnitPaint::Mode::Remove)->click();
    const QImage before = f.stage().picture();
    stroke(canvas, {0.1, 0.2}, {0.3, 0.2});
    QCOMPARE(f.scene().sample.edits.size(), std::size_t(1));
    const UnitEdit edit = f.scene().sample.edits.front();
    QVERIFY(isPainted(edit));
    const auto width = std::size_t(edit.where.shape[1]);
    QCOMPARE(
        edit.where.values[std::size_t(0.2 * double(edit.where.shape[0])) * width + std::size_t(0.2 * double(width))],
        1.0F);
    QCOMPARE(edit.where.values.back(), 0.0F);
    f.settle();
    QVERIFY(f.stage().picture() != before);
    stroke(canvas, {0.7, 0.8}, {0.9, 0.8});
    QCOMPARE(f.scene().sample.edits.size(), std::size_t(1));
    f.undo().undo();
    QCOMPARE(f.scene().sample.edits.front().where.values, edit.where.values);
    f.undo().undo();
    QVERIFY(!f.scene().edited());
    f.settle();
    QCOMPARE(f.stage().picture(), before);

    dissect(f, page.gallery()->layer());
    QCOMPARE(page.paint()->what()->count(), 3);
    page.paint()->what()->setCurrentIndex(1);
    Q_EMIT page.paint()->what()->activated(1);
    canvas.setFocus();
    QTest::keyClick(&canvas, Qt::Key_X);
    QVERIFY(page.paint()->mode(UnitPaint::Mode::Draw)->isChecked());
    const int size = page.paint()->size()->value();
    QTest::keyClick(&canvas, Qt::Key_BracketRight);
    QVERIFY(page.paint()->size()->value() > size);
    stroke(canvas, {0.5, 0.5}, {0.6, 0.5});
    QCOMPARE(f.scene().sample.edits.size(), std::size_t(2));
    QVERIFY(f.scene().sample.edits[0].change.kind == UnitSwitch::Kind::Set);
    QCOMPARE(f.scene().sample.edits[0].change.amount, 2.0);
    QCOMPARE(page.edits()->groups().size(), std::size_t(1));
    // A stroke that is thought better of.
    const GeneratorScene kept = f.scene();
    QTest::mousePress(&canvas, Qt::LeftButton, {}, canvas.toWidget({0.1, 0.9}).toPoint());
    QTest::mouseMove(&canvas, canvas.toWidget({0.3, 0.9}).toPoint());
    QVERIFY(!(f.scene() == kept));
    QTest::keyClick(&canvas, Qt::Key_Escape);
    QCOMPARE(f.scene(), kept);
    page.paint()->mode(UnitPaint::Mode::Erase)->click();
    page.paint()->size()->setValue(80);
    stroke(canvas, {0.5, 0.5}, {0.6, 0.5});
    QVERIFY(!f.scene().edited());
    f.w().tabs()->setCurrentIndex(0);
    QVERIFY(!canvas.brushing());
  }

  void theMapLiesOnThePicture() {
    OnStage f(dcgan());
    UnitsPage& page = opened(f);
    OnStage::clickTile(page.gallery()->grid(), 0);
    QVERIFY(f.panel().canvas()->overlay().isNull());
    page.overlay()->click();
    QVERIFY(!f.panel().canvas()->overlay().isNull());
    f.w().tabs()->setCurrentIndex(0);
    QVERIFY(f.panel().canvas()->overlay().isNull());
  }

  void comesBackWithASession() {
    OnStage f(styleGan(true));
    UnitsPage& page = opened(f);
    const QString layer = page.gallery()->layers().all()[2].name;
    page.gallery()->setLayer(layer);
    OnStage::clickTile(page.gallery()->grid(), 5);
    QTest::mouseClick(page.switches()->off(), Qt::LeftButton);
    page.tools()->setCurrentWidget(page.paint());
    page.paint()->mode(UnitPaint::Mode::Remove)->click();
    stroke(*f.panel().canvas(), {0.5, 0.5}, {0.8, 0.5});
    QCOMPARE(f.scene().sample.edits.size(), std::size_t(2));
    f.settle();
    const GeneratorScene scene = f.scene();
    const QString file = f.path("s.unitscope");
    QVERIFY(f.window().session().save(file));
    f.studio().closeModel();
    f.window().session().open(file);
    f.settle();
    f.waitForPicture();
    QCOMPARE(f.scene(), scene);
    QTRY_COMPARE_WITH_TIMEOUT(page.gallery()->layer(), layer, OnStage::kPatience);
    QCOMPARE(page.gallery()->chosen(), (Units{5}));
    QCOMPARE(page.tools()->currentWidget(), page.paint());
    QVERIFY(page.paint()->mode(UnitPaint::Mode::Remove)->isChecked());
  }

  /// Times are told, not judged: the machine may be busy.
  void aSliderOnTheScenesIsFollowed() {
    if (!findEmbeddedModel("scene-generator")) QSKIP("this build has no embedded generators");
    OnStage f(QStringLiteral("scene-generator"));
    UnitsPage& page = opened(f);
    OnStage::clickTile(page.gallery()->grid(), 4);
    f.settle();
    std::vector<double> times;
    QElapsedTimer clock;
    Heartbeat heart;
    for (int i = 0; i < 60; ++i) {
      const QImage before = f.stage().picture();
      clock.start();
      page.switches()->slider()->setValue(250 + 7 * i);
      // qWaitFor() sleeps, which would count as waiting.
      QEventLoop loop;
      connect(&f.stage(), &GeneratorStage::pictureChanged, &loop, &QEventLoop::quit);
      QTimer::singleShot(OnStage::kPatience, &loop, &QEventLoop::quit);
      while (f.stage().picture() == before && clock.elapsed() < OnStage::kPatience) loop.exec();
      times.push_back(double(clock.nsecsElapsed()) / 1e6);
    }
    heart.report("dragging a unit's slider");
    std::ranges::sort(times);
    qInfo("slider to picture: median %.1f ms, worst %.1f ms", times[times.size() / 2], times.back());
    f.settle();
    QVERIFY(f.stage().failure().isEmpty());
    QCOMPARE(f.undo().undoText(), QStringLiteral("Unit 4"));
  }
};

QTEST_MAIN(TestGeneratorUnits)
#include "test_generator_units.moc"
