#pragma once

#include <memory>
#include <optional>

#include <QCryptographicHash>
#include <QFile>
#include <QLockFile>
#include <QString>
#include <QUrl>

namespace unitscope {

/// What the server said about a file when its first part came: by this it tells whether the file is still the same.
struct PartOrigin {
  QUrl url;
  QByteArray validator;  ///< a strong ETag, else the date of the last change
  qint64 total = 0;      ///< 0: not known
};

/// The unfinished file "<target>.part", with "<target>.part.json" beside it that says where it came from, and the
/// running SHA-256 of what is in it. Errors come back as text; nothing here takes long.
class PartFile {
 public:
  explicit PartFile(const QString& target);
  ~PartFile();

  /// Makes the folder and takes the lock that keeps a second window from writing the same file. Text on failure.
  QString lock();
  /// What can be gone on from: size of the part and its origin, where both are there and belong to `url`.
  std::optional<PartOrigin> resumable(const QUrl& url) const;
  qint64 sizeOnDisk() const;

  /// Opens it empty, and notes where it comes from.
  QString begin(const PartOrigin& origin);
  /// Opens it at its end; `hash` is that of its first `size` bytes.
  QString append(std::shared_ptr<QCryptographicHash> hash, qint64 size);
  QString write(const QByteArray& bytes);
  qint64 size() const { return size_; }
  QString hexDigest() const;
  /// Leaves it for another time.
  void close();
  /// Deletes it and its note.
  void discard();

  const QString& path() const { return path_; }
  const QString& target() const { return target_; }

 private:
  QString noteDown(const PartOrigin& origin) const;

  QString target_, path_, notePath_;
  QFile file_;
  std::shared_ptr<QCryptographicHash> hash_;
  qint64 size_ = 0;
  std::unique_ptr<QLockFile> lock_;
};

/// Deletes what an unfinished download of `target` left; nothing that is being written.
void discardPart(const QString& target);

}  // namespace unitscope
