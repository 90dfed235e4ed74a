#include <algorithm>
#include <cmath>
#include <ctime>

#include <QAction>
#include <QComboBox>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLabel>
#include <QPushButton>
#include <QSlider>
#include <QSpinBox>
#include <QToolButton>
#include <QUndoStack>

#include "app/counterfactual/brush_canvas.h"
#include "app/counterfactual/change_chart.h"
#include "app/counterfactual/counterfactual_workspace.h"
#include "app/counterfactual/tool_panel.h"
#include "app/image_convert.h"
#include "desk_fixture.h"
#include "heartbeat.h"
#include "image/filters.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

using Tool = ToolSettings::Tool;

/// The window with the example, the tab open, everything answered.
class Painting : public DeskFixture {
 public:
  explicit Painting(const QString& model = {}) {
    window().showWorkspace("counterfactual");  // first: the other tab would ask for all of its maps
    if (model.isEmpty()) {
      openExample();
    } else {
      studio().openPaths({model});
      QVERIFY(desk().waitUntilIdle(60000));
    }
    if (!studio().document().pictures().empty()) show();
  }
  void show() {
    studio().selection().setImage(studio().document().pictures().front().id);
    window().showWorkspace("counterfactual");
    wait();
    QVERIFY(w().pixels());
  }
  CounterfactualWorkspace& w() { return *static_cast<CounterfactualWorkspace*>(window().workspace("counterfactual")); }
  void wait() {
    QTest::qWait(20);
    QVERIFY(desk().waitUntilIdle(60000));
  }
  QPoint at(double x, double y) { return w().canvas()->toWidget({x, y}).toPoint(); }
  void pick(Tool tool) { QTest::mouseClick(w().tools()->tool(tool), Qt::LeftButton); }
  void fill(Stroke::Fill fill) {
    QComboBox* box = w().tools()->fill();
    box->setCurrentIndex(box->findData(int(fill)));
    Q_EMIT box->activated(box->currentIndex());
  }
  void drag(QPointF from, QPointF to, int steps = 8) {
    QTest::mousePress(w().canvas(), Qt::LeftButton, {}, at(from.x(), from.y()));
    for (int i = 1; i <= steps; ++i) {
      const QPointF place = from + (to - from) * i / steps;
      QTest::mouseMove(w().canvas(), at(place.x(), place.y()));
    }
    QTest::mouseRelease(w().canvas(), Qt::LeftButton, {}, at(to.x(), to.y()));
  }
  double after(int index) {
    for (const ChangeRow& row : w().chart()->rows()) {
      if (row.id == index) return row.after;
    }
    return -1;
  }
};

bool same(const ImagePtr& a, const ImagePtr& b) {
  return a && b && a->pixels == b->pixels;
}

/// What the network says of a picture given to it as any other.
std::vector<Prediction> classify(Model& model, const Image& picture) {
  return model.classify(model.preprocess(picture), 10000);
}

}  // namespace

class TestCounterfactual : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void aDragPaintsAndTheScoresChange() {
    Painting f;
    auto& w = f.w();
    const ImagePtr before = w.pixels();
    const int target = w.target();
    QVERIFY(target >= 0);
    QCOMPARE(w.chart()->chosen(), target);
    const double share = f.after(target);
    QVERIFY(share > 0.2);
    f.fill(Stroke::Fill::Mean);
    w.tools()->brushSize()->setValue(40);
    f.drag({0.2, 0.5}, {0.8, 0.5});
    f.wait();
    QVERIFY(!same(before, w.pixels()));
    QCOMPARE(w.strokes(f.studio().selection().focus().image).size(), std::size_t(1));
    QVERIFY2(std::abs(f.after(target) - share) > 0.001, qPrintable(QString::number(f.after(target))));
    // Only under the brush: the upper fifth is as it was.
    const std::size_t part = before->pixels.size() / 5;
    QVERIFY(
        std::equal(before->pixels.begin(), before->pixels.begin() + std::ptrdiff_t(part), w.pixels()->pixels.begin()));
    const Stroke& stroke = *w.strokes(f.studio().selection().focus().image).front();
    QVERIFY(stroke.points.size() >= 8);
    QVERIFY(std::abs(stroke.points.front().x() - 0.2) < 0.02);
  }

  void scoresComeWhileTheButtonIsDown() {
    Painting f;
    auto& w = f.w();
    const int target = w.target();
    const double share = f.after(target);
    f.fill(Stroke::Fill::Mean);
    w.tools()->brushSize()->setValue(50);
    QTest::mousePress(w.canvas(), Qt::LeftButton, {}, f.at(0.5, 0.5));
    QTRY_VERIFY_WITH_TIMEOUT(std::abs(f.after(target) - share) > 1e-4, 20000);
    QVERIFY(w.strokes(f.studio().selection().focus().image).empty());
    // Escape gives it up.
    w.canvas()->setFocus();
    QTest::keyClick(w.canvas(), Qt::Key_Escape);
    QTest::mouseRelease(w.canvas(), Qt::LeftButton, {}, f.at(0.5, 0.5));
    f.wait();
    QCOMPARE(f.after(target), share);
    QVERIFY(w.strokes(f.studio().selection().focus().image).empty());
  }

  void undoRestoresToTheLastBit_data() {
    QTest::addColumn<int>("fill");
    QTest::newRow("blur") << int(Stroke::Fill::Blur);
    QTest::newRow("mean") << int(Stroke::Fill::Mean);
    QTest::newRow("inpaint") << int(Stroke::Fill::Inpaint);
    QTest::newRow("copy") << int(Stroke::Fill::Copy);
  }
  void undoRestoresToTheLastBit() {
    QFETCH(int, fill);
    if (!hasImageFilters() && fill != int(Stroke::Fill::Mean) && fill != int(Stroke::Fill::Copy))
      QSKIP("built without OpenCV");
    Painting f;
    auto& w = f.w();
    const ImagePtr original = w.pixels();
    f.fill(Stroke::Fill(fill));
    f.wait();
    f.drag({0.3, 0.3}, {0.6, 0.7});
    f.wait();
    const ImagePtr first = w.pixels();
    f.drag({0.7, 0.3}, {0.4, 0.6});
    f.wait();
    const ImagePtr second = w.pixels();
    QVERIFY(first && second && !same(original, first) && !same(first, second));
    f.studio().undo().undo();
    f.wait();
    QVERIFY(same(w.pixels(), first));
    f.studio().undo().undo();
    f.wait();
    QVERIFY(same(w.pixels(), original));
    QVERIFY(!w.tools()->reset()->isEnabled());
    f.studio().undo().redo();
    f.studio().undo().redo();
    f.wait();
    QVERIFY(same(w.pixels(), second));
    QTest::mouseClick(w.tools()->reset(), Qt::LeftButton);
    f.wait();
    QVERIFY(same(w.pixels(), original));
    f.studio().undo().undo();
    f.wait();
    QVERIFY(same(w.pixels(), second));
  }

  void theEraserBringsTheOriginalBack() {
    Painting f;
    auto& w = f.w();
    const ImagePtr original = w.pixels();
    f.fill(Stroke::Fill::Mean);
    w.tools()->brushSize()->setValue(10);
    f.drag({0.5, 0.5}, {0.5, 0.5}, 1);
    f.wait();
    QVERIFY(!same(original, w.pixels()));
    w.canvas()->setFocus();
    QTest::keyClick(w.canvas(), Qt::Key_X);
    QVERIFY(w.tools()->tool(Tool::Eraser)->isChecked());
    const int size = w.tools()->brushSize()->value();
    for (int i = 0; i < 12; ++i) QTest::keyClick(w.canvas(), Qt::Key_BracketRight);
    QVERIFY(w.tools()->brushSize()->value() > size + 10);
    f.drag({0.5, 0.5}, {0.5, 0.5}, 1);
    f.wait();
    QVERIFY(same(original, w.pixels()));
    QTest::keyClick(w.canvas(), Qt::Key_X);
    QVERIFY(w.tools()->tool(Tool::Brush)->isChecked());
    QTest::keyClick(w.canvas(), Qt::Key_BracketLeft);
    QVERIFY(w.tools()->brushSize()->value() < 60);
  }

  void theKeyboardPaintsAndCompares() {
    Painting f;
    auto& w = f.w();
    const ImagePtr original = w.pixels();
    w.canvas()->setFocus();
    for (int i = 0; i < 3; ++i) QTest::keyClick(w.canvas(), Qt::Key_Right, Qt::ControlModifier);
    QTest::keyClick(w.canvas(), Qt::Key_Return);
    f.wait();
    QVERIFY(!same(original, w.pixels()));
    const QImage edited = w.canvas()->image();
    QTest::keyPress(w.canvas(), Qt::Key_C);
    QCOMPARE(w.canvas()->image(), toQImage(*original));
    QTest::keyRelease(w.canvas(), Qt::Key_C);
    QCOMPARE(w.canvas()->image(), edited);
    w.divider()->setValue(100);
    QCOMPARE(w.canvas()->image().convertToFormat(QImage::Format_RGB32),
             toQImage(*original).convertToFormat(QImage::Format_RGB32));
    w.divider()->setValue(0);
    QCOMPARE(w.canvas()->image(), edited);
  }

  void aKeptPictureIsSeenToTheLastPixel() {
    Painting f;
    auto& w = f.w();
    // Neither square nor of the network's size: it is resized and cropped.
    QImage odd(301, 187, QImage::Format_RGB32);
    for (int y = 0; y < odd.height(); ++y) {
      for (int x = 0; x < odd.width(); ++x) odd.setPixel(x, y, qRgb(x * 255 / 300, (x * y) % 256, y));
    }
    QVERIFY(odd.save(f.path("odd.png")));
    f.studio().addPictureFiles({f.path("odd.png")});
    f.wait();
    f.studio().selection().setImage(f.studio().document().pictures().back().id);
    f.wait();
    QVERIFY(w.commandLine().contains("odd.png"));
    f.drag({0.3, 0.3}, {0.6, 0.7});
    f.wait();
    QVERIFY(w.commandLine().isEmpty());
    const std::size_t count = f.studio().document().pictures().size();
    QTest::mouseClick(w.tools()->keep(), Qt::LeftButton);
    f.wait();
    QCOMPARE(f.studio().document().pictures().size(), count + 1);
    Model& model = *f.studio().document().model();
    const Image kept = *f.studio().document().pictures().back().pixels;
    QVERIFY(model.pictureOf(model.preprocess(kept)).pixels == w.pixels()->pixels);
    QVERIFY(w.savePicture(f.path("edited picture.png")));
    QVERIFY2(w.commandLine().contains("classify") && w.commandLine().contains("edited picture.png'"),
             qPrintable(w.commandLine()));
    const Image written = loadImage(f.path("edited picture.png").toStdString());
    for (const Prediction& p : classify(model, written)) {
      const double shown = f.after(int(p.index));
      if (shown >= 0) QVERIFY(std::abs(shown - p.probability) < 1e-6);
    }
    f.studio().undo().undo();
    QCOMPARE(f.studio().document().pictures().size(), count);
  }

  void hoveringTellsWhatOcclusionTells_data() {
    QTest::addColumn<QString>("cover");
    QTest::newRow("mean") << "zero";
    QTest::newRow("black") << "black";
    QTest::newRow("blur") << "blur";
  }
  void hoveringTellsWhatOcclusionTells() {
    QFETCH(QString, cover);
    if (cover == "blur" && !hasImageFilters()) QSKIP("built without OpenCV");
    Painting f;
    auto& w = f.w();
    QJsonObject state = w.saveState();
    const ImagePtr seen = w.pixels();
    const int side = seen->width / 4;
    state["tool"] = "occluder";
    state["window"] = side;
    state["cover"] = cover;
    w.restoreState(state);
    f.wait();
    // The second window of the second row of an occlusion whose windows lie side by side.
    QTest::mouseMove(w.canvas(), f.at(0.1, 0.9));
    QTest::mouseMove(w.canvas(), f.at(1.5 * side / seen->width, 1.5 * side / seen->height));
    f.wait();
    QVERIFY(w.reading());
    const PixelBox box = w.reading()->window;
    QVERIFY(std::abs(box.left - side) <= 1 && std::abs(box.top - side) <= 1);
    QVERIFY(!w.canvas()->windowText().isEmpty());
    QVERIFY(w.visited().visits() >= 1);
    QVERIFY(!w.canvas()->overlay().isNull());
    // Exactly there by the keyboardless way: the mouse knows whole screen pixels only.
    Q_EMIT w.canvas()->hovered(QPointF(1.5 * side / seen->width, 1.5 * side / seen->height));
    f.wait();
    QCOMPARE(w.reading()->window, (PixelBox{side, side, 2 * side, 2 * side}));
    Model& model = *f.studio().document().model();
    AttributionQuestion question;
    question.method = "occlusion";
    question.input = inputOfSeen(*seen, model.card());
    question.target = w.target();
    for (const MethodInfo& info : attributionMethods()) {
      if (info.id != "occlusion") continue;
      question.parameters = ParameterValues(info);
      question.parameters.set(info, "window", std::int64_t{side});
      question.parameters.set(info, "stride", std::int64_t{side});
      question.parameters.set(info, "baseline", std::string_view(cover.toStdString()));
    }
    const AttributionAnswer answer = model.attribute(question);
    const float there = answer.map.values[std::size_t((side + side / 2) * seen->width + side + side / 2)];
    QVERIFY2(std::abs(there - w.reading()->drop()) < 1e-3,
             qPrintable(QString("%1 %2").arg(there).arg(w.reading()->drop())));
  }

  void theHeatmapFollowsTheStrokes() {
    Painting f;
    auto& w = f.w();
    QComboBox* heat = w.tools()->heat();
    const int gradient = heat->findData("gradient");
    QVERIFY(gradient > 0);
    heat->setCurrentIndex(gradient);
    Q_EMIT heat->activated(gradient);
    f.wait();
    const QImage before = w.canvas()->overlay();
    QVERIFY(!before.isNull());
    w.tools()->brushSize()->setValue(50);
    f.drag({0.3, 0.3}, {0.6, 0.7});
    f.wait();
    const QImage after = w.canvas()->overlay();
    QVERIFY(!after.isNull() && after != before);
    f.studio().undo().undo();
    f.wait();
    QCOMPARE(w.canvas()->overlay(), before);
  }

  void aRowExplainsItsClass() {
    Painting f;
    auto& w = f.w();
    const int first = w.target();
    QVERIFY(w.chart()->rows().size() >= 2);
    const int wanted = w.chart()->rows()[1].id;
    QTest::mouseClick(w.chart()->viewport(), Qt::LeftButton, {}, w.chart()->rowRect(1).center());
    QCOMPARE(w.target(), wanted);
    f.studio().undo().undo();
    QCOMPARE(w.target(), first);
  }

  void sessionsKeepTheStrokes() {
    Painting f;
    {
      auto& w = f.w();
      f.fill(Stroke::Fill::Copy);
      f.wait();
      f.drag({0.2, 0.2}, {0.5, 0.5});
      f.wait();
      if (hasImageFilters()) {
        f.fill(Stroke::Fill::Inpaint);
        f.drag({0.6, 0.3}, {0.7, 0.7});
        f.wait();
      }
      w.tools()->brushSize()->setValue(23);
    }
    const ImagePtr painted = f.w().pixels();
    const std::size_t count = f.w().strokes(f.studio().selection().focus().image).size();
    QVERIFY(count >= 1);
    const QString file = f.path("work.unitscope");
    QVERIFY(f.window().session().save(file));
    f.reopen();
    f.studio().openPaths({file});
    QVERIFY(f.desk().waitUntilIdle(60000));
    f.wait();
    QCOMPARE(f.window().currentWorkspace()->id(), QString("counterfactual"));
    auto& w = f.w();
    QCOMPARE(w.strokes(f.studio().selection().focus().image).size(), count);
    QVERIFY(same(w.pixels(), painted));
    QCOMPARE(w.tools()->brushSize()->value(), 23);
  }

  void foreignStatesDoNoHarm() {
    Painting f;
    auto& w = f.w();
    for (const char* text :
         {"{}", "{\"edits\": 3, \"tool\": [], \"size\": 1e300, \"window\": -5}",
          "{\"edits\": [{\"picture\": 99999}, 4, {\"picture\": 0, \"strokes\": [{\"fill\": \"blur\"}]}]}",
          "{\"edits\": [{\"picture\": 0, \"strokes\": [{\"fill\": \"mean\", \"radius\": 9e9, \"softness\": 0, "
          "\"points\": [0, 0]}, {\"fill\": \"copy\", \"source\": -7, \"radius\": 0.1, \"softness\": 0, "
          "\"points\": [0.5, 0.5]}]}]}"}) {
      w.restoreState(QJsonDocument::fromJson(text).object());
      f.wait();
      QVERIFY(w.pixels());
    }
  }

  void emptyStatesSayWhatToDo() {
    DeskFixture f;
    f.window().showWorkspace("counterfactual");
    auto& w = *static_cast<CounterfactualWorkspace*>(f.window().workspace("counterfactual"));
    QVERIFY(f.desk().waitUntilIdle(20000));
    QVERIFY(w.commandLine().isEmpty());
    for (const Tool tool : {Tool::Brush, Tool::Eraser, Tool::Occluder}) {
      QVERIFY(!w.tools()->tool(tool)->isEnabled());
      QVERIFY(!w.tools()->tool(tool)->toolTip().isEmpty());
    }
    QVERIFY(!w.tools()->keep()->isEnabled());
    for (const QAction* action : w.exportActions()) QVERIFY(!action->isEnabled());
    f.openExample();
    QVERIFY(f.desk().waitUntilIdle(60000));
  }

  void hoveringKeepsUp_data() {
    QTest::addColumn<QString>("model");
    QTest::newRow("example") << "";
    QTest::newRow("squeezenet") << UNITSCOPE_SHARED_DIR "/models/squeezenet1_0-imagenet.pt";
  }
  void hoveringKeepsUp() {
    QFETCH(QString, model);
    if (!model.isEmpty() && !QFile::exists(model)) QSKIP("needs ../shared");
    Painting f(model);
    if (f.studio().document().pictures().empty()) {
      f.studio().addPictureFiles({f.makePicture("p.png", Qt::darkGreen, {256, 256})});
      QVERIFY(f.desk().waitUntilIdle(60000));
      f.show();
    }
    auto& w = f.w();
    f.pick(Tool::Occluder);
    QTest::mouseMove(w.canvas(), f.at(0.5, 0.5));
    f.wait();
    Heartbeat heartbeat;
    const int before = w.readings();
    const std::clock_t started = std::clock();
    QElapsedTimer clock;
    clock.start();
    for (int i = 0; clock.elapsed() < 3000; ++i) {
      QTest::mouseMove(w.canvas(), f.at(0.2 + 0.6 * std::abs(std::sin(i * 0.05)), 0.5 + 0.3 * std::cos(i * 0.03)));
      QTest::qWait(15);
    }
    const int readings = w.readings() - before;
    const double each = 1000.0 * double(std::clock() - started) / CLOCKS_PER_SEC / std::max(1, readings);
    heartbeat.report("hovering");
    qInfo("%.1f readings a second, each %.1f ms of processor time", readings * 1000.0 / double(clock.elapsed()), each);
    QVERIFY(readings > 0);
    f.wait();
  }
};

QTEST_MAIN(TestCounterfactual)
#include "test_counterfactual.moc"
