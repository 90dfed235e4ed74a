#include <cmath>

#include <QApplication>
#include <QCheckBox>
#include <QContextMenuEvent>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QSlider>
#include <QSpinBox>
#include <QTest>
#include <QTimer>
#include <QToolButton>
#include <QUndoStack>

#include "app/attribution/attribution_workspace.h"
#include "app/attribution/enlarged_view.h"
#include "app/attribution/look_bar.h"
#include "app/attribution/method_panel.h"
#include "app/attribution/target_panel.h"
#include "desk_fixture.h"
#include "formats/npy/npy.h"
#include "widgets/comparison_grid.h"
#include "widgets/heat_legend.h"
#include "widgets/image_canvas.h"
#include "widgets/top_chart.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

using State = AttributionResults::State;
constexpr int kPatience = 120000;

AttributionWorkspace& workspaceOf(DeskFixture& fixture) {
  return *static_cast<AttributionWorkspace*>(fixture.window().workspace("attribution"));
}

QString row(int image) {
  return QString::number(image);
}

}  // namespace

class TestAttributionWorkspace : public QObject {
  Q_OBJECT

  static int firstImage(DeskFixture& fixture) { return fixture.studio().document().pictures().front().id; }

  static void wait(DeskFixture& fixture) {
    QTest::qWait(20);
    QVERIFY(fixture.desk().waitUntilIdle(kPatience));
  }

  // One picture only: all of its methods are seen, and so computed.
  static void openOne(DeskFixture& fixture) {
    fixture.openExample();
    std::vector<ImageId> others;
    for (const PictureEntry& picture : fixture.studio().document().pictures()) others.push_back(picture.id);
    others.erase(others.begin());
    fixture.studio().removePictures(others);
    wait(fixture);
    QCOMPARE(fixture.studio().document().pictures().size(), std::size_t(1));
    fixture.studio().undo().clear();
  }

 private Q_SLOTS:
  void exampleIsExplained() {
    DeskFixture f;
    f.openExample();
    wait(f);
    auto& w = workspaceOf(f);
    QVERIFY(!w.busy());
    const int image = firstImage(f);
    for (const ComparisonGrid::CellId& id : w.grid()->visibleCells()) {
      const auto* cell = w.results().cell({id.first.toInt(), id.second});
      if (id.second == "picture") continue;
      QVERIFY(cell);
      QVERIFY2(cell->state == State::Ready, qPrintable(id.second + ": " + cell->text));
      QCOMPARE(w.grid()->content(id).state, CellContent::State::Ready);
      QVERIFY(!w.grid()->content(id).overlay.isNull());
    }
    QVERIFY(w.results().cell({image, "grad_cam"}));
    QVERIFY(!w.targets()->chart()->bars().isEmpty());
    // What a canvas shows is its picture and the heat over it, mixed by the opacity.
    f.studio().selection().setImage(image);
    const auto* heat = w.results().cell({image, "gradient"})->heat.get();
    w.look()->opacity()->setValue(100);
    ComparisonCell* cell = w.grid()->cellWidget({row(image), "gradient"});
    QVERIFY(cell);
    const QImage shot = cell->canvas()->grab().toImage();
    const QPointF place((40 + 0.5) / heat->seen.width(), (60 + 0.5) / heat->seen.height());
    const QColor seen = shot.pixelColor(cell->canvas()->toWidget(place).toPoint());
    bool close = false;
    for (int dy = -1; dy <= 1; ++dy) {
      for (int dx = -1; dx <= 1; ++dx) {
        const QColor there = heat->overlay.pixelColor(40 + dx, 60 + dy);
        close = close || (std::abs(there.red() - seen.red()) + std::abs(there.green() - seen.green()) +
                          std::abs(there.blue() - seen.blue())) < 60;
      }
    }
    QVERIFY(close);
  }

  void aBarExplainsItsClassAndUndoGoesBack() {
    DeskFixture f;
    openOne(f);
    auto& w = workspaceOf(f);
    const int image = firstImage(f);
    f.studio().selection().setImage(image);
    wait(f);
    TopChart* chart = w.targets()->chart();
    QVERIFY(chart->bars().size() >= 3);
    const int wanted = chart->bars()[1].id;
    const auto before = w.results().cell({image, "gradient"})->result;
    QCOMPARE(int(before->answer.target), chart->bars()[0].id);
    QTest::mouseClick(chart->viewport(), Qt::LeftButton, {}, chart->rowRect(1).center());
    QCOMPARE(f.studio().selection().focus().target, wanted);
    wait(f);
    const auto after = w.results().cell({image, "gradient"})->result;
    QCOMPARE(int(after->answer.target), wanted);
    QVERIFY(after->answer.map.values != before->answer.map.values);
    QCOMPARE(chart->chosen(), wanted);
    f.studio().undo().undo();
    wait(f);
    QCOMPARE(f.studio().selection().focus().target, -1);
    QCOMPARE(int(w.results().cell({image, "gradient"})->result->answer.target), chart->bars()[0].id);
  }

  void parametersRunOnlyTheirMethodAgain() {
    DeskFixture f;
    openOne(f);
    auto& w = workspaceOf(f);
    const int image = firstImage(f);
    f.studio().selection().setImage(image);
    wait(f);
    const auto gradient = w.results().cell({image, "gradient"})->result;
    const auto integrated = w.results().cell({image, "integrated_gradients"})->result;
    QVERIFY(integrated);
    for (int i = 0; i < w.methods()->list()->count(); ++i) {
      auto* item = w.methods()->list()->item(i);
      if (item->data(Qt::UserRole) == "integrated_gradients") w.methods()->list()->setCurrentItem(item);
    }
    auto* steps = qobject_cast<QSpinBox*>(w.methods()->form()->control("steps"));
    QVERIFY(steps);
    steps->setValue(7);
    wait(f);
    const auto* cell = w.results().cell({image, "integrated_gradients"});
    QCOMPARE(cell->request.parameters.integer("steps"), 7);
    QVERIFY(cell->result != integrated);
    QCOMPARE(w.results().cell({image, "gradient"})->result, gradient);
    f.studio().undo().undo();
    wait(f);
    QCOMPARE(w.results().cell({image, "integrated_gradients"})->request.parameters.integer("steps"), 50);
    QCOMPARE(steps->value(), 50);
  }

  void methodsComeAndGo() {
    DeskFixture f;
    openOne(f);
    auto& w = workspaceOf(f);
    const int image = firstImage(f);
    const qsizetype columns = w.grid()->columns().size();
    for (int i = 0; i < w.methods()->list()->count(); ++i) {
      auto* item = w.methods()->list()->item(i);
      if (item->data(Qt::UserRole) == "input_x_gradient") item->setCheckState(Qt::Checked);
    }
    wait(f);
    QCOMPARE(w.grid()->columns().size(), columns + 1);
    w.grid()->setCurrent({row(image), "input_x_gradient"});
    wait(f);
    QVERIFY(w.results().cell({image, "input_x_gradient"}));
    f.studio().undo().undo();
    wait(f);
    QCOMPARE(w.grid()->columns().size(), columns);
    QVERIFY(!w.results().cell({image, "input_x_gradient"}));
  }

  void signsStayUnlessMagnitudesAreAskedFor() {
    DeskFixture f;
    openOne(f);
    auto& w = workspaceOf(f);
    const int image = firstImage(f);
    const auto heat = w.results().cell({image, "gradient"})->heat;
    QVERIFY(heat->range.low < 0);
    QCOMPARE(heat->range.low, -heat->range.high);
    w.look()->magnitudes()->click();
    wait(f);
    const auto magnitudes = w.results().cell({image, "gradient"})->heat;
    QVERIFY(magnitudes->range.low >= 0);
    for (const float value : magnitudes->map.values) QVERIFY(value >= 0);
    f.studio().undo().undo();
    wait(f);
    QVERIFY(w.results().cell({image, "gradient"})->heat->range.low < 0);
    QVERIFY(!w.look()->magnitudes()->isChecked());
  }

  void clickEnlargesAndEscapeGoesBack() {
    DeskFixture f;
    openOne(f);
    auto& w = workspaceOf(f);
    const int image = firstImage(f);
    ComparisonCell* cell = w.grid()->cellWidget({row(image), "grad_cam"});
    QVERIFY(cell);
    QTest::mouseClick(cell->canvas(), Qt::LeftButton, {}, cell->canvas()->rect().center());
    QVERIFY(w.isEnlarged());
    wait(f);
    QVERIFY(w.enlarged()->isVisible());
    QVERIFY(!w.enlarged()->canvas()->overlay().isNull());
    QVERIFY(w.enlarged()->legend()->maximum() > 0);
    // The view is shared with the comparison.
    QTest::keyClick(w.enlarged()->canvas(), Qt::Key_Plus);
    QCOMPARE(w.grid()->link()->zoom(), 1.25);
    QTest::keyClick(w.enlarged(), Qt::Key_Escape);
    QVERIFY(!w.isEnlarged());
    QVERIFY(w.grid()->isVisible());
  }

  void cancelStopsOneCell() {
    DeskFixture f;
    openOne(f);
    auto& w = workspaceOf(f);
    const int image = firstImage(f);
    QJsonObject state = w.saveState();
    state["methods"] = QJsonArray{"gradient", "rise"};
    state["parameters"] = QJsonObject{{"rise", QJsonObject{{"masks", 20000}}}};
    w.restoreState(state);
    QTRY_VERIFY(w.results().cell({image, "rise"}));
    QTRY_COMPARE_WITH_TIMEOUT(w.results().cell({image, "rise"})->state, State::Running, 30000);
    QVERIFY(w.busy());
    ComparisonCell* cell = w.grid()->cellWidget({row(image), "rise"});
    QVERIFY(cell && cell->button()->isVisible());
    QTest::mouseClick(cell->button(), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(w.results().cell({image, "rise"})->state, State::Stopped, 30000);
    state["methods"] = QJsonArray{"gradient"};
    w.restoreState(state);
    wait(f);
  }

  void whatIsLookedAtDoesNotWait() {
    DeskFixture f;
    f.openExample();
    wait(f);
    auto& w = workspaceOf(f);
    const auto& pictures = f.studio().document().pictures();
    const int first = pictures[0].id, second = pictures[1].id;
    f.studio().selection().setImage(first);
    wait(f);
    QJsonObject state = w.saveState();
    state["methods"] = QJsonArray{"rise", "grad_cam_pp"};
    state["parameters"] = QJsonObject{{"rise", QJsonObject{{"masks", 50000}}}};
    w.restoreState(state);
    QTRY_VERIFY(w.results().cell({first, "rise"}));
    QTRY_COMPARE_WITH_TIMEOUT(w.results().cell({first, "rise"})->state, State::Running, 30000);
    QTRY_VERIFY(w.results().cell({second, "rise"}));
    QCOMPARE(w.results().cell({second, "rise"})->state, State::Waiting);
    // The second picture: what runs for the first gives way, and is lined up again.
    f.studio().selection().setImage(second);
    QTRY_COMPARE_WITH_TIMEOUT(w.results().cell({second, "rise"})->state, State::Running, 30000);
    QCOMPARE(w.results().cell({first, "rise"})->state, State::Waiting);
    // All of it can be stopped at once, also what has not been asked of the engine yet.
    f.studio().engine().cancelAll();
    QTRY_VERIFY_WITH_TIMEOUT(!w.busy(), 30000);
    QCOMPARE(w.results().cell({second, "rise"})->state, State::Stopped);
    QCOMPARE(w.results().cell({first, "rise"})->state, State::Stopped);
    QCOMPARE(w.results().cell({first, "grad_cam_pp"})->state, State::Stopped);
    state["methods"] = QJsonArray{"gradient"};
    w.restoreState(state);
    wait(f);
  }

  void anErrorSaysWhyInItsCell() {
    DeskFixture f;
    openOne(f);
    auto& w = workspaceOf(f);
    const int image = firstImage(f);
    QJsonObject state = w.saveState();
    state["layers"] = QJsonObject{{"grad_cam", "no.such.layer"}};
    w.restoreState(state);
    wait(f);
    const auto* cell = w.results().cell({image, "grad_cam"});
    QVERIFY(cell);
    QCOMPARE(cell->state, State::Failed);
    QVERIFY(!cell->text.isEmpty());
    QCOMPARE(w.grid()->content({row(image), "grad_cam"}).text, cell->text);
    QCOMPARE(w.results().cell({image, "gradient"})->state, State::Ready);
  }

  void numbersAndPicturesAreWritten() {
    DeskFixture f;
    openOne(f);
    auto& w = workspaceOf(f);
    const int image = firstImage(f);
    f.studio().selection().setImage(image);
    wait(f);
    w.enlarge(image, "gradient");
    wait(f);
    const Array& map = w.results().cell({image, "gradient"})->result->answer.map;
    QVERIFY(w.saveNumbers(f.path("map.npy")));
    const TensorData read = readNpy(f.path("map.npy").toStdString());
    QVERIFY(read.shape() == map.shape);
    QCOMPARE(float(read.toDoubles()[100]), map.values[100]);
    QVERIFY(w.saveNumbers(f.path("map.csv")));
    QFile csv(f.path("map.csv"));
    QVERIFY(csv.open(QIODevice::ReadOnly));
    QCOMPARE(csv.readLine().trimmed(), QByteArray("channel,y,x,value"));
    QVERIFY(w.saveNumbers(f.path("map.json")));
    QFile json(f.path("map.json"));
    QVERIFY(json.open(QIODevice::ReadOnly));
    const QJsonObject all = QJsonDocument::fromJson(json.readAll()).object();
    QCOMPARE(all["method"].toString(), QString("gradient"));
    QCOMPARE(all["values"].toArray().size(), qsizetype(map.values.size()));
    QVERIFY(!w.saveNumbers(f.path("map.txt")));
    QVERIFY(w.savePicture(f.path("heat.png")));
    QCOMPARE(QImage(f.path("heat.png")).size(), w.results().cell({image, "gradient"})->heat->seen.size());
    QVERIFY(w.saveChart(f.path("chart.svg")));
    QVERIFY(w.savePredictions(f.path("top.csv")));
    QFile top(f.path("top.csv"));
    QVERIFY(top.open(QIODevice::ReadOnly));
    QCOMPARE(top.readLine().trimmed(), QByteArray("index,label,probability,score"));
    QCOMPARE(top.readAll().count('\n'), w.targets()->chart()->bars().size());
    QVERIFY(w.savePredictions(f.path("top.json")));
    QVERIFY(!w.savePredictions(f.path("top.doc")));
    QVERIFY(!w.saveNumbers(f.path("no/folder/map.npy")));
    w.enlarge(0, {});
    QVERIFY(w.saveComparison(f.path("grid.png")));
  }

  void stateComesBackAndNonsenseIsIgnored() {
    DeskFixture f;
    auto& w = workspaceOf(f);
    QJsonObject state = w.saveState();
    state["methods"] = QJsonArray{"smoothgrad", "no_such_method", "grad_cam", 7};
    state["opacity"] = 0.25;
    state["parameters"] = QJsonObject{{"smoothgrad", QJsonObject{{"who", 3}}}, {"grad_cam", "text"}};
    w.restoreState(state);
    const QJsonObject now = w.saveState();
    QCOMPARE(now["methods"].toArray(), (QJsonArray{"smoothgrad", "grad_cam"}));
    QCOMPARE(now["opacity"].toDouble(), 0.25);
    QCOMPARE(now["parameters"].toObject(), QJsonObject());
    w.restoreState({});
    QVERIFY(w.saveState()["methods"].toArray().size() >= 4);
  }

  void controlsSayWhyTheyCannotBeUsed() {
    DeskFixture f;
    auto& w = workspaceOf(f);
    QTest::qWait(20);
    for (const QAction* action : w.exportActions()) {
      QVERIFY(!action->isEnabled());
      QVERIFY2(action->toolTip().contains("first") || action->toolTip().contains("nothing") ||
                   action->toolTip().contains("no predictions"),
               qPrintable(action->toolTip()));
    }
    QVERIFY(!w.targets()->search()->isEnabled());
    QCOMPARE(w.targets()->search()->toolTip(), QString("Open a network first"));
  }

  void anUnknownClassIsSaidToBeUnknown() {
    DeskFixture f;
    openOne(f);
    auto& w = workspaceOf(f);
    auto* complaint = w.targets()->findChild<QLabel*>("complaint");
    QVERIFY(complaint && !complaint->isVisible());
    w.targets()->search()->setFocus();
    QTest::keyClicks(w.targets()->search(), "unicorn");
    QTest::keyClick(w.targets()->search(), Qt::Key_Return);
    QVERIFY(complaint->isVisible());
    QVERIFY(complaint->text().contains("unicorn"));
    QCOMPARE(w.targets()->search()->accessibleDescription(), complaint->text());
    QTest::keyClick(w.targets()->search(), Qt::Key_1);
    QVERIFY(!complaint->isVisible());
    QTest::keyClick(w.targets()->search(), Qt::Key_Return);
    QCOMPARE(f.studio().selection().focus().target, 1);
  }

  void aCellHasAMenu() {
    DeskFixture f;
    openOne(f);
    auto& w = workspaceOf(f);
    const int image = firstImage(f);
    ComparisonCell* cell = w.grid()->cellWidget({row(image), "gradient"});
    QVERIFY(cell);
    QStringList entries;
    QTimer::singleShot(0, &w, [&entries] {
      auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
      if (!menu) return;
      for (QAction* action : menu->actions()) entries << action->text().remove('&');
      QTest::keyClick(menu, Qt::Key_Down);  // Enlarge
      QTest::keyClick(menu, Qt::Key_Return);
    });
    const QPoint at = cell->canvas()->mapToGlobal(cell->canvas()->rect().center());
    QContextMenuEvent event(QContextMenuEvent::Mouse, w.grid()->viewport()->mapFromGlobal(at), at);
    QCoreApplication::sendEvent(w.grid()->viewport(), &event);
    QVERIFY2(entries.contains("Enlarge") && entries.contains("Remove this method"), qPrintable(entries.join('|')));
    QVERIFY(entries.contains("Copy heatmap"));
    QVERIFY(w.isEnlarged());
    // The list of methods leads from one enlarged map to another.
    for (int i = 0; i < w.methods()->list()->count(); ++i) {
      auto* item = w.methods()->list()->item(i);
      if (item->data(Qt::UserRole) == "grad_cam") w.methods()->list()->setCurrentItem(item);
    }
    QVERIFY(w.isEnlarged());
    QCOMPARE(w.saveState()["current"].toString(), QString("grad_cam"));
    QVERIFY(w.commandLine().isEmpty() || w.commandLine().contains("grad_cam"));
  }

  // The main job of the program: a real network, a photo dropped on the window.
  void chelseaIsAnEgyptianCat() {
    const QString shared = QStringLiteral(UNITSCOPE_SHARED_DIR);
    const QString network = shared + "/models/squeezenet1_0-imagenet.onnx", photo = shared + "/images/chelsea.png";
    if (!QFileInfo::exists(network) || !QFileInfo::exists(photo)) QSKIP("the shared networks and photos are not here");
    DeskFixture f;
    QVERIFY(dropFiles(f.window(), {network}));
    wait(f);
    if (!f.studio().document().hasModel()) QSKIP("this build cannot read ONNX");
    QVERIFY(dropFiles(f.window(), {photo}));
    wait(f);
    auto& w = workspaceOf(f);
    const auto& bars = w.targets()->chart()->bars();
    QVERIFY(!bars.isEmpty());
    QCOMPARE(bars[0].id, 285);
    QVERIFY(bars[0].label.contains("Egyptian cat"));
    QVERIFY2(std::abs(bars[0].value - 0.583) < 0.02, qPrintable(QString::number(bars[0].value)));
    const int image = firstImage(f);
    for (const char* method : {"grad_cam", "gradient", "guided_backprop", "layer_cam", "integrated_gradients"}) {
      const auto* cell = w.results().cell({image, method});
      QVERIFY2(cell && cell->state == State::Ready, method);
    }
    // The cat's head is in the middle; the heat of Grad-CAM is there and not in the corners.
    const auto heat = w.results().cell({image, "grad_cam"})->heat;
    QVERIFY(heat->valueAt({0.5, 0.4}) > 0.4 * heat->range.high);
    QVERIFY(heat->valueAt({0.02, 0.98}) < 0.4 * heat->range.high);
    const QString command = w.commandLine();
    QVERIFY(command.startsWith("unitscope attribute "));
    QVERIFY(command.contains("chelsea.png") && command.contains("--method"));
    // Zooming one cell zooms all.
    w.grid()->link()->setView(3.0, {0.5, 0.4});
    QCOMPARE(w.grid()->cellWidget({row(image), "gradient"})->canvas()->imageRect().width(),
             w.grid()->cellWidget({row(image), "grad_cam"})->canvas()->imageRect().width());
  }
};

QTEST_MAIN(TestAttributionWorkspace)
#include "test_attribution_workspace.moc"
