#include <QBuffer>
#include <QImage>
#include <QImageWriter>
#include <QtTest>

#include "image/image.h"
#include "support/mutations.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

QImage texture(QImage::Format format) {
  QImage image(13, 11, QImage::Format_ARGB32);
  for (int y = 0; y < image.height(); ++y)
    for (int x = 0; x < image.width(); ++x) image.setPixel(x, y, qRgba(x * 19, y * 23, (x * y) % 256, 255 - x));
  return image.convertToFormat(format);
}

std::string encoded(const QImage& image, const char* format, bool progressive = false) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  QImageWriter writer(&buffer, format);
  writer.setProgressiveScanWrite(progressive);
  writer.setOptimizedWrite(progressive);
  writer.write(image);
  return bytes.toStdString();
}

std::string bigEndian(std::uint32_t value) {
  std::string text = raw(value);
  return {text.rbegin(), text.rend()};
}

/// Makes every chunk's checksum right again, so that the decoder looks at what was damaged.
std::string withPngChecksums(std::string file) {
  for (std::size_t at = 8; at + 12 <= file.size();) {
    std::uint32_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) length = (length << 8U) | static_cast<unsigned char>(file[at + i]);
    if (length > file.size() - at - 12) break;
    file.replace(at + 8 + length, 4, bigEndian(crc32(bytesOf(std::string_view(file).substr(at + 4, length + 4)))));
    at += 12 + length;
  }
  return file;
}

}  // namespace

class TestHostile : public QObject {
  Q_OBJECT

  static void check(const std::function<std::string(Mutator&)>& make, std::uint64_t seed, int count = kMutations) {
    const MutationResult result = openMutations(
        count, seed, make,
        [](const std::string& file) {
          const auto bytes = exactly(file);
          const Image image = decodeImage(*bytes);
          if (image.pixels.size() != static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) *
                                         static_cast<std::size_t>(image.channels))
            throw std::logic_error("the picture does not have its size");
        },
        std::filesystem::temp_directory_path() / "unitscope-damaged-picture");
    qInfo("%d opened, %d refused", result.opened, result.refused);
    QVERIFY2(result.problem.empty(), result.problem.c_str());
    QCOMPARE(result.opened + result.refused, count);
    QVERIFY(result.opened > count / 100 && result.refused > count / 100);
  }

 private Q_SLOTS:
  void initTestCase() {
#ifndef UNITSCOPE_HAS_OPENCV
    QSKIP("built without OpenCV");
#endif
  }

  void png() {
    const std::vector<std::string> seeds = {
        encoded(texture(QImage::Format_RGB888), "PNG"),   encoded(texture(QImage::Format_ARGB32), "PNG"),
        encoded(texture(QImage::Format_Indexed8), "PNG"), encoded(texture(QImage::Format_Mono), "PNG"),
        encoded(texture(QImage::Format_RGBA64), "PNG"),   encoded(texture(QImage::Format_Grayscale16), "PNG")};
    check(
        [&](Mutator& m) {
          const std::string damaged = m(seeds[m.below(seeds.size())]);
          return m.below(2) == 0 ? damaged : withPngChecksums(damaged);
        },
        20250107);
  }

  void jpeg() {
    std::vector<std::string> seeds;
    for (const bool progressive : {false, true})
      for (const auto format : {QImage::Format_RGB888, QImage::Format_Grayscale8})
        seeds.push_back(encoded(texture(format), "JPEG", progressive));
    std::string turned = seeds[0];
    turned.insert(2, std::string("\xff\xe1\0\x22"
                                 "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0",
                                 36));
    seeds.push_back(turned);
    check([&](Mutator& m) { return m(seeds[m.below(seeds.size())]); }, 20250108);
  }

  void otherFormats() {
    const std::vector<std::string> seeds = {
        encoded(texture(QImage::Format_RGB888), "BMP"), encoded(texture(QImage::Format_Indexed8), "BMP"),
        encoded(texture(QImage::Format_RGB888), "PPM"), encoded(texture(QImage::Format_Grayscale8), "PGM")};
    check([&](Mutator& m) { return m(seeds[m.below(seeds.size())]); }, 20250109);
  }
};

QTEST_APPLESS_MAIN(TestHostile)
#include "test_hostile.moc"
