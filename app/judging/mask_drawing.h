#pragma once

#include <QImage>
#include <QJsonObject>
#include <QPointF>
#include <QString>
#include <QVector>

#include "engine/array.h"

namespace unitscope {

/// One thing drawn on a mask. Places are fractions of the picture as the network sees it.
struct MaskShape {
  enum class Kind { Rectangle, Brush, Erase };
  Kind kind = Kind::Rectangle;
  QVector<QPointF> points;  ///< a rectangle's two corners, or the way of the brush
  double radius = 0.08;     ///< of the brush, in fractions of the shorter side
  bool operator==(const MaskShape&) const = default;
};

/// Where the object is, as somebody drew it: a file to begin with, and shapes over it.
struct MaskDrawing {
  QString file;  ///< a picture that is bright where the object is; may be empty
  QVector<MaskShape> shapes;
  bool operator==(const MaskDrawing&) const = default;
  bool isEmpty() const { return file.isEmpty() && shapes.isEmpty(); }

  QJsonObject toJson() const;
  /// Takes what it understands and leaves out the rest.
  static MaskDrawing fromJson(const QJsonObject& json);
};

/// The mask in this size, Grayscale8, white on the object. `file`: the file's mask in the network's geometry; may be
/// null.
QImage paintMask(const QVector<MaskShape>& shapes, QSize size, const QImage& file);
/// [H,W] of 0 and 1 for the judge; empty where nothing is marked.
Array maskArray(const QImage& mask);
/// A mask as a picture, white where the array is above 0.5; null for other shapes than [H,W].
QImage maskPicture(const Array& mask);
/// The mask in a colour with a bright edge, clear where nothing is marked: to lie over the picture.
QImage tintedMask(const QImage& mask);

}  // namespace unitscope
