#pragma once

#include "app/generator/directions/direction_tool.h"
#include "gan/generator_directions.h"

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QPushButton;
class QSpinBox;

namespace unitscope {

class LayersEdit;
class TopChart;

/// Finds directions without labels: SeFa in the weights, GANSpace in samples. They join the list as found ones.
class FindTool : public DirectionTool {
  Q_OBJECT
 public:
  FindTool(const Context& context, GeneratorStage& stage, DirectionList& list, QWidget* parent = nullptr);

  QString id() const override { return QStringLiteral("find"); }
  QString title() const override { return tr("Find"); }
  QString explanation() const override { return tr("Directions without labels: SeFa and GANSpace"); }
  QJsonObject saveState() const override;
  void restoreState(const QJsonObject& state) override;
  bool busy() const override { return running_; }

  QComboBox* method() const { return method_; }
  QSpinBox* howMany() const { return count_; }
  LayersEdit* layers() const { return layers_; }
  QComboBox* source() const { return source_; }
  QSpinBox* samples() const { return samples_; }
  QPushButton* start() const { return start_; }
  TopChart* chart() const { return chart_; }
  QLabel* summary() const { return summary_; }

 private:
  void fill();
  void show();
  void run();
  DirectionsQuestion question() const;
  void take(const FoundDirections& found, const DirectionsQuestion& asked);

  bool running_ = false;
  QString sourceName_;  // that was chosen; a session says it before the network is there
  QFormLayout* form_;
  QComboBox* method_;
  QSpinBox* count_;
  LayersEdit* layers_;
  QCheckBox *normalise_, *toPicture_;
  QComboBox* source_;
  QSpinBox* samples_;
  QPushButton* start_;
  QLabel* summary_;
  TopChart* chart_;
};

}  // namespace unitscope
