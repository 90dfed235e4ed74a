#pragma once

#include <vector>

#include <QHash>
#include <QJsonObject>
#include <QStringList>
#include <QVariantMap>
#include <QVector>

#include "app/attribution/score_choice.h"
#include "attribution/parameters.h"
#include "widgets/parameter_form.h"

namespace unitscope {

/// Everything that the user sets in the attribution workspace. Only values that differ from a method's defaults are
/// kept, so that better defaults reach old sessions.
struct AttributionState {
  QStringList methods;                     ///< ids, in the order of the columns
  QString current;                         ///< the method whose parameters are shown
  QHash<QString, QVariantMap> parameters;  ///< by method
  QHash<QString, QString> layers;          ///< by method; absent means the default
  QString segments;                        ///< file of superpixels; empty where methods find their own
  ScoreChoice score;                       ///< what the heatmaps explain, besides which class
  double opacity = 0.6;
  bool absolute = false;                       ///< show magnitudes instead of signed values
  QString colors = QStringLiteral("viridis");  ///< of maps without sign
  bool operator==(const AttributionState&) const = default;

  static AttributionState defaults(const std::vector<MethodInfo>& methods);
  QJsonObject toJson() const;
  /// Takes what it understands; the rest is as by default.
  static AttributionState fromJson(const QJsonObject& json, const std::vector<MethodInfo>& methods);
};

const MethodInfo* findMethod(const std::vector<MethodInfo>& methods, const QString& id);
/// Whether the method works on superpixels.
bool takesSegments(const MethodInfo& method);
/// Controls for a method's parameters.
QVector<FormField> formFields(const MethodInfo& method);
/// The method's values with these changes; what does not fit is left at its default.
ParameterValues parameterValues(const MethodInfo& method, const QVariantMap& changes);
/// Those that differ from the defaults.
QVariantMap onlyChanges(const MethodInfo& method, const QVariantMap& values);

}  // namespace unitscope
