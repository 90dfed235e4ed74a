#include <algorithm>

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QImageReader>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>
#include <QToolButton>
#include <QTreeWidget>
#include <QUndoStack>

#include "app/generator/concepts/dissection_page.h"
#include "app/generator/concepts/dissection_switches.h"
#include "app/generator/directions/attributes_tool.h"
#include "app/generator/directions/direction_list.h"
#include "app/generator/directions/direction_row.h"
#include "app/generator/directions/direction_slider.h"
#include "app/generator/directions/direction_sliders.h"
#include "app/generator/directions/directions_page.h"
#include "app/generator/directions/find_tool.h"
#include "app/generator/film/film_dialog.h"
#include "app/generator/inversion/inversion_options.h"
#include "app/generator/inversion/inversion_page.h"
#include "app/generator/inversion/inversion_work.h"
#include "app/generator/units/paint_panel.h"
#include "app/image_convert.h"
#include "data/scene.h"
#include "generator_fixture.h"
#include "slider_drag.h"
#include "zoo/embedded_models.h"

using namespace unitscope;
using namespace unitscope::test;

/// A visit to the generator of scenes from the first sample to the film, by mouse.
class TestGeneratorPath : public QObject {
  Q_OBJECT

  static void stroke(StageCanvas& canvas, QPointF from, QPointF to) {
    const auto at = [&](QPointF place) { return canvas.toWidget(place).toPoint(); };
    QTest::mousePress(&canvas, Qt::LeftButton, {}, at(from));
    for (int i = 1; i <= 6; ++i) QTest::mouseMove(&canvas, at(from + (to - from) * i / 6.0));
    QTest::mouseRelease(&canvas, Qt::LeftButton, {}, at(to));
  }
  static double difference(const QImage& a, const QImage& b, QRect where) {
    double sum = 0.0;
    for (int y = where.top(); y <= where.bottom(); ++y)
      for (int x = where.left(); x <= where.right(); ++x)
        sum += std::abs(qGreen(a.pixel(x, y)) - qGreen(b.pixel(x, y)));
    return sum / (where.width() * where.height());
  }
  static DirectionsPage& directions(OnStage& f) { return f.page<DirectionsPage>(); }
  template <class Tool>
  static Tool& tool(DirectionsPage& page, const char* id) {
    page.showTool(QString::fromLatin1(id));
    for (DirectionTool* one : page.all())
      if (auto* found = qobject_cast<Tool*>(one)) return *found;
    qFatal("there is no such tool");
  }

 private Q_SLOTS:
  void fromASampleToAFilm() {
    if (!findEmbeddedModel("scene-generator")) QSKIP("this build has no embedded generators");
    OnStage f(QStringLiteral("scene-generator"));

    // A sample from the grid.
    auto& samples = f.page<SamplesPage>();
    f.settle();
    OnStage::clickTile(samples.grid(), 3);
    f.settle();
    QCOMPARE(f.scene().name, QString("Seed 3"));

    // What its units draw; the trees go with one switch.
    auto& dissection = f.page<DissectionPage>();
    dissection.samples()->setValue(60);
    QTest::mouseClick(dissection.dissectButton(), Qt::LeftButton);
    f.settle();
    QVERIFY2(dissection.knowledge()->dissection(), qPrintable(dissection.knowledge()->failure()));
    DissectionSwitches& switches = *dissection.switches();
    QCheckBox* tree = switches.switchOf("tree");
    QVERIFY2(tree, qPrintable(switches.names().join(',')));
    const QImage sampled = f.stage().picture();
    QTest::mouseClick(tree, Qt::LeftButton, {}, {12, tree->height() / 2});
    QVERIFY(!tree->isChecked());
    f.settle();
    QVERIFY(f.stage().picture() != sampled);
    QCOMPARE(f.stage().unchangedPicture(), sampled);

    // A cloud, painted; it changes the sky where the brush was more than the ground.
    auto& units = f.page<UnitsPage>();
    units.tools()->setCurrentWidget(units.paint());
    f.settle();
    const int cloud = units.paint()->what()->findText("cloud", Qt::MatchContains);
    QVERIFY(cloud >= 0);
    units.paint()->what()->setCurrentIndex(cloud);
    Q_EMIT units.paint()->what()->activated(cloud);
    QTest::mouseClick(units.paint()->mode(UnitPaint::Mode::Draw), Qt::LeftButton);
    const QImage treeless = f.stage().picture();
    const int steps = f.undo().index();
    stroke(*f.panel().canvas(), {0.3, 0.15}, {0.6, 0.15});
    QCOMPARE(f.undo().index(), steps + 1);
    f.settle();
    const QImage clouded = f.stage().picture();
    const double above = difference(treeless, clouded, {16, 4, 26, 12});
    const double below = difference(treeless, clouded, {16, 50, 26, 12});
    QVERIFY2(above > 2.0 * below && above > 1.0, qPrintable(QString("%1 %2").arg(above).arg(below)));

    // The time of day, learned from the colour of the light.
    DirectionsPage& page = directions(f);
    auto& attributes = tool<AttributesTool>(page, "attributes");
    f.settle();
    QTreeWidgetItem* warmth = attributes.itemOf("warmth");
    QVERIFY(warmth);
    attributes.tree()->scrollToItem(warmth);
    warmth->setCheckState(1, Qt::Checked);
    attributes.samples()->setValue(400);
    QTest::mouseClick(attributes.start(), Qt::LeftButton);
    f.settle();
    QCOMPARE(page.list()->count(), 1);
    drag(*page.sliders()->rows()[0]->slider(), 0.9);
    f.settle();
    QVERIFY(page.list()->amount(0) > 0.5);
    const QImage evening = f.stage().picture();
    QVERIFY(evening != clouded);
    QVERIFY(!f.scene().sample.edits.empty());  // trees and cloud are still changed

    // A direction without a label.
    auto& find = tool<FindTool>(page, "find");
    find.howMany()->setValue(3);
    QTest::mouseClick(find.start(), Qt::LeftButton);
    f.settle();
    QCOMPARE(page.list()->count(), 4);
    drag(*page.sliders()->rows()[2]->slider(), 0.8);
    f.settle();
    QVERIFY(f.stage().picture() != evening);

    // A rendered scene, inverted and edited.
    auto& inversion = f.page<InversionPage>();
    QImage rendered = toQImage(renderScene(5, 3, {.size = 96}).picture);
    QVERIFY(rendered.save(f.path("rendered.png"), "PNG"));
    f.settle();
    inversion.openPicture(f.path("rendered.png"));
    f.settle();
    inversion.options()->steps()->setValue(8);
    QTest::mouseClick(inversion.runButton(), Qt::LeftButton);
    f.settle();
    QVERIFY2(inversion.work()->answer(), qPrintable(inversion.work()->failure()));
    QTest::mouseClick(inversion.stageButton(), Qt::LeftButton);
    f.settle();
    QCOMPARE(f.scene().name, QString("rendered.png"));
    const QImage inverted = f.stage().picture();
    directions(f);
    drag(*page.sliders()->rows()[0]->slider(), 0.85);
    f.settle();
    QVERIFY(f.stage().picture() != inverted);
    QVERIFY(f.stage().failure().isEmpty());

    // A film of it.
    QAction* film = nullptr;
    for (QAction* action : f.w().exportActions())
      if (action->text().contains("ilm")) film = action;
    QVERIFY(film && film->isEnabled());
    film->trigger();
    auto* dialog = f.window().findChild<FilmDialog*>();
    QVERIFY(dialog && dialog->isVisible());
    QVERIFY(dialog->direction()->count() > 0);
    dialog->seconds()->setValue(0.5);
    dialog->framesPerSecond()->setValue(20);
    QTest::mouseClick(dialog->exportButton(), Qt::LeftButton);
    QFileDialog* files = nullptr;
    QTRY_VERIFY((files = f.window().findChild<QFileDialog*>()) && files->isVisible());
    files->selectFile(f.path("film.gif"));
    QMetaObject::invokeMethod(files, "accept");
    f.settle();
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(f.path("film.gif")), OnStage::kPatience);
    f.settle();
    QCOMPARE(QImageReader(f.path("film.gif")).imageCount(), 10);

    // All of it can be undone.
    while (f.undo().canUndo()) f.undo().undo();
    f.settle();
    QVERIFY(!f.scene().edited());
    while (f.undo().canRedo()) f.undo().redo();
    f.settle();
    QVERIFY(f.scene().edited());
    QVERIFY(f.stage().failure().isEmpty());
  }
};

QTEST_MAIN(TestGeneratorPath)
#include "test_generator_path.moc"
