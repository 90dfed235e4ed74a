#include <algorithm>
#include <cmath>

#include <QComboBox>
#include <QFile>
#include <QJsonArray>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSpinBox>
#include <QTabBar>
#include <QTabWidget>
#include <QToolButton>
#include <QUndoStack>

#include "app/attribution/method_panel.h"
#include "app/counterfactual/brush_canvas.h"
#include "app/image_convert.h"
#include "app/judging/check_list.h"
#include "app/judging/judge_workspace.h"
#include "app/judging/league_page.h"
#include "app/judging/mask_editor.h"
#include "app/judging/picture_page.h"
#include "app/judging/sanity_panel.h"
#include "app/judging/score_table.h"
#include "desk_fixture.h"
#include "heartbeat.h"
#include "widgets/curve_chart.h"
#include "widgets/gallery_grid.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

QJsonObject quick() {
  return {{"compared", QJsonObject{{"methods", QJsonArray{"gradient", "grad_cam"}}}}, {"points", 16}};
}

/// The window with the example, the tab open, two quick methods ticked.
class Judging : public DeskFixture {
 public:
  explicit Judging(const QString& builtIn = {}) {
    if (builtIn.isEmpty()) {
      openExample();
      studio().selection().setImage(studio().document().pictures().front().id);
    } else {
      studio().openBuiltIn(builtIn, false);
    }
    QVERIFY(desk().waitUntilIdle(60000));
    window().showWorkspace("judge");
    w().restoreState(quick());
    wait();
  }
  JudgeWorkspace& w() { return *static_cast<JudgeWorkspace*>(window().workspace("judge")); }
  PicturePage& page() { return *w().picturePage(); }
  LeaguePage& league() { return *w().leaguePage(); }
  void wait() {
    QTest::qWait(20);
    QVERIFY(desk().waitUntilIdle(120000));
  }
  void judge() {
    QTest::mouseClick(page().startButton(), Qt::LeftButton);
    wait();
  }
  void drag(QPointF from, QPointF to) {
    BrushCanvas* canvas = page().mask()->canvas();
    QTest::mousePress(canvas, Qt::LeftButton, {}, canvas->toWidget(from).toPoint());
    for (int i = 1; i <= 4; ++i) QTest::mouseMove(canvas, canvas->toWidget(from + (to - from) * i / 4).toPoint());
    QTest::mouseRelease(canvas, Qt::LeftButton, {}, canvas->toWidget(to).toPoint());
  }
  double score(const QString& method, const QString& metric) {
    bool fine = false;
    const double value = QLocale().toDouble(page().table()->text(method, metric), &fine);
    return fine ? value : NAN;
  }
};

}  // namespace

/// Judging heatmaps in the window.
class TestJudge : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void nothingWithoutANetwork() {
    DeskFixture f;
    f.window().showWorkspace("judge");
    auto& w = *static_cast<JudgeWorkspace*>(f.window().workspace("judge"));
    QTest::qWait(20);
    for (QPushButton* start : {w.picturePage()->startButton(), w.leaguePage()->startButton()}) {
      QVERIFY(!start->isEnabled());
      QVERIFY(!start->toolTip().isEmpty());
    }
    QVERIFY(w.commandLine().isEmpty());
    for (const QAction* action : w.exportActions()) QVERIFY(!action->isEnabled());
  }

  void curvesAppearWithTheirAreas() {
    Judging f;
    QVERIFY(f.page().startButton()->isEnabled());
    QVERIFY(f.page().deletion()->curves().isEmpty());
    f.judge();
    for (const CurveChart* chart : {f.page().deletion(), f.page().insertion()}) {
      QCOMPARE(chart->curves().size(), 2);
      QVERIFY2(chart->curves()[0].name.contains("(AUC 0"), qPrintable(chart->curves()[0].name));
      QVERIFY(chart->curves()[0].points.size() >= 16);
      QCOMPARE(chart->curves()[0].points.front().x(), 0.0);
      QCOMPARE(chart->curves()[0].points.back().x(), 1.0);
    }
    QVERIFY(std::isfinite(f.score("grad_cam", "deletion")));
    QVERIFY(f.page().table()->text("grad_cam", "energy").isEmpty());  // nobody knows where the object is
    // The better one stands out.
    const ScoreTableModel& scores = *f.page().table()->scores();
    QVERIFY(scores.index(0, 1).data(ScoreTableModel::kBestRole).toBool() ||
            scores.index(1, 1).data(ScoreTableModel::kBestRole).toBool());
    const int better = f.score("gradient", "deletion") <= f.score("grad_cam", "deletion") ? 0 : 1;
    if (f.score("gradient", "deletion") != f.score("grad_cam", "deletion"))
      QVERIFY(scores.index(better, 1).data(Qt::FontRole).value<QFont>().bold());

    // Another method is followed up at once, and undone.
    QListWidget* list = f.page().methods()->list();
    for (int i = 0; i < list->count(); ++i)
      if (list->item(i)->data(Qt::UserRole).toString() == "input_x_gradient") list->item(i)->setCheckState(Qt::Checked);
    f.wait();
    QCOMPARE(f.page().insertion()->curves().size(), 3);
    f.studio().undo().undo();
    f.wait();
    QCOMPARE(f.page().insertion()->curves().size(), 2);

    const QString file = f.path("scores.csv");
    QVERIFY(f.w().saveTable(file));
    QFile csv(file);
    QVERIFY(csv.open(QIODevice::ReadOnly));
    const QByteArray text = csv.readAll();
    QCOMPARE(text.count('\n'), 3);
    QVERIFY(text.startsWith("method,settings,map,control,seconds,deletion,insertion"));
    QVERIFY(!f.w().saveTable(f.path("no/such/folder/x.csv")));
  }

  void aMaskDrawnByHandGivesEnergy() {
    Judging f;
    f.judge();
    f.drag({0.2, 0.2}, {0.7, 0.8});
    QCOMPARE(f.w().saveState()["masks"].toObject().size(), qsizetype(1));
    f.wait();
    const double energy = f.score("grad_cam", "energy");
    QVERIFY2(energy >= 0 && energy <= 1, qPrintable(f.page().table()->text("grad_cam", "energy")));
    QVERIFY(std::isfinite(f.score("gradient", "pointing")));
    QVERIFY(std::isfinite(f.score("gradient", "iou")));
    const Array mask = maskArray(f.page().mask()->mask());
    const double share = double(std::count(mask.values.begin(), mask.values.end(), 1.0F)) / double(mask.values.size());
    QVERIFY2(std::abs(share - 0.3) < 0.06, qPrintable(QString::number(share)));

    // More of the picture, more of the heat.
    QTest::mouseClick(f.page().mask()->tool(MaskShape::Kind::Brush), Qt::LeftButton);
    f.drag({0.1, 0.1}, {0.9, 0.1});
    f.drag({0.9, 0.9}, {0.1, 0.9});
    f.wait();
    QVERIFY(f.score("grad_cam", "energy") >= energy);
    // Each stroke is a step of undo; the scores go with it.
    f.studio().undo().undo();
    f.studio().undo().undo();
    f.wait();
    QCOMPARE(f.score("grad_cam", "energy"), energy);
    QTest::mouseClick(f.page().mask()->clearButton(), Qt::LeftButton);
    f.wait();
    QVERIFY(f.page().table()->text("grad_cam", "energy").isEmpty());
    QCOMPARE(f.page().deletion()->curves().size(), 2);  // they do not depend on it
    f.studio().undo().undo();
    const QJsonObject state = f.w().saveState();
    f.w().restoreState({});
    f.w().restoreState(state);
    QCOMPARE(f.w().saveState(), state);
  }

  void theKeyboardSetsTwoCorners() {
    Judging f;
    BrushCanvas* canvas = f.page().mask()->canvas();
    canvas->setFocus();
    QTest::keyClick(canvas, Qt::Key_Return);
    QVERIFY(f.w().saveState()["masks"].toObject().isEmpty());
    for (int i = 0; i < 3; ++i) QTest::keyClick(canvas, Qt::Key_Right, Qt::ControlModifier);
    for (int i = 0; i < 3; ++i) QTest::keyClick(canvas, Qt::Key_Down, Qt::ControlModifier);
    QTest::keyClick(canvas, Qt::Key_Return);
    QCOMPARE(f.w().saveState()["masks"].toObject().size(), qsizetype(1));
    QTRY_VERIFY(!maskArray(f.page().mask()->mask()).values.empty());
  }

  void aMaskComesFromAFile() {
    Judging f;
    QImage mask(200, 200, QImage::Format_Grayscale8);
    mask.fill(Qt::white);
    QVERIFY(mask.save(f.path("mask.png")));
    QJsonObject state = f.w().saveState();
    const PictureEntry& entry = f.studio().document().pictures().front();
    state["masks"] =
        QJsonObject{{entry.path.isEmpty() ? entry.name : entry.path, QJsonObject{{"file", f.path("mask.png")}}}};
    f.w().restoreState(state);
    f.wait();
    f.judge();
    QCOMPARE(f.score("grad_cam", "energy"), 1.0);  // the object is everywhere
    state["masks"] =
        QJsonObject{{entry.path.isEmpty() ? entry.name : entry.path, QJsonObject{{"file", f.path("nowhere.png")}}}};
    f.w().restoreState(state);
    f.wait();
    QVERIFY(f.window().messageBar().count() > 0);
    QVERIFY(f.page().table()->text("grad_cam", "energy").isEmpty());
  }

  void theSanityCheckShowsDepth() {
    Judging f;
    f.page().tabs()->setCurrentIndex(1);
    QTest::mouseClick(f.page().sanity()->startButton(), Qt::LeftButton);
    QVERIFY(f.w().busy());
    f.wait();
    const CurveChart& chart = *f.page().sanity()->chart();
    QCOMPARE(chart.curves().size(), 2);
    QVERIFY(!chart.curves()[0].points.isEmpty());
    const QVector<GalleryItem>& items = f.page().sanity()->gallery()->gallery()->items();
    QCOMPARE(items.size(), chart.curves()[1].points.size());
    QTRY_VERIFY(!items.front().thumbnail.isNull());
    // Of another method nothing is known.
    QComboBox* method = f.page().sanity()->method();
    QCOMPARE(method->count(), 2);
    method->setCurrentIndex(1);
    Q_EMIT method->activated(1);
    f.wait();
    QVERIFY(chart.curves().isEmpty());
  }

  void theLeagueFinishesAndTheTableIsFilled() {
    Judging f("scene-classifier");
    f.w().pages()->setCurrentIndex(1);
    CheckList* methods = f.league().methods();
    QVERIFY(methods->checked().size() > 5);
    QVERIFY(methods->checked().contains("random"));
    // Taking one away and back again is as if nothing had been chosen.
    QCOMPARE(f.w().saveState()["leagueMethods"].toArray().size(), qsizetype(0));
    for (int i = 0; i < methods->list()->count(); ++i) {
      QListWidgetItem* item = methods->list()->item(i);
      if (item->data(Qt::UserRole).toString() != "grad_cam") continue;
      item->setCheckState(Qt::Unchecked);
      QVERIFY(f.w().saveState()["leagueMethods"].toArray().size() > 5);
      item->setCheckState(Qt::Checked);
      QCOMPARE(f.w().saveState()["leagueMethods"].toArray().size(), qsizetype(0));
    }
    QJsonObject state = f.w().saveState();
    state["leagueMethods"] = QJsonArray{"gradient", "grad_cam", "random"};
    state["pictures"] = 5;
    f.w().restoreState(state);
    QCOMPARE(methods->checked(), QStringList({"gradient", "grad_cam", "random"}));
    const QString command = f.w().commandLine();
    QVERIFY2(command.startsWith("unitscope league scene-classifier --data scenes --count 5 --methods gradient,"),
             qPrintable(command));
    QTest::mouseClick(f.league().startButton(), Qt::LeftButton);
    QVERIFY(f.w().busy());
    f.wait();
    QVERIFY(f.league().found());
    QCOMPARE(f.league().found()->pictures, std::int64_t(5));
    ScoreTable* table = f.league().table();
    QCOMPARE(table->scores()->rowCount(), 3);
    for (const char* metric : {"deletion", "insertion", "pointing", "energy", "iou"})
      QVERIFY2(table->text("grad_cam", metric).contains(QChar(0xb1)), metric);
    for (const ScoreRow& row : table->scores()->rows()) QCOMPARE(row.control, row.id == "random");
    // Sorted by a click on a heading, both ways.
    for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
      table->sortByColumn(1, order);
      const auto value = [&](int row) {
        return table->model()->index(row, 1).data(ScoreTableModel::kSortRole).toDouble();
      };
      for (int row = 1; row < 3; ++row)
        QVERIFY(order == Qt::AscendingOrder ? value(row - 1) <= value(row) : value(row - 1) >= value(row));
    }
    QVERIFY(f.w().saveTable(f.path("league.csv")));
    // Another network: nothing of this is true any more.
    f.studio().openBuiltIn("scene-classifier-biased", false);
    f.wait();
    QVERIFY(!f.league().found());
  }

  void theLeagueStopsAndKeepsWhatItHas() {
    Judging f("scene-classifier");
    f.w().pages()->setCurrentIndex(1);
    QJsonObject state = f.w().saveState();
    state["leagueMethods"] = QJsonArray{"gradient", "centre"};
    state["pictures"] = 5000;
    f.w().restoreState(state);
    QTest::mouseClick(f.league().startButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(f.league().found(), 60000);  // the table grows while the league runs
    {
      Heartbeat beat;
      QTest::qWait(1000);
      beat.report("a league in the background");
      QVERIFY(beat.beats() > 10);
    }
    QVERIFY(f.league().busy());
    QTest::mouseClick(f.league().startButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!f.league().busy(), 20000);
    QVERIFY(f.league().found());
    QVERIFY(f.league().found()->pictures < 5000);
    QVERIFY2(f.league().status()->text().startsWith("Stopped after"), qPrintable(f.league().status()->text()));
    QVERIFY(f.league().startButton()->isEnabled());
    QCOMPARE(f.window().messageBar().count(), 0);  // who stops it knows
  }

  void aStopLeavesThePictureUndecided() {
    Judging f;
    QJsonObject state = quick();
    state["compared"] = QJsonObject{{"methods", QJsonArray{"rise", "occlusion"}}};
    state["points"] = 512;
    f.w().restoreState(state);
    f.wait();
    QTest::mouseClick(f.page().startButton(), Qt::LeftButton);
    QVERIFY(f.w().busy());
    QTest::mouseClick(f.page().startButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!f.w().busy(), 20000);
    QVERIFY(f.page().startButton()->isEnabled());
    QVERIFY(f.page().deletion()->curves().size() < 2);
  }

  void hostileStatesAreTamed() {
    Judging f;
    f.w().restoreState(
        {{"page", 7},
         {"points", 1e300},
         {"metrics", QJsonArray{"no such", 3, "energy"}},
         {"masks",
          QJsonObject{
              {"a",
               QJsonObject{{"shapes",
                            QJsonArray{QJsonObject{{"kind", "brush"}, {"radius", -5}, {"points", QJsonArray{"x", 0.5}}},
                                       QJsonObject{{"kind", "rectangle"}, {"points", QJsonArray{0.1, 0.2}}}}}}}}},
         {"leagueMethods", QJsonArray{"nothing"}},
         {"pictures", -4}});
    const QJsonObject state = f.w().saveState();
    QCOMPARE(state["page"].toString(), QString("picture"));
    QCOMPARE(state["metrics"].toArray(), QJsonArray{"energy"});
    QVERIFY(state["masks"].toObject().isEmpty());
    QVERIFY(state["pictures"].toInt() >= 1 && state["points"].toInt() <= 1024);
  }
};

QTEST_MAIN(TestJudge)
#include "test_judge.moc"
