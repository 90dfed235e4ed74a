#include "app/judging/mask_drawing.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QJsonArray>
#include <QPainter>

namespace unitscope {

namespace {

constexpr qsizetype kMostPoints = 5000, kMostShapes = 500;  // sessions come from anywhere
constexpr std::array kKinds{std::pair{MaskShape::Kind::Rectangle, "rectangle"},
                            std::pair{MaskShape::Kind::Brush, "brush"}, std::pair{MaskShape::Kind::Erase, "erase"}};

}  // namespace

QJsonObject MaskDrawing::toJson() const {
  QJsonArray all;
  for (const MaskShape& shape : shapes) {
    QJsonArray points;
    for (const QPointF& point : shape.points) {
      points.append(point.x());
      points.append(point.y());
    }
    QString kind;
    for (const auto& [known, id] : kKinds)
      if (known == shape.kind) kind = QLatin1String(id);
    all.append(QJsonObject{{"kind", kind}, {"radius", shape.radius}, {"points", points}});
  }
  QJsonObject json{{"shapes", all}};
  if (!file.isEmpty()) json.insert("file", file);
  return json;
}

MaskDrawing MaskDrawing::fromJson(const QJsonObject& json) {
  MaskDrawing mask;
  mask.file = json["file"].toString();
  for (const QJsonValue& value : json["shapes"].toArray()) {
    const QJsonObject one = value.toObject();
    const auto kind = std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& known) {
      return one["kind"].toString() == QLatin1String(known.second);
    });
    if (kind == kKinds.end() || mask.shapes.size() >= kMostShapes) continue;
    MaskShape shape;
    shape.kind = kind->first;
    const double radius = one["radius"].toDouble(shape.radius);
    if (std::isfinite(radius)) shape.radius = std::clamp(radius, 0.002, 1.0);
    const QJsonArray points = one["points"].toArray();
    for (qsizetype i = 0; i + 1 < points.size() && shape.points.size() < kMostPoints; i += 2) {
      const double x = points[i].toDouble(NAN), y = points[i + 1].toDouble(NAN);
      if (std::abs(x) <= 2 && std::abs(y) <= 2) shape.points.append({x, y});
    }
    if (shape.points.isEmpty() || (shape.kind == MaskShape::Kind::Rectangle && shape.points.size() != 2)) continue;
    mask.shapes.append(shape);
  }
  return mask;
}

QImage paintMask(const QVector<MaskShape>& shapes, QSize size, const QImage& file) {
  QImage mask(size, QImage::Format_Grayscale8);
  mask.fill(Qt::black);
  QPainter painter(&mask);
  if (!file.isNull()) painter.drawImage(mask.rect(), file);
  const auto place = [&](QPointF p) { return QPointF(p.x() * size.width(), p.y() * size.height()); };
  for (const MaskShape& shape : shapes) {
    if (shape.kind == MaskShape::Kind::Rectangle) {
      painter.fillRect(QRectF(place(shape.points.value(0)), place(shape.points.value(1))).normalized(), Qt::white);
      continue;
    }
    const QColor color = shape.kind == MaskShape::Kind::Brush ? Qt::white : Qt::black;
    const double width = 2 * shape.radius * std::min(size.width(), size.height());
    painter.setPen(QPen(color, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    QPolygonF way;
    for (const QPointF& point : shape.points) way << place(point);
    if (way.size() == 1) {
      painter.drawPoint(way.front());
    } else {
      painter.drawPolyline(way);
    }
  }
  return mask;
}

Array maskArray(const QImage& mask) {
  Array array;
  array.shape = {mask.height(), mask.width()};
  array.values.reserve(std::size_t(mask.width()) * std::size_t(mask.height()));
  bool any = false;
  for (int y = 0; y < mask.height(); ++y) {
    const uchar* line = mask.constScanLine(y);
    for (int x = 0; x < mask.width(); ++x) {
      any = any || line[x] > 127;
      array.values.push_back(line[x] > 127 ? 1.0F : 0.0F);
    }
  }
  return any ? array : Array();
}

QImage maskPicture(const Array& mask) {
  if (mask.shape.size() != 2 || mask.values.empty()) return {};
  QImage picture(int(mask.shape[1]), int(mask.shape[0]), QImage::Format_Grayscale8);
  for (int y = 0; y < picture.height(); ++y) {
    uchar* line = picture.scanLine(y);
    for (int x = 0; x < picture.width(); ++x)
      line[x] = mask.values[std::size_t(y) * std::size_t(picture.width()) + std::size_t(x)] > 0.5F ? 255 : 0;
  }
  return picture;
}

QImage tintedMask(const QImage& mask) {
  // Seldom in pictures, and so in no theme's colours.
  constexpr QRgb kInside = qRgba(160, 20, 140, 160), kEdge = qRgba(255, 255, 255, 255);
  QImage tint(mask.size(), QImage::Format_ARGB32);
  const int right = mask.width() - 1, bottom = mask.height() - 1;
  for (int y = 0; y <= bottom; ++y) {
    const uchar* line = mask.constScanLine(y);
    const uchar* above = mask.constScanLine(std::max(0, y - 1));
    const uchar* below = mask.constScanLine(std::min(bottom, y + 1));
    auto* to = reinterpret_cast<QRgb*>(tint.scanLine(y));
    for (int x = 0; x <= right; ++x) {
      const int least = std::min({line[std::max(0, x - 1)], line[std::min(right, x + 1)], above[x], below[x]});
      to[x] = line[x] <= 127 ? 0 : least > 127 ? kInside : kEdge;
    }
  }
  return tint;
}

}  // namespace unitscope
