#include <cmath>

#include <QtTest>

#include "image/contact_sheet.h"
#include "image/resample.h"
#include "support/files.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

Image grey(int width, int height, std::vector<std::uint8_t> pixels) {
  return {width, height, 1, std::move(pixels)};
}

/// (i * 37 + i * i / 3) % 251, a texture that others can make too.
Image texture(int width, int height, int channels) {
  Image image{width, height, channels, {}};
  for (int i = 0; i < width * height * channels; ++i)
    image.pixels.push_back(static_cast<std::uint8_t>((i * 37 + i * i / 3) % 251));
  return image;
}

}  // namespace

class TestResample : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void sameSizeIsSame() {
    const Image image = texture(7, 5, 3);
    QCOMPARE(resizeImage(image, 7, 5).pixels, image.pixels);
  }

  void agreesWithPillow() {
    // Image.fromarray(a).resize((w, h), Image.BILINEAR) of Pillow, `a` the texture above.
    QCOMPARE(resizeImage(texture(7, 5, 1), 3, 2).pixels, (std::vector<std::uint8_t>{70, 137, 154, 125, 122, 130}));
    QCOMPARE(resizeImage(texture(3, 2, 3), 5, 4).pixels,
             (std::vector<std::uint8_t>{0,   37,  75,  46,  83,  122, 114, 153, 193, 186, 76,  117, 234, 24,  66,
                                        27,  66,  105, 75,  89,  129, 146, 124, 165, 183, 87,  129, 208, 62,  105,
                                        82,  123, 166, 133, 100, 143, 209, 65,  109, 176, 108, 154, 155, 137, 184,
                                        109, 152, 196, 162, 105, 150, 241, 35,  81,  173, 119, 166, 128, 175, 223}));
    QCOMPARE(resizeImage(texture(16, 12, 1), 4, 9).pixels,
             (std::vector<std::uint8_t>{88,  139, 132, 127, 110, 114, 118, 133, 121, 124, 104, 134,
                                        120, 125, 120, 144, 103, 117, 119, 147, 105, 139, 127, 116,
                                        111, 113, 103, 109, 137, 137, 114, 122, 125, 124, 103, 134}));
    QCOMPARE(resizeImage(texture(9, 9, 3), 2, 2).pixels,
             (std::vector<std::uint8_t>{135, 114, 114, 120, 138, 113, 111, 144, 134, 125, 104, 137}));
  }

  void shrinkingAverages() {
    // A chequerboard has no mean but the middle; without antialiasing it would come out black or white.
    std::vector<std::uint8_t> pixels;
    for (int y = 0; y < 64; ++y)
      for (int x = 0; x < 64; ++x) pixels.push_back((x + y) % 2 == 0 ? 255 : 0);
    const Image small = resizeImage(grey(64, 64, pixels), 5, 5);
    for (const int value : small.pixels) QVERIFY2(std::abs(value - 128) <= 6, qPrintable(QString::number(value)));
  }

  void floatsAgreeWithBytes() {
    const Image image = texture(20, 14, 1);
    const std::vector<float> values(image.pixels.begin(), image.pixels.end());
    for (const auto& [w, h] : {std::pair{9, 5}, std::pair{43, 30}, std::pair{20, 3}}) {
      const Image bytes = resizeImage(image, w, h);
      const std::vector<float> floats = resizeFloats(values, 20, 14, w, h);
      QCOMPARE(floats.size(), bytes.pixels.size());
      for (std::size_t i = 0; i < floats.size(); ++i)
        QVERIFY(std::abs(floats[i] - static_cast<float>(bytes.pixels[i])) <= 1.01F);
    }
  }

  void enlargingInterpolates() {
    // Centres at 0.25 and 0.75 of the way, ends held: what bilinear interpolation without aligned corners gives.
    const std::vector<float> out = resizeFloats(std::vector<float>{0, 4}, 2, 1, 4, 1);
    QCOMPARE(out, (std::vector<float>{0, 1, 3, 4}));
  }

  void refusesImpossibleSizes() {
    const Image image = texture(4, 4, 3);
    QVERIFY(!errorOf([&] { resizeImage(image, 0, 4); }).empty());
    QVERIFY(!errorOf([&] { resizeImage(image, 4, -1); }).empty());
    QVERIFY(!errorOf([&] { resizeImage(image, 100000, 100000); }).empty());
    QVERIFY(!errorOf([&] { resizeImage({}, 4, 4); }).empty());
    Image lying = image;
    lying.height = 400;
    QVERIFY(!errorOf([&] { resizeImage(lying, 4, 4); }).empty());
    QVERIFY(!errorOf([&] { resizeFloats(std::vector<float>(5), 2, 2, 4, 4); }).empty());
  }

  void fitsIntoBoxes() {
    QCOMPARE(fitInto({400, 200}, {100, 100}).width, 100);
    QCOMPARE(fitInto({400, 200}, {100, 100}).height, 50);
    QCOMPARE(fitInto({10000, 1}, {100, 100}).height, 1);
  }

  void sheetPlacesPictures() {
    std::vector<Image> pictures = {grey(1, 1, {10}), {}, grey(2, 1, {20, 20}), grey(1, 2, {30, 30})};
    const Image sheet = contactSheet(pictures, {2, 4, 4, 1, {200, 0, 0}});
    QCOMPARE(sheet.width, 11);
    QCOMPARE(sheet.height, 11);
    const auto red = [&](int x, int y) { return sheet.pixels[static_cast<std::size_t>(y * 11 + x) * 3]; };
    QCOMPARE(red(0, 0), std::uint8_t{200});
    QCOMPARE(red(1, 1), std::uint8_t{10});
    QCOMPARE(red(7, 2), std::uint8_t{200});  // the empty one
    QCOMPARE(red(1, 6), std::uint8_t{200});  // above the wide one
    QCOMPARE(red(1, 7), std::uint8_t{20});
    QCOMPARE(red(6, 8), std::uint8_t{200});  // left of the high one
    QCOMPARE(red(7, 8), std::uint8_t{30});
    QVERIFY(!errorOf([] { contactSheet({}); }).empty());
    QVERIFY(!errorOf([&] { contactSheet(pictures, {1, 60000, 60000, 0, {}}); }).empty());
  }
};

QTEST_APPLESS_MAIN(TestResample)
#include "test_resample.moc"
