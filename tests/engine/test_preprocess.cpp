#include <algorithm>
#include <cmath>

#include <QFile>
#include <QtTest>

#include "engine/preprocess.h"
#include "formats/npy/npy.h"
#include "runtime/error.h"

using namespace unitscope;

namespace {

Image grey(int width, int height, const std::vector<int>& values) {
  Image image{width, height, 1, {}};
  for (const int v : values) image.pixels.push_back(static_cast<std::uint8_t>(v));
  return image;
}

bool close(const std::vector<float>& a, const std::vector<float>& b) {
  return std::ranges::equal(a, b, [](float x, float y) { return std::abs(x - y) < 1e-6F; });
}

/// Values as they are in the picture: nothing scaled, nothing taken off.
ModelCard plainCard(int width, int height) {
  ModelCard card;
  card.channels = 1;
  card.width = width;
  card.height = height;
  card.resize = ModelCard::Resize::Stretch;
  card.scale = 1.0;
  card.mean = {0.0};
  card.std = {1.0};
  return card;
}

}  // namespace

class TestPreprocess : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void shrinkingAveragesWhatEachPixelCovers() {
    // Three columns to two: each new pixel covers one and a half old ones.
    const Array whole = preprocessImage(grey(3, 1, {30, 60, 90}), plainCard(2, 1));
    QCOMPARE(whole.shape, (Shape{1, 1, 1, 2}));
    QCOMPARE(whole.values, (std::vector<float>{40.0F, 80.0F}));
    const Array half = preprocessImage(grey(2, 2, {0, 10, 20, 31}), plainCard(1, 1));
    QCOMPARE(half.values, (std::vector<float>{15.0F}));  // 15.25 as a whole grey value
  }

  void equalSizesAreLeftAlone() {
    const Array same = preprocessImage(grey(2, 1, {7, 200}), plainCard(2, 1));
    QCOMPARE(same.values, (std::vector<float>{7.0F, 200.0F}));
  }

  void theShortSideIsRoundedAndTheMiddleKept() {
    ModelCard card = plainCard(2, 2);
    card.resize = ModelCard::Resize::ShortSideThenCrop;
    card.resizeTo = 2;
    // Wide: 4 x 2 keeps its size and loses a column on either side.
    const Array middle = preprocessImage(grey(4, 2, {1, 2, 3, 4, 5, 6, 7, 8}), card);
    QCOMPARE(middle.values, (std::vector<float>{2.0F, 3.0F, 6.0F, 7.0F}));
  }

  void channelsFollowTheCard() {
    ModelCard card = plainCard(1, 1);
    card.channels = 3;
    card.scale = 1.0 / 255.0;
    card.mean = {0.5, 0.25, 0.0};
    card.std = {0.5, 0.5, 2.0};
    const Image red{1, 1, 3, {255, 0, 51}};
    const Array rgb = preprocessImage(red, card);
    QVERIFY(close(rgb.values, {1.0F, -0.5F, 0.1F}));
    card.bgr = true;
    card.mean = {0.0};
    card.std = {1.0};
    QVERIFY(close(preprocessImage(red, card).values, {0.2F, 0.0F, 1.0F}));
    const Image back = pictureOfInput(preprocessImage(red, card), card);
    QCOMPARE(back.pixels, red.pixels);
  }

  void impossibleCardsAreRefused() {
    ModelCard card = plainCard(0, 1);
    QVERIFY_THROWS_EXCEPTION(Error, preprocessImage(grey(1, 1, {0}), card));
    card = plainCard(1, 1);
    card.channels = 2;
    QVERIFY_THROWS_EXCEPTION(Error, preprocessImage(grey(1, 1, {0}), card));
    QVERIFY_THROWS_EXCEPTION(Error, preprocessImage({}, plainCard(1, 1)));
  }

  /// The tensors with which the shared reference results were computed, from the photos themselves.
  void photosAsInTheReference_data() {
    QTest::addColumn<QString>("name");
    QTest::newRow("chelsea") << "chelsea";
    QTest::newRow("coffee") << "coffee";
  }
  void photosAsInTheReference() {
#ifndef UNITSCOPE_HAS_OPENCV
    QSKIP("Unitscope skips: pictures, since this build has no OpenCV");
#endif
    QFETCH(QString, name);
    const QString photo = QStringLiteral(UNITSCOPE_SHARED_DIR "/images/%1.png").arg(name);
    const QString tensor = QStringLiteral(UNITSCOPE_SHARED_DIR "/reference/%1_input.npy").arg(name);
    if (!QFile::exists(photo) || !QFile::exists(tensor)) QSKIP("Unitscope skips: the shared photos are not here");
    const Array ours = preprocessImage(loadImage(photo.toStdString()), ModelCard{});
    const TensorData theirs = readNpy(tensor.toStdString());
    QCOMPARE(ours.shape, theirs.shape());
    const std::vector<double> expected = theirs.toDoubles();
    // One grey value is 1 / 255 / 0.224 at least; a tie may be rounded either way.
    std::size_t different = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const double d = std::abs(expected[i] - ours.values[i]);
      QVERIFY2(d < 0.018, qPrintable(QString::number(d)));
      if (d > 1e-4) ++different;
    }
    QVERIFY2(different * 100 < expected.size(), qPrintable(QString::number(different)));
  }
};

QTEST_GUILESS_MAIN(TestPreprocess)
#include "test_preprocess.moc"
