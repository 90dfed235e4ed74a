#include "widgets/drop_overlay.h"

#include <QPainter>

#include "widgets/theme.h"

namespace unitscope {

DropOverlay::DropOverlay(QWidget* parent) : QWidget(parent) {
  setAttribute(Qt::WA_TransparentForMouseEvents);
  setFocusPolicy(Qt::NoFocus);
  hide();
}

void DropOverlay::setText(const QString& text) {
  text_ = text;
  setAccessibleName(text);
}

void DropOverlay::appear() {
  if (parentWidget()) setGeometry(parentWidget()->rect());
  raise();
  show();
}

void DropOverlay::paintEvent(QPaintEvent*) {
  const ThemeColors& theme = themeColors(palette());
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  QColor veil = palette().color(QPalette::Window);
  veil.setAlphaF(0.82F);
  painter.fillRect(rect(), veil);
  painter.setPen(QPen(theme.accent, 3, Qt::DashLine));
  painter.drawRoundedRect(QRectF(rect()).adjusted(14.5, 14.5, -14.5, -14.5), 12, 12);
  QFont large = font();
  large.setPointSizeF(large.pointSizeF() * 1.6);
  painter.setFont(large);
  painter.setPen(palette().color(QPalette::WindowText));
  painter.drawText(rect().adjusted(40, 40, -40, -40), Qt::AlignCenter | Qt::TextWordWrap, text_);
}

}  // namespace unitscope
