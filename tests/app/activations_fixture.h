#pragma once

#include <QTabBar>

#include "app/activations/activations_workspace.h"
#include "app/activations/picture_board.h"
#include "app/activations/place_canvas.h"
#include "app/activations/places_view.h"
#include "desk_fixture.h"
#include "widgets/bar_list.h"

namespace unitscope::test {

/// The window with the example network and its pictures, the activations in front.
class Looking : public DeskFixture {
 public:
  static constexpr int kPatience = 120000;

  Looking() {
    window().showWorkspace("activations");
    openExample();
    QTRY_VERIFY_WITH_TIMEOUT(w().scene() != nullptr, kPatience);
  }
  ActivationsWorkspace& w() { return *static_cast<ActivationsWorkspace*>(window().workspace("activations")); }
  PlaceCanvas& canvas() { return *w().places()->board()->currentCanvas(); }
  Focus focus() { return studio().selection().focus(); }
  void view(const QString& name) { w().tabs()->setCurrentIndex(int(ActivationsState::views().indexOf(name))); }
  void point(QPoint cell) {
    const int before = w().places()->readings();
    QTest::mouseMove(&canvas(), canvas().cellCenter(cell) + QPoint(1, 0));
    QTest::mouseMove(&canvas(), canvas().cellCenter(cell));
    QTRY_VERIFY_WITH_TIMEOUT(w().places()->readings() > before && w().places()->reading().cell == cell, kPatience);
  }
  static void clickRow(BarList& list, int id) {
    list.scrollTo(list.indexAt(list.rowRect(id).center()));
    QTest::mouseClick(list.viewport(), Qt::LeftButton, {}, list.rowRect(id).center());
  }
};

}  // namespace unitscope::test
