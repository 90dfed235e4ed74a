#include <QSignalSpy>
#include <QTest>

#include "widgets/bar_list.h"

using namespace unitscope;

/// Picking and opening rows by mouse and keyboard, and rows that are exchanged meanwhile.
class TestBarList : public QObject {
  Q_OBJECT

  static QVector<BarRow> rows(const QVector<int>& ids) {
    QVector<BarRow> all;
    for (const int id : ids) all.append({id, QString("unit %1").arg(id), "1.5", {0.5}, {}, {}, {}});
    return all;
  }
  static void show(BarList& list) {
    list.resize(220, 400);
    list.show();
    QVERIFY(QTest::qWaitForWindowExposed(&list));
  }

 private Q_SLOTS:
  void aClickPicksOnce() {
    BarList list("Units");
    list.setRows(rows({7, 3, 9}));
    show(list);
    QSignalSpy picked(&list, &BarList::picked), opened(&list, &BarList::opened);
    QTest::mouseClick(list.viewport(), Qt::LeftButton, {}, list.rowRect(3).center());
    QCOMPARE(picked.size(), 1);
    QCOMPARE(picked.front().front().toInt(), 3);
    QCOMPARE(list.marked(), 3);
    QTest::keyClick(&list, Qt::Key_Down);
    QCOMPARE(picked.size(), 2);
    QCOMPARE(list.marked(), 9);
    QTest::keyClick(&list, Qt::Key_Return);
    QCOMPARE(opened.size(), 1);
    QCOMPARE(opened.front().front().toInt(), 9);
  }

  void whatIsPickedStaysPickedWhereverItGoes() {
    BarList list("Units");
    list.setRows(rows({7, 3, 9}));
    show(list);
    QSignalSpy picked(&list, &BarList::picked);
    list.mark(3);
    list.setRows(rows({3, 1, 2}));
    QCOMPARE(list.currentIndex().row(), 0);
    list.setRows(rows({5, 6}));
    QVERIFY(!list.currentIndex().isValid());
    list.setRows(rows({5, 3}));
    QCOMPARE(list.currentIndex().row(), 1);
    QVERIFY(picked.isEmpty());  // nobody but the user picks
    list.setRows({});
    QVERIFY(list.rowRect(3).isNull());
  }

  void picturesComeLaterAndEverythingIsDrawn() {
    BarList list("Units");
    QVector<BarRow> signedRows = rows({1, 2});
    signedRows[0].bars = {-0.5, 1.0, 7.0};  // beyond the room: cut
    signedRows[1].chip = Qt::red;
    list.setRows(signedRows);
    show(list);
    QImage green(20, 20, QImage::Format_RGB32);
    green.fill(Qt::green);
    list.setPicture(2, green);
    list.setPicture(99, green);  // gone meanwhile
    QVERIFY(!list.rows()[1].picture.isNull());
    const QImage seen = list.viewport()->grab().toImage();
    const QRect row = list.rowRect(2);
    bool frame = false, picture = false;
    for (int y = row.top(); y < row.bottom(); ++y)
      for (int x = row.left(); x < row.left() + 60; ++x) {
        frame = frame || seen.pixelColor(x, y) == QColor(Qt::red);
        picture = picture || seen.pixelColor(x, y) == QColor(Qt::green);
      }
    QVERIFY(frame && picture);
    QCOMPARE(list.model()->index(0, 0).data(Qt::AccessibleTextRole).toString(), QString("unit 1, 1.5"));
  }
};

QTEST_MAIN(TestBarList)
#include "test_bar_list.moc"
