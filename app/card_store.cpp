#include "app/card_store.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include "runtime/error.h"

namespace unitscope {

QString CardStore::userPath(const QString& modelPath) const {
  // Two models of the same name in different folders are different models.
  const QByteArray where = QFileInfo(modelPath).absoluteFilePath().toUtf8();
  const QString hash =
      QString::fromLatin1(QCryptographicHash::hash(where, QCryptographicHash::Sha256).toHex().left(16));
  return QDir(folder_).filePath(QFileInfo(modelPath).completeBaseName() + '-' + hash + ".card.json");
}

std::optional<ModelCard> CardStore::find(const QString& modelPath, QString* problem) const {
  QFile file(userPath(modelPath));
  if (!file.open(QIODevice::ReadOnly)) return std::nullopt;
  try {
    return cardFromJson(file.readAll().toStdString(), file.fileName().toStdString());
  } catch (const Error& error) {
    if (problem) *problem = QString::fromStdString(error.reason());
    return std::nullopt;
  }
}

QString CardStore::save(const QString& modelPath, const ModelCard& card) const {
  const std::filesystem::path beside = cardPathFor(modelPath.toStdString());
  try {
    saveCard(card, beside);
    return QString::fromStdString(beside.string());
  } catch (const Error&) {
    QDir().mkpath(folder_);
    const QString path = userPath(modelPath);
    saveCard(card, path.toStdString());
    return path;
  }
}

}  // namespace unitscope
