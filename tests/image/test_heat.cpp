#include <cmath>
#include <limits>

#include <QtTest>

#include "image/heat.h"
#include "support/files.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

Rgb pixel(const Image& image, int x, int y) {
  const std::uint8_t* p = image.pixels.data() + static_cast<std::size_t>(y * image.width + x) * 3;
  return {p[0], p[1], p[2]};
}

double lightness(Rgb color) {
  const auto linear = [](double v) { return v > 0.04045 ? std::pow((v + 0.055) / 1.055, 2.4) : v / 12.92; };
  const double y =
      0.2126 * linear(color.r / 255.0) + 0.7152 * linear(color.g / 255.0) + 0.0722 * linear(color.b / 255.0);
  return y > 0.008856 ? 116.0 * std::cbrt(y) - 16.0 : 903.3 * y;
}

bool near(Rgb a, Rgb b, int tolerance) {
  return std::abs(a.r - b.r) <= tolerance && std::abs(a.g - b.g) <= tolerance && std::abs(a.b - b.b) <= tolerance;
}

}  // namespace

class TestHeat : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void mapsHaveIds() {
    for (const ColorMap map : allColorMaps()) QVERIFY(colorMapFromId(idOf(map)) == map);
    QVERIFY(!colorMapFromId("jet"));
  }

  void sequentialMapsGetLighterEvenly() {
    for (const ColorMap map : {ColorMap::Viridis, ColorMap::Magma}) {
      const ColorTable& table = colorTable(map);
      const double step = (lightness(table.back()) - lightness(table.front())) / 255.0;
      QVERIFY(step > 0.2);
      for (std::size_t i = 8; i < table.size(); i += 8) {
        const double rise = lightness(table[i]) - lightness(table[i - 8]);
        QVERIFY2(rise > 2.0 * step && rise < 16.0 * step, qPrintable(QString("%1: %2").arg(i).arg(rise)));
      }
    }
    QVERIFY((colorTable(ColorMap::Viridis)[0] == Rgb{68, 1, 84}));
    QVERIFY((colorTable(ColorMap::Viridis)[255] == Rgb{253, 231, 37}));
    QVERIFY(near(colorTable(ColorMap::Magma)[128], {183, 55, 121}, 1));
  }

  void divergingMapIsMorelands() {
    const ColorTable& table = colorTable(ColorMap::Diverging);
    QVERIFY(near(table[0], {59, 76, 192}, 1));
    QVERIFY(near(table[255], {180, 4, 38}, 1));
    QVERIFY(near(table[127], {221, 221, 221}, 2));
    QVERIFY(near(table[128], {221, 221, 221}, 2));
    // Both halves darken alike, so that the same magnitude weighs the same with either sign.
    for (std::size_t i = 0; i < 128; ++i) QVERIFY(std::abs(lightness(table[i]) - lightness(table[255 - i])) < 8.0);
  }

  void colourAtItsEnds() {
    const ColorTable& table = colorTable(ColorMap::Viridis);
    QVERIFY(colorAt(table, -5.0) == table[0]);
    QVERIFY(colorAt(table, 7.0) == table[255]);
    QVERIFY(colorAt(table, std::nan("")) == table[0]);
    QVERIFY(colorAt(table, std::numeric_limits<double>::infinity()) == table[255]);
    QVERIFY(colorAt(table, 0.5) == table[128]);
  }

  void ranges() {
    const std::vector<float> values = {-3, 1, 2, kNan, std::numeric_limits<float>::infinity()};
    HeatPaint paint;
    HeatRange range = heatRange(values, paint);
    QCOMPARE(range.low, -3.0);
    QCOMPARE(range.high, 3.0);
    paint.absolute = true;
    range = heatRange(values, paint);
    QCOMPARE(range.low, 0.0);
    QCOMPARE(range.high, 3.0);
    paint.range = HeatPaint::Range::MinMax;
    range = heatRange(values, paint);
    QCOMPARE(range.low, 1.0);
    QCOMPARE(range.high, 3.0);
    paint.absolute = false;
    range = heatRange(values, paint);
    QCOMPARE(range.low, -3.0);
    QCOMPARE(range.high, 2.0);
    paint.range = HeatPaint::Range::Fixed;
    paint.fixed = {-7, 7};
    QCOMPARE(heatRange(values, paint).high, 7.0);
  }

  void rangesAreNeverEmpty() {
    HeatPaint paint;
    for (const auto& values : {std::vector<float>{}, std::vector<float>{0, 0}, std::vector<float>{kNan}}) {
      paint.range = HeatPaint::Range::Symmetric;
      QCOMPARE(heatRange(values, paint).low, -1.0);
      paint.range = HeatPaint::Range::MinMax;
      QVERIFY(heatRange(values, paint).high > heatRange(values, paint).low);
    }
    paint.range = HeatPaint::Range::Fixed;
    paint.fixed = {2, 2};
    QVERIFY(heatRange({}, paint).high > 2.0);
  }

  void outliersDoNotRuleTheRange() {
    std::vector<float> values(100, 1.0F);
    values[42] = -1000.0F;
    HeatPaint paint;
    QCOMPARE(heatRange(values, paint).high, 1000.0);
    paint.outliers = 0.02;
    QCOMPARE(heatRange(values, paint).high, 1.0);
    QCOMPARE(heatRange(values, paint).low, -1.0);
  }

  void paintsSignsAndGaps() {
    const HeatMap map{5, 1, {-2, 0, 2, kNan, 1}};
    HeatPaint paint;
    const Image image = paintHeat(map, paint);
    const ColorTable& table = colorTable(ColorMap::Diverging);
    QVERIFY(pixel(image, 0, 0) == table[0]);
    QVERIFY(pixel(image, 1, 0) == table[128]);
    QVERIFY(pixel(image, 2, 0) == table[255]);
    QVERIFY((pixel(image, 3, 0) == Rgb{128, 128, 128}));
    paint.absolute = true;
    QVERIFY(pixel(paintHeat(map, paint), 0, 0) == pixel(paintHeat(map, paint), 2, 0));
  }

  void overlayBlends() {
    const Image picture{2, 2, 3, std::vector<std::uint8_t>(12, 100)};
    const HeatMap map{1, 1, {1.0F}};
    HeatPaint paint;
    paint.opacity = 0.0;
    QCOMPARE(overlayHeat(picture, map, paint).pixels, picture.pixels);
    paint.opacity = 1.0;
    const Rgb top = colorTable(ColorMap::Diverging)[255];
    QVERIFY(pixel(overlayHeat(picture, map, paint), 1, 1) == top);
    paint.opacity = 0.5;
    QVERIFY(near(pixel(overlayHeat(picture, map, paint), 0, 1),
                 {static_cast<std::uint8_t>((top.r + 100) / 2), static_cast<std::uint8_t>((top.g + 100) / 2),
                  static_cast<std::uint8_t>((top.b + 100) / 2)},
                 1));
    const Image one{1, 1, 1, {40}};
    paint.opacity = 0.0;
    QVERIFY((pixel(overlayHeat(one, map, paint), 0, 0) == Rgb{40, 40, 40}));
    QVERIFY(!errorOf([&] { overlayHeat({}, map, paint); }).empty());
    QVERIFY(!errorOf([&] { overlayHeat(picture, {2, 2, {1}}, paint); }).empty());
  }

  void magnitudesAreTakenBeforeInterpolation() {
    const Image picture{3, 1, 1, {0, 0, 0}};
    HeatPaint paint;
    paint.absolute = true;
    paint.opacity = 1.0;
    const Image image = overlayHeat(picture, {2, 1, {1, -1}}, paint);
    QVERIFY(pixel(image, 1, 0) == colorTable(ColorMap::Diverging)[255]);
  }

  void collapsesChannels() {
    const std::vector<float> block = {1, 2, -4, 1};  // two channels of one row of two
    const HeatMap sum = collapseChannels(block, 2, 1, 2, false);
    QCOMPARE(sum.values, (std::vector<float>{-3, 3}));
    QCOMPARE(sum.width, 2);
    QCOMPARE(collapseChannels(block, 2, 1, 2, true).values, (std::vector<float>{4, 2}));
    const std::vector<float> gap = {kNan, 1, 2, 3};
    QVERIFY(std::isnan(collapseChannels(gap, 2, 1, 2, true).values[0]));
    QVERIFY(std::isnan(collapseChannels(gap, 2, 1, 2, false).values[0]));
    for (const auto& [c, h, w] :
         {std::array<std::int64_t, 3>{3, 1, 2}, {2, 0, 2}, {-2, 1, -2}, {1, std::int64_t{1} << 62, 4}})
      QVERIFY(!errorOf([&, c = c, h = h, w = w] { collapseChannels(block, c, h, w, false); }).empty());
  }

  void legendRunsFromLowToHigh() {
    HeatPaint paint;
    const Image across = legendStrip(paint, 256, 2);
    QVERIFY(pixel(across, 0, 1) == colorTable(ColorMap::Diverging)[0]);
    QVERIFY(pixel(across, 255, 0) == colorTable(ColorMap::Diverging)[255]);
    const Image upright = legendStrip(paint, 1, 256);
    QVERIFY(pixel(upright, 0, 255) == colorTable(ColorMap::Diverging)[0]);
    QVERIFY(pixel(upright, 0, 0) == colorTable(ColorMap::Diverging)[255]);
    QCOMPARE(legendStrip(paint, 1, 1).pixels.size(), std::size_t{3});
    QVERIFY(!errorOf([&] { legendStrip(paint, 0, 4); }).empty());
  }
};

QTEST_APPLESS_MAIN(TestHeat)
#include "test_heat.moc"
