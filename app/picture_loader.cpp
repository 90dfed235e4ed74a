#include "app/picture_loader.h"

#include <atomic>
#include <mutex>
#include <optional>

#include <QCollator>
#include <QDir>
#include <QFileInfo>
#include <QImageReader>

#include "app/file_kind.h"
#include "app/image_convert.h"
#include "runtime/error.h"

namespace unitscope {

namespace {

constexpr int kThumbnail = 256;
constexpr int kMostPictures = 2000;
/// Decoded bytes that one drop may bring in; a folder of holiday photos must not exhaust memory.
constexpr std::int64_t kMostBytes = std::int64_t{1} << 30;

std::shared_ptr<const Image> decode(const QString& path) {
  std::string subject = QFileInfo(path).fileName().toStdString();
  try {
    return std::make_shared<Image>(loadImage(path.toStdString()));
  } catch (const std::exception& error) {
    // Formats that only Qt's plugins know (GIF, ICO...).
    QImageReader reader(path);
    reader.setDecideFormatFromContent(true);
    reader.setAutoTransform(true);
    const QSize size = reader.size();
    if (size.isValid() && static_cast<std::int64_t>(size.width()) * size.height() <= kMaxImagePixels) {
      const QImage image = reader.read();
      if (!image.isNull()) return std::make_shared<Image>(fromQImage(image));
    }
    if (const auto* own = dynamic_cast<const Error*>(&error)) throw Error(subject, own->reason());
    throw Error(subject, "the picture could not be decoded");
  }
}

}  // namespace

QImage makeThumbnail(const Image& image) {
  return toQImage(image).scaled(kThumbnail, kThumbnail, Qt::KeepAspectRatio, Qt::SmoothTransformation);
}

PictureEntry makePicture(const QString& name, const QImage& image) {
  PictureEntry entry;
  entry.name = name;
  auto pixels = std::make_shared<Image>(fromQImage(image));
  entry.thumbnail = makeThumbnail(*pixels);
  entry.pixels = std::move(pixels);
  return entry;
}

struct PictureLoader::Batch {
  QStringList paths;
  Done done;
  std::mutex mutex;
  std::vector<std::optional<PictureEntry>> entries;
  std::vector<Problem> problems;
  std::int64_t bytes = 0;
  int refused = 0;
  int finished = 0;  // GUI thread only
};

PictureLoader::PictureLoader(QObject* parent) : QObject(parent), stop_(std::make_shared<std::atomic<bool>>(false)) {
  pool_.setMaxThreadCount(2);
}

PictureLoader::~PictureLoader() {
  stop_->store(true);
  pool_.clear();
  pool_.waitForDone();
}

void PictureLoader::load(const QStringList& paths, Done done) {
  start(paths, std::move(done));
}

void PictureLoader::loadFolder(const QString& folder, Done done) {
  ++batches_;
  pool_.start([this, folder, done = std::move(done), stop = stop_] {
    QStringList names = QDir(folder).entryList(QDir::Files | QDir::Readable);
    // The C locale's collator does not know numbers.
    const QLocale own;
    QCollator collator(own.language() == QLocale::C ? QLocale(QLocale::English) : own);
    collator.setNumericMode(true);
    std::sort(names.begin(), names.end(), collator);
    QStringList paths;
    for (const QString& name : names) {
      if (stop->load()) return;
      const QString path = QDir(folder).filePath(name);
      if (kindOf(path) == FileKind::Picture) paths << path;
    }
    QMetaObject::invokeMethod(
        this,
        [this, folder, paths, done] {
          --batches_;
          if (!paths.isEmpty()) return start(paths, done);
          LoadedPictures nothing;
          nothing.problems.push_back({QDir(folder).dirName(), tr("there are no pictures in this folder")});
          done(nothing);
          Q_EMIT finished();
        },
        Qt::QueuedConnection);
  });
}

void PictureLoader::start(const QStringList& paths, Done done) {
  if (paths.isEmpty()) return done({});
  auto batch = std::make_shared<Batch>();
  batch->paths = paths.mid(0, kMostPictures);
  batch->done = std::move(done);
  batch->entries.resize(static_cast<std::size_t>(batch->paths.size()));
  if (paths.size() > kMostPictures) {
    batch->problems.push_back(
        {tr("Pictures"), tr("only the first %1 of %2 were opened").arg(kMostPictures).arg(paths.size())});
  }
  ++batches_;
  for (qsizetype i = 0; i < batch->paths.size(); ++i) {
    pool_.start([this, batch, i, stop = stop_] {
      if (stop->load()) return;
      const QString path = batch->paths[i];
      const QString name = QFileInfo(path).fileName();
      try {
        bool full = false;
        {
          const std::lock_guard lock(batch->mutex);
          full = batch->bytes > kMostBytes;
          if (full) ++batch->refused;
        }
        if (!full) {
          PictureEntry entry;
          entry.name = name;
          entry.path = QFileInfo(path).absoluteFilePath();
          entry.pixels = decode(path);
          entry.thumbnail = makeThumbnail(*entry.pixels);
          const std::lock_guard lock(batch->mutex);
          batch->bytes += static_cast<std::int64_t>(entry.pixels->pixels.size());
          batch->entries[static_cast<std::size_t>(i)] = std::move(entry);
        }
      } catch (const Error& error) {
        const std::lock_guard lock(batch->mutex);
        batch->problems.push_back({name, QString::fromStdString(error.reason())});
      } catch (const std::exception&) {
        const std::lock_guard lock(batch->mutex);
        batch->problems.push_back({name, tr("the picture could not be decoded")});
      }
      QMetaObject::invokeMethod(
          this, [this, batch] { decoded(batch); }, Qt::QueuedConnection);
    });
  }
}

void PictureLoader::decoded(const std::shared_ptr<Batch>& batch) {
  ++batch->finished;
  Q_EMIT progressed(batch->finished, static_cast<int>(batch->paths.size()));
  if (batch->finished < batch->paths.size()) return;
  LoadedPictures result;
  const std::lock_guard lock(batch->mutex);
  for (auto& entry : batch->entries) {
    if (entry) result.pictures.push_back(std::move(*entry));
  }
  result.problems = std::move(batch->problems);
  if (batch->refused > 0) {
    result.problems.push_back(
        {tr("Pictures"),
         tr("%1 were left out: together they would take more than %2 MiB").arg(batch->refused).arg(kMostBytes >> 20)});
  }
  --batches_;
  batch->done(std::move(result));
  Q_EMIT finished();
}

}  // namespace unitscope
