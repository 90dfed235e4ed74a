#pragma once

#include <QWidget>

#include "app/generator/scene_edits.h"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QSlider;
class QToolButton;

namespace unitscope {

class GeneratorStage;
class UnitGallery;

/// Switch and slider of the chosen units.
class UnitSwitchPanel : public QWidget {
  Q_OBJECT
 public:
  UnitSwitchPanel(GeneratorStage& stage, UnitGallery& gallery, QWidget* parent = nullptr);

  QToolButton* off() const { return off_; }
  QComboBox* kind() const { return kind_; }
  QSlider* slider() const { return slider_; }
  QDoubleSpinBox* value() const { return value_; }
  QPushButton* asIs() const { return asIs_; }
  QPushButton* chooseAll() const { return all_; }
  QPushButton* openUnit() const { return open_; }

 Q_SIGNALS:
  void unitOpened(int unit);

 private:
  void apply(double amount, const QString& mergeKey);
  void show();
  UnitSwitch::Kind shownKind() const;
  void showRange();

  GeneratorStage& stage_;
  UnitGallery& gallery_;
  QLabel* what_;
  QToolButton* off_;
  QComboBox* kind_;
  QSlider* slider_;
  QDoubleSpinBox* value_;
  QPushButton *asIs_, *all_, *open_;
  QLabel* ends_;
};

}  // namespace unitscope
