#include "widgets/elided_label.h"

#include <QPainter>

#include "widgets/theme.h"

namespace unitscope {

ElidedLabel::ElidedLabel(const QString& text, QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  setText(text);
}

void ElidedLabel::setText(const QString& text) {
  if (text == text_ && !accessibleName().isNull()) return;
  text_ = text;
  setAccessibleName(text);
  updateToolTip();
  updateGeometry();
  update();
}

void ElidedLabel::setElideMode(Qt::TextElideMode mode) {
  mode_ = mode;
  update();
}

void ElidedLabel::setAlignment(Qt::Alignment alignment) {
  alignment_ = alignment;
  update();
}

void ElidedLabel::setMuted(bool muted) {
  muted_ = muted;
  update();
}

void ElidedLabel::setBold(bool bold) {
  QFont changed = font();
  changed.setBold(bold);
  setFont(changed);
}

void ElidedLabel::setHelp(const QString& help) {
  help_ = help;
  setAccessibleDescription(help);
  updateToolTip();
}

QSize ElidedLabel::sizeHint() const {
  return {fontMetrics().horizontalAdvance(text_) + 2, fontMetrics().height() + 2};
}

QSize ElidedLabel::minimumSizeHint() const {
  return {fontMetrics().averageCharWidth() * 4, fontMetrics().height() + 2};
}

void ElidedLabel::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const auto group = isEnabled() ? QPalette::Active : QPalette::Disabled;
  painter.setPen(muted_ && isEnabled() ? themeColors(palette()).mutedText
                                       : palette().color(group, QPalette::WindowText));
  painter.drawText(rect(), int(alignment_), fontMetrics().elidedText(text_, mode_, width()));
}

void ElidedLabel::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  updateToolTip();
}

void ElidedLabel::updateToolTip() {
  if (!help_.isEmpty())
    setToolTip(help_);
  else
    setToolTip(fontMetrics().horizontalAdvance(text_) > width() ? text_ : QString());
}

}  // namespace unitscope
