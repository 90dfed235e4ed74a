#pragma once

#include <map>

#include <QHash>
#include <QImage>

#include "app/generator/directions/direction_tool.h"

class QLabel;
class QLineEdit;
class QPushButton;

namespace unitscope {

class ScenePictures;
class TileGrid;

/// A direction from what a person says: samples marked as having something, or not.
class LabelsTool : public DirectionTool {
  Q_OBJECT
 public:
  static constexpr int kLeast = 3;  ///< marks of each kind that are needed

  LabelsTool(const Context& context, GeneratorStage& stage, DirectionList& list, QWidget* parent = nullptr);

  QString id() const override { return QStringLiteral("labels"); }
  QString title() const override { return tr("Labels"); }
  QString explanation() const override { return tr("A direction from samples that you mark"); }
  QJsonObject saveState() const override;
  void restoreState(const QJsonObject& state) override;
  void setActive(bool active) override;
  bool busy() const override;

  /// 1 has it, -1 has it not, 0 is not marked.
  int markOf(int tile) const;
  void mark(int tile, int mark);

  QLineEdit* name() const { return name_; }
  TileGrid* grid() const { return grid_; }
  QPushButton* more() const { return more_; }
  QPushButton* clearButton() const { return clear_; }
  QPushButton* start() const { return start_; }
  QLabel* summary() const { return summary_; }

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  QWidget* makeControls();
  void setCount(int count);
  /// Enough tiles for all that are marked.
  int countForMarks() const;
  void show();
  void run();
  const QImage& shown(int tile);
  std::pair<int, int> counts() const;

  ScenePictures* maker_;
  bool running_ = false, active_ = false;
  int count_ = 0;
  QString told_;  // what came of the last training
  std::map<int, int> marks_;
  QHash<int, QImage> pictures_, marked_;
  QLineEdit* name_;
  QPushButton *more_, *clear_, *start_;
  QLabel* summary_;
  TileGrid* grid_;
};

}  // namespace unitscope
