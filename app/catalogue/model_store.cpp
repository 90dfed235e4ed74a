#include "app/catalogue/model_store.h"

#include <filesystem>

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include "app/catalogue/download_request.h"
#include "app/catalogue/part_file.h"
#include "data/label_lists.h"
#include "runtime/error.h"

namespace unitscope {

namespace {

std::filesystem::path filePath(const QString& path) {
  return QFile::encodeName(path).toStdString();
}

}  // namespace

QString ModelStore::pathOf(const CatalogueEntry& entry) const {
  return QDir(folder_).filePath(QString::fromStdString(entry.file));
}

bool ModelStore::has(const CatalogueEntry& entry) const {
  return QFileInfo(pathOf(entry)).isFile();
}

qint64 ModelStore::unfinished(const CatalogueEntry& entry) const {
  const QFileInfo part(partPathFor(pathOf(entry)));
  return part.isFile() ? part.size() : 0;
}

void ModelStore::writeCard(const CatalogueEntry& entry) const {
  const std::filesystem::path file = cardPathFor(filePath(pathOf(entry)));
  if (std::filesystem::exists(file)) return;  // the user may have changed it
  ModelCard card = entry.card;
  card.labels = builtInLabels(entry.labelSet);
  saveCard(card, file);
}

void ModelStore::remove(const CatalogueEntry& entry) const {
  const QString path = pathOf(entry);
  discardPart(path);
  for (const std::filesystem::path& file : {cardPathFor(filePath(path)), filePath(path)}) {
    std::error_code problem;
    std::filesystem::remove(file, problem);
    if (problem) throw Error(file.string(), "cannot be deleted: " + problem.message());
  }
}

}  // namespace unitscope
