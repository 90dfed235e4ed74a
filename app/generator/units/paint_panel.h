#pragma once

#include <QJsonObject>
#include <QWidget>

#include "app/generator/units/unit_painter.h"

class QButtonGroup;
class QComboBox;
class QLabel;
class QPushButton;
class QSlider;
class QToolButton;

namespace unitscope {

class UnitGallery;

/// Controls of the brush that draws and removes what units draw.
class PaintPanel : public QWidget {
  Q_OBJECT
 public:
  PaintPanel(GeneratorStage& stage, UnitGallery& gallery, UnitPainter& painter, StageCanvas& canvas,
             QWidget* parent = nullptr);

  QToolButton* mode(UnitPaint::Mode mode) const;
  QComboBox* what() const { return what_; }
  QSlider* size() const { return size_; }
  QSlider* strength() const { return strength_; }
  QLabel* hint() const { return hint_; }
  QJsonObject saveState() const;
  void restoreState(const QJsonObject& state);

 Q_SIGNALS:
  void stateChanged();

 private:
  void makeLayout();
  void fillWhat();
  void tell();
  UnitPaint::Mode shownMode() const;

  GeneratorStage& stage_;
  UnitGallery& gallery_;
  UnitPainter& painter_;
  QButtonGroup* modes_;
  QComboBox* what_;
  QSlider *size_, *strength_;
  QLabel *sizeText_, *strengthText_, *hint_;
  QString wanted_;  // concept that a session names
};

}  // namespace unitscope
