#include "app/catalogue/part_file.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

#include "app/catalogue/download_request.h"

namespace unitscope {

namespace {

constexpr qint64 kLargestNote = 64 * 1024;

QString say(const char* text) {
  return QCoreApplication::translate("Download", text);
}

}  // namespace

QString partPathFor(const QString& target) {
  return target + QStringLiteral(".part");
}

void discardPart(const QString& target) {
  PartFile part(target);
  if (part.lock().isEmpty()) part.discard();
}

PartFile::PartFile(const QString& target)
    : target_(target), path_(partPathFor(target)), notePath_(path_ + QStringLiteral(".json")), file_(path_) {}

PartFile::~PartFile() {
  close();
}

QString PartFile::lock() {
  const QString folder = QFileInfo(target_).absolutePath();
  if (!QDir().mkpath(folder)) {
    return say("the folder %1 cannot be made").arg(QDir::toNativeSeparators(folder));
  }
  lock_ = std::make_unique<QLockFile>(path_ + QStringLiteral(".lock"));
  // The owner's process tells whether a lock is still held, not its age: large files take hours on slow lines.
  lock_->setStaleLockTime(0);
  if (lock_->tryLock(0)) return {};
  const bool held = lock_->error() == QLockFile::LockFailedError;
  lock_.reset();
  return held ? say("another window is downloading this file")
              : say("the folder %1 cannot be written to").arg(QDir::toNativeSeparators(folder));
}

std::optional<PartOrigin> PartFile::resumable(const QUrl& url) const {
  QFile note(notePath_);
  if (!note.open(QIODevice::ReadOnly) || note.size() > kLargestNote || sizeOnDisk() <= 0) return std::nullopt;
  const QJsonObject json = QJsonDocument::fromJson(note.readAll()).object();
  PartOrigin origin{QUrl(json["url"].toString()), json["validator"].toString().toLatin1(), json["total"].toInteger()};
  // A header of the request is made of it.
  for (const char c : origin.validator) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7E) return std::nullopt;
  }
  if (origin.url != url || origin.validator.isEmpty()) return std::nullopt;
  return origin;
}

qint64 PartFile::sizeOnDisk() const {
  const QFileInfo info(path_);
  return info.isFile() ? info.size() : 0;
}

QString PartFile::begin(const PartOrigin& origin) {
  file_.close();
  hash_ = std::make_shared<QCryptographicHash>(QCryptographicHash::Sha256);
  size_ = 0;
  // Unbuffered, so that a full disk shows at the write that it stops.
  if (!file_.open(QIODevice::WriteOnly | QIODevice::Truncate | QIODevice::Unbuffered)) {
    return say("%1 cannot be written: %2").arg(QDir::toNativeSeparators(path_), file_.errorString());
  }
  return noteDown(origin);
}

QString PartFile::append(std::shared_ptr<QCryptographicHash> hash, qint64 size) {
  file_.close();
  hash_ = std::move(hash);
  size_ = size;
  if (!file_.open(QIODevice::ReadWrite | QIODevice::Unbuffered) || file_.size() != size || !file_.seek(size)) {
    return say("%1 cannot be written: %2").arg(QDir::toNativeSeparators(path_), file_.errorString());
  }
  return {};
}

QString PartFile::write(const QByteArray& bytes) {
  if (file_.write(bytes) != bytes.size()) {
    return say("%1 cannot be written: %2").arg(QDir::toNativeSeparators(path_), file_.errorString());
  }
  hash_->addData(bytes);
  size_ += bytes.size();
  return {};
}

QString PartFile::hexDigest() const {
  return QString::fromLatin1(hash_->result().toHex());
}

void PartFile::close() {
  file_.close();
  lock_.reset();
}

void PartFile::discard() {
  file_.close();
  QFile::remove(path_);
  QFile::remove(notePath_);
  size_ = 0;
}

QString PartFile::noteDown(const PartOrigin& origin) const {
  const QJsonObject json{{"url", origin.url.toString(QUrl::FullyEncoded)},
                         {"validator", QString::fromLatin1(origin.validator)},
                         {"total", origin.total}};
  QSaveFile note(notePath_);
  const QByteArray text = QJsonDocument(json).toJson();
  if (!note.open(QIODevice::WriteOnly) || note.write(text) != text.size() || !note.commit()) {
    return say("%1 cannot be written: %2").arg(QDir::toNativeSeparators(notePath_), note.errorString());
  }
  return {};
}

}  // namespace unitscope
