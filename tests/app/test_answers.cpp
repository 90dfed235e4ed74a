#include <QApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QSignalSpy>
#include <QTest>

#include "app/attribution/answer_panel.h"
#include "app/attribution/enlarged_view.h"
#include "app/attribution/method_family.h"
#include "app/attribution/method_panel.h"
#include "app/image_convert.h"
#include "widgets/comparison_cell.h"
#include "widgets/curve_chart.h"
#include "widgets/heat_legend.h"
#include "widgets/image_canvas.h"
#include "widgets/theme.h"

using namespace unitscope;

namespace {

using Cell = AttributionResults::Cell;
using State = AttributionResults::State;

constexpr int kSide = 24;

QImage plain(QColor color) {
  QImage image(kSide, kSide, QImage::Format_RGB32);
  image.fill(color);
  return image;
}

AttributionAnswer answerWithEverything() {
  AttributionAnswer answer;
  answer.map.shape = {1, 1, 4, 4};
  answer.map.values.assign(16, 0.5F);
  answer.notes = {"smallest sufficient area 0.1"};
  answer.curves = {
      {"Score", "Area", "Score", {0.1, 0.2, 0.4}, {3, 12, 14}, 11.0, "score of the whole picture"},
      {"Score without it", "Area", "Score", {0.1, 0.2, 0.4}, {9, 5, 1}, 11.0, "score of the whole picture"},
      {"Loss", "Step", "Loss", {0, 1}, {2, 1}, {}, {}}};
  Array picture;
  picture.shape = {1, 3, kSide, kSide};
  picture.values.assign(std::size_t(3) * kSide * kSide, 0.0F);
  std::fill(picture.values.begin(), picture.values.begin() + kSide * kSide, 1.0F);  // red
  answer.pictures = {{"what the network still needs", picture}, {"no picture", {}}};
  return answer;
}

AttributionResult resultWith(AttributionAnswer answer) {
  AttributionResult result;
  result.answer = std::move(answer);
  result.prepared.seen = std::make_shared<const Image>(fromQImage(plain(Qt::gray)));
  return result;
}

std::shared_ptr<const HeatPicture> painted(const AttributionResult& result) {
  ModelCard card;
  card.height = card.width = kSide;
  HeatPicture heat = makeHeatPicture(result, false, {});
  heat.pictures = answerImages(result.answer, card);
  return std::make_shared<const HeatPicture>(std::move(heat));
}

Cell readyCell() {
  Cell cell;
  cell.state = State::Ready;
  cell.result = std::make_shared<const AttributionResult>(resultWith(answerWithEverything()));
  cell.heat = painted(*cell.result);
  return cell;
}

}  // namespace

class TestAnswers : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { applyTheme(*qApp, ThemeChoice::Light); }

  void picturesAreSeenAsTheNetworkSeesThem() {
    const auto heat = readyCell().heat;
    QCOMPARE(heat->pictures.size(), 1);  // the other one is none
    QCOMPARE(heat->pictures[0].title, QString("what the network still needs"));
    const QColor color = heat->pictures[0].picture.pixelColor(3, 3);
    QVERIFY2(color.red() > color.green() + 50 && color.red() > color.blue() + 50, qPrintable(color.name()));
  }

  void thePanelShowsNotesCurvesAndPictures() {
    ViewLink link;
    EnlargedView view(&link);
    view.resize(1000, 600);
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    Cell cell = readyCell();
    view.setContent("Extremal perturbation", "facts", plain(Qt::gray), &cell);
    AnswerPanel* panel = view.answer();
    QVERIFY(panel->isVisible());
    QVERIFY(panel->notes()->text().contains("smallest sufficient area"));
    // What has the same axes is one chart, with the original score as its level.
    QCOMPARE(panel->charts().size(), 2);
    QCOMPARE(panel->charts()[0]->curves().size(), 2);
    QCOMPARE(panel->charts()[0]->title(), QString("Score against Area"));
    QCOMPARE(*panel->charts()[0]->level(), 11.0);
    QCOMPARE(panel->charts()[1]->title(), QString("Loss"));
    QVERIFY(!panel->charts()[1]->level());
    QCOMPARE(panel->strip()->count(), 2);

    // A click shows the picture large, Escape first goes back to the heatmap.
    QVERIFY(!view.canvas()->overlay().isNull());
    const QRect item = panel->strip()->visualItemRect(panel->strip()->item(1));
    QTest::mouseClick(panel->strip()->viewport(), Qt::LeftButton, {}, item.center());
    QCOMPARE(view.canvas()->image(), cell.heat->pictures[0].picture);
    QVERIFY(view.canvas()->overlay().isNull());
    QVERIFY(!view.legend()->isVisible());
    // Progress and newer interim answers leave the choice alone.
    view.setContent("Extremal perturbation", "facts", plain(Qt::gray), &cell);
    QCOMPARE(panel->chosen(), 0);
    QSignalSpy back(&view, &EnlargedView::backRequested);
    QTest::keyClick(&view, Qt::Key_Escape);
    QCOMPARE(back.count(), 0);
    QVERIFY(!view.canvas()->overlay().isNull());
    QVERIFY(view.legend()->isVisible());
    QTest::keyClick(&view, Qt::Key_Escape);
    QCOMPARE(back.count(), 1);

    // Another method begins with its heatmap; one that gives nothing more has no panel.
    panel->choose(0);
    Cell other;
    other.state = State::Ready;
    AttributionAnswer bare = answerWithEverything();
    bare.notes.clear(), bare.curves.clear(), bare.pictures.clear();
    other.result = std::make_shared<const AttributionResult>(resultWith(bare));
    other.heat = painted(*other.result);
    view.setContent("Gradient", "facts", plain(Qt::gray), &other);
    QVERIFY(!panel->isVisible());
    QVERIFY(!view.canvas()->overlay().isNull());
  }

  void whatFormsIsShownInsteadOfTheOlderResult() {
    ViewLink link;
    EnlargedView view(&link);
    view.resize(1000, 600);
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    Cell cell = readyCell();
    cell.state = State::Running;
    cell.fraction = 0.4;
    AttributionAnswer soFar = answerWithEverything();
    soFar.map.values[0] = 1.0F;
    soFar.notes = {"step 120"};
    cell.interim = std::make_shared<const AttributionResult>(resultWith(soFar));
    cell.forming = painted(*cell.interim);
    view.setContent("Extremal perturbation", "facts", plain(Qt::gray), &cell);
    QCOMPARE(view.canvas()->overlay(), cell.forming->overlay);
    QVERIFY(cell.forming->overlay != cell.heat->overlay);
    QCOMPARE(view.answer()->notes()->text(), QString("step 120"));
    QVERIFY(view.canvas()->accessibleDescription().contains("40 %"));
    cell.state = State::Stopped;
    view.setContent("Extremal perturbation", "facts", plain(Qt::gray), &cell);
    QVERIFY(view.canvas()->accessibleDescription().contains("until then"));
    QCOMPARE(view.canvas()->overlay(), cell.forming->overlay);
  }

  void aFormingHeatmapIsNotVeiled() {
    ComparisonCell cell;
    cell.resize(200, 230);
    CellContent content;
    content.state = CellContent::State::Ready;
    content.picture = plain(Qt::black);
    content.overlay = plain(Qt::red);
    cell.setContent(content);
    cell.show();
    QVERIFY(QTest::qWaitForWindowExposed(&cell));
    const QPoint middle = cell.canvas()->geometry().center();
    const QColor ready = cell.grab().toImage().pixelColor(middle);
    content.state = CellContent::State::Running;
    content.fraction = 0.3;
    content.forming = true;
    cell.setContent(content);
    const QImage shot = cell.grab().toImage();
    QCOMPARE(shot.pixelColor(middle), ready);
    // The progress stands at the lower edge.
    bool accent = false;
    const QRect canvas = cell.canvas()->geometry();
    for (int y = canvas.bottom() - 40; y < canvas.bottom(); ++y)
      accent = accent || shot.pixelColor(middle.x() - 50, y) == themeColors(cell.palette()).accent;
    QVERIFY(accent);
    content.forming = false;
    cell.setContent(content);
    QVERIFY(cell.grab().toImage().pixelColor(middle) != ready);
  }

  void methodsStandUnderTheirFamilies() {
    std::vector<MethodInfo> methods = attributionMethods();
    for (const MethodInfo& method : methods)
      QVERIFY2(methodFamily(method.id) != MethodFamily::Other, qPrintable(QString::fromStdString(method.id)));
    MethodInfo unknown;
    unknown.id = "brand_new";
    unknown.title = "Brand new";
    unknown.citation = "Nobody 2031";
    methods.push_back(unknown);
    MethodPanel panel(methods);
    panel.resize(240, 700);
    panel.setState(AttributionState::defaults(methods));
    panel.show();
    QVERIFY(QTest::qWaitForWindowExposed(&panel));
    const auto shown = [&panel] {
      QStringList lines;
      for (int i = 0; i < panel.list()->count(); ++i)
        if (!panel.list()->item(i)->isHidden()) lines << panel.list()->item(i)->text();
      return lines;
    };
    QStringList all = shown();
    QCOMPARE(all.front(), QString("Gradients"));
    QCOMPARE(all.mid(all.size() - 2), QStringList({"Other", "Brand new"}));
    QVERIFY(all.indexOf("Grad-CAM") > all.indexOf("Class activation maps"));

    QTest::keyClicks(panel.filter(), "cam");
    QVERIFY(shown().contains("Grad-CAM") && shown().contains("Class activation maps"));
    QVERIFY(!shown().contains("Gradients") && !shown().contains("RISE"));
    panel.filter()->setText("nobody 2031");
    QCOMPARE(shown(), QStringList({"Other", "Brand new"}));
    panel.filter()->setText("compared");
    QCOMPARE(shown().size(), 5 + 2);  // the five of the start, in two families
    panel.filter()->setText("no such thing");
    QCOMPARE(shown(), QStringList());
    bool said = false;
    for (const QLabel* label : panel.findChildren<QLabel*>())
      said = said || (label->isVisible() && label->text().contains("no such thing"));
    QVERIFY(said);
    panel.filter()->clear();
    QCOMPARE(shown(), all);

    // Headings are passed by: neither picked nor checked.
    QSignalSpy picked(&panel, &MethodPanel::methodPicked), toggled(&panel, &MethodPanel::methodToggled);
    QTest::mouseClick(panel.list()->viewport(), Qt::LeftButton, {},
                      panel.list()->visualItemRect(panel.list()->item(0)).center());
    QCOMPARE(picked.count() + toggled.count(), 0);
    panel.list()->setFocus();
    panel.list()->setCurrentRow(1);
    for (int i = 0; i < panel.list()->count(); ++i) QTest::keyClick(panel.list(), Qt::Key_Down);
    QCOMPARE(picked.back()[0].toString(), QString("brand_new"));
    for (const auto& args : picked) QVERIFY(!args[0].toString().isEmpty());
  }
};

QTEST_MAIN(TestAnswers)
#include "test_answers.moc"
