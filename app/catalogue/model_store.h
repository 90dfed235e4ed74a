#pragma once

#include <QString>

#include "zoo/catalogue.h"

namespace unitscope {

/// The folder of the user's data where downloaded networks lie, each with its card beside it.
class ModelStore {
 public:
  explicit ModelStore(QString folder) : folder_(std::move(folder)) {}

  const QString& folder() const { return folder_; }
  QString pathOf(const CatalogueEntry& entry) const;
  bool has(const CatalogueEntry& entry) const;
  /// Bytes of a download that was not finished; 0 where there is none.
  qint64 unfinished(const CatalogueEntry& entry) const;
  /// Writes the entry's card, with labels, beside the network, unless there is one. Throws Error when it cannot.
  void writeCard(const CatalogueEntry& entry) const;
  /// Deletes the network, its card and what is unfinished. Throws Error naming the file that could not be deleted.
  void remove(const CatalogueEntry& entry) const;

 private:
  QString folder_;
};

}  // namespace unitscope
