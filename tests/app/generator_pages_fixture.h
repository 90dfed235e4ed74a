#pragma once

#include "app/generator/generator_page.h"
#include "app/generator/generator_stage.h"
#include "app/generator/generator_workspace.h"
#include "desk_fixture.h"

namespace unitscope::test {

inline constexpr int kGeneratorPatience = 120000;

/// The generator workspace with a built-in network, at rest.
inline GeneratorWorkspace& openedGenerator(DeskFixture& f, const QString& name = QStringLiteral("scene-generator")) {
  f.studio().openBuiltIn(name, false);
  if (!f.desk().waitUntilIdle(kGeneratorPatience)) qFatal("the generator did not open");
  f.window().showWorkspace(QStringLiteral("generator"));
  auto* found = qobject_cast<GeneratorWorkspace*>(f.window().currentWorkspace());
  if (!found) qFatal("there is no generator workspace");
  if (!QTest::qWaitFor([&] { return found->stage()->generator() && !found->busy(); }, kGeneratorPatience))
    qFatal("the generator did not come to rest");
  return *found;
}

/// The page of this class, shown.
template <class Page>
Page& shownPage(GeneratorWorkspace& w) {
  for (GeneratorPage* page : w.pages())
    if (auto* found = qobject_cast<Page*>(page)) {
      w.tabs()->setCurrentWidget(found);
      return *found;
    }
  qFatal("there is no such page");
}

}  // namespace unitscope::test
