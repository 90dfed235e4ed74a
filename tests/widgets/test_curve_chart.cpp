#include <cmath>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

#include "widgets/curve_chart.h"
#include "widgets/theme.h"

using namespace unitscope;

namespace {

QVector<CurveSeries> two() {
  return {{"Grad-CAM (AUC 0.43)", {{0.0, 0.9}, {0.5, 0.4}, {1.0, 0.1}}},
          {"Occlusion (AUC 0.21)", {{0.0, 0.9}, {0.25, 0.2}, {1.0, 0.1}}}};
}

bool near(const QColor& a, const QColor& b) {
  return std::abs(a.red() - b.red()) + std::abs(a.green() - b.green()) + std::abs(a.blue() - b.blue()) < 40;
}

}  // namespace

class TestCurveChart : public QObject {
  Q_OBJECT

  static std::unique_ptr<CurveChart> shown(const QVector<CurveSeries>& curves) {
    auto chart = std::make_unique<CurveChart>();
    chart->resize(420, 300);
    chart->setTitle("Deletion");
    chart->setAxisTitles("Share removed", "Score");
    chart->setCurves(curves);
    chart->show();
    (void)QTest::qWaitForWindowExposed(chart.get());
    QTest::qWait(50);  // the chart lays itself out a moment later
    return chart;
  }

  // Whether a colour is found within two pixels of a place.
  static bool isThere(CurveChart& chart, QPointF point, const QColor& color) {
    const QImage shot = chart.grab().toImage();
    const QPoint at = chart.placeOf(point).toPoint();
    for (int y = -2; y <= 2; ++y)
      for (int x = -2; x <= 2; ++x)
        if (shot.rect().contains(at + QPoint(x, y)) && near(shot.pixelColor(at + QPoint(x, y)), color)) return true;
    return false;
  }

  // The part that takes keys and the mouse.
  static QWidget* plotOf(CurveChart& chart) { return chart.focusProxy(); }

 private Q_SLOTS:
  void initTestCase() { applyTheme(*qApp, ThemeChoice::Light); }

  void curvesGoThroughTheirPoints() {
    auto chart = shown(two());
    QVERIFY(isThere(*chart, {0.5, 0.4}, chart->curveColor(0)));
    QVERIFY(isThere(*chart, {0.75, 0.25}, chart->curveColor(0)));
    QVERIFY(isThere(*chart, {0.25, 0.2}, chart->curveColor(1)));
    QVERIFY(!isThere(*chart, {0.75, 0.7}, chart->curveColor(0)));
    QVERIFY(chart->curveColor(0) != chart->curveColor(1));
    QVERIFY(chart->placeOf({0, 0}).y() > chart->placeOf({0, 0.9}).y());
  }

  void thePointerReadsAllCurves() {
    auto chart = shown(two());
    QVERIFY(chart->readout().isEmpty());
    auto* view = qobject_cast<QAbstractScrollArea*>(plotOf(*chart));
    QVERIFY(view);
    const QPoint at = view->viewport()->mapFrom(chart.get(), chart->placeOf({0.51, 0.5}).toPoint());
    QTest::mouseMove(view->viewport(), at);
    QTRY_VERIFY(chart->cursor());
    QCOMPARE(*chart->cursor(), 0.5);
    // The second curve has no point there: between its neighbours.
    QCOMPARE(chart->readout(), QString("Share removed 0.5\nGrad-CAM (AUC 0.43): 0.4\nOcclusion (AUC 0.21): 0.1667"));
  }

  void arrowKeysReadToo() {
    auto chart = shown(two());
    QTest::keyClick(plotOf(*chart), Qt::Key_Right);
    QCOMPARE(*chart->cursor(), 0.0);
    QTest::keyClick(plotOf(*chart), Qt::Key_Right);
    QCOMPARE(*chart->cursor(), 0.25);
    QTest::keyClick(plotOf(*chart), Qt::Key_End);
    QCOMPARE(*chart->cursor(), 1.0);
    QVERIFY(plotOf(*chart)->accessibleDescription().contains("Grad-CAM (AUC 0.43): 0.1"));
    QTest::keyClick(plotOf(*chart), Qt::Key_Escape);
    QVERIFY(!chart->cursor());
    QVERIFY(plotOf(*chart)->accessibleDescription().contains("from 0.9 to 0.1"));
  }

  void theLevelIsSeenEvenBeyondTheCurves() {
    auto chart = shown(two());
    const double before = chart->placeOf({0, 0.9}).y();
    chart->setLevel(2.0, "whole picture");
    QTest::qWait(50);
    QVERIFY(chart->placeOf({0, 0.9}).y() > before);
    QVERIFY(chart->placeOf({0, 2.0}).y() > 0);
    const QImage with = chart->grab().toImage();
    chart->clearLevel();
    QVERIFY(!chart->level());
    chart->setLevel(std::nan(""), "nonsense");
    QVERIFY(!chart->level());
    QVERIFY(with != chart->grab().toImage());
  }

  void nonsenseIsLeftOut() {
    auto chart = shown({{"", {{0, NAN}, {INFINITY, 1}, {0.5, 2}}}, {"empty", {}}});
    QCOMPARE(chart->curves()[0].points.size(), 1);
    chart->setCurves({});
    QTest::keyClick(plotOf(*chart), Qt::Key_Right);
    QVERIFY(chart->readout().isEmpty());
    QCOMPARE(plotOf(*chart)->accessibleDescription(), QString("nothing yet"));
    chart->setCurves({{"one place", {{1, 5}}}});
    QVERIFY(!chart->grab().isNull());
  }

  void manyCurvesDifferAndTheLegendWraps() {
    QVector<CurveSeries> many;
    for (int i = 0; i < 13; ++i) many.append({QString("A method with a name %1").arg(i), {{0, i / 13.0}, {1, 0.5}}});
    auto chart = shown(two());
    const double few = chart->placeOf({0, 0}).y();
    chart->setCurves(many);
    QTest::qWait(50);
    QVERIFY(chart->placeOf({0, 0}).y() < few - 20);
  }

  void itIsWritten() {
    QTemporaryDir folder;
    auto chart = shown(two());
    chart->setLevel(0.95, "whole <picture>");
    QVERIFY(chart->writeSvg(folder.filePath("curves.svg")));
    QFile file(folder.filePath("curves.svg"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QXmlStreamReader xml(&file);
    QString text;
    while (!xml.atEnd())
      if (xml.readNext() == QXmlStreamReader::Characters) text += xml.text();
    QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
    QVERIFY(text.contains("Grad-CAM (AUC 0.43)"));
    QVERIFY(text.contains("whole <picture>"));
    QVERIFY(chart->writeCsv(folder.filePath("curves.csv")));
    QFile table(folder.filePath("curves.csv"));
    QVERIFY(table.open(QIODevice::ReadOnly));
    const QStringList lines = QString::fromUtf8(table.readAll()).trimmed().split('\n');
    QCOMPARE(lines.size(), 8);
    QCOMPARE(lines[0], QString("curve,\"Share removed\",\"Score\""));
    QCOMPARE(lines[2], QString("\"Grad-CAM (AUC 0.43)\",0.5,0.4"));
    QCOMPARE(lines[7], QString("\"whole <picture>\",,0.95"));
    QVERIFY(!chart->writeSvg(folder.filePath("no/folder.svg")));
    QVERIFY(!chart->writeCsv(folder.filePath("no/folder.csv")));
  }

  void followsTheTheme() {
    auto chart = shown(two());
    const QColor light = chart->curveColor(0);
    applyTheme(*qApp, ThemeChoice::Dark);
    QTRY_VERIFY(chart->curveColor(0) != light);
    QVERIFY(isThere(*chart, {0.75, 0.25}, chart->curveColor(0)));
    applyTheme(*qApp, ThemeChoice::Light);
  }
};

QTEST_MAIN(TestCurveChart)
#include "test_curve_chart.moc"
