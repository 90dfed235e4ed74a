#pragma once

#include <QObject>

class QAction;
class QActionGroup;
class QWidget;

namespace unitscope {

class Studio;

/// Everything that the window's menus and toolbar offer, each with its text, keys, icon and explanation. The window
/// connects them; which can be used now, and if not why, is seen to here.
class WindowActions : public QObject {
  Q_OBJECT
 public:
  WindowActions(Studio& studio, QWidget* window);

  QAction *openModel, *openPictures, *openFolder, *getModels, *paste, *closeModel;
  QAction *openSession, *saveSession, *saveSessionAs, *goOn, *copyCommand, *quit;
  QAction *undo, *redo, *removePictures, *card, *settings;
  QAction *back, *forward, *outward, *nextPicture, *previousPicture, *find, *findLayer;
  QAction *themeSystem, *themeLight, *themeDark, *resetLayout, *fullScreen;
  QAction *shortcuts, *about;
  QActionGroup* themes;

  /// All of them, for the list of keys.
  QList<QAction*> all() const;

 private:
  void update();
  Studio& studio_;
};

}  // namespace unitscope
