#pragma once

#include <QWidget>

#include "app/attribution/attribution_state.h"

class QCheckBox;
class QMenu;
class QSlider;
class QToolButton;

namespace unitscope {

class ColorMapPicker;

/// How the heatmaps are shown: opacity, signed or magnitudes, colours, zoom; and the way out of the window.
class LookBar : public QWidget {
  Q_OBJECT
 public:
  explicit LookBar(QWidget* parent = nullptr);

  void setState(const AttributionState& state);
  /// Why the colours cannot be chosen now; empty when they can.
  void setColorsReason(const QString& reason);
  QSlider* opacity() const { return opacity_; }
  QCheckBox* magnitudes() const { return magnitudes_; }
  ColorMapPicker* colors() const { return colors_; }
  QMenu* exportMenu() const { return menu_; }

 Q_SIGNALS:
  void opacityChanged(double opacity);
  void absoluteChanged(bool absolute);
  void colorsChanged(const QString& colors);
  void fitRequested();

 private:
  bool silent_ = false;
  QSlider* opacity_;
  QCheckBox* magnitudes_;
  ColorMapPicker* colors_;
  QMenu* menu_;
};

}  // namespace unitscope
