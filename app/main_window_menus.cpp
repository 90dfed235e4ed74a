// Menus and the tool bar of the main window.
#include <QAction>
#include <QDir>
#include <QDockWidget>
#include <QFileInfo>
#include <QMenu>
#include <QMenuBar>
#include <QShortcut>
#include <QTabWidget>
#include <QToolBar>
#include <QToolButton>

#include "app/built_in_menu.h"
#include "app/compute_menu.h"
#include "app/main_window.h"
#include "app/window_actions.h"
#include "widgets/breadcrumb.h"
#include "widgets/icons.h"

namespace unitscope {

namespace {

QMenu* addMenu(QMenuBar* bar, const QString& title) {
  QMenu* menu = bar->addMenu(title);
  menu->setToolTipsVisible(true);  // greyed entries say why
  return menu;
}

}  // namespace

void MainWindow::makeMenus() {
  const WindowActions& a = *actions_;
  QMenu* file = addMenu(menuBar(), tr("&File"));
  file->addAction(a.openModel);
  file->addAction(a.openPictures);
  file->addAction(a.openFolder);
  auto* builtIn = new BuiltInMenu(tr("&Built-in models"), file);
  builtIn->setIcon(themedIcon("play"));
  file->addMenu(builtIn);
  connect(builtIn, &BuiltInMenu::chosen, this, [this](const QString& name) { studio_.openBuiltIn(name); });
  file->addAction(a.getModels);
  QMenu* recent = file->addMenu(tr("Open &recent"));
  recent->setToolTipsVisible(true);
  connect(recent, &QMenu::aboutToShow, this, [this, recent] { fillRecent(recent); });
  file->addSeparator();
  file->addAction(a.openSession);
  file->addAction(a.goOn);
  file->addAction(a.saveSession);
  file->addAction(a.saveSessionAs);
  file->addSeparator();
  QMenu* exports = file->addMenu(tr("E&xport"));
  exports->setToolTipsVisible(true);
  connect(exports, &QMenu::aboutToShow, this, [this, exports] { fillExport(exports); });
  file->addAction(a.copyCommand);
  file->addSeparator();
  file->addAction(a.closeModel);
  file->addAction(a.quit);

  QMenu* edit = addMenu(menuBar(), tr("&Edit"));
  edit->addActions({a.undo, a.redo});
  edit->addSeparator();
  edit->addActions({a.paste, a.removePictures});
  edit->addSeparator();
  edit->addAction(a.card);
  edit->addMenu(new ComputeMenu(studio_.context(), edit));
  edit->addAction(a.settings);

  QMenu* view = addMenu(menuBar(), tr("&View"));
  QMenu* theme = view->addMenu(tr("&Theme"));
  theme->addActions({a.themeSystem, a.themeLight, a.themeDark});
  view->addSeparator();
  int number = 1;
  for (QDockWidget* dock : {modelDock_, pictureDock_, inspectorDock_}) {
    dock->toggleViewAction()->setShortcut(QKeySequence(tr("Alt+%1").arg(number++)));
    view->addAction(dock->toggleViewAction());
  }
  view->addActions({a.resetLayout, a.fullScreen});

  QMenu* go = addMenu(menuBar(), tr("&Go"));
  go->addActions({a.back, a.forward, a.outward});
  go->addSeparator();
  go->addActions({a.find, a.findLayer});
  go->addSeparator();
  go->addActions({a.previousPicture, a.nextPicture});
  if (!workspaces_.empty()) go->addSeparator();
  for (std::size_t i = 0; i < workspaces_.size() && i < 9; ++i) {
    QAction* tab = go->addAction(workspaces_[i]->title());
    tab->setShortcut(QKeySequence(tr("Ctrl+%1").arg(i + 1)));
    tab->setToolTip(workspaces_[i]->explanation());
    connect(tab, &QAction::triggered, this, [this, i] { tabs_->setCurrentIndex(static_cast<int>(i)); });
  }

  QMenu* help = addMenu(menuBar(), tr("&Help"));
  help->addActions({a.shortcuts, a.about});

  auto* next = new QShortcut(QKeySequence(tr("F6")), this);
  auto* previous = new QShortcut(QKeySequence(tr("Shift+F6")), this);
  connect(next, &QShortcut::activated, this, [this] { focusNextPanel(true); });
  connect(previous, &QShortcut::activated, this, [this] { focusNextPanel(false); });
}

void MainWindow::makeToolBar() {
  QToolBar* bar = addToolBar(tr("Tools"));
  bar->setObjectName("toolBar");
  bar->setMovable(false);
  bar->setIconSize(QSize(20, 20));
  bar->addActions({actions_->openModel, actions_->openPictures, actions_->paste});
  bar->addSeparator();
  bar->addActions({actions_->undo, actions_->redo});
  bar->addSeparator();
  breadcrumb_ = new Breadcrumb;
  breadcrumb_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  bar->addWidget(breadcrumb_);
  bar->addActions({actions_->find, actions_->card, actions_->settings});
  for (QAction* action : bar->actions()) {
    if (auto* button = qobject_cast<QToolButton*>(bar->widgetForAction(action))) {
      QString name = action->text();
      button->setAccessibleName(name.remove('&').remove("..."));
    }
  }
}

void MainWindow::fillRecent(QMenu* menu) {
  menu->clear();
  const AppSettings& settings = studio_.settings();
  const auto add = [this, menu](const QString& title, const QStringList& paths) {
    if (paths.isEmpty()) return;
    menu->addSection(title);
    for (const QString& path : paths) {
      QAction* action = menu->addAction(QFileInfo(path).fileName().replace('&', "&&"));
      action->setToolTip(QDir::toNativeSeparators(path));
      connect(action, &QAction::triggered, this, [this, path] { studio_.openPaths({path}); });
    }
  };
  add(tr("Models"), settings.recentModels());
  add(tr("Sessions"), settings.recentSessions());
  add(tr("Images"), settings.recentImages());
  if (menu->isEmpty()) {
    QAction* nothing = menu->addAction(tr("Nothing yet"));
    nothing->setEnabled(false);
    return;
  }
  menu->addSeparator();
  connect(menu->addAction(tr("Forget all")), &QAction::triggered, &studio_.settings(), &AppSettings::clearRecent);
}

void MainWindow::fillExport(QMenu* menu) {
  menu->clear();
  const bool shown = studio_.document().hasModel();
  if (const Workspace* workspace = shown ? currentWorkspace() : nullptr) menu->addActions(workspace->exportActions());
  if (!menu->isEmpty()) return;
  QAction* nothing = menu->addAction(tr("Nothing to export yet"));
  nothing->setToolTip(tr("Open a model and an image first"));
  nothing->setEnabled(false);
}

}  // namespace unitscope
