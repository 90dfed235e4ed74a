// Layout of the activations workspace, and the ways out of it.
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QFileInfo>
#include <QFormLayout>
#include <QSaveFile>
#include <QSlider>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

#include "app/activations/activations_workspace.h"
#include "app/activations/channels_view.h"
#include "app/activations/grid_view.h"
#include "app/activations/groups_view.h"
#include "app/activations/places_view.h"
#include "app/activations/responsible_view.h"
#include "app/app_settings.h"
#include "app/availability.h"
#include "app/file_question.h"
#include "app/messages.h"
#include "widgets/control_column.h"
#include "widgets/empty_state.h"
#include "widgets/icons.h"

namespace unitscope {

void ActivationsWorkspace::makeLayout() {
  auto* side = new QWidget;
  auto* column = new QVBoxLayout(side);
  column->setContentsMargins(10, 8, 8, 8);
  column->setSpacing(8);
  auto* form = new QFormLayout;
  form->setRowWrapPolicy(QFormLayout::WrapAllRows);
  form->setSpacing(4);
  layers_ = new QComboBox;
  layers_->setAccessibleName(tr("Layer"));
  layers_->setToolTip(tr("The layer that is looked at: those that have places"));
  layers_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  layers_->setMinimumContentsLength(12);
  layers_->setMaxVisibleItems(24);
  opacity_ = new QSlider(Qt::Horizontal);
  opacity_->setRange(0, 100);
  opacity_->setPageStep(10);
  opacity_->setAccessibleName(tr("Opacity of the maps"));
  opacity_->setToolTip(tr("Opacity of the maps over the picture"));
  form->addRow(tr("Layer"), layers_);
  form->addRow(tr("Opacity"), opacity_);
  column->addLayout(form);
  for (const ActivationsView* view : views_) column->addWidget(view->panel(), 1);

  auto* main = new QWidget;
  auto* right = new QVBoxLayout(main);
  right->setContentsMargins(0, 4, 0, 0);
  right->setSpacing(2);
  tabs_ = new QTabBar;
  tabs_->setDrawBase(false);
  tabs_->setExpanding(false);
  tabs_->setAccessibleName(tr("What to look at"));
  pages_ = new QStackedWidget;
  const QStringList titles{tr("Places"), tr("Channels"), tr("Groups"), tr("Grid"), tr("Responsible channels")};
  const QStringList helps{tr("The units at the place that you point at, and where else there is something like it"),
                          tr("The map of each unit over the picture"),
                          tr("Units that fire together: where, for what, and what they do for the class"),
                          tr("In each cell what its activation looks for"),
                          tr("How few channels the class's score needs, and which")};
  for (std::size_t i = 0; i < views_.size(); ++i) {
    tabs_->addTab(titles[int(i)]);
    tabs_->setTabToolTip(int(i), helps[int(i)]);
    pages_->addWidget(views_[i]->page());
  }
  right->addWidget(tabs_);
  right->addWidget(pages_, 1);

  stack_ = new QStackedWidget;
  empty_ = new EmptyState;
  empty_->setIcon(QStringLiteral("unit"));
  stack_->addWidget(empty_);
  stack_->addWidget(main);
  layBeside(this, side, stack_, {270, 700});
}

void ActivationsWorkspace::makeActions() {
  const auto add = [this](const QString& icon, const QString& text, const QString& help, auto work) {
    auto* action = new QAction(themedIcon(icon), text, this);
    action->setToolTip(help);
    connect(action, &QAction::triggered, this, work);
    actions_ << action;
  };
  add(QStringLiteral("image"), tr("Activations as &picture\u2026"), tr("What is seen, as PNG"), [this] {
    askFile(tr("Save the picture"), tr("Pictures (*.png)"), state_.view + QStringLiteral(".png"),
            &ActivationsWorkspace::savePicture);
  });
  add(QStringLiteral("table"), tr("Activations as &numbers\u2026"), tr("The numbers behind it, as CSV"), [this] {
    askFile(tr("Save the numbers"), tr("Table (*.csv)"), state_.view + QStringLiteral(".csv"),
            &ActivationsWorkspace::saveNumbers);
  });
  add(QStringLiteral("terminal"), tr("Copy command &line"),
      tr("The command that computes what is shown, to the clipboard"), [this] {
        QApplication::clipboard()->setText(commandLine());
        messages().info(tr("Copied"), commandLine());
      });
}

void ActivationsWorkspace::showReasons() {
  if (actions_.size() < 3) return;
  const QString none = !scene_ ? tr("There are no activations yet") : QString();
  for (int i = 0; i < 2; ++i)
    setAvailable(*actions_[i], !none.isEmpty()          ? none
                               : currentView()->ready() ? QString()
                                                        : tr("There is nothing to save here yet"));
  setAvailable(*actions_[2], !none.isEmpty()           ? none
                             : commandLine().isEmpty() ? tr("The picture has no file that a command could name")
                                                       : QString());
}

void ActivationsWorkspace::askFile(const QString& title, const QString& filter, const QString& name,
                                   bool (ActivationsWorkspace::*save)(const QString&)) {
  askForFile(this, settings().store(), {FileQuestion::Kind::Save, title, filter, name},
             [this, save](const QString& file) {
               if ((this->*save)(file)) messages().success(QFileInfo(file).fileName(), tr("saved"));
             });
}

bool ActivationsWorkspace::savePicture(const QString& file) {
  const QImage picture = currentView()->picture();
  if (picture.isNull()) return false;
  if (picture.save(file, "PNG")) return true;
  messages().error(file, tr("could not be written; is the folder writable?"));
  return false;
}

bool ActivationsWorkspace::saveNumbers(const QString& file) {
  const QString numbers = currentView()->numbers();
  if (numbers.isEmpty()) return false;
  QSaveFile out(file);
  if (out.open(QIODevice::WriteOnly) && out.write(numbers.toUtf8()) >= 0 && out.commit()) return true;
  messages().error(file, tr("could not be written: %1").arg(out.errorString()));
  return false;
}

}  // namespace unitscope
