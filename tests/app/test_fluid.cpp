// How long the window lets people wait. Times are reported and never judged: machines differ.
#include <QElapsedTimer>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>
#include <QScrollBar>
#include <QTest>

#include "app/attribution/attribution_workspace.h"
#include "desk_fixture.h"
#include "heartbeat.h"
#include "widgets/comparison_grid.h"
#include "widgets/image_canvas.h"
#include "widgets/view_link.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

constexpr int kPatience = 240000;

AttributionWorkspace& workspaceOf(DeskFixture& fixture) {
  return *static_cast<AttributionWorkspace*>(fixture.window().workspace("attribution"));
}

QString sharedFile(const QString& name) {
  const QString file = QStringLiteral(UNITSCOPE_SHARED_DIR) + '/' + name;
  return QFileInfo::exists(file) ? file : QString();
}

}  // namespace

class TestFluid : public QObject {
  Q_OBJECT

  // The real network where it is at hand, else the example.
  static void open(DeskFixture& f) {
    const QString network = sharedFile("models/squeezenet1_0-imagenet.onnx");
    if (network.isEmpty()) {
      f.openExample();
      return;
    }
    QVERIFY(dropFiles(f.window(), {network}));
    QVERIFY(f.desk().waitUntilIdle(kPatience));
    if (!f.studio().document().hasModel()) f.openExample();
  }

  static QString photo(DeskFixture& f) {
    const QString file = sharedFile("images/chelsea.png");
    return file.isEmpty() ? f.makePicture("photo.png", Qt::darkYellow, {300, 200}) : file;
  }

 private Q_SLOTS:
  void theWindowAppears() {
    QElapsedTimer clock;
    clock.start();
    DeskFixture f;
    QCoreApplication::processEvents();
    qInfo("window made and exposed after %lld ms", clock.elapsed());
    QVERIFY(f.window().isVisible());
  }

  void aDroppedPhotoIsExplained() {
    DeskFixture f;
    open(f);
    auto& w = workspaceOf(f);
    QElapsedTimer clock;
    Heartbeat heart;
    clock.start();
    QVERIFY(dropFiles(f.window(), {photo(f)}));
    const auto ready = [&] {
      if (f.studio().document().pictures().empty()) return false;
      const ImageId image = f.studio().document().pictures().back().id;
      const QString row = QString::number(image);
      return w.grid()->content({row, "grad_cam"}).state == CellContent::State::Ready;
    };
    QTRY_VERIFY_WITH_TIMEOUT(ready(), kPatience);
    qInfo("from the drop to Grad-CAM on the screen: %lld ms", clock.elapsed());
    QVERIFY(f.desk().waitUntilIdle(kPatience));
    qInfo("from the drop to all methods: %lld ms", clock.elapsed());
    heart.report("while a dropped photo is explained");
  }

  void manyPicturesAndMethodsScroll() {
    DeskFixture f;
    open(f);
    auto& w = workspaceOf(f);
    QJsonObject state = w.saveState();
    QJsonArray methods;
    for (const MethodInfo& method : attributionMethods()) methods.append(QString::fromStdString(method.id));
    state["methods"] = methods;
    // Their length is not the point here.
    state["parameters"] = QJsonObject{{"rise", QJsonObject{{"masks", 32}}},
                                      {"smoothgrad", QJsonObject{{"samples", 2}}},
                                      {"integrated_gradients", QJsonObject{{"steps", 2}}},
                                      {"occlusion", QJsonObject{{"window", 64}, {"stride", 64}}}};
    w.restoreState(state);
    QStringList files;
    for (int i = 0; i < 50; ++i) {
      files << f.makePicture(QString("p%1.png").arg(i), QColor::fromHsv(7 * i, 200, 200), {320, 240});
    }
    Heartbeat heart;
    QVERIFY(dropFiles(f.window(), files));
    QTRY_COMPARE_WITH_TIMEOUT(f.studio().document().pictures().size(), std::size_t(50), kPatience);
    QTest::qWait(50);
    heart.report("while 50 pictures come in");
    QScrollBar* bar = w.grid()->verticalScrollBar();
    QVERIFY(bar->maximum() > 0);
    QVERIFY(w.grid()->visibleCells().size() < 50 * (methods.size() + 1) / 4);  // only what is seen has widgets
    Heartbeat scrolling;
    for (int at = 0; at <= bar->maximum(); at += std::max(1, bar->maximum() / 60)) {
      bar->setValue(at);
      QTest::qWait(8);
    }
    scrolling.report("while 50 x 13 cells are scrolled");
    Heartbeat zooming;
    for (int i = 0; i < 40; ++i) {
      w.grid()->link()->setView(1.0 + 0.1 * i, {0.5, 0.4});
      w.grid()->link()->setCursor(QPointF(0.02 * i, 0.5));
      QTest::qWait(8);
    }
    zooming.report("while all cells are zoomed and pointed at");
    f.studio().engine().cancelAll();
    f.studio().closeModel();
    QVERIFY(f.desk().waitUntilIdle(kPatience));
  }
};

QTEST_MAIN(TestFluid)
#include "test_fluid.moc"
