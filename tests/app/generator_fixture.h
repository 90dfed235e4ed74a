#pragma once

#include "app/generator/generator_concepts.h"
#include "app/generator/generator_page.h"
#include "app/generator/generator_stage.h"
#include "app/generator/generator_workspace.h"
#include "app/generator/sample_controls.h"
#include "app/generator/sample_shelf.h"
#include "app/generator/samples/samples_page.h"
#include "app/generator/stage_canvas.h"
#include "app/generator/stage_panel.h"
#include "app/generator/units/units_page.h"
#include "desk_fixture.h"
#include "gan/generators.h"
#include "widgets/tile_grid.h"
#ifdef UNITSCOPE_HAS_ONNX
#include "formats/onnx/onnx_writer.h"
#endif

namespace unitscope::test {

/// The window with a generator on stage.
class OnStage : public DeskFixture {
 public:
  static constexpr int kPatience = 120000;

  /// A small one with random weights, written as a file.
  explicit OnStage(const Graph& graph, const ModelCard& card = {}) {
    window().showWorkspace("generator");
    open(graph, card);
  }
  /// One that comes with the program.
  explicit OnStage(const QString& builtIn) {
    window().showWorkspace("generator");
    studio().openBuiltIn(builtIn, false);
    waitForPicture();
  }

  void open(const Graph& graph, ModelCard card = {}) {
    card.task = ModelCard::Task::Generator;
    const QString file = path(QStringLiteral("generator%1.onnx").arg(++files_));
#ifdef UNITSCOPE_HAS_ONNX
    writeOnnx(graph, file.toStdString());
#else
    Q_UNUSED(graph)
#endif
    const std::shared_ptr<Generator> before = stage().generator();
    studio().openModel(file, card);
    if (!QTest::qWaitFor([&] { return stage().generator() && stage().generator() != before; }, kPatience))
      qFatal("it did not open: %s", qPrintable(stage().reason()));
    waitForPicture();
  }

  GeneratorWorkspace& w() {
    return *static_cast<GeneratorWorkspace*>(window().workspace("generator"));
  }
  GeneratorStage& stage() {
    return *w().stage();
  }
  StagePanel& panel() {
    return *w().panel();
  }
  SampleControls& controls() {
    return *panel().controls();
  }
  SampleShelf& shelf() {
    return *stage().shelf();
  }
  const GeneratorScene& scene() {
    return stage().scene();
  }
  template <class Page>
  Page& page() {
    for (GeneratorPage* page : w().pages())
      if (auto* found = qobject_cast<Page*>(page)) {
        w().tabs()->setCurrentWidget(found);
        return *found;
      }
    qFatal("there is no such page");
  }
  QUndoStack& undo() {
    return studio().undo();
  }

  void waitForPicture() {
    if (!QTest::qWaitFor([&] { return !stage().busy() && !stage().picture().isNull(); }, kPatience))
      qFatal("no picture came: %s", qPrintable(stage().reason() + stage().failure()));
  }
  /// Until the picture is that of the scene, and thumbnails and maps are there.
  void settle() {
    QTest::qWait(1);
    if (!desk().waitUntilIdle(kPatience)) qFatal("the window did not come to rest");
  }
  static void clickTile(TileGrid* grid, int index, Qt::KeyboardModifiers modifiers = {}) {
    grid->setCurrent(index);
    QTest::mouseClick(grid->viewport(), Qt::LeftButton, modifiers, grid->tileRect(index).center());
  }

 private:
  int files_ = 0;
};

}  // namespace unitscope::test
