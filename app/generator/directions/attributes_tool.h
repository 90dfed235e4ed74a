#pragma once

#include <memory>

#include "app/generator/directions/direction_tool.h"
#include "gan/attribute_boundaries.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;
class QTreeWidget;
class QTreeWidgetItem;

namespace unitscope {

class AttributeChoice;
class LayersEdit;

using BoundariesPtr = std::shared_ptr<const AttributeBoundaries>;

/// Trains directions with a meaning: boundaries of attributes that a classifier, a segmenter or the pixels tell.
class AttributesTool : public DirectionTool {
  Q_OBJECT
 public:
  AttributesTool(const Context& context, GeneratorStage& stage, DirectionList& list, AttributeChoice& choice,
                 QWidget* parent = nullptr);

  QString id() const override { return QStringLiteral("attributes"); }
  QString title() const override { return tr("Attributes"); }
  QString explanation() const override { return tr("Directions with a meaning: boundaries of attributes"); }
  QJsonObject saveState() const override;
  void restoreState(const QJsonObject& state) override;
  void setActive(bool active) override;
  bool busy() const override { return running_; }

  /// What was trained last; null before.
  const BoundariesPtr& result() const { return result_; }

  QTreeWidget* tree() const { return tree_; }
  QLineEdit* filter() const { return filter_; }
  QSpinBox* samples() const { return samples_; }
  QPushButton* start() const { return start_; }
  QLabel* summary() const { return summary_; }
  QComboBox* classifier() const { return classifier_; }
  QComboBox* segmenter() const { return segmenter_; }
  /// The tree's item of an attribute ("area:tree"); null where there is none.
  QTreeWidgetItem* itemOf(const QString& attribute) const;

 Q_SIGNALS:
  void resultChanged();

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  enum Column { Name, Learn, Constant, Accuracy, Columns };
  QWidget* makeControls();
  void fill();
  void show();
  void filterItems();
  void run();
  void take(const AttributeBoundaries& found);
  void askForNetwork(QComboBox* box, bool classifier);
  void showFiles();

  AttributeChoice& choice_;
  bool running_ = false, filling_ = false;
  BoundariesPtr result_;
  QComboBox *classifier_, *segmenter_;
  QSpinBox* samples_;
  LayersEdit* layers_;
  QPushButton* start_;
  QLabel* summary_;
  QLineEdit* filter_;
  QTreeWidget* tree_;
};

}  // namespace unitscope
