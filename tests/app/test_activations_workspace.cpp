#include <algorithm>
#include <cmath>
#include <ctime>

#include <QAction>
#include <QComboBox>
#include <QFile>
#include <QJsonArray>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QUndoStack>

#include "activations_fixture.h"
#include "app/attribution/attribution_workspace.h"
#include "app/attribution/enlarged_view.h"
#include "app/attribution/units_behind.h"
#include "heartbeat.h"
#include "widgets/empty_state.h"
#include "widgets/image_canvas.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

constexpr int kPatience = Looking::kPatience;

}  // namespace

/// The activations workspace on the example network.
class TestActivationsWorkspace : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void nothingWithoutANetwork() {
    DeskFixture f;
    f.window().showWorkspace("activations");
    auto& w = *static_cast<ActivationsWorkspace*>(f.window().workspace("activations"));
    QVERIFY(w.empty()->isVisibleTo(&w));
    QVERIFY(!w.layers()->isEnabled());
    QVERIFY(!w.layers()->toolTip().isEmpty());
    QVERIFY(w.commandLine().isEmpty());
    for (QAction* action : w.exportActions()) QVERIFY(!action->isEnabled());
  }

  void thePointedPlaceIsReadInAllPictures() {
    Looking f;
    QVERIFY(f.w().scene()->images.size() > 1);
    const QPoint cell(2, 3);
    f.point(cell);
    const PlaceReading& reading = f.w().places()->reading();
    QCOMPARE(reading.picture, f.w().scene()->indexOf(f.focus().image));
    QCOMPARE(reading.overlays.size(), f.w().scene()->images.size());
    // The place is most similar to itself, wherever anything is active there.
    const Array& own = reading.similarity[std::size_t(reading.picture)];
    const float itself = own.values[std::size_t(3 * own.shape[1] + 2)];
    QVERIFY(itself == 0.0F || std::abs(itself - 1.0F) < 1e-4F);
    for (int i = 0; i < f.w().places()->board()->count(); ++i)
      QVERIFY(!f.w().places()->board()->canvas(i)->overlay().isNull());
    QCOMPARE(f.canvas().pointed(), cell);
    QCOMPARE(f.focus().place, QPoint(-1, -1));  // pointing is no choice yet
  }

  void aClickPinsEscapeLetsGoAndArrowsMove() {
    Looking f;
    const QPoint cell(4, 2);
    QTest::mouseClick(&f.canvas(), Qt::LeftButton, {}, f.canvas().cellCenter(cell));
    QCOMPARE(f.focus().place, cell);
    QCOMPARE(f.focus().layer, f.w().scene()->layer);
    QTRY_COMPARE(f.canvas().pinned(), cell);
    QTRY_COMPARE(f.w().places()->reading().cell, cell);
    f.canvas().setFocus();
    QTest::keyClick(&f.canvas(), Qt::Key_Right);
    QCOMPARE(f.focus().place, cell + QPoint(1, 0));
    QTRY_COMPARE(f.canvas().pinned(), cell + QPoint(1, 0));
    QTest::keyClick(&f.canvas(), Qt::Key_Down);
    QCOMPARE(f.focus().place, cell + QPoint(1, 1));
    QTRY_COMPARE(f.w().places()->reading().cell, cell + QPoint(1, 1));
    QTRY_COMPARE(f.canvas().pinned(), cell + QPoint(1, 1));
    // What the pointer passes does not change what is pinned.
    QTest::mouseMove(&f.canvas(), f.canvas().cellCenter({0, 0}));
    QTest::qWait(30);
    QCOMPARE(f.w().places()->reading().cell, cell + QPoint(1, 1));
    QTest::keyClick(&f.canvas(), Qt::Key_Escape);
    QCOMPARE(f.focus().place, QPoint(-1, -1));
    QTRY_COMPARE(f.canvas().pinned(), QPoint(-1, -1));
  }

  void aUnitOfThePlaceIsPickedAndOpened() {
    Looking f;
    BarList& units = *f.w().places()->units();
    // Somewhere something is active.
    const QSize cells = f.w().scene()->cells(f.w().places()->board()->current());
    for (int y = 0; y < cells.height() && units.rows().isEmpty(); ++y) f.point({cells.width() / 2, y});
    QVERIFY(!units.rows().isEmpty());
    QVERIFY(!units.rows().front().picture.isNull());
    const int unit = units.rows().back().id;
    Looking::clickRow(units, unit);
    QCOMPARE(f.focus().unit, unit);
    QCOMPARE(f.focus().layer, f.w().scene()->layer);
    QTRY_VERIFY(f.w().places()->openButton()->isEnabled());
    QSignalSpy wanted(&f.w(), &Workspace::workspaceWanted);
    QTest::mouseClick(f.w().places()->openButton(), Qt::LeftButton);
    QCOMPARE(wanted.size(), 1);
    QCOMPARE(wanted.front().front().toString(), QString("neurons"));
    units.setFocus();
    QTest::keyClick(&units, Qt::Key_Return);
    QCOMPARE(wanted.size(), 2);
  }

  void theMouseIsFollowed() {
    Looking f;
    f.point({1, 1});
    Heartbeat heart;
    const int before = f.w().places()->readings();
    QElapsedTimer clock;
    clock.start();
    const QSize cells = f.canvas().cells();
    int moves = 0;
    for (int y = 0; y < cells.height() && moves < 120; ++y)
      for (int x = 0; x < cells.width() && moves < 120; x += 2) {
        QTest::mouseMove(&f.canvas(), f.canvas().cellCenter({x, y}));
        QTest::qWait(8);
        ++moves;
      }
    QTRY_VERIFY(!f.w().places()->busy());
    const int readings = f.w().places()->readings() - before;
    qInfo("%d readings for %d moves in %lld ms", readings, moves, clock.elapsed());
    heart.report("while the mouse moves over places");
    QVERIFY(readings > moves / 8);
  }

  // The number: 30 pictures a second for 27 x 27 places of 256 units on three images. Reported, not judged.
  void theMouseIsFollowedOnARealNetwork() {
    const QString shared = QStringLiteral(UNITSCOPE_SHARED_DIR);
    const QString network = shared + "/models/squeezenet1_0-imagenet.onnx";
    if (!QFile::exists(network)) QSKIP("the real network is not here");
    DeskFixture f;
    f.window().showWorkspace("activations");
    f.studio().openModel(network);
    f.studio().addPictureFiles(
        {shared + "/images/chelsea.png", shared + "/images/coffee.png", shared + "/images/astronaut.png"});
    QVERIFY(f.desk().waitUntilIdle(kPatience));
    auto& w = *static_cast<ActivationsWorkspace*>(f.window().workspace("activations"));
    f.studio().selection().setLayer("features.7");
    QTRY_VERIFY_WITH_TIMEOUT(w.scene() && w.scene()->layer == "features.7", kPatience);
    QCOMPARE(w.scene()->cells(0), QSize(27, 27));
    QCOMPARE(int(w.scene()->images.size()), 3);
    QTRY_VERIFY(w.places()->board()->currentCanvas());
    PlaceCanvas& canvas = *w.places()->board()->currentCanvas();
    QTest::mouseMove(&canvas, canvas.cellCenter({13, 13}));
    QTRY_VERIFY_WITH_TIMEOUT(w.places()->readings() > 0, kPatience);
    Heartbeat heart;
    QElapsedTimer clock;
    clock.start();
    const int before = w.places()->readings();
    const std::clock_t processor = std::clock();
    for (int i = 0; clock.elapsed() < 2000; ++i) {
      QTest::mouseMove(&canvas, canvas.cellCenter({i % 27, i / 27 % 27}));
      QTest::qWait(1);
    }
    const double seconds = double(clock.elapsed()) / 1000.0;
    const int places = w.places()->readings() - before;
    // On a machine that is busy with other things, the processor's time says more than the clock's.
    qInfo("%.0f places a second painted on three pictures, %.1f ms of the processor each", places / seconds,
          1000.0 * double(std::clock() - processor) / CLOCKS_PER_SEC / std::max(1, places));
    heart.report("while the mouse moves over 27 x 27 places of 256 units");
  }

  void theLayerFollowsTheSelection() {
    Looking f;
    QVERIFY(f.w().layers()->count() > 1);
    const QString other = f.w().layers()->itemData(0).toString();
    QVERIFY(other != f.w().scene()->layer);
    f.studio().selection().setLayer(other);
    QTRY_COMPARE_WITH_TIMEOUT(f.w().scene()->layer, other, kPatience);
    QCOMPARE(f.w().layers()->currentData().toString(), other);
    QCOMPARE(f.w().saveState()["layer"].toString(), other);
    f.w().layers()->setCurrentIndex(1);
    Q_EMIT f.w().layers()->activated(1);
    QCOMPARE(f.focus().layer, f.w().layers()->itemData(1).toString());
    QTRY_COMPARE_WITH_TIMEOUT(f.w().scene()->layer, f.focus().layer, kPatience);
    // Another picture among those that are there needs nothing new.
    const ScenePtr scene = f.w().scene();
    f.studio().selection().setImage(scene->images.back());
    QTRY_COMPARE(f.w().places()->board()->current(), int(scene->images.size()) - 1);
    QCOMPARE(f.w().scene(), scene);
  }

  void theHotSpotLeadsToItsUnits() {
    DeskFixture f;
    f.openExample();
    f.window().showWorkspace("attribution");
    auto& from = *static_cast<AttributionWorkspace*>(f.window().workspace("attribution"));
    auto& w = *static_cast<ActivationsWorkspace*>(f.window().workspace("activations"));
    const ImageId image = f.studio().document().pictures().front().id;
    f.studio().selection().setImage(image);
    w.restoreState({{"view", "grid"}});
    from.enlarge(image, "grad_cam");
    const auto heat = [&]() -> const HeatPicture* {
      const auto* cell = from.results().cell({image, "grad_cam"});
      return cell ? cell->heat.get() : nullptr;
    };
    QTRY_VERIFY_WITH_TIMEOUT(heat(), kPatience);
    const std::optional<QPointF> hottest = hottestPlace(heat()->map);
    QVERIFY(hottest);
    f.window().activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&f.window()));
    from.enlarged()->canvas()->setFocus();
    QTest::keyClick(from.enlarged()->canvas(), Qt::Key_U);
    QCOMPARE(f.window().currentWorkspace()->id(), QString("activations"));
    QCOMPARE(w.tabs()->currentIndex(), 0);  // places, whatever was looked at before
    QTRY_VERIFY_WITH_TIMEOUT(w.scene() != nullptr, kPatience);
    QCOMPARE(f.studio().selection().focus().layer, w.scene()->layer);
    const QSize cells = w.scene()->cells(0);
    QCOMPARE(f.studio().selection().focus().place,
             QPoint(int(hottest->x() * cells.width()), int(hottest->y() * cells.height())));
    QTRY_COMPARE_WITH_TIMEOUT(w.places()->reading().cell, f.studio().selection().focus().place, kPatience);
    // Grad-CAM is hot where the layer is active: there are units to see.
    QVERIFY(!w.places()->units()->rows().isEmpty());
  }

  void placesFallIntoTheLayerThatHasThem() {
    DeskFixture f;
    f.openExample();
    const Document& document = f.studio().document();
    const ImageId image = document.pictures().front().id;
    Focus now;
    now.layer = "edges";
    now.unit = 3;
    const std::optional<Focus> there = focusBehind(document, now, image, {}, {0.999, 0.0});
    QVERIFY(there);
    QCOMPARE(there->layer, QString("edges"));
    QCOMPARE(there->unit, 3);
    QCOMPARE(there->place, QPoint(121, 0));  // 122 x 122 places
    const std::optional<Focus> other = focusBehind(document, now, image, "lines", {0.5, 1.0});
    QVERIFY(other);
    QCOMPARE(other->layer, QString("lines"));
    QCOMPARE(other->unit, -1);
    QCOMPARE(other->place, QPoint(30, 60));
    now.layer = "decision";  // has no places: the last layer that has some
    QCOMPARE(focusBehind(document, now, image, "gather", {0.5, 0.5})->layer, QString("lines"));
    HeatMap map{2, 2, {NAN, 1.0F, 4.0F, INFINITY}};
    QCOMPARE(*hottestPlace(map), QPointF(0.25, 0.75));
    QVERIFY(!hottestPlace({1, 1, {NAN}}));
  }

  void everythingSetComesBack() {
    Looking f;
    const QJsonObject state{{"view", "groups"}, {"layer", f.w().layers()->itemData(0).toString()},
                            {"opacity", 40},    {"lines", true},
                            {"order", "mean"},  {"groups", 3},
                            {"side", 5},        {"steps", 32}};
    f.w().restoreState(state);
    QCOMPARE(f.w().saveState(), state);
    QCOMPARE(f.w().tabs()->currentIndex(), 2);
    f.w().restoreState({{"view", 7},
                        {"groups", 99},
                        {"side", -4},
                        {"steps", "many"},
                        {"opacity", 1e9},
                        {"order", QJsonArray{}},
                        {"layer", "nothing like it"}});
    QCOMPARE(f.w().saveState()["groups"].toInt(), 16);
    QCOMPARE(f.w().saveState()["view"].toString(), QString("places"));
    QTRY_VERIFY_WITH_TIMEOUT(!f.w().busy(), kPatience);
    QVERIFY(f.w().scene());
  }

  void whatIsSeenCanBeTakenAway() {
    Looking f;
    f.studio().addPictureFiles({f.makePicture("blue sea.png", Qt::blue, {64, 48})});
    QTRY_VERIFY_WITH_TIMEOUT(f.studio().document().pictures().back().name == "blue sea.png", kPatience);
    f.studio().selection().setImage(f.studio().document().pictures().back().id);
    QTRY_VERIFY_WITH_TIMEOUT(!f.w().commandLine().isEmpty(), kPatience);
    QVERIFY2(f.w().commandLine().startsWith("unitscope activations example '"), qPrintable(f.w().commandLine()));
    QVERIFY(f.w().commandLine().endsWith(QString(" --layer %1").arg(f.w().scene()->layer)));
    QTRY_VERIFY(f.w().places()->board()->currentCanvas() && f.canvas().cells().width() > 3);
    f.point({3, 3});
    const QString csv = f.path("place.csv"), png = f.path("place.png");
    QVERIFY(f.w().saveNumbers(csv));
    QVERIFY(f.w().savePicture(png));
    QFile file(csv);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll().count('\n'), int(f.w().scene()->maps.units()) + 1);
    QVERIFY(!QImage(png).isNull());
    QVERIFY(!f.w().saveNumbers(f.path("no/such/folder/x.csv")));
    QVERIFY(f.window().messageBar().count() > 0);
  }

  void aClosedNetworkLeavesNothing() {
    Looking f;
    f.point({1, 1});
    f.studio().closeModel();
    QTRY_VERIFY(!f.w().scene());
    QVERIFY(f.w().commandLine().isEmpty());
  }
};

QTEST_MAIN(TestActivationsWorkspace)
#include "test_activations_workspace.moc"
