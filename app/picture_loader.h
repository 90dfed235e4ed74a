#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include <QImage>
#include <QObject>
#include <QStringList>
#include <QThreadPool>

#include "app/document.h"
#include "app/problem.h"

namespace unitscope {

struct LoadedPictures {
  std::vector<PictureEntry> pictures;  ///< in the order asked for; ids are not given yet
  std::vector<Problem> problems;       ///< files that did not decode
};

/// Thumbnail for galleries, 256 px at most.
QImage makeThumbnail(const Image& image);
/// Entry (without an id) of a picture that has no file.
PictureEntry makePicture(const QString& name, const QImage& image);

/// Decodes picture files on a small pool, so that a folder of photos never stops the window.
class PictureLoader : public QObject {
  Q_OBJECT
 public:
  using Done = std::function<void(LoadedPictures)>;

  explicit PictureLoader(QObject* parent = nullptr);
  /// Gives up what is under way.
  ~PictureLoader() override;

  /// Decodes the files; `done` is called once, on the GUI thread, when all of them are through.
  void load(const QStringList& paths, Done done);
  /// The pictures in a folder, by contents, sorted by name as people count (2 before 10); `done` as in load().
  void loadFolder(const QString& folder, Done done);
  bool busy() const { return batches_ > 0; }

 Q_SIGNALS:
  void progressed(int decoded, int total);
  void finished();

 private:
  struct Batch;
  void start(const QStringList& paths, Done done);
  void decoded(const std::shared_ptr<Batch>& batch);

  QThreadPool pool_;
  std::shared_ptr<std::atomic<bool>> stop_;
  int batches_ = 0;
};

}  // namespace unitscope
