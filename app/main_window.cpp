#include "app/main_window.h"

#include <QCloseEvent>
#include <QDockWidget>
#include <QFileInfo>
#include <QScreen>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusTipEvent>
#include <QTabWidget>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/bottom_bar.h"
#include "app/card_dialog.h"
#include "app/inspector_panel.h"
#include "app/model_panel.h"
#include "app/picture_panel.h"
#include "app/start_card.h"
#include "app/welcome_page.h"
#include "app/window_actions.h"
#include "app/workspaces.h"
#include "widgets/breadcrumb.h"
#include "widgets/drop_overlay.h"
#include "widgets/message_bar.h"

namespace unitscope {

namespace {

constexpr int kLayoutVersion = 1;  // to be raised when docks are added, so that old layouts are not forced on new ones

}  // namespace

MainWindow::MainWindow(Studio& studio, const QString& sessionFolder, QWidget* parent)
    : QMainWindow(parent), studio_(studio) {
  setAcceptDrops(true);
  setDockNestingEnabled(true);
  setDockOptions(AnimatedDocks | AllowNestedDocks | AllowTabbedDocks | GroupedDragging);
  actions_ = new WindowActions(studio_, this);
  makeCentre();
  session_ = new SessionController(studio_, workspaces_, sessionFolder, this);
  if (!workspaces_.empty()) session_->setCurrentWorkspace(workspaces_.front()->id());
  makeDocks();
  makeMenus();
  makeToolBar();
  overlay_ = new DropOverlay(this);
  overlay_->setText(tr("Drop a network, images, a folder or a session"));
  connectActions();
  connectStudio();
  connectMessages();
  welcome_->setLastSession(session_->last());
  resize(1280, 800);
  resetLayout();
  updateTitle();
  updateCentre();
  updateBreadcrumb();
}

MainWindow::~MainWindow() {
  // Answers that are still to come must not reach panes that are being taken apart.
  studio_.engine().cancelAll();
}

void MainWindow::makeCentre() {
  welcome_ = new WelcomePage(studio_.settings());
  tabs_ = new QTabWidget;
  tabs_->setDocumentMode(true);
  tabs_->setAccessibleName(tr("Workspaces"));
  workspaces_ = makeWorkspaces(studio_.context(), tabs_);
  for (Workspace* workspace : workspaces_) {
    const int index = tabs_->addTab(workspace, workspace->title());
    tabs_->setTabToolTip(index, workspace->explanation());
    workspace->setAccessibleDescription(workspace->explanation());
  }
  centre_ = new QStackedWidget;
  centre_->addWidget(welcome_);
  centre_->addWidget(tabs_);
  messageBar_ = new MessageBar;
  bottom_ = new BottomBar(studio_.context());
  auto* middle = new QWidget;
  auto* column = new QVBoxLayout(middle);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  start_ = new StartCard(studio_.document(), workspaces_);
  column->addWidget(start_);
  column->addWidget(centre_, 1);
  column->addWidget(messageBar_);
  setCentralWidget(middle);

  // A tool bar, since unlike the status bar's its place spans the window below the docks and holds one widget whole.
  auto* bar = new QToolBar(tr("Jobs"));
  bar->setObjectName("bottomBar");
  bar->setMovable(false);
  bar->setFloatable(false);
  bar->toggleViewAction()->setVisible(false);
  bar->addWidget(bottom_);
  addToolBar(Qt::BottomToolBarArea, bar);
  connect(tabs_, &QTabWidget::currentChanged, this, [this] {
    if (session_ && currentWorkspace()) session_->setCurrentWorkspace(currentWorkspace()->id());
  });
}

void MainWindow::makeDocks() {
  const auto makeDock = [this](const QString& name, const QString& title, QWidget* content) {
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName(name);  // key in the saved layout
    dock->setWidget(content);
    dock->setAllowedAreas(Qt::AllDockWidgetAreas);
    return dock;
  };
  modelPanel_ = new ModelPanel(studio_.context());
  picturePanel_ = new PicturePanel(studio_);
  inspector_ = new InspectorPanel(studio_.context());
  modelDock_ = makeDock("modelDock", tr("Model"), modelPanel_);
  pictureDock_ = makeDock("pictureDock", tr("Images"), picturePanel_);
  inspectorDock_ = makeDock("inspectorDock", tr("Inspector"), inspector_);
  setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
  setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
}

void MainWindow::resetLayout() {
  for (QDockWidget* dock : {modelDock_, pictureDock_, inspectorDock_}) {
    removeDockWidget(dock);
    dock->setFloating(false);
  }
  addDockWidget(Qt::LeftDockWidgetArea, modelDock_);
  addDockWidget(Qt::LeftDockWidgetArea, pictureDock_);
  addDockWidget(Qt::RightDockWidgetArea, inspectorDock_);
  for (QDockWidget* dock : {modelDock_, pictureDock_, inspectorDock_}) dock->show();
  resizeDocks({modelDock_, inspectorDock_}, {250, 205}, Qt::Horizontal);
  resizeDocks({modelDock_, pictureDock_}, {420, 280}, Qt::Vertical);
}

void MainWindow::restoreLayout() {
  const QSettings& store = studio_.settings().store();
  if (!restoreGeometry(store.value("window/geometry").toByteArray())) fitToScreen();
  restoreState(store.value("window/state").toByteArray(), kLayoutVersion);
}

// The first time: as large as is comfortable, and never larger than the screen with the window's own frame.
void MainWindow::fitToScreen() {
  constexpr QSize kFrame(16, 56), kWanted(1280, 800), kLargest(1680, 1050);
  const QSize room = screen()->availableSize() - kFrame;
  if (room.width() < kWanted.width() || room.height() < kWanted.height()) {
    resize(kWanted.boundedTo(room));
    setWindowState(windowState() | Qt::WindowMaximized);
  } else {
    resize((room * 0.85).boundedTo(kLargest).expandedTo(kWanted));
  }
}

void MainWindow::setFullScreen(bool on) {
  setWindowState(on ? windowState() | Qt::WindowFullScreen : windowState() & ~Qt::WindowFullScreen);
}

Workspace* MainWindow::workspace(const QString& id) const {
  for (Workspace* workspace : workspaces_) {
    if (workspace->id() == id) return workspace;
  }
  return nullptr;
}

Workspace* MainWindow::currentWorkspace() const {
  const int index = tabs_->currentIndex();
  return index < 0 ? nullptr : workspaces_[static_cast<std::size_t>(index)];
}

void MainWindow::showWorkspace(const QString& id) {
  if (Workspace* wanted = workspace(id)) tabs_->setCurrentWidget(wanted);
}

void MainWindow::offerRecovery() {
  const QStringList abandoned = session_->abandoned();
  if (abandoned.isEmpty()) return;
  const QString newest = abandoned.front();
  Message message;
  message.severity = Message::Severity::Warning;
  message.subject = tr("Unitscope did not end well last time.");
  message.reason = tr("What was open then has been kept.");
  message.actionText = tr("Go on where you were");
  studio_.messages().offer(
      message, [this, newest] { session_->recover(newest); },
      [this, abandoned] {
        for (const QString& path : abandoned) session_->discard(path);
      });
}

CardDialog* MainWindow::showCard() {
  if (!studio_.document().hasModel()) return nullptr;
  if (!card_) {
    card_ = new CardDialog(studio_, this);
    card_->show();
  }
  card_->raise();
  card_->activateWindow();
  return card_;
}

void MainWindow::updateCentre() {
  const bool model = studio_.document().hasModel() && tabs_->count() > 0;
  centre_->setCurrentWidget(model ? static_cast<QWidget*>(tabs_) : welcome_);
}

void MainWindow::updateTitle() {
  QStringList parts;
  if (studio_.document().hasModel()) parts << studio_.document().opened().title;
  if (!session_->file().isEmpty()) parts << QFileInfo(session_->file()).completeBaseName();
  parts << QStringLiteral("Unitscope");
  setWindowTitle(parts.join(QStringLiteral(" \u2013 ")));
}

bool MainWindow::event(QEvent* event) {
  if (event->type() == QEvent::StatusTip) {
    bottom_->setTip(static_cast<QStatusTipEvent*>(event)->tip());
    return true;
  }
  if (event->type() == QEvent::WindowStateChange) actions_->fullScreen->setChecked(isFullScreen());
  return QMainWindow::event(event);
}

void MainWindow::closeEvent(QCloseEvent* event) {
  QSettings& store = studio_.settings().store();
  store.setValue("window/geometry", saveGeometry());
  store.setValue("window/state", saveState(kLayoutVersion));
  session_->keepAsLast();
  studio_.engine().cancelAll();
  event->accept();
}

void MainWindow::resizeEvent(QResizeEvent* event) {
  QMainWindow::resizeEvent(event);
  if (overlay_ && overlay_->isVisible()) overlay_->appear();
}

}  // namespace unitscope
