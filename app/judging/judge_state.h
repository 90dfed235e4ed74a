#pragma once

#include <QHash>
#include <QJsonObject>
#include <QString>
#include <QStringList>

#include "app/attribution/attribution_state.h"
#include "app/judging/mask_drawing.h"

namespace unitscope {

/// Everything that the user sets in the judge's workspace.
struct JudgeState {
  QString page = QStringLiteral("picture");  ///< "picture" or "league"

  // One picture.
  AttributionState compared;          ///< its methods with their parameters and layers; the rest is not used
  QStringList metrics;                ///< ids, of those that are no sanity checks
  int points = 64;                    ///< of a curve, about
  bool absolute = false;              ///< judge magnitudes
  QHash<QString, MaskDrawing> masks;  ///< by pictureKey()
  QString sanityMethod;               ///< empty: the first that is compared
  QString sanityKind = QStringLiteral("sanity_cascade");

  // The league.
  QString data = QStringLiteral("scenes");  ///< "scenes", "scenes-biased" or a folder
  int pictures = 200;
  QStringList leagueMethods;  ///< ids, also "random" and "centre"; empty: as the league itself chooses
  QStringList leagueMetrics;  ///< ids; empty: as the league itself chooses
  bool operator==(const JudgeState&) const = default;

  static JudgeState defaults(const std::vector<MethodInfo>& methods);
  QJsonObject toJson() const;
  /// Takes what it understands; the rest is as by default.
  static JudgeState fromJson(const QJsonObject& json, const std::vector<MethodInfo>& methods);
};

/// Ids of the metrics that one picture can be judged by besides the sanity checks, in their order.
QStringList pictureMetrics();
bool isSanityCheck(const QString& metric);
/// What the league measures when nobody chooses; without masks only those that need none.
QStringList usualMetrics();
/// What the league compares when nobody chooses: methods, then the controls.
QStringList leagueDefaults(const std::vector<MethodInfo>& methods);

}  // namespace unitscope
