#pragma once

#include <optional>

#include <QString>

#include "engine/model_card.h"

namespace unitscope {

/// Where cards live: beside the model, or in the user's settings where that folder cannot be written to.
class CardStore {
 public:
  /// `folder` holds the cards of models in read-only folders.
  explicit CardStore(QString folder) : folder_(std::move(folder)) {}

  /// The user's own card of a model; absent when there is none or it cannot be read (then `*problem` says why).
  std::optional<ModelCard> find(const QString& modelPath, QString* problem = nullptr) const;
  /// Saves beside the model, else in the user's folder. Returns the path; throws Error when neither works.
  QString save(const QString& modelPath, const ModelCard& card) const;

 private:
  QString userPath(const QString& modelPath) const;
  QString folder_;
};

}  // namespace unitscope
