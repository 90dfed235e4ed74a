#pragma once

#include <memory>
#include <vector>

#include <QLockFile>
#include <QObject>
#include <QThreadPool>
#include <QTimer>

#include "app/session.h"
#include "app/studio.h"
#include "app/workspace.h"

namespace unitscope {

/// Saves and restores what is open. Every change is saved by itself a moment later to a file of this run, whose lock
/// tells the next start whether this run ended well; if it did not, its work is offered again.
class SessionController : public QObject {
  Q_OBJECT
 public:
  /// `folder` keeps the files of running and crashed windows.
  SessionController(Studio& studio, std::vector<Workspace*> workspaces, const QString& folder,
                    QObject* parent = nullptr);
  ~SessionController() override;

  /// Sessions of windows that did not end well, newest first. They stay until taken or dropped.
  QStringList abandoned() const;
  /// Restores one of them and removes its file once it is this window's own.
  void recover(const QString& path);
  void discard(const QString& path);

  /// At the end of the program: what is open becomes the last session, which the next start can go on with.
  void keepAsLast();
  /// The session that the last window left when it was closed; empty when there is none.
  QString last() const;

  void open(const QString& path);
  bool save(const QString& path);
  /// The file that the user saved to or opened; empty when there is none.
  QString file() const { return file_; }
  /// Which tab is shown; the window tells it.
  void setCurrentWorkspace(const QString& id);
  QString currentWorkspace() const { return currentWorkspace_; }
  SessionData capture() const;
  void restore(SessionData session);
  bool restoring() const { return restoring_ != nullptr; }
  /// Writes what is due now and waits; for tests and for the end of the program.
  void flush();

 Q_SIGNALS:
  void fileChanged();
  void workspaceWanted(const QString& id);
  void restored();

 private:
  struct Restoring;
  QString lastPath() const;
  void changed();
  void autosave();
  void startRestoring();
  void restorePictures();
  void pictureDone(LoadedPictures loaded);
  void modelDone(bool opened);
  void finishRestoring();

  Studio& studio_;
  std::vector<Workspace*> workspaces_;
  QString folder_;
  QString own_;  // this run's file
  QString file_;
  QString currentWorkspace_;
  std::unique_ptr<QLockFile> lock_;
  QTimer timer_;
  QThreadPool writer_;  // one thread: files are written in the order of the changes
  std::shared_ptr<Restoring> restoring_;
};

}  // namespace unitscope
