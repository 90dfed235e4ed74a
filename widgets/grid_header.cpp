#include "widgets/grid_header.h"

#include <algorithm>

#include <QPainter>
#include <QToolButton>

#include "widgets/icons.h"
#include "widgets/theme.h"

namespace unitscope {

GridHeader::GridHeader(QWidget* parent) : QAbstractButton(parent) {
  setCursor(Qt::PointingHandCursor);
  setFocusPolicy(Qt::NoFocus);
  remove_ = new QToolButton(this);
  remove_->setIcon(themedIcon(QStringLiteral("close")));
  remove_->setIconSize({12, 12});
  remove_->setAutoRaise(true);
  remove_->setFocusPolicy(Qt::NoFocus);
  remove_->setCursor(Qt::ArrowCursor);
  connect(remove_, &QToolButton::clicked, this, &GridHeader::removeRequested);
}

void GridHeader::setHeading(const GridHeading& heading) {
  heading_ = heading;
  setText(heading.title);
  setToolTip(heading.help);
  setAccessibleName(heading.title);
  setAccessibleDescription(heading.subtitle);
  remove_->setVisible(heading.removable);
  remove_->setToolTip(tr("Remove %1").arg(heading.title));
  remove_->setAccessibleName(remove_->toolTip());
  update();
}

void GridHeader::setCurrent(bool current) {
  current_ = current;
  update();
}

QSize GridHeader::sizeHint() const {
  return {120, fontMetrics().height() + 12};
}

void GridHeader::paintEvent(QPaintEvent*) {
  const ThemeColors& theme = themeColors(palette());
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.fillRect(rect(), palette().color(QPalette::Window));
  if (underMouse() || isDown()) {
    QColor tint = theme.accent;
    tint.setAlphaF(isDown() ? 0.18F : 0.09F);
    painter.setPen(Qt::NoPen);
    painter.setBrush(tint);
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 2, -1, -2), 4, 4);
  }
  if (current_) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.accent);
    painter.drawRoundedRect(QRectF(1, height() * 0.22, 3, height() * 0.56), 1.5, 1.5);
  }
  const int right = heading_.removable ? remove_->x() : width() - 4;
  QRect area(9, 0, std::max(0, right - 9), height());
  QFont bold = font();
  bold.setBold(true);
  const QFontMetrics boldMetrics(bold);
  painter.setFont(bold);
  painter.setPen(palette().color(QPalette::WindowText));
  const QString title = boldMetrics.elidedText(heading_.title, Qt::ElideRight, area.width());
  painter.drawText(area, Qt::AlignVCenter | Qt::AlignLeft, title);
  area.setLeft(area.left() + boldMetrics.horizontalAdvance(title) + 8);
  if (heading_.subtitle.isEmpty() || area.width() < 40) return;
  painter.setFont(font());
  painter.setPen(theme.mutedText);
  painter.drawText(area, Qt::AlignVCenter | Qt::AlignLeft,
                   fontMetrics().elidedText(heading_.subtitle, Qt::ElideRight, area.width()));
}

void GridHeader::resizeEvent(QResizeEvent*) {
  const QSize size = remove_->sizeHint();
  remove_->setGeometry(width() - size.width() - 2, (height() - size.height()) / 2, size.width(), size.height());
}

void GridHeader::enterEvent(QEnterEvent*) {
  update();
}

void GridHeader::leaveEvent(QEvent*) {
  update();
}

}  // namespace unitscope
