#pragma once

#include <QPoint>
#include <QRectF>
#include <QSize>

#include "widgets/image_canvas.h"

namespace unitscope {

/// A picture over which a layer's map lies: the place under the pointer and a pinned one are marked, with the layer's
/// cells around them. The pointer, a click and the arrow keys (five places with Ctrl) tell of places as column and row
/// of the map; Escape lets the pinned one go.
class PlaceCanvas : public ImageCanvas {
  Q_OBJECT
 public:
  explicit PlaceCanvas(QWidget* parent = nullptr);

  /// Columns and rows of the map; an empty size means that there is none yet.
  void setCells(QSize cells);
  QSize cells() const { return cells_; }
  /// Whether the lines between cells are drawn everywhere, or around the pointer alone.
  void setAllLines(bool all);
  /// Any of the three may be (-1, -1) or null: not there.
  void setPointed(QPoint cell);
  QPoint pointed() const { return pointed_; }
  void setPinned(QPoint cell);
  QPoint pinned() const { return pinned_; }
  /// What the place sees of the picture, in fractions of it.
  void setField(const QRectF& field);
  const QRectF& field() const { return field_; }
  /// Stands in the upper left corner.
  void setCaption(const QString& caption);
  const QString& caption() const { return caption_; }

  QPoint cellAt(QPointF place) const;
  /// In fractions of the picture.
  QRectF cellRect(QPoint cell) const;
  /// The middle of the cell in the widget's coordinates.
  QPoint cellCenter(QPoint cell) const;

 Q_SIGNALS:
  void cellPointed(QPoint cell);  ///< by the pointer
  void cellLeft();
  void cellPicked(QPoint cell);  ///< by a click or the keyboard
  void released();               ///< Escape

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void drawLines(QPainter& painter) const;
  void drawCell(QPainter& painter, QPoint cell, const QColor& color, double width) const;
  void drawCaption(QPainter& painter) const;
  QRectF widgetRect(const QRectF& fractions) const;

  QSize cells_;
  QPoint pointed_{-1, -1}, pinned_{-1, -1};
  QRectF field_;
  QString caption_;
  bool allLines_ = false;
};

}  // namespace unitscope
