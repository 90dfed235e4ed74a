// The way from a heatmap's hot spot to the units behind it.
#include <QAction>
#include <QMenu>

#include "app/attribution/attribution_workspace.h"
#include "app/attribution/units_behind.h"
#include "app/availability.h"
#include "app/messages.h"
#include "widgets/comparison_grid.h"
#include "widgets/icons.h"
#include "widgets/view_link.h"

namespace unitscope {

std::optional<QPointF> AttributionWorkspace::hottest(const CellId& id) const {
  const auto* cell = results_->cell(id);
  return cell && cell->seen() ? hottestPlace(cell->seen()->map) : std::nullopt;
}

void AttributionWorkspace::addUnitsBehind(QMenu& menu, const CellId& id) {
  const auto add = [&](const QString& text, std::optional<QPointF> place, const QString& none) {
    QAction* action = menu.addAction(themedIcon(QStringLiteral("unit")), text);
    setAvailable(*action, place ? QString() : none);
    if (place)
      connect(action, &QAction::triggered, this, [this, id, place] { showUnitsBehind(id.first, id.second, *place); });
    return action;
  };
  // The menu takes the pointer away from the picture: where it was counts.
  add(tr("Units behind this &place"), grid_->link()->cursor(), tr("Point at a place of the picture first"));
  add(tr("Units behind the &hottest place"), hottest(id), tr("There is no heatmap here yet"))
      ->setShortcut(QKeySequence(Qt::Key_U));
  menu.addSeparator();
}

void AttributionWorkspace::showUnitsBehindCursor() {
  const CellId id = currentCell();
  std::optional<QPointF> place = grid_->link()->cursor();
  if (!place) place = hottest(id);
  if (place) showUnitsBehind(id.first, id.second, *place);
}

void AttributionWorkspace::showUnitsBehind(ImageId image, const QString& method, QPointF place) {
  // A method that works at a layer has its places there.
  const auto* cell = results_->cell({image, method});
  const QString layer = cell && cell->newest() ? QString::fromStdString(cell->newest()->answer.layer) : QString();
  const std::optional<Focus> focus = focusBehind(document(), selection().focus(), image, layer, place);
  if (!focus) return messages().info(tr("Units"), tr("the layers of this network are still being measured"));
  selection().set(*focus);
  Q_EMIT workspaceWanted(QStringLiteral("activations"));
}

}  // namespace unitscope
