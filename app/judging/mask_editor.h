#pragma once

#include <optional>

#include <QWidget>

#include "app/judging/mask_drawing.h"

class QButtonGroup;
class QLabel;
class QPushButton;
class QToolButton;

namespace unitscope {

class BrushCanvas;

/// The picture as the network sees it, with where the object is drawn over it: by rectangles and a brush. From the
/// keyboard Enter puts a dab, or one corner of a rectangle after the other; brackets change the brush.
class MaskEditor : public QWidget {
  Q_OBJECT
 public:
  explicit MaskEditor(QWidget* parent = nullptr);

  /// Null: there is none.
  void setPicture(const QImage& seen);
  /// `file`: the mask that the shapes lie over; may be null.
  void setMask(const QVector<MaskShape>& shapes, const QImage& file);
  void setTitle(const QString& text);
  /// The mask in the picture's size, Grayscale8; null without a picture.
  const QImage& mask() const { return mask_; }

  BrushCanvas* canvas() const { return canvas_; }
  QToolButton* tool(MaskShape::Kind kind) const;
  QToolButton* clearButton() const { return clear_; }
  QLabel* caption() const { return caption_; }

 Q_SIGNALS:
  void drawn(const unitscope::MaskShape& shape);
  void clearWanted();
  void fileWanted();

 private:
  void begin(QPointF place);
  void move(QPointF place);
  void end();
  void showMask();
  void pick(MaskShape::Kind kind);

  BrushCanvas* canvas_;
  QButtonGroup* tools_;
  QToolButton *clear_, *load_;
  QLabel *title_, *caption_;
  QImage mask_, file_;
  QVector<MaskShape> shapes_;
  std::optional<MaskShape> live_;
  std::optional<QPointF> corner_;  // the first one, by keyboard
  MaskShape::Kind kind_ = MaskShape::Kind::Rectangle;
  double radius_ = 0.08;
};

}  // namespace unitscope
