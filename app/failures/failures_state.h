#pragma once

#include <QJsonObject>
#include <QString>

namespace unitscope {

/// Everything that the user sets in the failures workspace.
struct FailuresState {
  QString data = QStringLiteral("scenes");  ///< "scenes", "scenes-biased" or a folder
  int pictures = 300;
  QString method = QStringLiteral("input_x_gradient");  ///< of the heatmaps
  QString view = QStringLiteral("classes");             ///< classes, confusion, mistakes, hits, wall
  int classIndex = -1;                                  ///< whose heatmaps the wall shows; -1 for the most suspicious
  bool operator==(const FailuresState&) const = default;

  QJsonObject toJson() const;
  /// Takes what it understands; the rest is as by default.
  static FailuresState fromJson(const QJsonObject& json);
};

}  // namespace unitscope
