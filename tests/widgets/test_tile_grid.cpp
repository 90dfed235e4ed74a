#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include "../app/heartbeat.h"
#include "widgets/threshold_histogram.h"
#include "widgets/tile_grid.h"

using namespace unitscope;

class TestTileGrid : public QObject {
  Q_OBJECT

  static QImage picture(int i) {
    QImage image(64, 64, QImage::Format_RGB32);
    image.fill(QColor::fromHsv(i % 360, 200, 200));
    return image;
  }

  static void fill(TileGrid& grid, int count, int* asked = nullptr) {
    grid.setTiles(count, [asked](int i) {
      if (asked) ++*asked;
      return Tile{QString::number(i), QStringLiteral("unit"), {}, picture(i)};
    });
  }

 private Q_SLOTS:
  void onlyWhatIsSeenIsAskedFor() {
    TileGrid grid;
    grid.resize(700, 500);
    int asked = 0;
    fill(grid, 10000, &asked);
    grid.show();
    QVERIFY(QTest::qWaitForWindowExposed(&grid));
    const auto [first, last] = grid.visible();
    QCOMPARE(first, 0);
    QVERIFY(last > 10 && last < 100);
    QVERIFY2(asked < 1000, qPrintable(QString::number(asked)));
    QVERIFY(grid.verticalScrollBar()->maximum() > 10000);
  }

  void tenThousandScroll() {
    TileGrid grid;
    grid.resize(1000, 700);
    fill(grid, 10000);
    grid.show();
    QVERIFY(QTest::qWaitForWindowExposed(&grid));
    test::Heartbeat heart;
    QScrollBar* bar = grid.verticalScrollBar();
    for (int at = 0; at < bar->maximum(); at += bar->maximum() / 80) {
      bar->setValue(at);
      QTest::qWait(8);
    }
    for (int size = 40; size < 200; size += 8) {
      grid.setTileSize(size);
      QTest::qWait(8);
    }
    heart.report("while ten thousand tiles are scrolled and enlarged");
    QVERIFY(heart.beats() > 40);
  }

  void keysMove() {
    TileGrid grid;
    grid.resize(600, 400);
    fill(grid, 50);
    grid.show();
    QVERIFY(QTest::qWaitForWindowExposed(&grid));
    QSignalSpy moved(&grid, &TileGrid::currentChanged), opened(&grid, &TileGrid::activated);
    QTest::keyClick(&grid, Qt::Key_Right);
    QCOMPARE(grid.current(), 0);
    QTest::keyClick(&grid, Qt::Key_Right);
    QCOMPARE(grid.current(), 1);
    QTest::keyClick(&grid, Qt::Key_Down);
    QCOMPARE(grid.current(), 1 + grid.columns());
    QTest::keyClick(&grid, Qt::Key_Up);
    QTest::keyClick(&grid, Qt::Key_Up);
    QCOMPARE(grid.current(), 1);
    QTest::keyClick(&grid, Qt::Key_End);
    QCOMPARE(grid.current(), 49);
    QVERIFY(grid.viewport()->rect().contains(grid.tileRect(49)));
    QTest::keyClick(&grid, Qt::Key_Return);
    QCOMPARE(opened.count(), 1);
    QTest::keyClick(&grid, Qt::Key_Home);
    QTest::keyClick(&grid, Qt::Key_PageDown);
    QVERIFY(grid.current() > 0);
    QVERIFY(moved.count() > 4);
    QVERIFY(!grid.accessibleDescription().isEmpty());
  }

  void clicksOpenAndTheWheelEnlarges() {
    TileGrid grid;
    grid.resize(600, 400);
    fill(grid, 50);
    grid.show();
    QVERIFY(QTest::qWaitForWindowExposed(&grid));
    QSignalSpy opened(&grid, &TileGrid::activated), resized(&grid, &TileGrid::tileSizeChanged);
    QTest::mouseClick(grid.viewport(), Qt::LeftButton, {}, grid.tileRect(3).center());
    QCOMPARE(opened.count(), 1);
    QCOMPARE(opened[0][0].toInt(), 3);
    const int before = grid.tileSize();
    QWheelEvent wheel(QPointF(50, 50), grid.viewport()->mapToGlobal(QPoint(50, 50)), {}, {0, 120}, Qt::NoButton,
                      Qt::ControlModifier, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(grid.viewport(), &wheel);
    QVERIFY(grid.tileSize() > before);
    QCOMPARE(resized.count(), 1);
    QVERIFY(!grid.sheet(0, 49, 10).isNull());
    QVERIFY(grid.sheet(0, 49, 0).isNull());
  }

  void aFewTilesGrow() {
    TileGrid grid;
    grid.setGrows(true);
    grid.resize(300, 50);
    fill(grid, 9);
    grid.show();
    QVERIFY(QTest::qWaitForWindowExposed(&grid));
    QVERIFY(grid.tileRect(8).bottom() <= grid.viewport()->height());
    const int high = grid.height();
    grid.resize(900, high);
    QTRY_VERIFY(grid.height() < high);
  }

  void theThresholdCutsTheHistogram() {
    ThresholdHistogram view;
    view.setHistogram({0, 1, 2, 3, 4}, {1000, 100, 10, 1});
    view.setThreshold(2.5, QStringLiteral("fires"));
    QVERIFY(view.textAt(2.2).startsWith("10 "));
    QVERIFY(view.textAt(9).isEmpty());
    QVERIFY(view.accessibleDescription().contains("2.5"));
    view.resize(300, 160);
    QVERIFY(!view.grab().isNull());
    view.setHistogram({0, 1}, {1, 2, 3});
    QVERIFY(view.counts().isEmpty());
    view.setHistogram({1, NAN}, {1});
    QVERIFY(view.counts().isEmpty());
  }
};

QTEST_MAIN(TestTileGrid)
#include "test_tile_grid.moc"
