#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include "widgets/image_canvas.h"

using namespace unitscope;

namespace {

// Left half red, right half blue, with a green pixel in the upper left corner.
QImage picture(int width = 8, int height = 8) {
  QImage image(width, height, QImage::Format_RGB32);
  image.fill(Qt::red);
  for (int y = 0; y < height; ++y) {
    for (int x = width / 2; x < width; ++x) image.setPixelColor(x, y, Qt::blue);
  }
  image.setPixelColor(0, 0, Qt::green);
  return image;
}

void turnWheel(QWidget& widget, QPointF at, int delta, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
  QWheelEvent event(at, widget.mapToGlobal(at), {}, {0, delta}, Qt::NoButton, modifiers, Qt::NoScrollPhase, false);
  QApplication::sendEvent(&widget, &event);
}

}  // namespace

class TestImageCanvas : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void fitsAndShowsPixels() {
    ImageCanvas canvas;
    canvas.resize(200, 160);
    canvas.setBackground(Qt::white);
    canvas.setImage(picture());
    QCOMPARE(canvas.imageRect(), QRectF(20, 0, 160, 160));
    const QImage shot = canvas.grab().toImage();
    QCOMPARE(shot.pixelColor(5, 80), QColor(Qt::white));
    // 20 pixels a picture pixel: shown as squares, without blur.
    QCOMPARE(shot.pixelColor(21, 1), QColor(0, 255, 0));
    QCOMPARE(shot.pixelColor(38, 18), QColor(0, 255, 0));
    QCOMPARE(shot.pixelColor(41, 18), QColor(Qt::red));
    QCOMPARE(shot.pixelColor(99, 80), QColor(Qt::red));
    QCOMPARE(shot.pixelColor(101, 80), QColor(Qt::blue));
  }

  void blendsTheOverlay() {
    ImageCanvas canvas;
    canvas.resize(160, 160);
    canvas.setImage(picture());
    QImage overlay(2, 2, QImage::Format_RGB32);
    overlay.fill(QColor(0, 200, 0));
    canvas.setOverlay(overlay);
    canvas.setOverlayOpacity(0.5);
    const QColor mixed = canvas.grab().toImage().pixelColor(120, 120);
    QCOMPARE(mixed.red(), 0);
    QVERIFY(std::abs(mixed.green() - 100) <= 2);
    QVERIFY(std::abs(mixed.blue() - 127) <= 2);
    canvas.setOverlayOpacity(0.0);
    QCOMPARE(canvas.grab().toImage().pixelColor(120, 120), QColor(Qt::blue));
    canvas.setOverlayOpacity(1.0);
    QCOMPARE(canvas.grab().toImage().pixelColor(120, 120), QColor(0, 200, 0));
  }

  void wheelZoomsAroundThePointer() {
    ImageCanvas canvas;
    canvas.resize(160, 160);
    canvas.setImage(picture());
    const QPointF at(40, 120);
    const QPointF before = canvas.toImage(at);
    turnWheel(canvas, at, 240);
    QVERIFY(canvas.link()->zoom() > 1.5);
    QVERIFY(QLineF(canvas.toImage(at), before).length() < 0.01);
    turnWheel(canvas, at, -2400);
    QCOMPARE(canvas.link()->zoom(), 1.0);
    QCOMPARE(canvas.link()->center(), QPointF(0.5, 0.5));
    canvas.setWheel(ImageCanvas::Wheel::ZoomsWithControl);
    turnWheel(canvas, at, 120);
    QCOMPARE(canvas.link()->zoom(), 1.0);
    turnWheel(canvas, at, 120, Qt::ControlModifier);
    QCOMPARE(canvas.link()->zoom(), 1.25);
  }

  void draggingPansAndAClickClicks() {
    ImageCanvas canvas;
    canvas.resize(160, 160);
    canvas.setImage(picture());
    canvas.show();
    canvas.link()->setView(4.0, {0.5, 0.5});
    QSignalSpy clicks(&canvas, &ImageCanvas::clicked);
    const QPointF under = canvas.toImage({100, 100});
    QTest::mousePress(&canvas, Qt::LeftButton, {}, {100, 100});
    for (const int step : {80, 60, 40}) {
      QMouseEvent move(QEvent::MouseMove, QPointF(step, step), canvas.mapToGlobal(QPointF(step, step)), Qt::NoButton,
                       Qt::LeftButton, {});
      QApplication::sendEvent(&canvas, &move);
    }
    QTest::mouseRelease(&canvas, Qt::LeftButton, {}, {40, 40});
    QVERIFY(QLineF(canvas.toImage({40, 40}), under).length() < 0.01);
    QCOMPARE(clicks.count(), 0);
    QTest::mouseClick(&canvas, Qt::LeftButton, {}, {80, 80});
    QCOMPARE(clicks.count(), 1);
    QCOMPARE(clicks[0][0].toPointF(), canvas.toImage({80, 80}));
  }

  void panStaysInsideThePicture() {
    ViewLink link;
    link.setView(2.0, {-3.0, 9.0});
    QCOMPARE(link.center(), QPointF(0.25, 0.75));
    link.setView(std::numeric_limits<double>::quiet_NaN(), {0.5, 0.5});
    QCOMPARE(link.zoom(), 2.0);
    link.setView(1e9, {0.5, 0.5});
    QCOMPARE(link.zoom(), ViewLink::kMaximumZoom);
  }

  void linkedCanvasesShareViewAndPointer() {
    ViewLink link;
    ImageCanvas a, b;
    a.resize(160, 160);
    b.resize(80, 80);
    a.setImage(picture());
    b.setImage(picture(16, 16));
    a.setLink(&link);
    b.setLink(&link);
    const QImage without = b.grab().toImage();
    QTest::mouseMove(&a, {120, 40});
    QMouseEvent move(QEvent::MouseMove, QPointF(120, 40), a.mapToGlobal(QPointF(120, 40)), Qt::NoButton, Qt::NoButton,
                     {});
    QApplication::sendEvent(&a, &move);
    QVERIFY(link.cursor().has_value());
    QCOMPARE(*link.cursor(), QPointF(0.75, 0.25));
    // The other canvas draws lines through the same place of its picture.
    const QImage with = b.grab().toImage();
    QVERIFY(with.pixelColor(10, 20) != without.pixelColor(10, 20));
    QVERIFY(with.pixelColor(60, 70) != without.pixelColor(60, 70));
    QCOMPARE(with.pixelColor(30, 60), without.pixelColor(30, 60));
    turnWheel(b, {40, 40}, 120);
    QCOMPARE(a.imageRect().width(), 200.0);
    QCOMPARE(b.imageRect().width(), 100.0);
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(&a, &leave);
    QVERIFY(!link.cursor());
  }

  void keyboard() {
    ImageCanvas canvas;
    canvas.resize(160, 160);
    canvas.setImage(picture());
    canvas.setKeyboardCursor(true);
    QSignalSpy hovers(&canvas, &ImageCanvas::hovered);
    QTest::keyClick(&canvas, Qt::Key_Right);
    QVERIFY(canvas.link()->cursor());
    QCOMPARE(*canvas.link()->cursor(), QPointF(5.5 / 8, 4.5 / 8));
    QTest::keyClick(&canvas, Qt::Key_Up, Qt::ControlModifier);
    QCOMPARE(*canvas.link()->cursor(), QPointF(5.5 / 8, 0.5 / 8));
    QCOMPARE(hovers.count(), 2);
    QTest::keyClick(&canvas, Qt::Key_Plus);
    QCOMPARE(canvas.link()->zoom(), 1.25);
    const QPointF before = canvas.link()->center();
    QTest::keyClick(&canvas, Qt::Key_Down, Qt::ShiftModifier);
    QVERIFY(canvas.link()->center().y() > before.y());
    QTest::keyClick(&canvas, Qt::Key_0);
    QCOMPARE(canvas.link()->zoom(), 1.0);
    QSignalSpy activated(&canvas, &ImageCanvas::activated);
    QTest::keyClick(&canvas, Qt::Key_Return);
    QCOMPARE(activated.count(), 1);
  }

  void readoutIsDrawnForThePlaceUnderThePointer() {
    ImageCanvas canvas;
    canvas.resize(160, 160);
    canvas.setImage(picture());
    QPointF asked;
    canvas.setReadout([&](QPointF place) {
      asked = place;
      return QStringLiteral("x 3, y 1: 0.25");
    });
    canvas.link()->setCursor(QPointF(0.9, 0.1));
    const QColor corner = canvas.grab().toImage().pixelColor(8, 150);
    QCOMPARE(asked, QPointF(0.9, 0.1));
    QVERIFY(corner.red() < 60);
  }
};

QTEST_MAIN(TestImageCanvas)
#include "test_image_canvas.moc"
