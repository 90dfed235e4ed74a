#pragma once

#include <QJsonObject>
#include <QString>
#include <QVector>

namespace unitscope {

/// What the tiles of a gallery show.
enum class TileKind { Features, TopImages, MeanCrop, Activation };
enum class UnitSort { Index, Activation, Selectivity, Iou, Concept };

/// A unit that the user has switched off or strengthened.
struct UnitScale {
  QString layer;
  int unit = -1;
  double factor = 1.0;  ///< 0 is off
  bool operator==(const UnitScale&) const = default;
};

/// Everything that the user sets in the neurons workspace.
struct NeuronsState {
  QString layer;          ///< empty: the one that suits a beginning
  bool compares = false;  ///< whether a second layer stands beside it
  QString second;
  TileKind tiles = TileKind::Features;
  UnitSort sort = UnitSort::Index;
  QString search;
  int tileSize = 96;
  QString data = QStringLiteral("scenes");  ///< of the examples: "scenes", "scenes-biased" or a folder
  int pictures = 1000;
  QString examplesFile;  ///< opened by the user; empty: what was collected
  bool pageOpen = false;
  QVector<UnitScale> scales;
  bool operator==(const NeuronsState&) const = default;

  /// 1 where nothing was set.
  double factor(const QString& layerName, int unit) const;
  /// A factor of 1 takes the unit out of the list.
  void setFactor(const QString& layerName, int unit, double factor);

  QJsonObject toJson() const;
  /// Takes what it understands; the rest is as by default.
  static NeuronsState fromJson(const QJsonObject& json);
};

/// "features", "top", "mean", "activation": for sessions.
QString idOf(TileKind kind);
/// "index", "activation", "selectivity", "iou", "concept".
QString idOf(UnitSort sort);

}  // namespace unitscope
