#pragma once

#include <QProxyStyle>

namespace unitscope {

/// Fusion, with what it draws too faint in dark themes drawn anew: it takes its outlines from a darker shade of the
/// window, which on a dark window cannot be seen: boxes to tick, text fields and lists. The arrow of buttons with a
/// menu stands beside their text rather than in a corner.
class ThemeStyle : public QProxyStyle {
  Q_OBJECT
 public:
  ThemeStyle();
  void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override;
  QSize sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& contents,
                         const QWidget* widget) const override;

 private:
  void drawTick(const QStyleOption* option, QPainter* painter) const;
  void drawDot(const QStyleOption* option, QPainter* painter) const;
};

}  // namespace unitscope
