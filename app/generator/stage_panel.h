#pragma once

#include <QJsonObject>
#include <QWidget>

#include "app/context.h"

class QLabel;
class QPushButton;
class QToolButton;

namespace unitscope {

class ElidedLabel;
class GeneratorStage;
class SampleControls;
class StageCanvas;
class TileGrid;

/// The picture on stage with its name, what it is sampled from, and what was on stage before. Pages lay maps over it
/// and listen to its mouse through canvas().
class StagePanel : public QWidget {
  Q_OBJECT
 public:
  StagePanel(const Context& context, GeneratorStage& stage, QWidget* parent = nullptr);

  StageCanvas* canvas() const { return canvas_; }
  SampleControls* controls() const { return controls_; }
  QToolButton* star() const { return star_; }
  QToolButton* compare() const { return compare_; }
  QToolButton* holdBefore() const { return hold_; }
  QToolButton* latents() const { return latents_; }
  QPushButton* reset() const { return reset_; }
  TileGrid* history() const { return history_; }

  QJsonObject saveState() const;
  void restoreState(const QJsonObject& state);

 Q_SIGNALS:
  void stateChanged();

 private:
  void makeLayout();
  void show();
  void showHistory();

  Context context_;
  GeneratorStage& stage_;
  StageCanvas* canvas_;
  SampleControls* controls_;
  ElidedLabel* name_;
  QToolButton *star_, *compare_, *hold_, *latents_;
  QPushButton* reset_;
  QLabel* failure_;
  TileGrid* history_;
};

}  // namespace unitscope
