#include "app/judging/judge_state.h"

#include <algorithm>

#include <QJsonArray>

#include "judging/judge.h"
#include "judging/league_presets.h"

namespace unitscope {

namespace {

constexpr qsizetype kMostMasks = 1000;

/// Those of `known` that the value lists, in the order of `known`.
QStringList among(const QStringList& known, const QJsonValue& value) {
  QStringList listed, result;
  for (const QJsonValue& one : value.toArray()) listed << one.toString();
  for (const QString& id : known)
    if (listed.contains(id)) result << id;
  return result;
}

}  // namespace

bool isSanityCheck(const QString& metric) {
  return metric.startsWith(QLatin1String("sanity_"));
}

QStringList pictureMetrics() {
  QStringList ids;
  for (const MetricInfo& info : judgeMetrics()) {
    const QString id = QString::fromStdString(info.id);
    if (!isSanityCheck(id)) ids << id;
  }
  return ids;
}

QStringList usualMetrics() {
  return {"deletion", "insertion", "pointing", "energy", "iou"};
}

QStringList leagueDefaults(const std::vector<MethodInfo>& methods) {
  QStringList ids;
  for (const MethodInfo& info : methods) {
    const auto preset = std::ranges::find(leaguePresets(), info.id, &LeaguePreset::method);
    if (preset == leaguePresets().end() || preset->byDefault) ids << QString::fromStdString(info.id);
  }
  return ids << QStringLiteral("random") << QStringLiteral("centre");
}

JudgeState JudgeState::defaults(const std::vector<MethodInfo>& methods) {
  JudgeState state;
  state.compared = AttributionState::defaults(methods);
  state.metrics = usualMetrics();
  return state;
}

QJsonObject JudgeState::toJson() const {
  const QJsonObject attribution = compared.toJson();
  QJsonObject methods, drawn;
  for (const char* key : {"methods", "current", "parameters", "layers"})
    methods[QLatin1String(key)] = attribution[QLatin1String(key)];
  for (auto it = masks.cbegin(); it != masks.cend(); ++it) {
    if (!it->isEmpty()) drawn.insert(it.key(), it->toJson());
  }
  return {{"page", page},
          {"compared", methods},
          {"metrics", QJsonArray::fromStringList(metrics)},
          {"points", points},
          {"absolute", absolute},
          {"masks", drawn},
          {"sanityMethod", sanityMethod},
          {"sanityKind", sanityKind},
          {"data", data},
          {"pictures", pictures},
          {"leagueMethods", QJsonArray::fromStringList(leagueMethods)},
          {"leagueMetrics", QJsonArray::fromStringList(leagueMetrics)}};
}

JudgeState JudgeState::fromJson(const QJsonObject& json, const std::vector<MethodInfo>& methods) {
  JudgeState state = defaults(methods);
  if (json["page"].toString() == QLatin1String("league")) state.page = QStringLiteral("league");
  QJsonObject compared = json["compared"].toObject();
  compared.remove("score");
  state.compared = AttributionState::fromJson(compared, methods);
  if (json["metrics"].isArray()) state.metrics = among(pictureMetrics(), json["metrics"]);
  state.points = std::clamp(json["points"].toInt(state.points), 8, 1024);
  state.absolute = json["absolute"].toBool(false);
  const QJsonObject drawn = json["masks"].toObject();
  for (auto it = drawn.begin(); it != drawn.end() && state.masks.size() < kMostMasks; ++it) {
    const MaskDrawing mask = MaskDrawing::fromJson(it.value().toObject());
    if (!mask.isEmpty()) state.masks.insert(it.key(), mask);
  }
  const QString sanity = json["sanityMethod"].toString();
  if (findMethod(methods, sanity)) state.sanityMethod = sanity;
  const QString kind = json["sanityKind"].toString();
  if (kind == QLatin1String("sanity_independent")) state.sanityKind = kind;
  state.data = json["data"].toString(state.data);
  if (state.data.isEmpty()) state.data = QStringLiteral("scenes");
  state.pictures = std::clamp(json["pictures"].toInt(state.pictures), 1, 100000);
  QStringList ids;
  for (const MethodInfo& info : methods) ids << QString::fromStdString(info.id);
  state.leagueMethods = among(ids << QStringLiteral("random") << QStringLiteral("centre"), json["leagueMethods"]);
  QStringList metrics;
  for (const MetricInfo& info : judgeMetrics()) metrics << QString::fromStdString(info.id);
  state.leagueMetrics = among(metrics, json["leagueMetrics"]);
  return state;
}

}  // namespace unitscope
