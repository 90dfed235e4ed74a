#include <QContextMenuEvent>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include "widgets/comparison_grid.h"
#include "widgets/heat_legend.h"
#include "widgets/image_canvas.h"

using namespace unitscope;

namespace {

using State = CellContent::State;

QVector<GridHeading> headings(const QString& prefix, int count, bool removable) {
  QVector<GridHeading> list;
  for (int i = 0; i < count; ++i) {
    list.append({prefix + QString::number(i), prefix + " " + QString::number(i), {}, {}, removable});
  }
  return list;
}

CellContent result(const QColor& color) {
  CellContent content;
  content.state = State::Ready;
  content.picture = QImage(16, 16, QImage::Format_RGB32);
  content.picture.fill(Qt::black);
  content.overlay = QImage(16, 16, QImage::Format_RGB32);
  content.overlay.fill(color);
  content.colors = {qRgb(0, 0, 0), qRgb(255, 255, 255)};
  content.minimum = -1;
  content.maximum = 1;
  return content;
}

}  // namespace

class TestComparisonGrid : public QObject {
  Q_OBJECT

  static std::unique_ptr<ComparisonGrid> grid(int rows, int columns, QSize size) {
    auto grid = std::make_unique<ComparisonGrid>();
    grid->resize(size);
    grid->setHeadings(headings("image", rows, false), headings("method", columns, true));
    grid->show();
    (void)QTest::qWaitForWindowExposed(grid.get());
    return grid;
  }

 private Q_SLOTS:
  void theWholePictureHasRowsThatAreScrolledAway() {
    auto g = grid(12, 3, {620, 400});
    for (const int row : {0, 7, 11}) {
      for (int column = 0; column < 3; ++column) {
        g->setContent({QString("image%1").arg(row), QString("method%1").arg(column)}, result(Qt::red));
      }
    }
    const QImage all = g->wholePicture();
    QCOMPARE(g->visibleCells().size() % 3, 0);
    const int side = g->cellWidget({"image0", "method0"})->canvas()->width();
    QVERIFY2(all.height() > 3 * side && all.height() < 5 * side, qPrintable(QString::number(all.height())));
    // Three rows with something in them: three times the red of the overlay, below one another.
    int bands = 0;
    bool inside = false;
    for (int y = 0; y < all.height(); ++y) {
      const QColor color = all.pixelColor(side / 2, y);
      const bool red = color.red() > 120 && color.green() < 60 && color.blue() < 60;
      if (red && !inside) ++bands;
      inside = red;
    }
    QCOMPARE(bands, 3);
  }

  void oneRowBecomesTilesThatFillThePlace() {
    auto g = grid(1, 6, {900, 620});
    QVERIFY(g->wrapped());
    QCOMPARE(g->visibleCells().size(), 6);
    const QRect first = g->cellWidget({"image0", "method0"})->geometry();
    const QRect fourth = g->cellWidget({"image0", "method3"})->geometry();
    QCOMPARE(fourth.left(), first.left());
    QVERIFY(fourth.top() > first.bottom());
    QVERIFY(first.width() > 200);
    for (int i = 0; i < 6; ++i) {
      const QString id = QStringLiteral("method%1").arg(i);
      QVERIFY(g->columnHeader(id)->geometry().bottom() <= g->cellWidget({"image0", id})->geometry().top() + 1);
      QVERIFY(g->viewport()->rect().contains(g->cellWidget({"image0", id})->geometry()));
    }
    QCOMPARE(g->verticalScrollBar()->maximum(), 0);
  }

  void tableKeepsOnlyVisibleCells() {
    auto g = grid(100, 4, {700, 500});
    QVERIFY(!g->wrapped());
    QVERIFY(g->visibleCells().size() <= 16);
    QVERIFY(g->cellWidget({"image0", "method0"}));
    QVERIFY(!g->cellWidget({"image50", "method0"}));
    QSignalSpy changed(g.get(), &ComparisonGrid::visibleCellsChanged);
    g->setContent({"image99", "method1"}, result(Qt::green));
    g->verticalScrollBar()->setValue(g->verticalScrollBar()->maximum());
    QVERIFY(changed.count() > 0);
    QVERIFY(!g->cellWidget({"image0", "method0"}));
    ComparisonCell* last = g->cellWidget({"image99", "method1"});
    QVERIFY(last);
    QCOMPARE(last->content().state, State::Ready);
    QCOMPARE(g->columnHeader("method1")->y(), 0);  // headings stay on top
    QVERIFY(g->findChildren<ComparisonCell*>().size() <= 24);
  }

  void showsResultsWithTheirLegend() {
    auto g = grid(1, 2, {700, 420});
    g->setContent({"image0", "method1"}, result(QColor(0, 200, 0)));
    g->setOverlayOpacity(1.0);
    ComparisonCell* cell = g->cellWidget({"image0", "method1"});
    QVERIFY(cell->legend()->isVisible());
    QVERIFY(!cell->button()->isVisible());
    const QImage shot = cell->grab().toImage();
    QCOMPARE(shot.pixelColor(cell->canvas()->geometry().center()), QColor(0, 200, 0));
    g->setOverlayOpacity(0.0);
    QCOMPARE(cell->grab().toImage().pixelColor(cell->canvas()->geometry().center()), QColor(Qt::black));
  }

  void saysWhatGoesOn() {
    auto g = grid(1, 3, {800, 420});
    const ComparisonGrid::CellId id{"image0", "method0"};
    CellContent content;
    content.state = State::Running;
    content.fraction = 0.4;
    g->setContent(id, content);
    ComparisonCell* cell = g->cellWidget(id);
    QVERIFY(cell->button()->isVisible());
    QSignalSpy cancel(g.get(), &ComparisonGrid::cancelRequested);
    QTest::mouseClick(cell->button(), Qt::LeftButton);
    QCOMPARE(cancel.count(), 1);
    QCOMPARE(cancel[0][1].toString(), QString("method0"));
    const QImage running = cell->grab().toImage();

    content.state = State::Failed;
    content.text = "the operator NonMaxSuppression has no gradient";
    g->setContent(id, content);
    QVERIFY(cell->grab().toImage() != running);
    QCOMPARE(cell->canvas()->toolTip(), content.text);
    QVERIFY(g->accessibleDescription().contains(content.text));
    QSignalSpy retry(g.get(), &ComparisonGrid::retryRequested);
    QTest::mouseClick(cell->button(), Qt::LeftButton);
    QCOMPARE(retry.count(), 1);
  }

  void clickOpensACell() {
    auto g = grid(1, 3, {800, 420});
    g->setContent({"image0", "method2"}, result(Qt::red));
    QSignalSpy activated(g.get(), &ComparisonGrid::cellActivated);
    QTest::mouseClick(g->cellWidget({"image0", "method2"})->canvas(), Qt::LeftButton, {}, {40, 40});
    QCOMPARE(activated.count(), 1);
    QCOMPARE(activated[0][1].toString(), QString("method2"));
    QCOMPARE(g->current().second, QString("method2"));
  }

  void keyboardMovesAndActs() {
    auto g = grid(3, 3, {700, 500});
    QSignalSpy activated(g.get(), &ComparisonGrid::cellActivated);
    QTest::keyClick(g.get(), Qt::Key_Right);
    QTest::keyClick(g.get(), Qt::Key_Down);
    QTest::keyClick(g.get(), Qt::Key_Down);
    QTest::keyClick(g.get(), Qt::Key_Down);
    QCOMPARE(g->current(), ComparisonGrid::CellId("image2", "method1"));
    QVERIFY(g->viewport()->rect().intersects(g->cellWidget({"image2", "method1"})->geometry()));
    QTest::keyClick(g.get(), Qt::Key_Return);
    QCOMPARE(activated.count(), 1);
    QCOMPARE(activated[0][0].toString(), QString("image2"));
    QSignalSpy removed(g.get(), &ComparisonGrid::columnRemoveRequested);
    QTest::keyClick(g.get(), Qt::Key_Delete);
    QCOMPARE(removed[0][0].toString(), QString("method1"));
    QSignalSpy menu(g.get(), &ComparisonGrid::cellMenuRequested);
    QContextMenuEvent event(QContextMenuEvent::Keyboard, {}, {});
    QApplication::sendEvent(g.get(), &event);
    QCOMPARE(menu.count(), 1);
    QTest::keyClick(g.get(), Qt::Key_Plus);
    QCOMPARE(g->link()->zoom(), 1.25);
    QTest::keyClick(g.get(), Qt::Key_0);
    QCOMPARE(g->link()->zoom(), 1.0);
  }

  void headingsCanBeClickedAndRemoved() {
    auto g = grid(2, 3, {700, 500});
    QSignalSpy column(g.get(), &ComparisonGrid::columnPicked), row(g.get(), &ComparisonGrid::rowPicked);
    QSignalSpy removed(g.get(), &ComparisonGrid::columnRemoveRequested);
    QTest::mouseClick(g->columnHeader("method1"), Qt::LeftButton);
    QTest::mouseClick(g->rowHeader("image1"), Qt::LeftButton);
    QTest::mouseClick(g->columnHeader("method2")->removeButton(), Qt::LeftButton);
    QCOMPARE(column[0][0].toString(), QString("method1"));
    QCOMPARE(row[0][0].toString(), QString("image1"));
    QCOMPARE(removed[0][0].toString(), QString("method2"));
    QCOMPARE(column.count(), 1);
  }

  void hoverReadsAllCellsAtOnce() {
    auto g = grid(1, 3, {900, 420});
    for (int i = 0; i < 3; ++i) g->setContent({"image0", QStringLiteral("method%1").arg(i)}, result(Qt::red));
    QStringList read;
    g->setProbe([&](const ComparisonGrid::CellId& id, QPointF place) {
      read << QStringLiteral("%1@%2").arg(id.second).arg(place.x(), 0, 'f', 2);
      return ComparisonGrid::Reading{"0.5", 0.5};
    });
    ImageCanvas* canvas = g->cellWidget({"image0", "method0"})->canvas();
    const QPointF at = canvas->toWidget({0.25, 0.5});
    QMouseEvent move(QEvent::MouseMove, at, canvas->mapToGlobal(at), Qt::NoButton, Qt::NoButton, {});
    QApplication::sendEvent(canvas, &move);
    for (int i = 0; i < 3; ++i) QVERIFY(read.contains(QStringLiteral("method%1@0.25").arg(i)));
  }

  void contentsOfWhatStaysAreKept() {
    auto g = grid(1, 3, {900, 420});
    g->setContent({"image0", "method1"}, result(Qt::red));
    g->setHeadings(headings("image", 1, false), headings("method", 2, true));
    QCOMPARE(g->content({"image0", "method1"}).state, State::Ready);
    QCOMPARE(g->cellWidget({"image0", "method1"})->content().state, State::Ready);
    g->setHeadings(headings("image", 1, false), headings("method", 1, true));
    QCOMPARE(g->content({"image0", "method1"}).state, State::Empty);
    QVERIFY(!g->cellWidget({"image0", "method1"}));
    g->setHeadings({}, {});
    QTest::keyClick(g.get(), Qt::Key_Right);
    QCOMPARE(g->current().first, QString());
  }
};

QTEST_MAIN(TestComparisonGrid)
#include "test_comparison_grid.moc"
