#pragma once

#include <QTabWidget>

#include "app/generator/directions/direction_list.h"
#include "app/generator/directions/direction_tool.h"
#include "app/generator/directions/directions_page.h"
#include "app/generator/generator_stage.h"
#include "app/generator/generator_workspace.h"
#include "desk_fixture.h"
#include "gan/generators.h"

namespace unitscope::test {

/// A window with a built-in generator on stage and the page of directions before it.
class DirectionsFixture : public DeskFixture {
 public:
  explicit DirectionsFixture(const QString& generator = QStringLiteral("scene-generator")) { open(generator); }

  void open(const QString& generator) {
    studio().openBuiltIn(generator, false);
    if (!desk().waitUntilIdle(60000)) qFatal("the generator did not open");
    showPage();
    if (!desk().waitUntilIdle(60000) || !stage().generator()) qFatal("there is no generator on stage");
  }
  /// A network that the test made.
  explicit DirectionsFixture(Graph graph) {
    OpenedModel opened;
    opened.model = modelOf(std::move(graph));
    opened.title = QStringLiteral("test");
    const ModelCard card = opened.model->card();
    studio().document().setModel(std::move(opened), card);
    showPage();
    if (!desk().waitUntilIdle(60000) || !stage().generator()) qFatal("there is no generator on stage");
  }
  void showPage() {
    window().showWorkspace(QStringLiteral("generator"));
    workspace().tabs()->setCurrentWidget(&page());
  }

  GeneratorWorkspace& workspace() {
    auto* found = qobject_cast<GeneratorWorkspace*>(window().currentWorkspace());
    if (!found) qFatal("there is no generator workspace");
    return *found;
  }
  GeneratorStage& stage() { return *workspace().stage(); }
  DirectionsPage& page() {
    for (GeneratorPage* page : workspace().pages())
      if (auto* found = qobject_cast<DirectionsPage*>(page)) return *found;
    qFatal("there is no page of directions");
  }
  DirectionList& list() { return *page().list(); }
  template <class T>
  T& tool(const char* id) {
    page().showTool(QString::fromLatin1(id));
    for (DirectionTool* tool : page().all())
      if (tool->id() == QLatin1String(id)) return *qobject_cast<T*>(tool);
    qFatal("there is no such tool");
  }
  bool settle(int milliseconds = 60000) { return desk().waitUntilIdle(milliseconds); }

  /// A direction of w that points along one of its numbers.
  static LatentDirection direction(const std::string& name, std::int64_t axis, std::int64_t size = 128,
                                   const std::string& space = "w") {
    LatentDirection made;
    made.name = name;
    made.source = "file";
    made.space = space;
    made.vector.shape = {size};
    made.vector.values.assign(std::size_t(size), 0.0F);
    made.vector.values[std::size_t(axis)] = 1.0F;
    return made;
  }
};

}  // namespace unitscope::test
