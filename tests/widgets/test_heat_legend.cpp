#include <limits>

#include <QSignalSpy>
#include <QTest>

#include "widgets/color_map_picker.h"
#include "widgets/heat_legend.h"

using namespace unitscope;

namespace {
const QVector<QRgb> kDiverging{qRgb(0, 0, 255), qRgb(255, 255, 255), qRgb(255, 0, 0)};
}

class TestHeatLegend : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void showsColorsFromSmallestToLargest() {
    HeatLegend legend(Qt::Horizontal);
    legend.resize(202, 40);
    legend.setColors(kDiverging);
    legend.setRange(-2, 2);
    const QImage shot = legend.grab().toImage();
    const int y = int(legend.barRect().center().y());
    QVERIFY(shot.pixelColor(6, y).blue() > 240 && shot.pixelColor(6, y).red() < 30);
    QVERIFY(shot.pixelColor(101, y).lightness() > 245);
    QVERIFY(shot.pixelColor(196, y).red() > 240 && shot.pixelColor(196, y).blue() < 30);

    HeatLegend tall(Qt::Vertical);
    tall.resize(tall.sizeHint().width(), 200);
    tall.setColors(kDiverging);
    tall.setRange(-2, 2);
    const QImage upright = tall.grab().toImage();
    const QRectF bar = tall.barRect();
    QVERIFY(upright.pixelColor(int(bar.center().x()), int(bar.top()) + 4).red() > 240);
    QVERIFY(upright.pixelColor(int(bar.center().x()), int(bar.bottom()) - 4).blue() > 240);
  }

  void ticksNameTheEndsAndZero() {
    HeatLegend legend(Qt::Horizontal);
    legend.setRange(-0.0123, 0.5);
    QCOMPARE(legend.tickTexts(), QStringList({QStringLiteral("\u22120.0123"), "0", "0.5"}));
    legend.setRange(0, 3);
    QCOMPARE(legend.tickTexts(), QStringList({"0", "3"}));
    legend.setRange(-1, 1, true);
    QCOMPARE(legend.tickTexts(), QStringList({QStringLiteral("\u2264 \u22121"), "0", QStringLiteral("\u2265 1")}));
    QVERIFY(legend.accessibleDescription().contains("1"));
  }

  void refusesRangesThatMeanNothing() {
    HeatLegend legend(Qt::Horizontal);
    legend.setRange(1, 2);
    legend.setRange(std::numeric_limits<double>::quiet_NaN(), 4);
    legend.setRange(5, 5);
    legend.setRange(-std::numeric_limits<double>::infinity(), 0);
    QCOMPARE(legend.minimum(), 1.0);
    QCOMPARE(legend.maximum(), 2.0);
  }

  void markerStandsAtItsValue() {
    HeatLegend legend(Qt::Horizontal);
    legend.resize(202, 40);
    legend.setColors({qRgb(0, 0, 0), qRgb(0, 0, 0)});
    legend.setRange(0, 1);
    const int y = int(legend.barRect().center().y());
    QVERIFY(legend.grab().toImage().pixelColor(151, y).lightness() < 20);
    legend.setMarker(0.75);
    QVERIFY(legend.grab().toImage().pixelColor(151, y).lightness() > 200);
    legend.setMarker(std::nullopt);
    QVERIFY(legend.grab().toImage().pixelColor(151, y).lightness() < 20);
  }

  void pickerOffersStrips() {
    ColorMapPicker picker;
    picker.setChoices({{"one", "One", {qRgb(0, 0, 0), qRgb(255, 255, 255)}}, {"two", "Two", kDiverging}});
    QSignalSpy picked(&picker, &ColorMapPicker::picked);
    picker.setCurrent("two");
    QCOMPARE(picker.current(), QString("two"));
    picker.setCurrent("no such map");
    QCOMPARE(picker.current(), QString("two"));
    QCOMPARE(picked.count(), 0);
    QTest::keyClick(&picker, Qt::Key_Up);
    QCOMPARE(picked.count(), 1);
    QCOMPARE(picked[0][0].toString(), QString("one"));
    const QImage strip = picker.itemIcon(1).pixmap(QSize(40, 10)).toImage();
    QVERIFY(strip.pixelColor(1, 5).blue() > 200);
    QVERIFY(strip.pixelColor(38, 5).red() > 200);
    // What is offered may change while the choice stays.
    picker.setCurrent("two");
    picker.setChoices({{"two", "Two", kDiverging}, {"three", "Three", kDiverging}});
    QCOMPARE(picker.current(), QString("two"));
  }
};

QTEST_MAIN(TestHeatLegend)
#include "test_heat_legend.moc"
