#include "widgets/theme_style.h"

#include <algorithm>

#include <QPainter>
#include <QStyleOption>
#include <QToolButton>

#include "widgets/theme.h"

namespace unitscope {

namespace {

QColor outlineOf(const QStyleOption* option) {
  const ThemeColors& theme = themeColors(option->palette);
  const bool enabled = option->state.testFlag(QStyle::State_Enabled);
  return enabled ? mixed(theme.border, theme.mutedText, 0.45) : theme.border;
}

/// A square in the middle of the option's rectangle, on half pixels so that a line of one pixel is sharp.
QRectF squareOf(const QStyleOption* option) {
  const int side = std::min({option->rect.width(), option->rect.height(), 15});
  QRectF square(0, 0, side - 1, side - 1);
  const QPoint center = option->rect.center();
  square.moveTopLeft(QPointF(center.x() - side / 2 + 0.5, center.y() - side / 2 + 0.5));
  return square;
}

void drawBox(const QStyleOption* option, QPainter* painter, const QRectF& box, bool filled, double radius) {
  const ThemeColors& theme = themeColors(option->palette);
  const bool enabled = option->state.testFlag(QStyle::State_Enabled);
  const bool hovered = enabled && option->state.testFlag(QStyle::State_MouseOver);
  const QColor full = enabled ? theme.accent : option->palette.color(QPalette::Disabled, QPalette::Text);
  painter->setPen(filled || hovered ? full : outlineOf(option));
  painter->setBrush(filled ? full : option->palette.color(enabled ? QPalette::Base : QPalette::Window));
  painter->drawRoundedRect(box, radius, radius);
}

constexpr int kMenuArrow = 14;

bool menuBeside(const QWidget* widget) {
  const auto* button = qobject_cast<const QToolButton*>(widget);
  return button && button->menu() && button->popupMode() == QToolButton::InstantPopup && !button->text().isEmpty();
}

}  // namespace

ThemeStyle::ThemeStyle() : QProxyStyle(QStringLiteral("Fusion")) {}

void ThemeStyle::drawTick(const QStyleOption* option, QPainter* painter) const {
  const bool partly = option->state.testFlag(State_NoChange);
  const bool on = option->state.testFlag(State_On);
  const QRectF box = squareOf(option);
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  drawBox(option, painter, box, on || partly, 3);
  // The accent of dark themes is light, and the other way round: the window's colour is seen on either.
  QPen pen(option->palette.color(QPalette::Base), std::max(1.6, box.width() / 7.5), Qt::SolidLine, Qt::RoundCap,
           Qt::RoundJoin);
  painter->setPen(pen);
  painter->setBrush(Qt::NoBrush);
  const auto at = [&box](double x, double y) {
    return QPointF(box.left() + x * box.width(), box.top() + y * box.height());
  };
  if (partly) {
    painter->drawLine(at(0.25, 0.5), at(0.75, 0.5));
  } else if (on) {
    painter->drawPolyline(QPolygonF({at(0.22, 0.52), at(0.42, 0.72), at(0.78, 0.29)}));
  }
  painter->restore();
}

void ThemeStyle::drawDot(const QStyleOption* option, QPainter* painter) const {
  const QRectF box = squareOf(option);
  const bool on = option->state.testFlag(State_On);
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  drawBox(option, painter, box, on, box.width() / 2);
  if (on) {
    painter->setPen(Qt::NoPen);
    painter->setBrush(option->palette.color(QPalette::Base));
    painter->drawEllipse(box.center(), box.width() / 5, box.width() / 5);
  }
  painter->restore();
}

void ThemeStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                               const QWidget* widget) const {
  switch (element) {
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck: return drawTick(option, painter);
    case PE_IndicatorRadioButton: return drawDot(option, painter);
    case PE_Frame:
    case PE_FrameLineEdit: {
      const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
      const bool flat = frame && frame->features.testFlag(QStyleOptionFrame::Flat);
      if (!isDark(option->palette) || flat || (frame && frame->lineWidth < 1)) break;
      const bool focused = option->state.testFlag(State_HasFocus) && element == PE_FrameLineEdit;
      painter->save();
      painter->setRenderHint(QPainter::Antialiasing);
      painter->setPen(focused ? QPen(themeColors(option->palette).accent, 1.4) : QPen(outlineOf(option)));
      painter->setBrush(Qt::NoBrush);
      painter->drawRoundedRect(QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2);
      painter->restore();
      return;
    }
    case PE_IndicatorArrowDown: {
      if (!menuBeside(widget)) break;
      QStyleOption beside(*option);
      beside.rect.moveCenter(QPoint(widget->rect().right() - kMenuArrow / 2 - 1, widget->rect().center().y()));
      return QProxyStyle::drawPrimitive(element, &beside, painter, widget);
    }
    default: break;
  }
  QProxyStyle::drawPrimitive(element, option, painter, widget);
}

QSize ThemeStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& contents,
                                   const QWidget* widget) const {
  const QSize size = QProxyStyle::sizeFromContents(type, option, contents, widget);
  // Text and icon stand in the middle, so the arrow's room is needed on both sides of them.
  return type == CT_ToolButton && menuBeside(widget) ? size + QSize(kMenuArrow * 3 / 2, 0) : size;
}

}  // namespace unitscope
