#include "widgets/empty_state.h"

#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

#include "widgets/dropped_files.h"
#include "widgets/icons.h"
#include "widgets/theme.h"

namespace unitscope {

EmptyState::EmptyState(QWidget* parent) : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(32, 32, 32, 32);
  column->setSpacing(10);
  column->addStretch(1);
  icon_ = new QLabel;
  icon_->setAlignment(Qt::AlignCenter);
  column->addWidget(icon_);
  headline_ = new QLabel;
  headline_->setAlignment(Qt::AlignCenter);
  headline_->setWordWrap(true);
  QFont large = font();
  large.setPointSizeF(large.pointSizeF() * 1.5);
  large.setBold(true);
  headline_->setFont(large);
  column->addWidget(headline_);
  text_ = new QLabel;
  text_->setAlignment(Qt::AlignCenter);
  text_->setWordWrap(true);
  text_->setMinimumWidth(100);
  column->addWidget(text_);
  column->addSpacing(6);
  buttons_ = new QHBoxLayout;
  buttons_->setSpacing(8);
  buttons_->addStretch(1);
  buttons_->addStretch(1);
  column->addLayout(buttons_);
  extras_ = new QVBoxLayout;
  column->addLayout(extras_);
  column->addStretch(1);
  icon_->hide();
  headline_->hide();
  text_->hide();
  restyle();
}

void EmptyState::setIcon(const QString& themedName) {
  iconName_ = themedName;
  icon_->show();
  restyle();
}

void EmptyState::setHeadline(const QString& text) {
  headline_->setText(text);
  headline_->setVisible(!text.isEmpty());
  setAccessibleName(text);
}

void EmptyState::setText(const QString& text) {
  text_->setText(text);
  text_->setVisible(!text.isEmpty());
  setAccessibleDescription(text);
}

QPushButton* EmptyState::addButton(const QString& text, const QString& iconName) {
  auto* button = new QPushButton(text);
  if (!iconName.isEmpty()) button->setIcon(themedIcon(iconName));
  button->setMinimumSize(button->sizeHint().width() + 24, fontMetrics().height() * 2 + 4);
  button->setDefault(buttons_->count() == 2);
  buttons_->insertWidget(buttons_->count() - 1, button);
  return button;
}

void EmptyState::addExtra(QWidget* widget) {
  extras_->addWidget(widget, 0, Qt::AlignHCenter);
}

void EmptyState::setAcceptsFiles(bool accepts) {
  acceptsFiles_ = accepts;
  setAcceptDrops(accepts);
  update();
}

void EmptyState::paintEvent(QPaintEvent*) {
  if (!acceptsFiles_) return;
  const ThemeColors& theme = themeColors(palette());
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  QColor fill = theme.accent;
  fill.setAlphaF(dragging_ ? 0.12F : 0.0F);
  painter.setBrush(fill);
  QPen pen(dragging_ ? theme.accent : mixed(theme.border, theme.mutedText, 0.35), 1.5, Qt::CustomDashLine);
  pen.setDashPattern({5, 4});
  painter.setPen(pen);
  painter.drawRoundedRect(QRectF(rect()).adjusted(10.5, 10.5, -10.5, -10.5), 10, 10);
}

void EmptyState::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange) restyle();
  QWidget::changeEvent(event);
}

void EmptyState::dragEnterEvent(QDragEnterEvent* event) {
  if (droppedFiles(event->mimeData()).isEmpty()) return;
  dragging_ = true;
  update();
  event->acceptProposedAction();
}

void EmptyState::dragLeaveEvent(QDragLeaveEvent*) {
  dragging_ = false;
  update();
}

void EmptyState::dropEvent(QDropEvent* event) {
  dragging_ = false;
  update();
  event->acceptProposedAction();
  Q_EMIT filesDropped(droppedFiles(event->mimeData()));
}

void EmptyState::restyle() {
  const QColor muted = themeColors(palette()).mutedText;
  if (!iconName_.isEmpty()) icon_->setPixmap(themedIcon(iconName_, muted).pixmap(QSize(56, 56), devicePixelRatioF()));
  if (text_->palette().color(QPalette::WindowText) != muted) {
    QPalette own = text_->palette();
    own.setColor(QPalette::WindowText, muted);
    text_->setPalette(own);
  }
}

}  // namespace unitscope
