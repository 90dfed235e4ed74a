#include "app/window_actions.h"

#include <QAction>
#include <QActionGroup>
#include <QWidget>

#include "app/availability.h"
#include "app/studio.h"
#include "widgets/icons.h"

namespace unitscope {

namespace {

QAction* make(QWidget* window, const QString& text, const QString& help, const QString& icon = {},
              const QKeySequence& keys = {}) {
  auto* action = new QAction(text, window);
  if (!icon.isEmpty()) action->setIcon(themedIcon(icon));
  if (!keys.isEmpty()) action->setShortcut(keys);
  const QString shown = keys.toString(QKeySequence::NativeText);
  action->setToolTip(shown.isEmpty() ? help : QStringLiteral("%1 (%2)").arg(help, shown));
  action->setStatusTip(help);
  window->addAction(action);  // the keys work wherever the menu bar is
  return action;
}

}  // namespace

WindowActions::WindowActions(Studio& studio, QWidget* w) : QObject(w), studio_(studio) {
  openModel = make(w, tr("Open &model..."), tr("Open a network: ONNX, .pt2, TorchScript, safetensors, .pth"), "model",
                   QKeySequence::Open);
  openPictures =
      make(w, tr("Open &images..."), tr("Bring in picture files"), "image", QKeySequence(tr("Ctrl+Shift+O")));
  openFolder = make(w, tr("Open &folder of images..."), tr("Bring in every picture of a folder"), "images");
  getModels = make(w, tr("Ge&t models..."), tr("Download well-known networks"), "download");
  paste = make(w, tr("&Paste"), tr("Open the picture, files or path on the clipboard"), "paste", QKeySequence::Paste);
  closeModel = make(w, tr("&Close model"), tr("Close the network; the pictures stay"), {}, QKeySequence::Close);
  openSession = make(w, tr("Open &session..."), tr("Go back to a saved session"), {});
  saveSession =
      make(w, tr("&Save session"), tr("Save what is open and how it is looked at"), "save", QKeySequence::Save);
  saveSessionAs = make(w, tr("Save session &as..."), tr("Save under another name"), {}, QKeySequence::SaveAs);
  goOn = make(w, tr("&Go on with the last session"), tr("Open again what was open when the window was last closed"),
              "history");
  copyCommand = make(w, tr("Copy command &line"), tr("Copy the command that computes what is shown here"), "terminal",
                     QKeySequence(tr("Ctrl+Shift+C")));
  quit = make(w, tr("&Quit"), tr("Close the window; the session is kept"), {}, QKeySequence::Quit);

  undo = make(w, tr("&Undo"), tr("Undo"), "undo", QKeySequence::Undo);
  redo = make(w, tr("&Redo"), tr("Redo"), "redo", QKeySequence::Redo);
  removePictures = make(w, tr("Remo&ve image"), tr("Take the selected images out"), "trash");
  card = make(w, tr("Model &card..."), tr("Preprocessing, labels and outputs of the network"), "info",
              QKeySequence(tr("Ctrl+I")));
  settings =
      make(w, tr("Se&ttings..."), tr("Device, precision, memory, theme"), "settings", QKeySequence(tr("Ctrl+,")));

  back = make(w, tr("&Back"), tr("Back to what was looked at before"), "back", QKeySequence(tr("Alt+Left")));
  forward = make(w, tr("&Forward"), tr("Forward again"), "forward", QKeySequence(tr("Alt+Right")));
  outward = make(w, tr("&Outward"), tr("From a place to its unit, to its layer, to the enclosing layer"), {},
                 QKeySequence(tr("Alt+Up")));
  nextPicture = make(w, tr("&Next image"), tr("Next image"), {}, QKeySequence(tr("Ctrl+PgDown")));
  previousPicture = make(w, tr("&Previous image"), tr("Previous image"), {}, QKeySequence(tr("Ctrl+PgUp")));
  find = make(w, tr("&Go to layer or class..."), tr("Find a layer or a class by its name"), "search",
              QKeySequence(tr("Ctrl+K")));
  findLayer = make(w, tr("&Search layers"), tr("Search in the tree of layers"), {}, QKeySequence::Find);

  themes = new QActionGroup(this);
  themeSystem = make(w, tr("As the &system"), tr("Light or dark as the desktop is"));
  themeLight = make(w, tr("&Light"), tr("Light colours"));
  themeDark = make(w, tr("&Dark"), tr("Dark colours"));
  for (QAction* theme : {themeSystem, themeLight, themeDark}) {
    theme->setCheckable(true);
    themes->addAction(theme);
  }
  fullScreen = make(w, tr("F&ull screen"), tr("The window alone on the screen, and back"), {}, QKeySequence(tr("F11")));
  fullScreen->setCheckable(true);
  resetLayout = make(w, tr("&Reset layout"), tr("Put all panels back to where they were at first"), "reset");
  shortcuts = make(w, tr("&Keyboard shortcuts"), tr("All keys of this window"), {}, QKeySequence(tr("F1")));
  about = make(w, tr("&About Unitscope"), tr("Version, engine and licences"), "help");
  quit->setMenuRole(QAction::QuitRole);
  settings->setMenuRole(QAction::PreferencesRole);
  about->setMenuRole(QAction::AboutRole);

  connect(&studio.document(), &Document::modelChanged, this, &WindowActions::update);
  connect(&studio.document(), &Document::picturesChanged, this, &WindowActions::update);
  connect(&studio.selection(), &Selection::changed, this, &WindowActions::update);
  connect(&studio.selection(), &Selection::historyChanged, this, &WindowActions::update);
  connect(&studio.undo(), &QUndoStack::indexChanged, this, &WindowActions::update);
  update();
}

void WindowActions::update() {
  const Document& document = studio_.document();
  const Focus& focus = studio_.selection().focus();
  const QString noModel = document.hasModel() ? QString() : tr("No model is open yet");
  setAvailable(*closeModel, noModel);
  setAvailable(*card, noModel);
  setAvailable(*find, noModel);
  setAvailable(*findLayer, noModel);
  const bool anything = document.hasModel() || !document.pictures().empty();
  const QString nothing = anything ? QString() : tr("Nothing is open yet");
  setAvailable(*saveSession, nothing);
  setAvailable(*saveSessionAs, nothing);
  setAvailable(*removePictures, focus.image == 0 ? tr("No image is selected") : QString());
  const QString tooFew = document.pictures().size() < 2 ? tr("There are not two images to go between") : QString();
  setAvailable(*nextPicture, tooFew);
  setAvailable(*previousPicture, tooFew);
  setAvailable(*back, studio_.selection().canGoBack() ? QString() : tr("Nowhere to go back to yet"));
  setAvailable(*forward, studio_.selection().canGoForward() ? QString() : tr("Nothing to go forward to"));
  setAvailable(*outward, focus.layer.isEmpty() ? tr("No layer is selected") : QString());

  const QUndoStack& stack = studio_.undo();
  undo->setText(stack.canUndo() ? tr("&Undo: %1").arg(stack.undoText()) : tr("&Undo"));
  redo->setText(stack.canRedo() ? tr("&Redo: %1").arg(stack.redoText()) : tr("&Redo"));
  setAvailable(*undo, stack.canUndo() ? QString() : tr("Nothing to undo"));
  setAvailable(*redo, stack.canRedo() ? QString() : tr("Nothing to redo"));
}

QList<QAction*> WindowActions::all() const {
  return {openModel,     openPictures, openFolder, paste,   closeModel,  openSession,     saveSession,
          saveSessionAs, copyCommand,  quit,       undo,    redo,        removePictures,  card,
          settings,      back,         forward,    outward, nextPicture, previousPicture, find,
          findLayer,     fullScreen,   shortcuts};
}

}  // namespace unitscope
