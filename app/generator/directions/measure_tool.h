#pragma once

#include <memory>

#include "app/generator/directions/direction_tool.h"
#include "gan/rescoring.h"

class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QPushButton;
class QSpinBox;
class QStackedWidget;
class QTableWidget;

namespace unitscope {

class AttributeChoice;
class StackedBars;

/// What directions change, measured by scoring samples before and after (HiGAN; Yang et al. 2019): a table of all
/// directions and attributes, or the layers of one direction.
class MeasureTool : public DirectionTool {
  Q_OBJECT
 public:
  enum class Of { Directions, Layers };

  MeasureTool(const Context& context, GeneratorStage& stage, DirectionList& list, AttributeChoice& choice, Of of,
              QWidget* parent = nullptr);

  QString id() const override;
  QString title() const override;
  QString explanation() const override;
  QJsonObject saveState() const override;
  void restoreState(const QJsonObject& state) override;
  void setActive(bool active) override;
  bool busy() const override { return running_; }

  /// What was measured last; null before.
  const ChangeTable* result() const { return result_.get(); }
  /// As CSV: change in deviations of each attribute.
  QString csv() const;

  QComboBox* direction() const { return direction_; }
  QComboBox* groups() const { return groups_; }
  QSpinBox* samples() const { return samples_; }
  QDoubleSpinBox* step() const { return step_; }
  QPushButton* start() const { return start_; }
  QTableWidget* table() const { return table_; }
  StackedBars* chart() const { return chart_; }
  QLabel* summary() const { return summary_; }

 private:
  QWidget* makeControls();
  QWidget* makeResult();
  void fillDirections();
  void show();
  void run();
  void showTable();
  void showChart();
  void applyLayers(int row);
  QString whyNot() const;
  RescoringQuestion question() const;
  bool ofLayers() const { return of_ == Of::Layers; }

  AttributeChoice& choice_;
  Of of_;
  bool running_ = false;
  std::shared_ptr<const ChangeTable> result_;
  std::vector<LayerGroup> measuredGroups_;
  LatentDirection measured_;  // of the layers' chart
  QFormLayout* form_;
  QComboBox *direction_, *groups_;
  QSpinBox* samples_;
  QDoubleSpinBox* step_;
  QPushButton* start_;
  QLabel *summary_, *empty_, *legend_;
  QStackedWidget* stack_;
  QTableWidget* table_ = nullptr;
  StackedBars* chart_ = nullptr;
};

}  // namespace unitscope
