#pragma once

#include "app/generator/directions/direction_tool.h"
#include "app/generator/directions/walk_frames.h"

class QComboBox;
class QFormLayout;
class QLabel;
class QListWidget;
class QPushButton;
class QSlider;
class QSpinBox;
class QToolButton;

namespace unitscope {

class WalkPlayer;

/// Films through the latent space: a random walk, forth and back along a direction, or from one sample to another.
class WalkTool : public DirectionTool {
  Q_OBJECT
 public:
  WalkTool(const Context& context, GeneratorStage& stage, DirectionList& list, QWidget* parent = nullptr);

  QString id() const override { return QStringLiteral("walk"); }
  QString title() const override { return tr("Walk"); }
  QString explanation() const override { return tr("Films: random walks, along a direction, between two samples"); }
  QJsonObject saveState() const override;
  void restoreState(const QJsonObject& state) override;
  void setActive(bool active) override;
  bool busy() const override;

  /// The film that is there, for exports: its scenes as pictures are made of them. Empty where there is none.
  std::vector<GeneratorScene> frames() const;
  /// As the controls say.
  WalkPlan plan() const;

  WalkPlayer* player() const { return player_; }
  QComboBox* kind() const { return kind_; }
  QComboBox* space() const { return space_; }
  QComboBox* along() const { return along_; }
  QSpinBox* seconds() const { return seconds_; }
  QSpinBox* radius() const { return radius_; }
  QSpinBox* speed() const { return speed_; }
  QSpinBox* seed() const { return seed_; }
  QPushButton* pin() const { return pin_; }
  QListWidget* constants() const { return keepList_; }
  QPushButton* playButton() const { return play_; }
  QPushButton* stopButton() const { return stop_; }
  QPushButton* keepButton() const { return keepFrame_; }
  QSlider* position() const { return position_; }
  QLabel* status() const { return status_; }

 Q_SIGNALS:
  void framesChanged();

 private:
  QWidget* makeControls();
  QWidget* makePlayer();
  void connectAll();
  void fillDirections();
  void show();
  void showPlayer();
  void playOrPause();
  QString whyNot() const;
  bool walksInZ() const;
  QString kindNow() const;

  WalkPlayer* player_;
  GeneratorScene end_;  // that was pinned; empty: by its seed
  QStringList constantNames_;
  QString alongName_;
  QFormLayout* form_;
  QComboBox *kind_, *space_, *along_;
  QSpinBox *seconds_, *radius_, *speed_, *seed_, *endSeed_;
  QPushButton* pin_;
  QLabel* keepTitle_;
  QListWidget* keepList_;
  QPushButton *play_, *stop_, *keepFrame_;
  QSlider* position_;
  QLabel* status_;
};

}  // namespace unitscope
