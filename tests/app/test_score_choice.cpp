#include <cmath>

#include <QApplication>
#include <QComboBox>
#include <QContextMenuEvent>
#include <QLineEdit>
#include <QMenu>
#include <QSignalSpy>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QTest>
#include <QTimer>
#include <QUndoStack>

#include "app/attribution/attribution_workspace.h"
#include "app/attribution/class_search.h"
#include "app/attribution/score_panel.h"
#include "app/attribution/target_panel.h"
#include "desk_fixture.h"
#include "graph/layers.h"
#include "widgets/region_picker.h"
#include "widgets/top_chart.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

using Kind = ScoreChoice::Kind;
using State = AttributionResults::State;
constexpr int kPatience = 120000;

AttributionWorkspace& workspaceOf(DeskFixture& fixture) {
  return *static_cast<AttributionWorkspace*>(fixture.window().workspace("attribution"));
}

}  // namespace

class TestScoreChoice : public QObject {
  Q_OBJECT

  static void wait(DeskFixture& fixture) {
    QTest::qWait(20);
    QVERIFY(fixture.desk().waitUntilIdle(kPatience));
  }

  // Two pictures, one quick method.
  static void open(DeskFixture& fixture, const QString& network) {
    fixture.studio().openBuiltIn(network);
    QVERIFY(fixture.desk().waitUntilIdle(kPatience));
    QVERIFY(fixture.studio().document().hasModel());
    std::vector<ImageId> others;
    for (const PictureEntry& picture : fixture.studio().document().pictures()) others.push_back(picture.id);
    others.erase(others.begin(), others.begin() + 2);
    fixture.studio().removePictures(others);
    auto& w = workspaceOf(fixture);
    QJsonObject state = w.saveState();
    state["methods"] = QJsonArray{"gradient"};
    state["current"] = "gradient";
    w.restoreState(state);
    fixture.studio().selection().setImage(image(fixture));
    wait(fixture);
    fixture.studio().undo().clear();
  }

  static ImageId image(DeskFixture& fixture) { return fixture.studio().document().pictures().front().id; }

  static const AttributionResults::Cell& cell(DeskFixture& fixture) {
    return *workspaceOf(fixture).results().cell({image(fixture), "gradient"});
  }

  static std::vector<float> mapOf(DeskFixture& fixture) { return cell(fixture).result->answer.map.values; }

  // As by the mouse on the box.
  static void pickKind(DeskFixture& fixture, Kind kind) {
    QComboBox* box = workspaceOf(fixture).targets()->score()->kind();
    box->setCurrentIndex(box->findData(int(kind)));
    Q_EMIT box->activated(box->currentIndex());
  }

  static bool canAsk(DeskFixture& fixture, Kind kind, QString* why = nullptr) {
    QComboBox* box = workspaceOf(fixture).targets()->score()->kind();
    const int row = box->findData(int(kind));
    if (why) *why = box->itemData(row, Qt::ToolTipRole).toString();
    return qobject_cast<QStandardItemModel*>(box->model())->item(row)->isEnabled();
  }

 private Q_SLOTS:
  void aBarsMenuAsksWhyNotAnother() {
    DeskFixture f;
    open(f, "example");
    auto& w = workspaceOf(f);
    TopChart* chart = w.targets()->chart();
    const TopBar first = chart->bars()[0], second = chart->bars()[1];
    const std::vector<float> before = mapOf(f);
    QStringList entries;
    QTimer::singleShot(0, &w, [&entries] {
      auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
      if (!menu) return;
      for (QAction* action : menu->actions()) entries << action->text().remove('&');
      QTest::keyClick(menu, Qt::Key_Down);
      QTest::keyClick(menu, Qt::Key_Down);
      QTest::keyClick(menu, Qt::Key_Return);
    });
    const QPoint at = chart->rowRect(1).center();
    QContextMenuEvent event(QContextMenuEvent::Mouse, at, chart->viewport()->mapToGlobal(at));
    QCoreApplication::sendEvent(chart->viewport(), &event);
    QVERIFY2(entries.contains(QString("Why %1 rather than %2?").arg(first.label, second.label)),
             qPrintable(entries.join('|')));
    wait(f);
    QCOMPARE(cell(f).request.against, second.id);
    QVERIFY(mapOf(f) != before);
    QVERIFY2(w.targets()->explained().contains(first.label + " rather than " + second.label),
             qPrintable(w.targets()->explained()));
    // The gradient of a difference is the difference of the gradients.
    const std::vector<float> difference = mapOf(f);
    f.studio().undo().undo();
    wait(f);
    QCOMPARE(cell(f).request.against, -1);
    QCOMPARE(mapOf(f), before);
    f.studio().selection().setTarget(second.id);
    wait(f);
    const std::vector<float> other = mapOf(f);
    double worst = 0, largest = 0;
    for (std::size_t i = 0; i < other.size(); ++i) {
      worst = std::max(worst, std::abs(double(before[i]) - double(other[i]) - double(difference[i])));
      largest = std::max(largest, std::abs(double(before[i])));
    }
    QVERIFY2(worst < 1e-4 * largest, qPrintable(QString::number(worst / largest)));
  }

  void theSecondClassIsSearchedFor() {
    DeskFixture f;
    open(f, "example");
    auto& w = workspaceOf(f);
    ScorePanel* panel = w.targets()->score();
    QVERIFY(!panel->second()->isVisible());
    const std::vector<float> before = mapOf(f);
    pickKind(f, Kind::Difference);
    QVERIFY(panel->second()->isVisible());
    wait(f);
    // Until there is a second class, the first is explained, and that is said.
    QCOMPARE(mapOf(f), before);
    QVERIFY2(w.targets()->explained().contains("Choose the second class"), qPrintable(w.targets()->explained()));
    const TopBar second = w.targets()->chart()->bars()[1];
    panel->second()->edit()->setFocus();
    QTest::keyClicks(panel->second()->edit(), QString::number(second.id));
    QTest::keyClick(panel->second()->edit(), Qt::Key_Return);
    wait(f);
    QCOMPARE(cell(f).request.against, second.id);
    QVERIFY(w.targets()->explained().contains("rather than " + second.label));
    // The explained class itself is no second one.
    f.studio().selection().setTarget(second.id);
    wait(f);
    QCOMPARE(cell(f).request.against, -1);
    QVERIFY(w.targets()->explained().contains("the same"));
  }

  void aUnitIsExplained() {
    DeskFixture f;
    open(f, "example");
    auto& w = workspaceOf(f);
    ScorePanel* panel = w.targets()->score();
    const auto& spatial = f.studio().document().opened().spatialLayers;
    QVERIFY(!spatial.empty());
    const QString layer = QString::fromStdString(spatial.front().name);
    f.studio().selection().setUnit(layer, 2);
    const std::vector<float> before = mapOf(f);
    // What is looked at elsewhere is what is asked about.
    pickKind(f, Kind::Unit);
    wait(f);
    QCOMPARE(cell(f).request.unitLayer, layer);
    QCOMPARE(cell(f).request.target, 2);
    QCOMPARE(cell(f).state, State::Ready);
    QVERIFY(mapOf(f) != before);
    QCOMPARE(w.targets()->explained(), QString("Explained: channel 2 of %1").arg(layer));
    QCOMPARE(w.targets()->chart()->chosen(), -1);
    panel->channel()->setValue(3);
    wait(f);
    QCOMPARE(cell(f).request.target, 3);
    QCOMPARE(panel->channel()->maximum(), channelCount(f.studio().document(), layer) - 1);
    // Whoever picks a class now means the class; one step of undo goes back.
    TopChart* chart = w.targets()->chart();
    QTest::mouseClick(chart->viewport(), Qt::LeftButton, {}, chart->rowRect(1).center());
    wait(f);
    QVERIFY(cell(f).request.unitLayer.isEmpty());
    QCOMPARE(cell(f).request.target, chart->bars()[1].id);
    f.studio().undo().undo();
    wait(f);
    QCOMPARE(cell(f).request.unitLayer, layer);
    // Another network has no such layer: said, and the class is explained.
    QJsonObject state = w.saveState();
    QJsonObject score = state["score"].toObject();
    score["unit"] = QJsonObject{{"layer", "no.such.layer"}, {"channel", 1}};
    state["score"] = score;
    w.restoreState(state);
    wait(f);
    QVERIFY(w.targets()->explained().contains("no.such.layer"));
    QVERIFY(cell(f).request.unitLayer.isEmpty());
    QCOMPARE(panel->layer()->currentText(), QString("no.such.layer (not in this network)"));
  }

  void similarityToAnotherPicture() {
    DeskFixture f;
    open(f, "example");
    auto& w = workspaceOf(f);
    ScorePanel* panel = w.targets()->score();
    const auto& pictures = f.studio().document().pictures();
    QCOMPARE(pictures.size(), std::size_t(2));
    const ImageId second = pictures[1].id;
    const QString name = pictures[1].name;
    const std::vector<float> before = mapOf(f);
    pickKind(f, Kind::Resemblance);
    QVERIFY(panel->pictures()->isVisible());
    panel->pictures()->setCurrentIndex(2);
    Q_EMIT panel->pictures()->activated(2);
    wait(f);
    QCOMPARE(cell(f).request.resemble, pictures[1].pixels);
    QCOMPARE(cell(f).state, State::Ready);
    QVERIFY(mapOf(f) != before);
    QCOMPARE(w.targets()->explained(), "Explained: similar to " + name);
    // Without it there is nothing to be similar to.
    f.studio().removePictures({second});
    wait(f);
    QVERIFY(!cell(f).request.resemble);
    QString why;
    QVERIFY(!canAsk(f, Kind::Resemblance, &why));
    QVERIFY2(why.contains("second picture"), qPrintable(why));
    QVERIFY(w.targets()->explained().contains(why));
    f.studio().undo().undo();
    wait(f);
    QVERIFY(cell(f).request.resemble);
  }

  void regionsNeedAnOutputWithPlaces() {
    DeskFixture f;
    open(f, "example");
    QString why;
    QVERIFY(!canAsk(f, Kind::Region, &why));
    QVERIFY2(why.contains("no places"), qPrintable(why));
    QVERIFY(canAsk(f, Kind::Difference));
    QVERIFY(canAsk(f, Kind::Unit));
  }

  void aRectangleOfASegmentersOutput() {
    DeskFixture f;
    open(f, "scene-segmenter");
    auto& w = workspaceOf(f);
    ScorePanel* panel = w.targets()->score();
    QVERIFY(canAsk(f, Kind::Region));
    pickKind(f, Kind::Region);
    RegionPicker* picker = panel->region();
    QVERIFY(picker->isVisible());
    QVERIFY(w.targets()->explained().contains("Draw a rectangle"));
    QTest::qWait(50);
    const QRectF rect = picker->imageRect();
    const auto at = [&rect](double x, double y) {
      return QPoint(int(rect.x() + x * rect.width()), int(rect.y() + y * rect.height()));
    };
    QTest::mousePress(picker, Qt::LeftButton, {}, at(0.1, 0.2));
    QTest::mouseMove(picker, at(0.3, 0.3));
    QTest::mouseRelease(picker, Qt::LeftButton, {}, at(0.4, 0.6));
    wait(f);
    QVERIFY(cell(f).request.region);
    QCOMPARE(cell(f).state, State::Ready);
    const QRectF drawn = picker->region();
    QVERIFY(std::abs(drawn.left() - 0.1) < 0.02 && std::abs(drawn.bottom() - 0.6) < 0.02);
    QVERIFY2(w.targets()->explained().contains("within x "), qPrintable(w.targets()->explained()));
    // What is far from the region has next to nothing to do with its score.
    const Array& map = cell(f).result->answer.map;
    const std::int64_t h = map.shape[2], wide = map.shape[3];
    double inside = 0, far = 0;
    int insideCount = 0, farCount = 0;
    for (std::size_t i = 0; i < map.values.size(); ++i) {
      const double x = double(std::int64_t(i) % wide) / double(wide),
                   y = double(std::int64_t(i) / wide % h) / double(h);
      if (drawn.contains(x, y)) inside += std::abs(map.values[i]), ++insideCount;
      if (x > 0.85 && y > 0.85) far += std::abs(map.values[i]), ++farCount;
    }
    QVERIFY(insideCount > 0 && farCount > 0);
    QVERIFY2(inside / insideCount > 5 * far / farCount,
             qPrintable(QString("%1 %2").arg(inside / insideCount).arg(far / farCount)));
    QVERIFY(w.commandLine().isEmpty() || w.commandLine().contains("# without the region"));
    // It comes back with the session; the keyboard moves it.
    const QJsonObject state = w.saveState();
    f.studio().undo().undo();
    wait(f);
    QVERIFY(!cell(f).request.region);
    w.restoreState(state);
    wait(f);
    QVERIFY(cell(f).request.region);
    QVERIFY(std::abs(picker->region().left() - drawn.left()) < 1e-6);
    const auto before = cell(f).request.region;
    QTest::keyClick(picker, Qt::Key_Right);
    wait(f);
    QVERIFY(picker->region().left() > drawn.left() + 0.01);
    QVERIFY(cell(f).request.region != before);
  }

  void sessionsMayHoldNonsense() {
    const auto read = [](const char* text) { return ScoreChoice::fromJson(QJsonDocument::fromJson(text).object()); };
    QCOMPARE(read("{}"), ScoreChoice());
    QCOMPARE(read(R"({"kind":"what","against":"x","unit":7,"region":[1],"picture":3})"), ScoreChoice());
    QCOMPARE(read(R"({"kind":"region","region":{"x":0.5,"y":0,"w":0.9,"h":1}})").region, QRectF());
    QCOMPARE(read(R"({"kind":"unit","unit":{"layer":"a","channel":-5}})").channel, 0);
    QCOMPARE(read(R"({"kind":"difference","against":1e99})").against, -1);
    ScoreChoice all;
    all.kind = Kind::Resemblance;
    all.against = 3;
    all.layer = "features.3";
    all.channel = 12;
    all.region = QRectF(0.1, 0.2, 0.3, 0.4);
    all.picture = "/a/b.png";
    QCOMPARE(ScoreChoice::fromJson(all.toJson()), all);
  }

  void commandsSayWhatTheyCan() {
    MethodInfo method;
    method.id = "gradient";
    AttributionRequest request;
    request.method = "gradient";
    request.target = 281;
    request.against = 282;
    QCOMPARE(
        attributeCommand("net.onnx", "cat.png", method, request),
        QString("unitscope attribute net.onnx cat.png --method gradient --target 281 --against 282 --out heat.png"));
    request.against = -1;
    request.unitLayer = "features.3";
    request.target = 7;
    QVERIFY(attributeCommand("net.onnx", "cat.png", method, request).contains(" --unit features.3:7 "));
    QVERIFY(!attributeCommand("net.onnx", "cat.png", method, request).contains("--target"));
    request.unitLayer.clear();
    request.target = -1;
    request.resemble = std::make_shared<const Image>();
    QVERIFY(
        attributeCommand("net.onnx", "cat.png", method, request, "my dog.png").contains(" --resemble 'my dog.png' "));
    QVERIFY(attributeCommand("net.onnx", "cat.png", method, request).contains("# without the second picture"));
  }

  void weightsAreOneWithinTheRegion() {
    QVERIFY(!regionWeights({}));
    const auto weights = regionWeights(QRectF(0.25, 0.5, 0.5, 0.25));
    const std::int64_t side = weights->shape[1];
    double sum = 0;
    for (const float value : weights->values) sum += value;
    QVERIFY(std::abs(sum / double(side * side) - 0.125) < 0.001);
    QCOMPARE(weights->values[std::size_t(side * (side * 5 / 8) + side / 2)], 1.0F);
    QCOMPARE(weights->values[std::size_t(side * (side / 4) + side / 2)], 0.0F);
    double least = 0;
    const auto thin = regionWeights(QRectF(0.999999, 0.999999, 1e-7, 1e-7));
    for (const float value : thin->values) least += value;
    QVERIFY(least >= 1.0);
  }
};

QTEST_MAIN(TestScoreChoice)
#include "test_score_choice.moc"
