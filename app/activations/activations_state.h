#pragma once

#include <QJsonObject>
#include <QString>
#include <QStringList>

namespace unitscope {

/// Everything that the user sets in the activations workspace.
struct ActivationsState {
  static constexpr int kFewestGroups = 2, kMostGroups = 16;

  QString view = QStringLiteral("places");  ///< one of views()
  QString layer;                            ///< empty: the last one with places
  int opacity = 65;                         ///< of overlays, percent
  bool lines = false;                       ///< between all cells, not only around the pointer
  QString order = QStringLiteral("peak");   ///< of the channels: peak, mean or attribution
  int groups = 6;
  int side = 8;    ///< of the activation grid, in cells at most
  int steps = 96;  ///< of each feature visualization
  bool operator==(const ActivationsState&) const = default;

  static const QStringList& views();  ///< places, channels, groups, grid, responsible
  QJsonObject toJson() const;
  /// Takes what it understands; the rest is as by default.
  static ActivationsState fromJson(const QJsonObject& json);
};

}  // namespace unitscope
