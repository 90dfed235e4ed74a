#include "app/counterfactual/brush_canvas.h"

#include <algorithm>

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

namespace unitscope {

namespace {

// Dark under light is seen on any picture.
const std::pair<QColor, double> kOutlines[] = {{QColor(0, 0, 0, 170), 3.0}, {QColor(255, 255, 255, 235), 1.2}};

}  // namespace

BrushCanvas::BrushCanvas(QWidget* parent) : ImageCanvas(parent) {
  setKeyboardCursor(true);
  setAccessibleName(tr("Picture to paint on"));
  connect(this, &ImageCanvas::hovered, this, [this](QPointF place) {
    place_ = place;
    update();
  });
  connect(this, &ImageCanvas::activated, this, [this] {
    if (pointer_ != Pointer::Brush || painting_ || image().isNull()) return;
    const QPointF place = place_.value_or(link()->cursor().value_or(link()->center()));
    Q_EMIT strokeBegun(place);
    Q_EMIT strokeEnded();
  });
}

void BrushCanvas::setPointer(Pointer pointer) {
  pointer_ = pointer;
  // The brush shows itself.
  if (pointer == Pointer::None) {
    unsetCursor();
  } else {
    setCursor(Qt::CrossCursor);
  }
  update();
}

void BrushCanvas::setBrush(double radius, double softness) {
  radius_ = radius;
  softness_ = softness;
  update();
}

void BrushCanvas::setWindow(const QRectF& window, const QString& text) {
  window_ = window;
  text_ = text;
  update();
}

void BrushCanvas::setDivider(double place) {
  divider_ = place;
  update();
}

void BrushCanvas::setBanner(const QString& text) {
  banner_ = text;
  update();
}

void BrushCanvas::setPlace(QPointF widgetPoint) {
  place_ = toImage(widgetPoint);
  if (link()) link()->setCursor(std::nullopt);  // the brush or the window is mark enough
  update();
}

void BrushCanvas::mousePressEvent(QMouseEvent* event) {
  if (event->button() == Qt::MiddleButton) {
    panning_ = true;
    panFrom_ = event->position();
    setCursor(Qt::ClosedHandCursor);
    return;
  }
  if (event->button() == Qt::RightButton && painting_) {
    painting_ = false;
    Q_EMIT strokeAbandoned();
    return;
  }
  if (event->button() != Qt::LeftButton || image().isNull()) return event->ignore();
  setPlace(event->position());
  if (pointer_ == Pointer::Brush) {
    painting_ = true;
    Q_EMIT strokeBegun(*place_);
  } else if (pointer_ == Pointer::Window) {
    Q_EMIT hovered(*place_);
  }
}

void BrushCanvas::mouseMoveEvent(QMouseEvent* event) {
  if (panning_ && link()) {
    const QPointF by = event->position() - panFrom_;
    const QRectF rect = imageRect();
    panFrom_ = event->position();
    if (!rect.isEmpty()) {
      link()->setView(link()->zoom(), link()->center() - QPointF(by.x() / rect.width(), by.y() / rect.height()));
    }
    return;
  }
  if (image().isNull()) return;
  setPlace(event->position());
  if (painting_) {
    Q_EMIT strokeMoved(*place_);
  } else if (imageRect().contains(event->position())) {
    Q_EMIT hovered(*place_);
  } else {
    Q_EMIT left();
  }
}

void BrushCanvas::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() == Qt::MiddleButton && panning_) {
    panning_ = false;
    setPointer(pointer_);
  } else if (event->button() == Qt::LeftButton && painting_) {
    painting_ = false;
    Q_EMIT strokeEnded();
  }
}

// Two quick dabs are two dabs.
void BrushCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
  mousePressEvent(event);
}

void BrushCanvas::leaveEvent(QEvent* event) {
  if (!painting_) place_.reset();
  ImageCanvas::leaveEvent(event);
}

void BrushCanvas::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_BracketLeft: Q_EMIT sizeStepped(-1); return;
    case Qt::Key_BracketRight: Q_EMIT sizeStepped(1); return;
    case Qt::Key_X:
      if (!event->isAutoRepeat()) Q_EMIT eraserToggled();
      return;
    case Qt::Key_C:
      if (event->modifiers() != Qt::NoModifier) break;  // Ctrl+C copies
      if (!comparing_) Q_EMIT compareHeld(comparing_ = true);
      return;
    case Qt::Key_Escape:
      if (!painting_) break;
      painting_ = false;
      Q_EMIT strokeAbandoned();
      return;
    default: break;
  }
  ImageCanvas::keyPressEvent(event);
}

void BrushCanvas::keyReleaseEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_C && comparing_ && !event->isAutoRepeat()) {
    Q_EMIT compareHeld(comparing_ = false);
    return;
  }
  ImageCanvas::keyReleaseEvent(event);
}

// The release of the key would go elsewhere.
void BrushCanvas::focusOutEvent(QFocusEvent* event) {
  if (comparing_) Q_EMIT compareHeld(comparing_ = false);
  ImageCanvas::focusOutEvent(event);
}

void BrushCanvas::paintEvent(QPaintEvent* event) {
  ImageCanvas::paintEvent(event);
  if (image().isNull()) return;
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QRectF shown = imageRect();
  paintUnderBrush(painter);
  if (divider_ > 0 && divider_ < 1) {
    const double x = shown.left() + divider_ * shown.width();
    for (const auto& [color, width] : kOutlines) {
      painter.setPen(QPen(color, width));
      painter.drawLine(QPointF(x, shown.top()), QPointF(x, shown.bottom()));
    }
  }
  if (pointer_ == Pointer::Brush) drawBrush(painter);
  if (pointer_ == Pointer::Window) drawWindow(painter);
  if (!banner_.isEmpty()) {
    drawLabel(painter, banner_, QRectF(shown.intersected(QRectF(rect())).topLeft() + QPointF(8, 8), QSizeF()));
  }
}

void BrushCanvas::drawBrush(QPainter& painter) {
  if (!place_) return;
  const QRectF shown = imageRect();
  const double radius = radius_ * std::min(shown.width(), shown.height());
  painter.setBrush(Qt::NoBrush);
  for (const auto& [color, width] : kOutlines) {
    painter.setPen(QPen(color, width));
    painter.drawEllipse(toWidget(*place_), radius, radius);
  }
  const double inner = radius * (1.0 - softness_);
  if (softness_ > 0.05 && inner > 2) {
    // Where the brush still covers wholly.
    painter.setPen(QPen(QColor(255, 255, 255, 130), 1.0, Qt::DotLine));
    painter.drawEllipse(toWidget(*place_), inner, inner);
  }
}

void BrushCanvas::drawWindow(QPainter& painter) {
  if (window_.isEmpty()) return;
  const QRectF box(toWidget(window_.topLeft()), toWidget(window_.bottomRight()));
  painter.setBrush(Qt::NoBrush);
  for (const auto& [color, width] : kOutlines) {
    painter.setPen(QPen(color, width));
    painter.drawRect(box);
  }
  if (!text_.isEmpty()) drawLabel(painter, text_, QRectF(box.topRight() + QPointF(8, 0), QSizeF()));
}

void BrushCanvas::drawLabel(QPainter& painter, const QString& text, QRectF box) {
  QFont bold = font();
  bold.setBold(true);
  painter.setFont(bold);
  const QRect bounds = QFontMetrics(bold).boundingRect(QRect(0, 0, 400, 400), Qt::AlignLeft, text);
  box.setSize(QSizeF(bounds.width() + 14, bounds.height() + 8));
  // Beside the window where there is room, else on its other side.
  if (box.right() > width() - 4) box.moveRight(std::min(box.left() - 16, width() - 4.0));
  box.moveTop(std::clamp(box.top(), 4.0, std::max(4.0, height() - box.height() - 4)));
  box.moveLeft(std::max(4.0, box.left()));
  painter.setPen(Qt::NoPen);
  painter.setBrush(QColor(16, 18, 22, 215));
  painter.drawRoundedRect(box, 4, 4);
  painter.setPen(QColor(245, 247, 250));
  painter.drawText(box, Qt::AlignCenter, text);
}

}  // namespace unitscope
