#include "app/neurons/neurons_state.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QJsonArray>

namespace unitscope {

namespace {

constexpr double kStrongest = 5.0;
constexpr int kMostScales = 100000;
const std::array<const char*, 4> kKinds = {"features", "top", "mean", "activation"};
const std::array<const char*, 5> kSorts = {"index", "activation", "selectivity", "iou", "concept"};

template <class Enum, std::size_t N>
Enum fromId(const std::array<const char*, N>& ids, const QString& id, Enum otherwise) {
  for (std::size_t i = 0; i < N; ++i)
    if (id == QLatin1String(ids[i])) return Enum(i);
  return otherwise;
}

}  // namespace

QString idOf(TileKind kind) {
  return QLatin1String(kKinds[std::size_t(kind)]);
}

QString idOf(UnitSort sort) {
  return QLatin1String(kSorts[std::size_t(sort)]);
}

double NeuronsState::factor(const QString& layerName, int unit) const {
  for (const UnitScale& one : scales)
    if (one.unit == unit && one.layer == layerName) return one.factor;
  return 1.0;
}

void NeuronsState::setFactor(const QString& layerName, int unit, double factor) {
  factor = std::clamp(factor, 0.0, kStrongest);
  const auto same = [&](const UnitScale& one) { return one.unit == unit && one.layer == layerName; };
  const auto found = std::find_if(scales.begin(), scales.end(), same);
  if (factor == 1.0) {
    if (found != scales.end()) scales.erase(found);
  } else if (found != scales.end()) {
    found->factor = factor;
  } else {
    scales.append({layerName, unit, factor});
  }
}

QJsonObject NeuronsState::toJson() const {
  QJsonArray switched;
  for (const UnitScale& one : scales)
    switched.append(QJsonObject{{"layer", one.layer}, {"unit", one.unit}, {"factor", one.factor}});
  return {{"layer", layer},       {"compares", compares},
          {"second", second},     {"tiles", idOf(tiles)},
          {"sort", idOf(sort)},   {"search", search},
          {"tileSize", tileSize}, {"data", data},
          {"pictures", pictures}, {"examplesFile", examplesFile},
          {"pageOpen", pageOpen}, {"scales", switched}};
}

NeuronsState NeuronsState::fromJson(const QJsonObject& json) {
  NeuronsState state;
  state.layer = json["layer"].toString();
  state.compares = json["compares"].toBool();
  state.second = json["second"].toString();
  state.tiles = fromId(kKinds, json["tiles"].toString(), state.tiles);
  state.sort = fromId(kSorts, json["sort"].toString(), state.sort);
  state.search = json["search"].toString();
  state.tileSize = std::clamp(json["tileSize"].toInt(state.tileSize), 32, 320);
  state.data = json["data"].toString(state.data);
  if (state.data.isEmpty()) state.data = NeuronsState().data;
  state.pictures = std::clamp(json["pictures"].toInt(state.pictures), 10, 10'000'000);
  state.examplesFile = json["examplesFile"].toString();
  state.pageOpen = json["pageOpen"].toBool();
  const QJsonArray switched = json["scales"].toArray();
  for (qsizetype i = 0; i < std::min<qsizetype>(switched.size(), kMostScales); ++i) {
    const QJsonObject one = switched[i].toObject();
    const double factor = one["factor"].toDouble(1.0);
    const int unit = one["unit"].toInt(-1);
    if (unit >= 0 && std::isfinite(factor)) state.setFactor(one["layer"].toString(), unit, factor);
  }
  return state;
}

}  // namespace unitscope
