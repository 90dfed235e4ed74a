#include "app/session_controller.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QUuid>

#include "runtime/error.h"

namespace unitscope {

namespace {

constexpr int kAutosaveDelay = 800;
constexpr char kEnding[] = ".unitscope";

QString lockOf(const QString& session) {
  return session + ".lock";
}

}  // namespace

/// A session on its way in: it is complete when the model has come or failed and the pictures are decoded.
struct SessionController::Restoring {
  SessionData session;
  std::vector<PictureEntry> files;
  bool modelDone = false;
  bool picturesDone = false;
};

SessionController::SessionController(Studio& studio, std::vector<Workspace*> workspaces, const QString& folder,
                                     QObject* parent)
    : QObject(parent), studio_(studio), workspaces_(std::move(workspaces)), folder_(folder) {
  QDir().mkpath(folder_);
  own_ = QDir(folder_).filePath(QUuid::createUuid().toString(QUuid::WithoutBraces) + kEnding);
  lock_ = std::make_unique<QLockFile>(lockOf(own_));
  lock_->setStaleLockTime(0);  // only a dead process makes a lock stale, however long it was held
  lock_->tryLock();
  writer_.setMaxThreadCount(1);
  timer_.setSingleShot(true);
  timer_.setInterval(kAutosaveDelay);
  connect(&timer_, &QTimer::timeout, this, &SessionController::autosave);
  Document& document = studio_.document();
  connect(&document, &Document::modelChanged, this, &SessionController::changed);
  connect(&document, &Document::cardChanged, this, &SessionController::changed);
  connect(&document, &Document::picturesChanged, this, &SessionController::changed);
  connect(&studio_.selection(), &Selection::changed, this, &SessionController::changed);
  for (Workspace* workspace : workspaces_) {
    connect(workspace, &Workspace::stateChanged, this, &SessionController::changed);
  }
  connect(&studio_, &Studio::modelOpened, this, [this] { modelDone(true); });
  connect(&studio_, &Studio::modelFailed, this, [this] { modelDone(false); });
  connect(&studio_, &Studio::sessionGiven, this, &SessionController::open);
}

SessionController::~SessionController() {
  timer_.stop();
  writer_.waitForDone();
  // A window that is closed in good order leaves nothing to recover.
  QFile::remove(own_);
  lock_->unlock();
}

QStringList SessionController::abandoned() const {
  QStringList found;
  for (const QFileInfo& info : QDir(folder_).entryInfoList({QString("*") + kEnding}, QDir::Files, QDir::Time)) {
    const QString path = info.absoluteFilePath();
    if (path == own_ || path == lastPath()) continue;
    QLockFile lock(lockOf(path));
    lock.setStaleLockTime(0);
    if (lock.tryLock(0)) found << path;  // its window is gone
  }
  return found;
}

void SessionController::recover(const QString& path) {
  try {
    SessionData session = readSession(path);
    restore(std::move(session));
    if (path != lastPath()) discard(path);
  } catch (const Error& error) {
    studio_.messages().error(tr("The last session"), QString::fromStdString(error.reason()));
    discard(path);
  }
}

void SessionController::discard(const QString& path) {
  if (path == own_) return;
  QFile::remove(path);
  QFile::remove(lockOf(path));
}

QString SessionController::lastPath() const {
  return QDir(folder_).absoluteFilePath(QString("last") + kEnding);
}

QString SessionController::last() const {
  return QFileInfo::exists(lastPath()) ? lastPath() : QString();
}

void SessionController::keepAsLast() {
  timer_.stop();
  writer_.waitForDone();
  const SessionData session = capture();
  if (session.empty()) return;  // an older one is worth more than nothing
  try {
    writeSession(session, lastPath());
  } catch (const Error&) {
    // The program is ending; there is no one left to tell.
  }
}

void SessionController::open(const QString& path) {
  try {
    restore(readSession(path));
  } catch (const Error& error) {
    studio_.messages().error(QString::fromStdString(error.subject()), QString::fromStdString(error.reason()));
    return;
  }
  file_ = QFileInfo(path).absoluteFilePath();
  studio_.settings().addRecentSession(file_);
  Q_EMIT fileChanged();
}

bool SessionController::save(const QString& path) {
  try {
    writeSession(capture(), path);
  } catch (const Error& error) {
    studio_.messages().error(QString::fromStdString(error.subject()), QString::fromStdString(error.reason()));
    return false;
  }
  file_ = QFileInfo(path).absoluteFilePath();
  studio_.settings().addRecentSession(file_);
  studio_.messages().success(QFileInfo(path).fileName(), tr("session saved"));
  Q_EMIT fileChanged();
  return true;
}

void SessionController::setCurrentWorkspace(const QString& id) {
  if (id == currentWorkspace_) return;
  currentWorkspace_ = id;
  changed();
}

SessionData SessionController::capture() const {
  SessionData session;
  const Document& document = studio_.document();
  if (document.hasModel()) {
    session.builtIn = document.opened().builtIn;
    session.modelPath = document.opened().path;
    session.card = document.card();
    const QFileInfo info(session.modelPath);
    if (session.builtIn.isEmpty() && info.exists()) {
      session.modelSize = info.size();
      session.modelModified = info.lastModified().toString(Qt::ISODate);
    }
  }
  for (const PictureEntry& picture : document.pictures()) {
    session.pictures.push_back({picture.name, picture.path, picture.path.isEmpty() ? picture.pixels : nullptr});
  }
  session.focus = studio_.selection().focus();
  session.currentPicture = document.indexOf(session.focus.image);
  session.workspace = currentWorkspace_;
  for (const Workspace* workspace : workspaces_) session.workspaces[workspace->id()] = workspace->saveState();
  return session;
}

void SessionController::changed() {
  if (!restoring_ && studio_.settings().autosave()) timer_.start();
}

void SessionController::autosave() {
  // The timer may have been started before the setting was turned off.
  if (restoring_ || !studio_.settings().autosave()) return;
  // Encoding and the wait for the disk would be felt in the window.
  writer_.start([session = capture(), path = own_] {
    try {
      if (session.empty()) {
        QFile::remove(path);
      } else {
        writeSession(session, path);
      }
    } catch (const Error&) {
      // Nothing can be done about a full disk here, and it must not interrupt the user every second.
    }
  });
}

void SessionController::flush() {
  if (timer_.isActive()) {
    timer_.stop();
    autosave();
  }
  writer_.waitForDone();
}

void SessionController::restore(SessionData session) {
  restoring_ = std::make_shared<Restoring>();
  restoring_->session = std::move(session);
  timer_.stop();
  startRestoring();
}

void SessionController::startRestoring() {
  const SessionData& session = restoring_->session;
  std::vector<ImageId> old;
  for (const PictureEntry& picture : studio_.document().pictures()) old.push_back(picture.id);
  studio_.document().removePictures(old);
  studio_.undo().clear();
  studio_.selection().reset();

  QStringList paths;
  for (const SessionPicture& picture : session.pictures) {
    if (!picture.path.isEmpty()) paths << picture.path;
  }
  // The window may start another session before this one is in: its answers are then recognised as stale.
  const std::weak_ptr<Restoring> current = restoring_;
  studio_.loader().load(paths, [this, current](LoadedPictures loaded) {
    if (!current.expired() && current.lock() == restoring_) pictureDone(std::move(loaded));
  });

  if (!restoring_) return;
  if (!session.builtIn.isEmpty()) {
    studio_.openBuiltIn(session.builtIn, false, session.card);
  } else if (session.modelPath.isEmpty()) {
    studio_.closeModel();
    modelDone(true);
  } else if (const QFileInfo info(session.modelPath); !info.exists()) {
    studio_.messages().error(
        info.fileName(),
        tr("the network of this session is no longer at %1").arg(QDir::toNativeSeparators(info.absolutePath())));
    studio_.closeModel();
    modelDone(false);
  } else {
    if (session.modelSize > 0 &&
        (info.size() != session.modelSize || info.lastModified().toString(Qt::ISODate) != session.modelModified)) {
      studio_.messages().warn(info.fileName(), tr("the file has changed since this session was saved"));
    }
    studio_.openModel(session.modelPath, session.card);
  }
}

void SessionController::pictureDone(LoadedPictures loaded) {
  for (const Problem& problem : loaded.problems) studio_.messages().report(problem);
  restoring_->files = std::move(loaded.pictures);
  restorePictures();
  restoring_->picturesDone = true;
  finishRestoring();
}

void SessionController::restorePictures() {
  // Files that did not decode are missing among the loaded ones, so the two lists are walked side by side.
  std::vector<PictureEntry> pictures;
  ImageId current = 0;
  std::size_t next = 0;
  const SessionData& session = restoring_->session;
  for (std::size_t i = 0; i < session.pictures.size(); ++i) {
    const SessionPicture& wanted = session.pictures[i];
    PictureEntry entry;
    if (wanted.pixels) {
      entry.name = wanted.name;
      entry.pixels = wanted.pixels;
      entry.thumbnail = makeThumbnail(*wanted.pixels);
    } else if (next < restoring_->files.size() &&
               restoring_->files[next].path == QFileInfo(wanted.path).absoluteFilePath()) {
      entry = restoring_->files[next++];
    } else {
      continue;
    }
    entry.id = studio_.document().newImageId();
    if (static_cast<int>(i) == session.currentPicture) current = entry.id;
    pictures.push_back(std::move(entry));
  }
  if (current == 0 && !pictures.empty()) current = pictures.front().id;
  restoring_->session.focus.image = current;
  studio_.document().insertPictures(pictures);
}

void SessionController::modelDone(bool) {
  if (!restoring_) return;
  restoring_->modelDone = true;
  finishRestoring();
}

void SessionController::finishRestoring() {
  if (!restoring_->modelDone || !restoring_->picturesDone) return;
  const auto done = std::move(restoring_);
  restoring_ = nullptr;
  for (Workspace* workspace : workspaces_) {
    const auto state = done->session.workspaces.find(workspace->id());
    if (state != done->session.workspaces.end()) workspace->restoreState(state->second);
  }
  studio_.selection().reset(done->session.focus);
  if (!done->session.workspace.isEmpty()) Q_EMIT workspaceWanted(done->session.workspace);
  changed();
  Q_EMIT restored();
}

}  // namespace unitscope
