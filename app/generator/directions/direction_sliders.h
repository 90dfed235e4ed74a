#pragma once

#include <QSet>
#include <QTimer>
#include <QVector>
#include <QWidget>

#include "app/context.h"
#include "app/generator/directions/scene_pictures.h"

class QLabel;
class QMenu;
class QScrollArea;
class QToolButton;
class QVBoxLayout;

namespace unitscope {

class DirectionList;
class DirectionRow;

/// The list of directions with their sliders, and what is done with all of them: load, save, back to 0.
class DirectionSliders : public QWidget {
  Q_OBJECT
 public:
  DirectionSliders(const Context& context, GeneratorStage& stage, DirectionList& list, QWidget* parent = nullptr);

  void setActive(bool active);
  bool busy() const { return pictures_.busy() || reading_ > 0 || settle_.isActive(); }
  /// Makes it seen.
  void reveal(int index);
  void openFile(const QString& file);
  void saveFile(const QString& file);
  void askForFile(bool saving);

  const QVector<DirectionRow*>& rows() const { return rows_; }
  QToolButton* resetButton() const { return reset_; }
  QToolButton* loadButton() const { return load_; }
  QToolButton* saveButton() const { return save_; }
  QToolButton* keepButton() const { return keep_; }
  QToolButton* dropButton() const { return drop_; }

 Q_SIGNALS:
  void busyChanged();

 private:
  void show();
  void showAmounts();
  void wantStrips();

  Context context_;
  GeneratorStage& stage_;
  DirectionList& list_;
  ScenePictures pictures_;
  QTimer settle_;  // strips follow once a slider rests
  int reading_ = 0;
  bool active_ = false;
  QLabel *title_, *empty_;
  QToolButton *load_, *save_, *reset_, *keep_, *drop_;
  QScrollArea* area_;
  QVBoxLayout* column_;
  QVector<DirectionRow*> rows_;
  QSet<size_t> open_;                  // those whose small pictures are shown, by their vectors: names change
  std::vector<GeneratorScene> shown_;  // what each row's pictures are of
};

}  // namespace unitscope
