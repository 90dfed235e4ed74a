#include "app/counterfactual/stroke.h"

#include <array>
#include <cmath>

#include <QJsonArray>

namespace unitscope {

namespace {

constexpr qsizetype kMostPoints = 20000;  // sessions come from anywhere
constexpr std::array kFills{
    std::pair{Stroke::Fill::Blur, "blur"},       std::pair{Stroke::Fill::Mean, "mean"},
    std::pair{Stroke::Fill::Inpaint, "inpaint"}, std::pair{Stroke::Fill::Copy, "copy"},
    std::pair{Stroke::Fill::Restore, "restore"},
};

bool within(double value, double low, double high) {
  return std::isfinite(value) && value >= low && value <= high;
}

}  // namespace

QString fillId(Stroke::Fill fill) {
  for (const auto& [known, id] : kFills) {
    if (known == fill) return QLatin1String(id);
  }
  return {};
}

std::optional<Stroke::Fill> fillFromId(const QString& id) {
  for (const auto& [fill, known] : kFills) {
    if (id == QLatin1String(known)) return fill;
  }
  return std::nullopt;
}

QJsonObject strokeToJson(const Stroke& stroke, int source) {
  QJsonArray points;
  for (const QPointF& point : stroke.points) {
    points.append(point.x());
    points.append(point.y());
  }
  QJsonObject json{
      {"fill", fillId(stroke.fill)}, {"radius", stroke.radius}, {"softness", stroke.softness}, {"points", points}};
  if (stroke.fill == Stroke::Fill::Copy) json.insert("source", source);
  return json;
}

std::optional<Stroke> strokeFromJson(const QJsonObject& json, int& source) {
  const auto fill = fillFromId(json["fill"].toString());
  const QJsonArray points = json["points"].toArray();
  if (!fill || points.isEmpty() || points.size() > 2 * kMostPoints || points.size() % 2 != 0) return std::nullopt;
  Stroke stroke;
  stroke.fill = *fill;
  stroke.radius = json["radius"].toDouble(-1);
  stroke.softness = json["softness"].toDouble(-1);
  if (!within(stroke.radius, 0.0001, 1.0) || !within(stroke.softness, 0.0, 1.0)) return std::nullopt;
  for (qsizetype i = 0; i < points.size(); i += 2) {
    const QPointF point(points[i].toDouble(-100), points[i + 1].toDouble(-100));
    if (!within(point.x(), -2.0, 3.0) || !within(point.y(), -2.0, 3.0)) return std::nullopt;
    stroke.points.push_back(point);
  }
  source = stroke.fill == Stroke::Fill::Copy ? json["source"].toInt(-1) : -1;
  return stroke;
}

}  // namespace unitscope
