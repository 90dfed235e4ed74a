#include <QLabel>
#include <QListWidget>
#include <QTest>

#include "app/attribution/answer_panel.h"
#include "app/attribution/attribution_workspace.h"
#include "app/attribution/enlarged_view.h"
#include "desk_fixture.h"
#include "heartbeat.h"
#include "widgets/comparison_grid.h"
#include "widgets/curve_chart.h"
#include "widgets/image_canvas.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {
using State = AttributionResults::State;
constexpr int kPatience = 120000;
}  // namespace

/// Methods that take long and show what they have so far.
class TestLiveAnswers : public QObject {
  Q_OBJECT

  static AttributionWorkspace& workspaceOf(DeskFixture& fixture) {
    return *static_cast<AttributionWorkspace*>(fixture.window().workspace("attribution"));
  }

  static void wait(DeskFixture& fixture) {
    QTest::qWait(20);
    QVERIFY(fixture.desk().waitUntilIdle(kPatience));
  }

  static void ask(DeskFixture& fixture, int steps) {
    auto& w = workspaceOf(fixture);
    QJsonObject state = w.saveState();
    state["methods"] = QJsonArray{"extremal"};
    state["current"] = "extremal";
    state["parameters"] = QJsonObject{{"extremal", QJsonObject{{"steps", steps}}}};
    w.restoreState(state);
  }

 private Q_SLOTS:
  void initTestCase() {
    const std::vector<MethodInfo> methods = attributionMethods();
    if (!findMethod(methods, "extremal")) QSKIP("this build has no method that shows what it has so far");
  }

  void aMaskIsSeenForming() {
    DeskFixture f;
    f.openExample();
    wait(f);
    auto& w = workspaceOf(f);
    const ImageId image = f.studio().document().pictures().front().id;
    f.studio().selection().setImage(image);
    wait(f);
    ask(f, 100000);
    w.enlarge(image, "extremal");
    const auto cell = [&]() -> const AttributionResults::Cell* { return w.results().cell({image, "extremal"}); };
    QTRY_VERIFY_WITH_TIMEOUT(cell() && cell()->forming, 30000);
    Heartbeat heart;
    QCOMPARE(cell()->state, State::Running);
    QVERIFY(!cell()->result);
    QCOMPARE(w.enlarged()->canvas()->overlay(), cell()->forming->overlay);
    const ComparisonGrid::CellId id{QString::number(image), "extremal"};
    QVERIFY(w.grid()->content(id).forming);
    QCOMPARE(w.grid()->content(id).state, CellContent::State::Running);
    // It goes on: another picture of it comes.
    const auto first = cell()->interim;
    QTRY_VERIFY_WITH_TIMEOUT(cell()->interim != first, 30000);
    heart.report("while a mask forms");

    // A shorter question takes its place; nothing of the longer one is seen any more.
    ask(f, 3);
    QTRY_VERIFY_WITH_TIMEOUT(cell()->state == State::Ready, kPatience);
    QVERIFY(!cell()->interim);
    QVERIFY(!cell()->forming);
    const auto result = cell()->result;
    const auto heat = cell()->heat;
    QTest::qWait(300);
    QCOMPARE(cell()->result, result);
    QCOMPARE(cell()->heat, heat);
    QVERIFY(!w.grid()->content(id).forming);
    wait(f);
  }

  void aStoppedOneKeepsWhatItHad() {
    DeskFixture f;
    f.openExample();
    wait(f);
    auto& w = workspaceOf(f);
    const ImageId image = f.studio().document().pictures().front().id;
    f.studio().selection().setImage(image);
    wait(f);
    ask(f, 100000);
    w.enlarge(image, "extremal");
    const auto cell = [&]() -> const AttributionResults::Cell* { return w.results().cell({image, "extremal"}); };
    QTRY_VERIFY_WITH_TIMEOUT(cell() && cell()->forming, 30000);
    f.studio().engine().cancelAll();
    QTRY_COMPARE_WITH_TIMEOUT(cell()->state, State::Stopped, 30000);
    wait(f);
    QVERIFY(cell()->forming);
    QCOMPARE(w.enlarged()->canvas()->overlay(), cell()->forming->overlay);
    QVERIFY(w.savePicture(f.path("so-far.png")));
    // Its numbers are no result.
    bool refused = false;
    for (const QAction* action : w.exportActions())
      refused = refused || (!action->isEnabled() && action->toolTip().contains("not ready"));
    QVERIFY(refused);
  }
};

QTEST_MAIN(TestLiveAnswers)
#include "test_live_answers.moc"
