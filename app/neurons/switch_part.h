#pragma once

#include "app/neurons/neurons_state.h"
#include "app/neurons/page_part.h"

class QLabel;
class QPushButton;
class QSlider;
class QToolButton;

namespace unitscope {

class ChangeChart;
class LiveSwitches;
class Selection;

/// The switch of a unit, and what the network says of the current picture with it.
class SwitchPart : public PagePart {
  Q_OBJECT
 public:
  SwitchPart(Selection& selection, LiveSwitches& switches, QWidget* parent = nullptr);

  void showUnit(const UnitAddress& address) override;
  /// All switches as they are; the unit's own among them.
  void setScales(const QVector<UnitScale>& scales);

  QToolButton* off() const { return off_; }
  QSlider* slider() const { return slider_; }
  ChangeChart* chart() const { return chart_; }
  QPushButton* allOn() const { return allOn_; }

 Q_SIGNALS:
  void factorWanted(double factor);
  void allOnWanted();

 private:
  void showSwitch();
  void showAnswer();
  void ask();

  Selection& selection_;
  LiveSwitches& switches_;
  UnitAddress address_;
  QVector<UnitScale> scales_;
  QToolButton* off_;
  QSlider* slider_;
  QLabel* factor_;
  QPushButton *asIs_, *allOn_;
  QLabel* summary_;
  ChangeChart* chart_;
};

}  // namespace unitscope
