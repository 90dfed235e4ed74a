#include <QFile>
#include <QLabel>
#include <QPushButton>
#include <QTabBar>
#include <QTableView>

#include "app/failures/class_table_model.h"
#include "app/failures/failures_panel.h"
#include "app/failures/failures_workspace.h"
#include "desk_fixture.h"
#include "widgets/confusion_matrix.h"
#include "widgets/gallery_grid.h"

using namespace unitscope;
using namespace unitscope::test;

/// The failures workspace on the built-in networks and on a folder with a class that is called by another's name.
class TestFailures : public QObject {
  Q_OBJECT

  static FailuresWorkspace& workspace(DeskFixture& f) {
    f.window().showWorkspace(QStringLiteral("failures"));
    auto* found = qobject_cast<FailuresWorkspace*>(f.window().currentWorkspace());
    if (!found) qFatal("there is no failures workspace");
    return *found;
  }

  static void hunt(FailuresWorkspace& w) {
    QTest::mouseClick(w.panel()->startButton(), Qt::LeftButton);
    QVERIFY(w.busy());
    QTRY_VERIFY_WITH_TIMEOUT(!w.busy(), 120000);
    QVERIFY(w.found());
  }

  static const ClassFindings* findings(const FailuresWorkspace& w, const char* label) {
    for (const ClassFindings& f : w.found()->classes)
      if (f.label == label) return &f;
    return nullptr;
  }

 private Q_SLOTS:
  void nothingWithoutANetwork() {
    DeskFixture f;
    FailuresWorkspace& w = workspace(f);
    QVERIFY(!w.panel()->startButton()->isEnabled());
    QVERIFY(!w.panel()->startButton()->toolTip().isEmpty());
    QVERIFY(w.commandLine().isEmpty());
  }

  void theCheatIsPlainAndThePictureOpens() {
    DeskFixture f;
    f.studio().openBuiltIn("scene-classifier-biased", false);
    QVERIFY(f.desk().waitUntilIdle(60000));
    FailuresWorkspace& w = workspace(f);
    w.restoreState({{"data", "scenes-biased"}, {"pictures", 60}, {"method", "input_x_gradient"}});
    QCOMPARE(w.commandLine(),
             QString("unitscope failures scene-classifier-biased --data scenes-biased --count 60 --method "
                     "input_x_gradient --json"));
    hunt(w);
    QVERIFY(findings(w, "car"));
    QVERIFY2(findings(w, "car")->suspicious, "the car's watermark was not found");
    QVERIFY(w.panel()->summary()->text().contains("car"));

    // The table leads to the wall of the class.
    QVERIFY(w.table()->model()->rowCount() > 3);
    const auto* model = w.table()->model();
    for (int row = 0; row < model->rowCount(); ++row)
      if (model->index(row, 0).data().toString() == "car") {
        w.table()->scrollTo(model->index(row, 0));
        QTest::mouseClick(w.table()->viewport(), Qt::LeftButton, {},
                          w.table()->visualRect(model->index(row, 0)).center());
      }
    QVERIFY(w.caption()->text().contains("car"));
    const GalleryModel& gallery = *w.gallery()->gallery();
    QVERIFY(gallery.rowCount() > 2);
    QTRY_VERIFY_WITH_TIMEOUT(!gallery.items().front().thumbnail.isNull(), 60000);
    QTRY_VERIFY_WITH_TIMEOUT(!gallery.items()[gallery.items().size() > 3 ? 3 : 1].thumbnail.isNull(), 60000);

    // A picture goes to the attribution workspace with its class.
    QString picture;
    for (const GalleryItem& item : gallery.items())
      if (item.id.startsWith("heat")) picture = item.id;
    QVERIFY(!picture.isEmpty());
    Q_EMIT w.gallery()->activatedId(picture);
    QTRY_COMPARE_WITH_TIMEOUT(f.window().currentWorkspace()->id(), QString("attribution"), 60000);
    QCOMPARE(f.studio().document().pictures().size(), std::size_t(1));
    QCOMPARE(f.studio().selection().focus().target, int(findings(w, "car")->index));
    f.studio().undo().undo();
    QVERIFY(f.studio().document().pictures().empty());

    const QString file = f.path("failures.csv");
    QVERIFY(w.saveTable(file));
    QFile csv(file);
    QVERIFY(csv.open(QIODevice::ReadOnly));
    QCOMPARE(csv.readAll().count('\n'), model->rowCount() + 1);
    QVERIFY(!w.saveTable(f.path("no/such/folder/x.csv")));
  }

  void mistakesAndHitsAreListed() {
    DeskFixture f;
    f.studio().openBuiltIn("scene-classifier", false);
    QVERIFY(f.desk().waitUntilIdle(60000));
    FailuresWorkspace& w = workspace(f);
    w.restoreState({{"pictures", 30}});
    hunt(w);
    QVERIFY(w.found()->multiLabel);
    QVERIFY(!w.views()->isTabVisible(1));  // several classes hold: there is no table of one against another
    for (const int tab : {2, 3}) {
      w.views()->setCurrentIndex(tab);
      const std::vector<Verdict>& listed = tab == 2 ? w.found()->mistakes : w.found()->weakHits;
      QCOMPARE(w.gallery()->gallery()->rowCount(), int(listed.size()));
    }
    const QJsonObject state = w.saveState();
    QCOMPARE(state["view"].toString(), QString("hits"));
    // Another network: nothing of this is true any more.
    f.studio().openBuiltIn("scene-classifier-biased", false);
    QVERIFY(f.desk().waitUntilIdle(60000));
    QVERIFY(!w.found());
  }

  void confusedClassesAreSeenInTheMatrix() {
    DeskFixture f;
    f.openExample();
    const QStringList labels = [&] {
      QStringList all;
      for (const std::string& label : f.studio().document().card().labels) all << QString::fromStdString(label);
      return all;
    }();
    if (labels.size() < 2) QSKIP("the example has no labels");
    // Two folders, named after classes, with pictures of one colour each: whatever is said, most of it is wrong.
    for (int k = 0; k < 2; ++k) {
      QVERIFY(QDir(f.path("data")).mkpath(labels[k]) || QDir().mkpath(f.path("data/" + labels[k])));
      for (int i = 0; i < 3; ++i)
        QVERIFY(
            !f.makePicture(QStringLiteral("data/%1/%2.png").arg(labels[k]).arg(i), QColor(40 * i, 90, 60)).isEmpty());
    }
    FailuresWorkspace& w = workspace(f);
    w.restoreState({{"data", f.path("data")}, {"view", "confusion"}});
    hunt(w);
    QCOMPARE(w.found()->pictures, std::int64_t(6));
    QVERIFY(w.views()->isTabVisible(1));
    QVERIFY(w.matrix()->classes() >= 2);
    qint64 sum = 0;
    for (int truth = 0; truth < w.matrix()->classes(); ++truth)
      for (int said = 0; said < w.matrix()->classes(); ++said) {
        sum += w.matrix()->count(truth, said);
        if (w.matrix()->count(truth, said) == 0) continue;
        QTest::mouseClick(w.matrix(), Qt::LeftButton, {}, w.matrix()->cellRect(truth, said).center());
        QCOMPARE(w.gallery()->gallery()->rowCount(), int(w.matrix()->count(truth, said)));
      }
    QCOMPARE(sum, 6);
  }

  void dataWithoutLabelsIsToldInTheMessageBar() {
    DeskFixture f;
    f.openExample();
    FailuresWorkspace& w = workspace(f);
    w.restoreState({{"data", f.path("nowhere")}});
    QTest::mouseClick(w.panel()->startButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!w.busy(), 60000);
    QVERIFY(!w.found());
    QVERIFY(f.window().messageBar().count() > 0);
    QVERIFY(w.panel()->startButton()->isEnabled());
  }
};

QTEST_MAIN(TestFailures)
#include "test_failures.moc"
