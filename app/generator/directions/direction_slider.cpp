#include "app/generator/directions/direction_slider.h"

#include <algorithm>
#include <cmath>

#include <QMouseEvent>
#include <QPainter>
#include <QStyle>
#include <QStyleOptionSlider>
#include <QWheelEvent>

#include "widgets/theme.h"

namespace unitscope {

DirectionSlider::DirectionSlider(QWidget* parent) : QSlider(Qt::Horizontal, parent) {
  setFocusPolicy(Qt::StrongFocus);
}

void DirectionSlider::setZero(int step) {
  zero_ = std::clamp(step, minimum(), maximum());
  update();
}

void DirectionSlider::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  QStyleOptionSlider option;
  initStyleOption(&option);
  const QRect handle = style()->subControlRect(QStyle::CC_Slider, &option, QStyle::SC_SliderHandle, this);
  const int room = width() - handle.width();
  const auto place = [&](int step) {
    return handle.width() / 2.0 + QStyle::sliderPositionFromValue(minimum(), maximum(), step, room);
  };
  const ThemeColors& theme = themeColors(palette());
  constexpr double kThick = 4.0;
  const double middle = height() / 2.0, zero = place(zero_), at = place(sliderPosition());
  const QRectF groove(place(minimum()), middle - kThick / 2, place(maximum()) - place(minimum()), kThick);
  painter.setPen(Qt::NoPen);
  painter.setBrush(theme.border);
  painter.drawRoundedRect(groove, kThick / 2, kThick / 2);
  if (isEnabled()) {
    painter.setBrush(theme.accent);
    painter.drawRect(QRectF(std::min(zero, at), groove.top(), std::abs(at - zero), kThick));
  }
  painter.setBrush(theme.mutedText);
  painter.drawRect(QRectF(zero - 0.75, middle - 6, 1.5, 12));
  option.subControls = QStyle::SC_SliderHandle;
  style()->drawComplexControl(QStyle::CC_Slider, &option, &painter, this);
}

void DirectionSlider::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton) Q_EMIT zeroWanted();
}

void DirectionSlider::wheelEvent(QWheelEvent* event) {
  if (hasFocus())
    QSlider::wheelEvent(event);
  else
    event->ignore();
}

}  // namespace unitscope
