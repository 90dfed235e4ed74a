// Layout and the ways out of the attribution workspace.
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QPainter>
#include <QSettings>
#include <QShortcut>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "app/app_settings.h"
#include "app/attribution/attribution_workspace.h"
#include "app/attribution/enlarged_view.h"
#include "app/attribution/look_bar.h"
#include "app/attribution/method_panel.h"
#include "app/attribution/target_panel.h"
#include "app/availability.h"
#include "app/messages.h"
#include "runtime/error.h"
#include "widgets/comparison_grid.h"
#include "widgets/control_column.h"
#include "widgets/empty_state.h"
#include "widgets/icons.h"
#include "widgets/image_canvas.h"
#include "widgets/top_chart.h"

namespace unitscope {

void AttributionWorkspace::makeLayout() {
  auto* side = new QWidget;
  auto* column = new QVBoxLayout(side);
  column->setContentsMargins(10, 8, 8, 8);
  column->setSpacing(14);
  targets_ = new TargetPanel(document());
  panel_ = new MethodPanel(methods_, &settings().store());
  column->addWidget(targets_);
  column->addWidget(panel_, 1);

  auto* main = new QWidget;
  auto* right = new QVBoxLayout(main);
  right->setContentsMargins(0, 0, 0, 0);
  right->setSpacing(2);
  look_ = new LookBar;
  right->addWidget(look_);
  stack_ = new QStackedWidget;
  grid_ = new ComparisonGrid;
  enlarged_ = new EnlargedView(grid_->link());
  empty_ = new EmptyState;
  empty_->setIcon(QStringLiteral("attribution"));
  stack_->addWidget(empty_);
  stack_->addWidget(grid_);
  stack_->addWidget(enlarged_);
  right->addWidget(stack_, 1);

  layBeside(this, side, main, {250, 700});
  enlarged_->canvas()->setContextMenuPolicy(Qt::CustomContextMenu);
  connect(enlarged_->canvas(), &QWidget::customContextMenuRequested, this,
          [this](QPoint at) { showMenu(large_, enlarged_->canvas()->mapToGlobal(at)); });
  connect(new QShortcut(QKeySequence(Qt::Key_U), stack_, nullptr, nullptr, Qt::WidgetWithChildrenShortcut),
          &QShortcut::activated, this, &AttributionWorkspace::showUnitsBehindCursor);
}

void AttributionWorkspace::makeActions() {
  const auto add = [this](const QString& icon, const QString& text, const QString& help, auto work) {
    auto* action = new QAction(themedIcon(icon), text, this);
    action->setToolTip(help);
    connect(action, &QAction::triggered, this, work);
    actions_ << action;
  };
  add(QStringLiteral("copy"), tr("&Copy heatmap"), tr("The current heatmap over its picture, to the clipboard"),
      [this] { copyPicture(); });
  add(QStringLiteral("image"), tr("Heatmap as &picture\u2026"), tr("The current heatmap over its picture, as PNG"),
      [this] {
        ask(tr("Save the heatmap"), tr("Pictures (*.png *.jpg)"), state_.current + QStringLiteral(".png"),
            &AttributionWorkspace::savePicture);
      });
  add(QStringLiteral("images"), tr("Comparison as p&icture\u2026"),
      tr("Every picture and heatmap that is there, as PNG"), [this] {
        ask(tr("Save the comparison"), tr("Pictures (*.png)"), QStringLiteral("comparison.png"),
            &AttributionWorkspace::saveComparison);
      });
  add(QStringLiteral("chart"), tr("Chart as &SVG\u2026"), tr("The bar chart of the predictions, as vectors"), [this] {
    ask(tr("Save the chart"), tr("Vector graphics (*.svg)"), QStringLiteral("predictions.svg"),
        &AttributionWorkspace::saveChart);
  });
  add(QStringLiteral("table"), tr("Predictions as n&umbers\u2026"),
      tr("Every class of the current picture with probability and score, as CSV or JSON"), [this] {
        ask(tr("Save the predictions"), tr("Table (*.csv);;JSON (*.json)"), QStringLiteral("predictions.csv"),
            &AttributionWorkspace::savePredictions);
      });
  add(QStringLiteral("table"), tr("Heatmap as &numbers\u2026"), tr("The current map's values as NPY, CSV or JSON"),
      [this] {
        ask(tr("Save the numbers"), tr("NumPy (*.npy);;Table (*.csv);;JSON (*.json)"),
            state_.current + QStringLiteral(".npy"), &AttributionWorkspace::saveNumbers);
      });
  add(QStringLiteral("terminal"), tr("Copy command &line"),
      tr("The command that computes the current map, to the clipboard"), [this] {
        QApplication::clipboard()->setText(commandLine());
        messages().info(tr("Copied"), commandLine());
      });
  look_->exportMenu()->addActions(actions_);
}

void AttributionWorkspace::showMenu(const CellId& id, QPoint at) {
  selection().setImage(id.first);
  const bool heat = findMethod(methods_, id.second) != nullptr;
  if (heat) pick(id.second);
  showReasons();
  QMenu menu(this);
  menu.setToolTipsVisible(true);
  if (!isEnlarged())
    connect(menu.addAction(themedIcon(QStringLiteral("enlarge")), tr("&Enlarge")), &QAction::triggered, this,
            [this, id] { enlarge(id.first, id.second); });
  addUnitsBehind(menu, id);
  if (heat) {
    const auto* cell = results_->cell(id);
    if (cell && (cell->job || cell->state == AttributionResults::State::Waiting)) {
      connect(menu.addAction(themedIcon(QStringLiteral("cancel")), tr("&Stop")), &QAction::triggered, this,
              [this, id] { results_->stop(id); });
    } else if (cell) {
      connect(menu.addAction(themedIcon(QStringLiteral("reset")), tr("Compute &again")), &QAction::triggered, this,
              [this, id] { results_->retry(id); });
    }
    connect(menu.addAction(themedIcon(QStringLiteral("close")), tr("&Remove this method")), &QAction::triggered, this,
            [this, id] { Q_EMIT panel_->methodToggled(id.second, false); });
  }
  menu.addSeparator();
  menu.addActions(actions_);
  menu.exec(at);
}

void AttributionWorkspace::showReasons() {
  const auto* cell = results_->cell(currentCell());
  const bool heat = cell && cell->seen();
  const QString none = !document().hasModel()                     ? tr("Open a network first")
                       : document().pictures().empty()            ? tr("Bring in a picture first")
                       : !state_.methods.contains(state_.current) ? tr("Choose one of the compared methods first")
                       : !heat                                    ? tr("The heatmap is not there yet")
                                                                  : QString();
  setAvailable(*actions_[0], none);
  setAvailable(*actions_[1], none);
  setAvailable(*actions_[2], stack_->currentWidget() == empty_ ? tr("There is nothing to compare yet")
                             : isEnlarged()                    ? tr("Go back to the comparison first")
                                                               : QString());
  setAvailable(*actions_[3], targets_->chart()->bars().isEmpty() ? tr("There are no predictions yet") : QString());
  setAvailable(*actions_[4], targets_->chart()->bars().isEmpty() ? tr("There are no predictions yet") : QString());
  // An older result, or an interim one, is not what the settings beside the numbers would say.
  setAvailable(*actions_[5], !none.isEmpty()                                   ? none
                             : cell->state != AttributionResults::State::Ready ? tr("The heatmap is not ready yet")
                                                                               : QString());
  setAvailable(*actions_[6], !none.isEmpty() ? none
                             : commandLine().isEmpty()
                                 ? tr("The picture has no file that a command could name: save it to one first")
                                 : QString());
  bool plain = state_.absolute;
  for (const QString& id : state_.methods) {
    const MethodInfo* method = findMethod(methods_, id);
    plain = plain || (method && !method->isSigned);
  }
  look_->setColorsReason(plain ? QString()
                               : tr("All maps are signed: blue to red with zero in the middle. Show "
                                    "magnitudes to choose other colours."));
}

QString AttributionWorkspace::commandLine() const {
  const CellId id = currentCell();
  const PictureEntry* picture = document().picture(id.first);
  const MethodInfo* method = findMethod(methods_, id.second);
  if (!document().hasModel() || !picture || picture->path.isEmpty() || !method) return {};
  const QString model = document().opened().path.isEmpty() ? document().opened().builtIn : document().opened().path;
  const PictureEntry* second = secondPicture(state_.score, document());
  return attributeCommand(model, picture->path, *method, requestFor(id.first, *method),
                          second ? second->path : QString(), state_.score.region, state_.segments);
}

void AttributionWorkspace::ask(const QString& title, const QString& filter, const QString& name,
                               bool (AttributionWorkspace::*save)(const QString&)) {
  QSettings& store = settings().store();
  auto* dialog = new QFileDialog(this, title, store.value("folders/export", QDir::homePath()).toString(), filter);
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->selectFile(name);
  dialog->setDefaultSuffix(QFileInfo(name).suffix());
  connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString& chosen) {
    const qsizetype from = chosen.indexOf(QStringLiteral("(*.")) + 3;
    dialog->setDefaultSuffix(chosen.mid(from, chosen.indexOf(QRegularExpression(QStringLiteral("[ )]")), from) - from));
  });
  connect(dialog, &QFileDialog::fileSelected, this, [this, save, &store](const QString& file) {
    store.setValue("folders/export", QFileInfo(file).absolutePath());
    if ((this->*save)(file)) messages().success(QFileInfo(file).fileName(), tr("saved"));
  });
  dialog->open();
}

QImage AttributionWorkspace::renderCell(const CellId& id) const {
  const auto* cell = results_->cell(id);
  if (!cell || !cell->seen()) return {};
  QImage picture = cell->seen()->seen.convertToFormat(QImage::Format_RGB32);
  QPainter painter(&picture);
  painter.setOpacity(state_.opacity);
  painter.drawImage(picture.rect(), cell->seen()->overlay);
  return picture;
}

void AttributionWorkspace::copyPicture() {
  const QImage picture = renderCell(currentCell());
  if (!picture.isNull()) QApplication::clipboard()->setImage(picture);
}

bool AttributionWorkspace::savePicture(const QString& file) {
  const QImage picture = renderCell(currentCell());
  if (picture.isNull()) return false;
  if (picture.save(file)) return true;
  messages().error(file, tr("could not be written; is the folder writable, and does the name end in .png?"));
  return false;
}

bool AttributionWorkspace::saveComparison(const QString& file) {
  if (document().pictures().empty() || isEnlarged()) return false;
  if (grid_->wholePicture().save(file)) return true;
  messages().error(file, tr("could not be written; is the folder writable, and does the name end in .png?"));
  return false;
}

bool AttributionWorkspace::saveChart(const QString& file) {
  if (targets_->chart()->bars().isEmpty()) return false;
  if (targets_->chart()->writeSvg(file)) return true;
  messages().error(file, tr("could not be written; is the folder writable?"));
  return false;
}

bool AttributionWorkspace::savePredictions(const QString& file) {
  const PictureEntry* picture = document().picture(currentCell().first);
  const auto* predictions = picture ? predictionsOf(picture->id) : nullptr;
  if (!predictions || predictions->empty()) return false;
  try {
    writePredictions(*predictions, document().opened().title, picture->name, file);
    return true;
  } catch (const Error& error) {
    messages().error(QString::fromStdString(error.subject()), QString::fromStdString(error.reason()));
    return false;
  }
}

bool AttributionWorkspace::saveNumbers(const QString& file) {
  const CellId id = currentCell();
  const auto* cell = results_->cell(id);
  const PictureEntry* picture = document().picture(id.first);
  if (!cell || !cell->result || !picture) return false;
  NumbersToWrite numbers{cell->result, cell->request, document().opened().title, picture->name,
                         explainedFor(id.first, int(cell->result->answer.target))};
  try {
    writeNumbers(numbers, file);
    return true;
  } catch (const Error& error) {
    messages().error(QString::fromStdString(error.subject()), QString::fromStdString(error.reason()));
    return false;
  }
}

}  // namespace unitscope
