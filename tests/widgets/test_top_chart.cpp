#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

#include "widgets/theme.h"
#include "widgets/top_chart.h"

using namespace unitscope;

namespace {

QVector<TopBar> cats() {
  return {{285, "Egyptian cat", 0.583, {}},
          {281, "tabby, tabby cat", 0.25, {}},
          {282, "tiger cat", 0.1, {}},
          {287, "lynx, catamount", 0.0004, {}}};
}

bool near(const QColor& a, const QColor& b) {
  return std::abs(a.red() - b.red()) + std::abs(a.green() - b.green()) + std::abs(a.blue() - b.blue()) < 24;
}

}  // namespace

class TestTopChart : public QObject {
  Q_OBJECT

  static std::unique_ptr<TopChart> shown(const QVector<TopBar>& bars) {
    auto chart = std::make_unique<TopChart>();
    chart->resize(320, chart->sizeHint().height());
    chart->setBars(bars);
    chart->resize(320, chart->sizeHint().height());
    chart->show();
    (void)QTest::qWaitForWindowExposed(chart.get());
    QTest::qWait(50);  // the chart lays its bars out a moment later
    return chart;
  }

  // Pixels of a colour in the middle line of a row.
  static int count(TopChart& chart, int row, const QColor& color) {
    const QImage shot = chart.grab().toImage();
    const int y = chart.rowRect(row).center().y();
    int found = 0;
    for (int x = 0; x < shot.width(); ++x) found += near(shot.pixelColor(x, y), color);
    return found;
  }

 private Q_SLOTS:
  void initTestCase() { applyTheme(*qApp, ThemeChoice::Light); }

  void barsAreAsLongAsTheirShares() {
    auto chart = shown(cats());
    const QColor bar = chart->barColor(0);
    const int first = count(*chart, 0, bar), second = count(*chart, 1, bar), last = count(*chart, 3, bar);
    QVERIFY2(first > 30, qPrintable(QString::number(first)));
    QVERIFY(std::abs(double(second) / first - 0.25 / 0.583) < 0.05);
    QVERIFY(last <= 1);
  }

  void rowsFollowOneAnotherFromTheTop() {
    auto chart = shown(cats());
    for (int i = 1; i < 4; ++i) QVERIFY(chart->rowRect(i).top() >= chart->rowRect(i - 1).bottom() - 2);
    QVERIFY(chart->rowRect(4).isNull());
  }

  void clickPicksTheRowAnywhere() {
    auto chart = shown(cats());
    QSignalSpy picked(chart.get(), &TopChart::picked);
    const QRect row = chart->rowRect(2);
    QTest::mouseClick(chart->viewport(), Qt::LeftButton, {}, {row.left() + 12, row.center().y()});
    QTest::mouseClick(chart->viewport(), Qt::LeftButton, {}, {row.right() - 12, row.center().y()});
    QCOMPARE(picked.count(), 2);
    QCOMPARE(picked[0][0].toInt(), 282);
    QCOMPARE(picked[1][0].toInt(), 282);
  }

  void chosenBarIsMarked() {
    auto chart = shown(cats());
    const QColor plain = chart->barColor(1);
    chart->setChosen(281);
    QVERIFY(chart->barColor(1) != plain);
    QVERIFY(count(*chart, 1, chart->barColor(1)) > 10);
    QCOMPARE(count(*chart, 0, chart->barColor(1)), 0);
    QVERIFY(chart->accessibleDescription().contains("tabby, tabby cat 25.0 %, explained now"));
    chart->setChosen(-1);
    QCOMPARE(chart->barColor(1), plain);
  }

  void keyboardPicks() {
    auto chart = shown(cats());
    QSignalSpy picked(chart.get(), &TopChart::picked);
    QTest::keyClick(chart.get(), Qt::Key_Home);
    QTest::keyClick(chart.get(), Qt::Key_Down);
    QTest::keyClick(chart.get(), Qt::Key_Return);
    QTest::keyClick(chart.get(), Qt::Key_End);
    QTest::keyClick(chart.get(), Qt::Key_Space);
    QTest::keyClick(chart.get(), Qt::Key_Up);
    QTest::keyClick(chart.get(), Qt::Key_Enter);
    QCOMPARE(picked.count(), 3);
    QCOMPARE(picked[0][0].toInt(), 281);
    QCOMPARE(picked[1][0].toInt(), 287);
    QCOMPARE(picked[2][0].toInt(), 282);
  }

  void followsTheTheme() {
    auto chart = shown(cats());
    const QColor light = chart->barColor(0);
    applyTheme(*qApp, ThemeChoice::Dark);
    QTRY_VERIFY(chart->barColor(0) != light);
    QVERIFY(count(*chart, 0, chart->barColor(0)) > 30);
    applyTheme(*qApp, ThemeChoice::Light);
  }

  void takesSameNamesAndNonsense() {
    auto chart = shown({{1, "crane", 0.5, {}}, {2, "crane", 0.3, {}}, {3, "", std::nan(""), {}}, {4, "x", 7.0, {}}});
    QCOMPARE(chart->bars().size(), 4);
    QSignalSpy picked(chart.get(), &TopChart::picked);
    QTest::mouseClick(chart->viewport(), Qt::LeftButton, {}, chart->rowRect(1).center());
    QCOMPARE(picked[0][0].toInt(), 2);
    chart->setBars({});
    QVERIFY(chart->rowRect(0).isNull());
    QTest::keyClick(chart.get(), Qt::Key_Return);
    QCOMPARE(picked.count(), 1);
  }

  void percentages() {
    QCOMPARE(TopChart::percentText(0.5834), QString("58.3 %"));
    QCOMPARE(TopChart::percentText(0.0004), QString("< 0.1 %"));
    QCOMPARE(TopChart::percentText(0), QString("0.0 %"));
    QCOMPARE(TopChart::percentText(1), QString("100.0 %"));
  }

  void writesVectors() {
    auto chart = shown(cats());
    QTemporaryDir folder;
    const QString path = folder.filePath("chart.svg");
    QVERIFY(chart->writeSvg(path));
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QXmlStreamReader xml(&file);
    bool cat = false, percent = false;
    int shapes = 0;
    while (!xml.atEnd()) {
      if (xml.readNext() == QXmlStreamReader::Characters) {
        cat = cat || xml.text().contains(QStringLiteral("Egyptian cat"));
        percent = percent || xml.text().contains(QStringLiteral("58.3 %"));
      } else if (xml.isStartElement()) {
        shapes += xml.name() == QStringLiteral("path") || xml.name() == QStringLiteral("rect");
      }
    }
    QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
    QVERIFY(cat);
    QVERIFY(percent);
    QVERIFY(shapes >= 4);
    QVERIFY(!chart->writeSvg(folder.filePath("no/such/folder.svg")));
  }
};

QTEST_MAIN(TestTopChart)
#include "test_top_chart.moc"
