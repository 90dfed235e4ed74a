#pragma once

#include <vector>

#include <QMainWindow>
#include <QPointer>

#include "app/session_controller.h"
#include "app/studio.h"

class QDockWidget;
class QMenu;
class QStackedWidget;
class QTabWidget;

namespace unitscope {

class BottomBar;
class Breadcrumb;
class CardDialog;
class CatalogueDialog;
class DropOverlay;
class InspectorPanel;
class MessageBar;
class ModelPanel;
class PicturePanel;
class StartCard;
class WelcomePage;
class WindowActions;

/// The window: menus, docks, and a tab for each workspace. It holds no state of its own beyond what can be seen;
/// what is open lives in the Studio.
class MainWindow : public QMainWindow {
  Q_OBJECT
 public:
  MainWindow(Studio& studio, const QString& sessionFolder, QWidget* parent = nullptr);
  ~MainWindow() override;

  const std::vector<Workspace*>& workspaces() const { return workspaces_; }
  /// Null when this build has no workspace of that id.
  Workspace* workspace(const QString& id) const;
  Workspace* currentWorkspace() const;
  void showWorkspace(const QString& id);

  SessionController& session() { return *session_; }
  WindowActions& actions() { return *actions_; }
  ModelPanel& modelPanel() { return *modelPanel_; }
  PicturePanel& picturePanel() { return *picturePanel_; }
  InspectorPanel& inspector() { return *inspector_; }
  BottomBar& bottom() { return *bottom_; }
  MessageBar& messageBar() { return *messageBar_; }
  WelcomePage& welcome() { return *welcome_; }
  StartCard& startCard() { return *start_; }
  Breadcrumb& breadcrumb() { return *breadcrumb_; }

  /// A session that a crash left behind is offered in the message bar.
  void offerRecovery();
  /// Whether a guessed card is shown for confirmation as its model opens. Pictures for a manual want it off.
  void setAsksForCards(bool asks) { asksForCards_ = asks; }
  CardDialog* showCard();
  /// Where downloaded networks are kept; to be set before showCatalogue().
  void setModelFolder(const QString& folder) { modelFolder_ = folder; }
  /// The dialog that downloads networks. Null when the program's catalogue is broken; the messages say so.
  CatalogueDialog* showCatalogue();
  /// Where docks and columns were when the program was last closed.
  void restoreLayout();
  void resetLayout();
  void setFullScreen(bool on);

 protected:
  bool event(QEvent* event) override;
  void closeEvent(QCloseEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dragMoveEvent(QDragMoveEvent* event) override;
  void dragLeaveEvent(QDragLeaveEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  void fitToScreen();
  void makeCentre();
  void makeDocks();
  void makeMenus();
  void makeToolBar();
  void connectActions();
  void connectStudio();
  void connectMessages();

  void openModelDialog();
  void openPicturesDialog();
  void openFolderDialog();
  void openSessionDialog();
  bool saveSession(bool askForName);
  void pasteClipboard();
  void copyCommandLine();
  void showFind();
  void stepPicture(int by);
  void goOutward();
  void focusNextPanel(bool forward);
  void followCrumb(const QString& id);
  void fillRecent(QMenu* menu);
  void fillExport(QMenu* menu);
  void updateTitle();
  void updateCentre();
  void updateBreadcrumb();
  QString lastFolder(const QString& key) const;
  void keepFolder(const QString& key, const QString& file);

  Studio& studio_;
  std::vector<Workspace*> workspaces_;
  SessionController* session_ = nullptr;
  WindowActions* actions_ = nullptr;
  QStackedWidget* centre_ = nullptr;
  QTabWidget* tabs_ = nullptr;
  WelcomePage* welcome_ = nullptr;
  StartCard* start_ = nullptr;
  ModelPanel* modelPanel_ = nullptr;
  PicturePanel* picturePanel_ = nullptr;
  InspectorPanel* inspector_ = nullptr;
  QDockWidget *modelDock_ = nullptr, *pictureDock_ = nullptr, *inspectorDock_ = nullptr;
  BottomBar* bottom_ = nullptr;
  MessageBar* messageBar_ = nullptr;
  Breadcrumb* breadcrumb_ = nullptr;
  DropOverlay* overlay_ = nullptr;
  QPointer<CardDialog> card_;
  bool asksForCards_ = true;
  QString modelFolder_;
  CatalogueDialog* catalogue_ = nullptr;  ///< kept once made: its downloads go on while it is closed
};

}  // namespace unitscope
