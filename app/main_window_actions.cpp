// What the main window does: its actions, drops, and what it listens to.
#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QDialog>
#include <QDir>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMimeData>
#include <QSettings>
#include <QTabWidget>

#include "app/availability.h"
#include "app/bottom_bar.h"
#include "app/card_dialog.h"
#include "app/catalogue/catalogue_dialog.h"
#include "app/find_dialog.h"
#include "app/help_dialogs.h"
#include "app/inspector_panel.h"
#include "app/main_window.h"
#include "app/model_panel.h"
#include "app/picture_panel.h"
#include "app/settings_dialog.h"
#include "app/start_card.h"
#include "app/weights/weights_dialog.h"
#include "app/welcome_page.h"
#include "app/window_actions.h"
#include "formats/model_reader.h"
#include "runtime/error.h"
#include "widgets/breadcrumb.h"
#include "widgets/drop_overlay.h"
#include "widgets/gallery_grid.h"
#include "widgets/layer_tree.h"
#include "widgets/message_bar.h"

namespace unitscope {

namespace {

bool couldOpen(const QMimeData* data) {
  return data && (data->hasUrls() || data->hasImage() || data->hasText());
}

}  // namespace

void MainWindow::connectActions() {
  const auto on = [this](QAction* action, auto&& slot) {
    connect(action, &QAction::triggered, this, [slot] { slot(); });
  };
  const WindowActions& a = *actions_;
  Selection& selection = studio_.selection();
  on(a.openModel, [this] { openModelDialog(); });
  on(a.openPictures, [this] { openPicturesDialog(); });
  on(a.openFolder, [this] { openFolderDialog(); });
  on(a.getModels, [this] { showCatalogue(); });
  on(a.paste, [this] { pasteClipboard(); });
  on(a.closeModel, [this] { studio_.closeModel(); });
  on(a.openSession, [this] { openSessionDialog(); });
  on(a.saveSession, [this] { saveSession(false); });
  on(a.saveSessionAs, [this] { saveSession(true); });
  on(a.goOn, [this] { session_->recover(session_->last()); });
  on(a.copyCommand, [this] { copyCommandLine(); });
  on(a.quit, [this] { close(); });
  on(a.undo, [this] { studio_.undo().undo(); });
  on(a.redo, [this] { studio_.undo().redo(); });
  on(a.removePictures, [this] { picturePanel_->removeSelected(); });
  on(a.card, [this] { showCard(); });
  on(a.settings, [this] { (new SettingsDialog(studio_.context(), this))->open(); });
  on(a.back, [&selection] { selection.back(); });
  on(a.forward, [&selection] { selection.forward(); });
  on(a.outward, [this] { goOutward(); });
  on(a.nextPicture, [this] { stepPicture(1); });
  on(a.previousPicture, [this] { stepPicture(-1); });
  on(a.find, [this] { showFind(); });
  on(a.findLayer, [this] {
    modelDock_->show();
    modelDock_->raise();
    modelPanel_->focusSearch();
  });
  on(a.resetLayout, [this] { resetLayout(); });
  on(a.fullScreen, [this] { setFullScreen(!isFullScreen()); });
  on(a.shortcuts, [this] { makeShortcutsDialog(actions_->all(), this)->show(); });
  on(a.about, [this] { makeAboutDialog(this)->show(); });

  AppSettings& settings = studio_.settings();
  const std::pair<QAction*, AppSettings::Theme> themes[] = {{a.themeSystem, AppSettings::Theme::System},
                                                            {a.themeLight, AppSettings::Theme::Light},
                                                            {a.themeDark, AppSettings::Theme::Dark}};
  for (const auto& [action, theme] : themes) {
    connect(action, &QAction::triggered, &settings, [&settings, theme = theme] { settings.setTheme(theme); });
    const auto mark = [&settings, action = action, theme = theme] { action->setChecked(settings.theme() == theme); };
    connect(&settings, &AppSettings::themeChanged, action, mark);
    mark();
  }
  setAvailable(*a.goOn, session_->last().isEmpty() ? tr("No session was left open") : QString());
  setAvailable(*a.copyCommand, tr("Nothing is shown yet"));
}

void MainWindow::connectStudio() {
  Document& document = studio_.document();
  Selection& selection = studio_.selection();
  connect(&document, &Document::modelChanged, this, &MainWindow::updateTitle);
  connect(&document, &Document::modelChanged, this, &MainWindow::updateCentre);
  connect(&document, &Document::modelChanged, this, &MainWindow::updateBreadcrumb);
  connect(&selection, &Selection::changed, this, &MainWindow::updateBreadcrumb);
  connect(&selection, &Selection::historyChanged, this, &MainWindow::updateBreadcrumb);
  connect(session_, &SessionController::fileChanged, this, &MainWindow::updateTitle);
  connect(session_, &SessionController::workspaceWanted, this, &MainWindow::showWorkspace);
  connect(&studio_, &Studio::cardUnconfirmed, this, [this] {
    // Going on with a session is no time for questions: the card was seen when the model was first opened.
    if (asksForCards_ && !session_->restoring()) showCard();
  });
  connect(&studio_, &Studio::weightsFound, this,
          [this](const QString& path, const std::shared_ptr<const ModelFile>& file, const QString& why) {
            auto* weights = new WeightsDialog(path, TensorList(file, &file->tensors), why, this);
            weights->setAttribute(Qt::WA_DeleteOnClose);
            weights->show();
          });
  connect(breadcrumb_, &Breadcrumb::backRequested, &selection, &Selection::back);
  connect(breadcrumb_, &Breadcrumb::forwardRequested, &selection, &Selection::forward);
  connect(breadcrumb_, &Breadcrumb::crumbActivated, this, &MainWindow::followCrumb);
  connect(modelPanel_, &ModelPanel::openWanted, this, &MainWindow::openModelDialog);
  connect(modelPanel_, &ModelPanel::cardWanted, this, &MainWindow::showCard);
  connect(picturePanel_, &PicturePanel::openWanted, this, &MainWindow::openPicturesDialog);
  connect(picturePanel_, &PicturePanel::pasteWanted, this, &MainWindow::pasteClipboard);
  connect(inspector_, &InspectorPanel::cardWanted, this, &MainWindow::showCard);
  connect(welcome_, &WelcomePage::openWanted, this, &MainWindow::openModelDialog);
  connect(welcome_, &WelcomePage::builtInWanted, this, [this](const QString& name) { studio_.openBuiltIn(name); });
  connect(welcome_, &WelcomePage::catalogueWanted, this, &MainWindow::showCatalogue);
  connect(start_, &StartCard::openWanted, this, &MainWindow::openModelDialog);
  connect(start_, &StartCard::builtInWanted, this, [this](const QString& name) { studio_.openBuiltIn(name); });
  connect(start_, &StartCard::workspaceWanted, this, &MainWindow::showWorkspace);
  connect(welcome_, &WelcomePage::pathsWanted, &studio_, &Studio::openPaths);
  connect(welcome_, &WelcomePage::lastSessionWanted, actions_->goOn, &QAction::trigger);
  const auto offerCommand = [this] {
    const Workspace* workspace = studio_.document().hasModel() ? currentWorkspace() : nullptr;
    const bool any = workspace && !workspace->commandLine().isEmpty();
    setAvailable(*actions_->copyCommand, any ? QString() : tr("Nothing is shown yet"));
  };
  for (Workspace* workspace : workspaces_) {
    connect(workspace, &Workspace::stateChanged, this, offerCommand);
    connect(workspace, &Workspace::busyChanged, this, offerCommand);
    connect(workspace, &Workspace::workspaceWanted, this, &MainWindow::showWorkspace);
    connect(workspace, &Workspace::builtInWanted, this, [this](const QString& name) { studio_.openBuiltIn(name); });
  }
  connect(tabs_, &QTabWidget::currentChanged, this, offerCommand);
  connect(&document, &Document::modelChanged, this, offerCommand);
  connect(&document, &Document::picturesChanged, this, offerCommand);
  connect(&selection, &Selection::changed, this, offerCommand);
}

void MainWindow::connectMessages() {
  Messages& messages = studio_.messages();
  connect(&messages, &Messages::posted, messageBar_, &MessageBar::show);
  connect(messageBar_, &MessageBar::actionTriggered, &messages, &Messages::runAction);
  connect(messageBar_, &MessageBar::closed, &messages,
          [&messages](const Message& message) { messages.declineAction(message.actionId); });
}

QString MainWindow::lastFolder(const QString& key) const {
  return studio_.settings().store().value("folders/" + key, QDir::homePath()).toString();
}

void MainWindow::keepFolder(const QString& key, const QString& file) {
  studio_.settings().store().setValue("folders/" + key, QFileInfo(file).absolutePath());
}

void MainWindow::openModelDialog() {
  const QString file = QFileDialog::getOpenFileName(
      this, tr("Open a network"), lastFolder("model"),
      tr("Networks (*.onnx *.pt2 *.pt *.pth *.ts *.torchscript *.safetensors);;All files (*)"));
  if (file.isEmpty()) return;
  keepFolder("model", file);
  studio_.openPaths({file});
}

CatalogueDialog* MainWindow::showCatalogue() {
  if (!catalogue_) {
    try {
      catalogue_ = new CatalogueDialog(builtInCatalogue(), modelFolder_, studio_.messages(), this);
    } catch (const Error& error) {
      studio_.messages().error(QString::fromStdString(error.subject()), QString::fromStdString(error.reason()));
      return nullptr;
    }
    connect(catalogue_, &CatalogueDialog::openWanted, &studio_,
            [this](const QString& path) { studio_.openModel(path); });
  }
  catalogue_->show();
  catalogue_->raise();
  catalogue_->activateWindow();
  return catalogue_;
}

void MainWindow::openPicturesDialog() {
  const QStringList files =
      QFileDialog::getOpenFileNames(this, tr("Open images"), lastFolder("images"),
                                    tr("Images (*.png *.jpg *.jpeg *.webp *.bmp *.tif *.tiff *.gif *.ppm *.pgm);;"
                                       "All files (*)"));
  if (files.isEmpty()) return;
  keepFolder("images", files.front());
  studio_.openPaths(files);
}

void MainWindow::openFolderDialog() {
  const QString folder = QFileDialog::getExistingDirectory(this, tr("Open a folder of images"), lastFolder("images"));
  if (!folder.isEmpty()) studio_.openPaths({folder});
}

void MainWindow::openSessionDialog() {
  const QString file = QFileDialog::getOpenFileName(this, tr("Open a session"), lastFolder("session"),
                                                    tr("Sessions (*.unitscope);;All files (*)"));
  if (file.isEmpty()) return;
  keepFolder("session", file);
  session_->open(file);
}

bool MainWindow::saveSession(bool askForName) {
  QString file = session_->file();
  if (askForName || file.isEmpty()) {
    file = QFileDialog::getSaveFileName(this, tr("Save the session"), file.isEmpty() ? lastFolder("session") : file,
                                        tr("Sessions (*.unitscope)"));
    if (file.isEmpty()) return false;
    if (QFileInfo(file).suffix().isEmpty()) file += ".unitscope";
    keepFolder("session", file);
  }
  return session_->save(file);
}

void MainWindow::pasteClipboard() {
  if (!studio_.takeData(QApplication::clipboard()->mimeData())) {
    studio_.messages().info(tr("Clipboard"), tr("there is no picture, file or path on it"));
  }
}

void MainWindow::copyCommandLine() {
  const Workspace* workspace = currentWorkspace();
  const QString command = workspace ? workspace->commandLine() : QString();
  if (command.isEmpty()) return;
  QApplication::clipboard()->setText(command);
  studio_.messages().success(tr("Copied"), command);
}

void MainWindow::showFind() {
  if (studio_.document().hasModel()) (new FindDialog(studio_.context(), this))->open();
}

void MainWindow::stepPicture(int by) {
  const auto& pictures = studio_.document().pictures();
  if (pictures.empty()) return;
  const auto count = static_cast<int>(pictures.size());
  const int at = studio_.document().indexOf(studio_.selection().focus().image);
  const int next = at < 0 ? 0 : (at + by + count) % count;
  studio_.selection().setImage(pictures[static_cast<std::size_t>(next)].id);
}

void MainWindow::goOutward() {
  Focus focus = studio_.selection().focus();
  if (focus.place.x() >= 0) {
    focus.place = {-1, -1};
  } else if (focus.unit >= 0) {
    focus.unit = -1;
  } else {
    focus.layer = focus.layer.contains('.') ? focus.layer.section('.', 0, -2) : QString();
  }
  studio_.selection().set(focus);
}

void MainWindow::focusNextPanel(bool forward) {
  std::vector<QWidget*> panels;
  if (modelDock_->isVisible()) panels.push_back(modelPanel_->tree().view());
  if (pictureDock_->isVisible()) panels.push_back(&picturePanel_->grid());
  panels.push_back(tabs_->isVisible() && currentWorkspace() ? static_cast<QWidget*>(currentWorkspace()) : welcome_);
  if (inspectorDock_->isVisible()) panels.push_back(inspector_);
  const QWidget* focus = QApplication::focusWidget();
  int at = -1;
  for (std::size_t i = 0; i < panels.size(); ++i) {
    if (focus && (panels[i] == focus || panels[i]->isAncestorOf(focus))) at = static_cast<int>(i);
  }
  const int count = static_cast<int>(panels.size());
  const int next = at < 0 ? (forward ? 0 : count - 1) : (at + (forward ? 1 : count - 1)) % count;
  QWidget* panel = panels[static_cast<std::size_t>(next)];
  if (panel->focusPolicy() == Qt::NoFocus) {
    // A page takes the keys by the first of its controls that can.
    for (QWidget* child : panel->findChildren<QWidget*>()) {
      if (!child->isVisible() || !child->isEnabled() || !(child->focusPolicy() & Qt::TabFocus)) continue;
      panel = child;
      break;
    }
  }
  panel->setFocus(Qt::TabFocusReason);
}

void MainWindow::updateBreadcrumb() {
  const Selection& selection = studio_.selection();
  const Focus& focus = selection.focus();
  QVector<Crumb> path;
  if (studio_.document().hasModel()) {
    path << Crumb{"model", studio_.document().opened().title};
    const QStringList scopes = focus.layer.split('.', Qt::SkipEmptyParts);
    for (qsizetype i = 0; i < scopes.size(); ++i) {
      path << Crumb{"layer:" + scopes.mid(0, i + 1).join('.'), scopes[i]};
    }
    if (focus.unit >= 0) path << Crumb{"unit", tr("unit %1").arg(focus.unit)};
    if (focus.place.x() >= 0) path << Crumb{"place", tr("(%1, %2)").arg(focus.place.x()).arg(focus.place.y())};
  }
  breadcrumb_->setPath(path);
  breadcrumb_->setBackEnabled(selection.canGoBack());
  breadcrumb_->setForwardEnabled(selection.canGoForward());
}

void MainWindow::followCrumb(const QString& id) {
  Focus focus = studio_.selection().focus();
  if (id == "place") return;
  focus.place = {-1, -1};
  if (id != "unit") {
    focus.unit = -1;
    focus.layer = id.startsWith("layer:") ? id.mid(6) : QString();
  }
  studio_.selection().set(focus);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (!couldOpen(event->mimeData())) return;
  event->acceptProposedAction();
  overlay_->appear();
}

void MainWindow::dragMoveEvent(QDragMoveEvent* event) {
  if (couldOpen(event->mimeData())) event->acceptProposedAction();
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*) {
  overlay_->hide();
}

void MainWindow::dropEvent(QDropEvent* event) {
  overlay_->hide();
  const QMimeData* data = event->mimeData();
  if (studio_.takeData(data)) {
    event->acceptProposedAction();
  } else if (data->hasUrls()) {
    studio_.messages().info(data->urls().front().toDisplayString(),
                            tr("nothing is loaded from the network: save the file first and drop it then"));
  } else {
    studio_.messages().info(tr("Drop"), tr("there is no network, image, folder or session in it"));
  }
}

}  // namespace unitscope
