#pragma once

#include <QColor>
#include <QPalette>
#include <QVector>

class QApplication;

namespace unitscope {

enum class ThemeChoice { System, Light, Dark };

/// Colours of one kind of message: text is readable (4.5:1) on the background, so is the icon colour.
struct StatusColors {
  QColor background;
  QColor border;
  QColor text;
  QColor icon;
};

/// Colours beyond QPalette's roles that widgets of ours paint with. All text colours keep WCAG AA contrast.
struct ThemeColors {
  QColor surface;    ///< cards and canvases' surroundings
  QColor border;     ///< hairlines between areas
  QColor mutedText;  ///< secondary text on window, base and surface
  QColor accent;     ///< selected bars, focus
  QColor bar;        ///< bars that are not selected
  StatusColors info;
  StatusColors success;
  StatusColors warning;
  StatusColors error;
  QVector<QColor> series;  ///< lines of a chart, distinguishable without colour vision by lightness too
};

QPalette themePalette(bool dark);
/// The colours that go with a palette, which may be any palette, not only ours.
const ThemeColors& themeColors(const QPalette& palette);
bool isDark(const QPalette& palette);
/// What the desktop asked for when the program started.
bool systemPrefersDark();
/// Fusion style and our palette for the whole program. May be called again at any time; widgets follow.
void applyTheme(QApplication& application, ThemeChoice choice);

/// WCAG 2 contrast of two opaque colours, 1 to 21.
double contrastRatio(const QColor& a, const QColor& b);
/// Straight mix in sRGB: 0 gives a, 1 gives b.
QColor mixed(const QColor& a, const QColor& b, double t);

}  // namespace unitscope
