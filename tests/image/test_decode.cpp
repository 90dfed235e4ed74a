#include <cstring>

#include <QBuffer>
#include <QImage>
#include <QTemporaryDir>
#include <QtTest>

#include "image/image.h"
#include "image/picture_header.h"
#include "support/files.h"

using namespace unitscope;
using namespace unitscope::test;
namespace fs = std::filesystem;

namespace {

/// Three by two pixels, each different, so that every turn and mirroring shows.
QImage sample(QImage::Format format = QImage::Format_RGB888) {
  QImage image(3, 2, format);
  const QRgb colours[] = {qRgb(255, 0, 0), qRgb(0, 255, 0),   qRgb(0, 0, 255),
                          qRgb(0, 0, 0),   qRgb(255, 255, 0), qRgb(255, 255, 255)};
  for (int i = 0; i < 6; ++i) image.setPixel(i % 3, i / 3, colours[i]);
  return image;
}

std::string encoded(const QImage& image, const char* format) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  image.save(&buffer, format, 100);
  return bytes.toStdString();
}

Image decoded(const std::string& file) {
  return decodeImage(bytesOf(file));
}

QRgb pixel(const Image& image, int x, int y) {
  const auto* p = image.pixels.data() +
                  (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) + static_cast<std::size_t>(x)) *
                      static_cast<std::size_t>(image.channels);
  return image.channels == 1 ? qRgb(p[0], p[0], p[0]) : qRgb(p[0], p[1], p[2]);
}

int worstDifference(const Image& image, const QImage& wanted) {
  int worst = 0;
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x) {
      const QRgb a = pixel(image, x, y);
      const QRgb b = wanted.pixel(x, y);
      worst = std::max(
          {worst, std::abs(qRed(a) - qRed(b)), std::abs(qGreen(a) - qGreen(b)), std::abs(qBlue(a) - qBlue(b))});
    }
  return worst;
}

/// A TIFF-style block whose one entry is the orientation.
std::string exif(int orientation, bool big) {
  std::string block = big ? std::string("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", 19)
                          : std::string("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", 18);
  block += static_cast<char>(orientation);
  block += big ? std::string(6, '\0') : std::string(7, '\0');
  return block;
}

std::string withExif(const std::string& jpeg, const std::string& block) {
  const std::string body = std::string("Exif\0\0", 6) + block;
  const std::size_t length = body.size() + 2;
  std::string segment("\xff\xe1", 2);
  segment += static_cast<char>(length >> 8U);
  segment += static_cast<char>(length & 0xFFU);
  return jpeg.substr(0, 2) + segment + body + jpeg.substr(2);
}

}  // namespace

class TestDecode : public QObject {
  Q_OBJECT
  QTemporaryDir folder_;
  fs::path path(const char* name) const { return fs::path(folder_.path().toStdString()) / name; }

 private Q_SLOTS:
  void initTestCase() {
#ifndef UNITSCOPE_HAS_OPENCV
    const std::string message = errorOf([] { decoded(encoded(sample(), "PNG")); });
    QVERIFY2(message.find("no OpenCV") != std::string::npos, message.c_str());
    QSKIP("built without OpenCV");
#endif
  }

  void colourAndGrey() {
    const Image colour = decoded(encoded(sample(), "PNG"));
    QCOMPARE(colour.channels, 3);
    QCOMPARE(colour.width, 3);
    QCOMPARE(colour.height, 2);
    QCOMPARE(worstDifference(colour, sample()), 0);
    const QImage grey = sample().convertToFormat(QImage::Format_Grayscale8);
    const Image one = decoded(encoded(grey, "PNG"));
    QCOMPARE(one.channels, 1);
    QCOMPARE(worstDifference(one, grey), 0);
    for (const char* format : {"BMP", "PPM"})
      QCOMPARE(worstDifference(decoded(encoded(sample(), format)), sample()), 0);
  }

  void palette() {
    const QImage indexed = sample().convertToFormat(QImage::Format_Indexed8);
    const Image image = decoded(encoded(indexed, "PNG"));
    QCOMPARE(image.channels, 3);
    QCOMPARE(worstDifference(image, sample()), 0);
    const QImage bits = sample().convertToFormat(QImage::Format_Mono);
    QCOMPARE(worstDifference(decoded(encoded(bits, "PNG")), bits), 0);
  }

  void sixteenBits() {
    QImage deep(2, 1, QImage::Format_RGBX64);
    deep.setPixelColor(0, 0, QColor::fromRgba64(0x8080, 0xFFFF, 0, 0xFFFF));
    deep.setPixelColor(1, 0, QColor::fromRgba64(0x0101, 0x7F7F, 0x1000, 0xFFFF));
    const Image image = decoded(encoded(deep, "PNG"));
    QCOMPARE(pixel(image, 0, 0), qRgb(0x80, 0xFF, 0));
    QCOMPARE(pixel(image, 1, 0), qRgb(0x01, 0x7F, 0x10));
    const QImage grey = deep.convertToFormat(QImage::Format_Grayscale16);
    QCOMPARE(decoded(encoded(grey, "PNG")).channels, 1);
  }

  void transparencyOverWhite() {
    QImage clear(3, 1, QImage::Format_ARGB32);
    clear.setPixel(0, 0, qRgba(10, 20, 30, 0));
    clear.setPixel(1, 0, qRgba(100, 0, 200, 128));
    clear.setPixel(2, 0, qRgba(1, 2, 3, 255));
    const Image image = decoded(encoded(clear, "PNG"));
    QCOMPARE(image.channels, 3);
    QCOMPARE(pixel(image, 0, 0), qRgb(255, 255, 255));
    QCOMPARE(pixel(image, 1, 0), qRgb(177, 127, 227));  // (100*128 + 255*127) / 255, and so on
    QCOMPARE(pixel(image, 2, 0), qRgb(1, 2, 3));
  }

  void orientation() {
    // What each EXIF value asks for, written as Qt's transformation of the stored picture.
    QImage stored(48, 32, QImage::Format_RGB888);
    stored.fill(Qt::white);
    for (int y = 0; y < 16; ++y)
      for (int x = 0; x < 16; ++x) stored.setPixel(x, y, qRgb(200, 0, 0));
    for (int y = 16; y < 32; ++y)
      for (int x = 32; x < 48; ++x) stored.setPixel(x, y, qRgb(0, 0, 200));
    for (int x = 16; x < 32; ++x)
      for (int y = 0; y < 16; ++y) stored.setPixel(x, y, qRgb(0, 160, 0));
    const std::string jpeg = encoded(stored, "JPEG");
    const Image plain = decoded(jpeg);
    stored = QImage(plain.pixels.data(), plain.width, plain.height, plain.width * 3, QImage::Format_RGB888).copy();
    const QTransform quarter = QTransform().rotate(90);
    const QImage wanted[] = {stored,
                             stored.mirrored(true, false),
                             stored.mirrored(true, true),
                             stored.mirrored(false, true),
                             stored.transformed(quarter).mirrored(true, false),
                             stored.transformed(quarter),
                             stored.transformed(quarter).mirrored(false, true),
                             stored.transformed(QTransform().rotate(270))};
    for (int value = 1; value <= 8; ++value)
      for (const bool big : {false, true}) {
        const Image image = decoded(withExif(jpeg, exif(value, big)));
        const QImage& expected = wanted[value - 1];
        QCOMPARE(image.width, expected.width());
        QCOMPARE(image.height, expected.height());
        QCOMPARE(worstDifference(image, expected), 0);
      }
    for (const int nonsense : {0, 9, 200}) QCOMPARE(decoded(withExif(jpeg, exif(nonsense, false))).width, 48);
  }

  void brokenExifIsUpright() {
    const std::string block = exif(6, true);
    QCOMPARE(exifOrientation(bytesOf(block)), 6);
    for (std::size_t length = 0; length < 20; ++length) {
      const std::string part = block.substr(0, length);
      QCOMPARE(exifOrientation(bytesOf(part)), length >= 20 ? 6 : 1);
    }
    std::string endless = block;
    endless[8] = endless[9] = '\xff';
    endless[11] = '\x13';
    QCOMPARE(exifOrientation(bytesOf(endless)), 1);
  }

  void contentsCountNotNames() {
    writeBytes(path("wrong.jpg"), encoded(sample(), "PNG"));
    QCOMPARE(worstDifference(loadImage(path("wrong.jpg")), sample()), 0);
  }

  void forgedSizesAreRefused() {
    std::string png = encoded(sample(), "PNG");
    const auto put = [&](std::size_t at, std::uint32_t value) {
      for (std::size_t i = 0; i < 4; ++i)
        png[at + i] = static_cast<char>(value >> (24U - 8U * static_cast<unsigned>(i)));
    };
    put(16, 60000);
    put(20, 60000);
    std::string message = errorOf([&] { decoded(png); });
    QVERIFY2(message.find("too large (60000 x 60000") != std::string::npos, message.c_str());
    put(16, 9000);
    put(20, 9000);  // below the limit, yet no 100-byte file can hold it
    message = errorOf([&] { decoded(png); });
    QVERIFY2(message.find("damaged") != std::string::npos, message.c_str());
    put(16, 0xFFFFFFFF);
    put(20, 0xFFFFFFFF);
    QVERIFY(!errorOf([&] { decoded(png); }).empty());
    std::string bmp = encoded(sample(), "BMP");
    bmp[19] = '\x20';
    QVERIFY(errorOf([&] { decoded(bmp); }).find("damaged") != std::string::npos);
    QVERIFY(!errorOf([&] { decoded("P6 999999999 999999999 255\n"); }).empty());
    QVERIFY(!errorOf([&] { decoded("P6 99999999999999999999 1 255\n"); }).empty());
  }

  void namesWhatIsWrong() {
    QVERIFY(errorOf([&] { loadImage(path("none.png")); }).find("no such file") != std::string::npos);
    QVERIFY(errorOf([&] { loadImage(folder_.path().toStdString()); }).find("folder") != std::string::npos);
    writeBytes(path("empty.png"), "");
    QVERIFY(errorOf([&] { loadImage(path("empty.png")); }).find("empty") != std::string::npos);
    writeBytes(path("text.png"), "just some text, longer than any magic number");
    const std::string message = errorOf([&] { loadImage(path("text.png")); });
    QVERIFY2(message.find("not a picture") != std::string::npos, message.c_str());
    QVERIFY2(message.starts_with(path("text.png").string()), message.c_str());
    QVERIFY(errorOf([&] { loadImage("/dev/zero"); }).find("device") != std::string::npos);
  }

  void savesAndReads() {
    Image image;
    image.width = 5;
    image.height = 4;
    image.channels = 3;
    for (int i = 0; i < 60; ++i) image.pixels.push_back(static_cast<std::uint8_t>(i * 4));
    saveImage(image, path("a.PNG"));
    const Image again = loadImage(path("a.PNG"));
    QCOMPARE(again.pixels, image.pixels);
    saveImage(image, path("a.jpeg"));
    QCOMPARE(readBytes(path("a.jpeg")).substr(0, 2), std::string("\xff\xd8"));
    image.channels = 1;
    image.pixels.resize(20);
    saveImage(image, path("g.png"));
    QCOMPARE(loadImage(path("g.png")).channels, 1);
    QVERIFY(errorOf([&] { saveImage(image, path("a.gif")); }).find(".png or .jpg") != std::string::npos);
    QVERIFY(!fs::exists(path("a.gif")));
    image.pixels.resize(7);
    QVERIFY(errorOf([&] { saveImage(image, path("b.png")); }).find("no picture") != std::string::npos);
    QVERIFY(errorOf([&] { saveImage({}, path("b.png")); }).find("no picture") != std::string::npos);
  }

  void readsSharedPhotos() {
    const fs::path file = fs::path(UNITSCOPE_SHARED_DIR) / "images/chelsea.png";
    if (!fs::exists(file)) QSKIP("the shared photos are not here");
    const Image image = loadImage(file);
    QCOMPARE(worstDifference(image, QImage(QString::fromStdString(file.string()))), 0);
  }
};

QTEST_APPLESS_MAIN(TestDecode)
#include "test_decode.moc"
