#include <QSignalSpy>
#include <QtTest>

#include "widgets/confusion_matrix.h"
#include "widgets/theme.h"

using namespace unitscope;

class TestConfusionMatrix : public QObject {
  Q_OBJECT

  static void fill(ConfusionMatrix& matrix) {
    matrix.setCounts({"cat", "dog", "fox"}, {8, 2, 0, 1, 9, 0, 0, 0, 5});
    matrix.resize(400, 400);
    matrix.show();
    QVERIFY(QTest::qWaitForWindowExposed(&matrix));
  }

 private Q_SLOTS:
  void aClickPicksACell() {
    ConfusionMatrix matrix;
    fill(matrix);
    QSignalSpy picked(&matrix, &ConfusionMatrix::cellPicked);
    QTest::mouseClick(&matrix, Qt::LeftButton, {}, matrix.cellRect(0, 1).center());
    QCOMPARE(picked.count(), 1);
    QCOMPARE(picked[0][0].toInt(), 0);
    QCOMPARE(picked[0][1].toInt(), 1);
    QCOMPARE(matrix.current(), QPoint(1, 0));
    QCOMPARE(matrix.cellText(0, 1), QString("2 of 10 pictures of cat were taken for dog"));
    QTest::mouseClick(&matrix, Qt::LeftButton, {}, {2, 2});  // beside the table
    QCOMPARE(picked.count(), 1);
  }

  void arrowKeysMoveWithinTheTable() {
    ConfusionMatrix matrix;
    fill(matrix);
    QSignalSpy picked(&matrix, &ConfusionMatrix::cellPicked);
    matrix.setFocus();
    QTest::keyClick(&matrix, Qt::Key_Right);
    QCOMPARE(matrix.current(), QPoint(0, 0));
    QTest::keyClick(&matrix, Qt::Key_Down);
    for (int i = 0; i < 5; ++i) QTest::keyClick(&matrix, Qt::Key_Right);
    QCOMPARE(matrix.current(), QPoint(2, 1));
    QTest::keyClick(&matrix, Qt::Key_Return);
    QCOMPARE(picked.count(), 1);
    QCOMPARE(picked[0][0].toInt(), 1);
    QCOMPARE(picked[0][1].toInt(), 2);
    QCOMPARE(matrix.accessibleDescription(), matrix.cellText(1, 2));
  }

  void hitsAndMistakesAreTintedByTheirShare() {
    ConfusionMatrix matrix;
    fill(matrix);
    const QImage image = matrix.grab().toImage();
    const double scale = image.devicePixelRatio();
    const auto colorAt = [&](int truth, int said) {
      const QPointF place = QPointF(matrix.cellRect(truth, said).topLeft()) + QPointF(3, 3);
      return image.pixelColor((place * scale).toPoint());
    };
    QVERIFY(colorAt(0, 0) != colorAt(0, 1));
    QVERIFY(colorAt(0, 1) != colorAt(1, 0));
    QCOMPARE(colorAt(0, 2), colorAt(2, 0));
  }

  void whatDoesNotFitShowsNothing() {
    ConfusionMatrix matrix;
    fill(matrix);
    matrix.setCounts({"a", "b"}, {1, 2, 3});
    QCOMPARE(matrix.classes(), 0);
    QVERIFY(matrix.cellRect(0, 0).isEmpty());
    QTest::keyClick(&matrix, Qt::Key_Down);
    QCOMPARE(matrix.current(), QPoint(-1, -1));
    matrix.grab();
  }
};

QTEST_MAIN(TestConfusionMatrix)
#include "test_confusion_matrix.moc"
