#include <algorithm>
#include <cmath>
#include <set>

#include <QtTest>

#include "image/superpixels.h"
#include "runtime/error.h"

using namespace unitscope;

namespace {

/// Smooth waves of colour with a hard-edged disc.
Image waves(int width, int height, int channels) {
  Image image{width, height, channels, {}};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const bool disc = std::hypot(x - width / 2, y - height / 2) < std::min(width, height) / 4.0;
      for (int c = 0; c < channels; ++c)
        image.pixels.push_back(static_cast<std::uint8_t>(
            disc ? 250 - 60 * c : 100 + 60 * std::sin(0.11 * x * (c + 1)) * std::cos(0.07 * y + c)));
    }
  return image;
}

/// How many pieces there are when neighbours of equal number are joined, up, down, left and right.
std::int64_t connectedPieces(const Superpixels& pieces) {
  std::vector<bool> seen(pieces.numbers.size(), false);
  std::int64_t found = 0;
  for (int start = 0; start < pieces.width * pieces.height; ++start) {
    if (seen[static_cast<std::size_t>(start)]) continue;
    ++found;
    std::vector<int> open{start};
    seen[static_cast<std::size_t>(start)] = true;
    while (!open.empty()) {
      const int at = open.back();
      open.pop_back();
      const auto visit = [&](bool inside, int next) {
        if (!inside || seen[static_cast<std::size_t>(next)] ||
            pieces.numbers[static_cast<std::size_t>(next)] != pieces.numbers[static_cast<std::size_t>(at)])
          return;
        seen[static_cast<std::size_t>(next)] = true;
        open.push_back(next);
      };
      visit(at % pieces.width > 0, at - 1);
      visit(at % pieces.width < pieces.width - 1, at + 1);
      visit(at >= pieces.width, at - pieces.width);
      visit(at < pieces.width * (pieces.height - 1), at + pieces.width);
    }
  }
  return found;
}

void verifyNumbers(const Superpixels& pieces) {
  QCOMPARE(pieces.numbers.size(), static_cast<std::size_t>(pieces.width) * static_cast<std::size_t>(pieces.height));
  const std::set<std::int64_t> used(pieces.numbers.begin(), pieces.numbers.end());
  QCOMPARE(static_cast<std::int64_t>(used.size()), pieces.count);
  QVERIFY(*used.begin() == 0 && *used.rbegin() == pieces.count - 1);
  QCOMPARE(connectedPieces(pieces), pieces.count);
}

}  // namespace

class TestSuperpixels : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aboutAsManyAsAsked_data() {
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("height");
    QTest::addColumn<int>("channels");
    QTest::addColumn<int>("wanted");
    for (const auto& [width, height, channels] :
         {std::tuple{28, 28, 1}, {32, 32, 3}, {64, 64, 3}, {224, 224, 3}, {320, 90, 4}, {61, 47, 1}})
      for (const int wanted : {8, 50, 100})
        QTest::addRow("%d x %d, %d channels, %d pieces", width, height, channels, wanted)
            << width << height << channels << wanted;
    QTest::addRow("a piece of each pixel") << 8 << 8 << 3 << 64;
    QTest::addRow("one") << 40 << 40 << 3 << 1;
    QTest::addRow("a line") << 100 << 1 << 3 << 10;
  }
  void aboutAsManyAsAsked() {
    QFETCH(int, width);
    QFETCH(int, height);
    QFETCH(int, channels);
    QFETCH(int, wanted);
    const Superpixels pieces = findSuperpixels(waves(width, height, channels), wanted, 10.0);
    QCOMPARE(pieces.width, width);
    QCOMPARE(pieces.height, height);
    verifyNumbers(pieces);
    const QByteArray count = QByteArray::number(static_cast<qlonglong>(pieces.count));
    QVERIFY2(static_cast<double>(pieces.count) >= 0.6 * wanted && static_cast<double>(pieces.count) <= 1.5 * wanted,
             count);
  }

  void edgesAreFollowed() {
    const Image picture = waves(96, 96, 3);
    const Superpixels pieces = findSuperpixels(picture, 60, 10.0);
    if (pieces.squares) QSKIP("Unitscope skips: SLIC, since this build has no ximgproc");
    // Pieces lie on one side of the disc's edge, up to the pixels that smoothing mixes.
    std::vector<int> inside(static_cast<std::size_t>(pieces.count), 0);
    std::vector<int> all = inside;
    for (std::size_t i = 0; i < pieces.numbers.size(); ++i) {
      const auto piece = static_cast<std::size_t>(pieces.numbers[i]);
      ++all[piece];
      inside[piece] += picture.pixels[3 * i] == 250 ? 1 : 0;
    }
    double astray = 0.0;
    for (std::size_t i = 0; i < all.size(); ++i) astray += std::min(inside[i], all[i] - inside[i]);
    QVERIFY2(astray < 0.02 * 96 * 96, QByteArray::number(astray));
  }

  void aPictureOfOneColourIsCutAllTheSame() {
    const Superpixels pieces = findSuperpixels(Image{60, 60, 3, std::vector<std::uint8_t>(10800, 127)}, 36, 10.0);
    verifyNumbers(pieces);
    QVERIFY(pieces.count >= 25 && pieces.count <= 49);
  }

  void theGridCoversThePicture() {
    const Superpixels pieces = gridOfSquares(50, 20, 10);
    verifyNumbers(pieces);
    QCOMPARE(pieces.count, std::int64_t{10});
    QVERIFY(pieces.squares);
  }

  void refusesWhatMakesNoSense() {
    QVERIFY_EXCEPTION_THROWN(findSuperpixels(Image{}, 10, 10.0), Error);
    QVERIFY_EXCEPTION_THROWN(findSuperpixels(waves(9, 9, 3), 0, 10.0), Error);
  }
};

QTEST_GUILESS_MAIN(TestSuperpixels)
#include "test_superpixels.moc"
