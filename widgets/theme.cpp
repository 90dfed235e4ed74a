#include "widgets/theme.h"

#include <cmath>

#include <QApplication>
#include <QToolTip>
#include <QVariant>

#include "widgets/theme_style.h"

namespace unitscope {
namespace {

constexpr auto kSystemDarkProperty = "unitscope_systemPrefersDark";

double linear(double channel) {
  return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& color) {
  return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

ThemeColors lightColors() {
  ThemeColors c;
  c.surface = QColor("#eceff3");
  c.border = QColor("#cbd2da");
  c.mutedText = QColor("#535c67");
  c.accent = QColor("#175cd3");
  c.bar = QColor("#9db8e0");
  c.info = {QColor("#e3eefc"), QColor("#9cc2f3"), QColor("#123a6f"), QColor("#175cd3")};
  c.success = {QColor("#e0f5e6"), QColor("#92d5a6"), QColor("#0f4a23"), QColor("#17703a")};
  c.warning = {QColor("#fff3d6"), QColor("#e8c468"), QColor("#5a3d00"), QColor("#8a5a00")};
  c.error = {QColor("#fdeaea"), QColor("#eea3a3"), QColor("#7a1219"), QColor("#b3261e")};
  c.series = {QColor("#175cd3"), QColor("#b54708"), QColor("#17703a"),
              QColor("#8e2f8f"), QColor("#5b6470"), QColor("#0e7490")};
  return c;
}

ThemeColors darkColors() {
  ThemeColors c;
  c.surface = QColor("#15171b");
  c.border = QColor("#3a414b");
  c.mutedText = QColor("#a3adba");
  c.accent = QColor("#6ba4ff");
  c.bar = QColor("#44597c");
  c.info = {QColor("#16283f"), QColor("#2f5688"), QColor("#cfe2ff"), QColor("#6ba4ff")};
  c.success = {QColor("#15301f"), QColor("#2f6b45"), QColor("#c9efd5"), QColor("#5fcf87")};
  c.warning = {QColor("#372a0d"), QColor("#7d611f"), QColor("#ffe7b0"), QColor("#f0b429")};
  c.error = {QColor("#3b191b"), QColor("#8a3a3e"), QColor("#ffd3d0"), QColor("#ff8a84")};
  c.series = {QColor("#6ba4ff"), QColor("#ffb072"), QColor("#5fcf87"),
              QColor("#e29be3"), QColor("#b6bfca"), QColor("#5ad1e6")};
  return c;
}

void setDisabled(QPalette& palette, const QColor& text) {
  for (auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText,
                    QPalette::PlaceholderText})
    palette.setColor(QPalette::Disabled, role, text);
}

}  // namespace

QPalette themePalette(bool dark) {
  const auto role = [dark](const char* light, const char* night) { return QColor(dark ? night : light); };
  QPalette p;
  p.setColor(QPalette::Window, role("#f6f7f9", "#1d2025"));
  p.setColor(QPalette::WindowText, role("#1a1e24", "#e7eaef"));
  p.setColor(QPalette::Base, role("#ffffff", "#16181c"));
  p.setColor(QPalette::AlternateBase, role("#f1f4f7", "#1f2329"));
  p.setColor(QPalette::Text, role("#1a1e24", "#e7eaef"));
  p.setColor(QPalette::Button, role("#f4f5f7", "#2b3038"));
  p.setColor(QPalette::ButtonText, role("#1a1e24", "#e7eaef"));
  p.setColor(QPalette::BrightText, role("#b3261e", "#ff8a84"));
  p.setColor(QPalette::Highlight, role("#175cd3", "#2c63bd"));
  p.setColor(QPalette::HighlightedText, QColor("#ffffff"));
  p.setColor(QPalette::Link, role("#175cd3", "#7db0ff"));
  p.setColor(QPalette::LinkVisited, role("#6b3fa0", "#c3a2f2"));
  p.setColor(QPalette::ToolTipBase, role("#1f242b", "#30363f"));
  p.setColor(QPalette::ToolTipText, role("#f4f6f8", "#f0f2f5"));
  p.setColor(QPalette::PlaceholderText, role("#646d78", "#949eab"));
  p.setColor(QPalette::Light, role("#ffffff", "#3a414b"));
  p.setColor(QPalette::Midlight, role("#eceff3", "#31363f"));
  p.setColor(QPalette::Mid, role("#c4cbd4", "#3a414b"));
  p.setColor(QPalette::Dark, role("#a3acb7", "#101215"));
  p.setColor(QPalette::Shadow, role("#6d7682", "#000000"));
  setDisabled(p, role("#8b939e", "#727b87"));
  p.setColor(QPalette::Disabled, QPalette::Highlight, role("#c4cbd4", "#3a414b"));
  return p;
}

const ThemeColors& themeColors(const QPalette& palette) {
  static const ThemeColors light = lightColors();
  static const ThemeColors dark = darkColors();
  return isDark(palette) ? dark : light;
}

bool isDark(const QPalette& palette) {
  return luminance(palette.color(QPalette::Window)) < luminance(palette.color(QPalette::WindowText));
}

bool systemPrefersDark() {
  // The desktop's palette is gone once ours is set, so the answer is kept on the application object.
  const QVariant kept = qApp ? qApp->property(kSystemDarkProperty) : QVariant();
  return kept.isValid() ? kept.toBool() : isDark(QGuiApplication::palette());
}

void applyTheme(QApplication& application, ThemeChoice choice) {
  if (!application.property(kSystemDarkProperty).isValid())
    application.setProperty(kSystemDarkProperty, isDark(QGuiApplication::palette()));
  const bool dark = choice == ThemeChoice::Dark || (choice == ThemeChoice::System && systemPrefersDark());
  QApplication::setStyle(new ThemeStyle);
  const QPalette palette = themePalette(dark);
  QApplication::setPalette(palette);
  QToolTip::setPalette(palette);
}

double contrastRatio(const QColor& a, const QColor& b) {
  const double la = luminance(a), lb = luminance(b);
  return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

QColor mixed(const QColor& a, const QColor& b, double t) {
  const auto mix = [t](float x, float y) { return float(x + (y - x) * t); };
  return QColor::fromRgbF(mix(a.redF(), b.redF()), mix(a.greenF(), b.greenF()), mix(a.blueF(), b.blueF()),
                          mix(a.alphaF(), b.alphaF()));
}

}  // namespace unitscope
