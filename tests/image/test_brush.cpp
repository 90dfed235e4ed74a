#include <QTest>

#include "image/brush.h"
#include "image/filters.h"
#include "runtime/error.h"

using namespace unitscope;

namespace {

Image plain(int width, int height, std::uint8_t value, int channels = 3) {
  Image image{width, height, channels, {}};
  image.pixels.assign(std::size_t(width * height * channels), value);
  return image;
}

}  // namespace

class TestBrush : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void aDabIsADisc() {
    StrokeMask mask(41, 41);
    const PixelBox box = mask.extend({20.5, 20.5}, {20.5, 20.5}, {10.0, 0.0});
    double area = 0;
    for (const std::uint8_t value : mask.values()) area += value / 255.0;
    QVERIFY2(std::abs(area - 3.14159 * 100) < 6, qPrintable(QString::number(area)));
    QCOMPARE(int(mask.values()[20 * 41 + 20]), 255);
    QCOMPARE(int(mask.values()[0]), 0);
    for (int y = 0; y < 41; ++y) {
      for (int x = 0; x < 41; ++x) {
        const bool inside = x >= box.left && x < box.right && y >= box.top && y < box.bottom;
        QVERIFY(inside || mask.values()[std::size_t(y * 41 + x)] == 0);
      }
    }
  }

  void softnessFades() {
    StrokeMask mask(41, 41);
    mask.extend({20.5, 20.5}, {20.5, 20.5}, {10.0, 1.0});
    int last = 256;
    for (int x = 20; x < 41; ++x) {
      const int value = mask.values()[std::size_t(20 * 41 + x)];
      QVERIFY(value <= last);
      last = value;
    }
    const int middle = mask.values()[20 * 41 + 25];
    QVERIFY(middle > 100 && middle < 150);
  }

  void howOftenTheMouseReportsDoesNotMatter() {
    StrokeMask once(64, 48), often(64, 48);
    const BrushTip tip{6.0, 0.5};
    once.extend({10, 10}, {50, 30}, tip);
    for (int i = 0; i < 40; ++i) often.extend({10.0 + i, 10 + i / 2.0}, {11.0 + i, 10.5 + i / 2.0}, tip);
    for (std::size_t i = 0; i < once.values().size(); ++i) {
      QVERIFY(std::abs(int(once.values()[i]) - int(often.values()[i])) <= 1);
    }
  }

  void hostileWaysDrawNothing() {
    StrokeMask mask(8, 8);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    QVERIFY(mask.extend({nan, 0}, {0, 0}, {}).empty());
    QVERIFY(mask.extend({1e300, 1e300}, {1e300, 1e300}, {}).empty());
    mask.extend({-1e9, 4}, {1e9, 4}, {2.0, 0.0});
    QVERIFY(mask.coversAnything());
    QVERIFY_EXCEPTION_THROWN(StrokeMask(0, 4), Error);
  }

  void blendsWithinTheBox() {
    StrokeMask mask(10, 10);
    mask.extend({5, 5}, {5, 5}, {20.0, 0.0});
    const Image before = plain(10, 10, 10), content = plain(10, 10, 200);
    Image onto = before;
    blendByMask(onto, before, content, mask, {2, 2, 4, 4});
    QCOMPARE(int(onto.pixels[(2 * 10 + 2) * 3]), 200);
    QCOMPARE(int(onto.pixels[(1 * 10 + 2) * 3]), 10);
    QCOMPARE(std::count(onto.pixels.begin(), onto.pixels.end(), 200), std::ptrdiff_t(12));
    QVERIFY_EXCEPTION_THROWN(blendByMask(onto, before, plain(9, 10, 0), mask, {0, 0, 1, 1}), Error);
  }

  void inpaintsAndBlurs() {
    Image image = plain(32, 32, 90);
    for (int y = 12; y < 20; ++y) {
      for (int x = 12; x < 20; ++x) image.pixels[std::size_t((y * 32 + x) * 3)] = 250;
    }
    StrokeMask mask(32, 32);
    mask.extend({16, 16}, {16, 16}, {8.0, 0.0});
    if (!hasImageFilters()) {
      QVERIFY_EXCEPTION_THROWN(inpaintImage(image, mask.values(), 4.0), Error);
      QSKIP("built without OpenCV");
    }
    // The red square is gone where the mask covers it.
    for (const std::uint8_t value : inpaintImage(image, mask.values(), 4.0).pixels) QVERIFY(std::abs(value - 90) <= 2);
    QVERIFY(blurImage(plain(32, 20, 77), 3.0).pixels == plain(32, 20, 77).pixels);
    const Image blurred = blurImage(image, 3.0);
    QVERIFY(blurred.pixels[(16 * 32 + 16) * 3] < 250 && blurred.pixels[(16 * 32 + 10) * 3] > 90);
    std::vector<float> point(15 * 15, 0.0F);
    point[7 * 15 + 7] = 1.0F;
    const std::vector<float> spread = blurPlanes(point, 1, 15, 15, 1.0);
    QVERIFY(std::abs(spread[7 * 15 + 7] - 0.1592F) < 0.002F);  // 1 / (2 pi sigma^2)
    QVERIFY_EXCEPTION_THROWN(inpaintImage(image, std::vector<std::uint8_t>(5), 4.0), Error);
    QVERIFY_EXCEPTION_THROWN(blurImage(image, 0.0), Error);
    QVERIFY_EXCEPTION_THROWN(blurPlanes(point, 2, 15, 15, 1.0), Error);
  }
};

QTEST_MAIN(TestBrush)
#include "test_brush.moc"
