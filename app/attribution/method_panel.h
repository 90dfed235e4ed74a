#pragma once

#include <vector>

#include <QWidget>

#include "app/attribution/attribution_state.h"
#include "engine/model.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;
class QSettings;

namespace unitscope {

class ParameterForm;
class SegmentChoice;

/// Which methods are compared, by family and with a filter, and the settings of one of them.
class MethodPanel : public QWidget {
  Q_OBJECT
 public:
  /// With `segmentStore`, which keeps the folder of the last file, superpixels may come from a file.
  explicit MethodPanel(const std::vector<MethodInfo>& methods, QSettings* segmentStore = nullptr,
                       QWidget* parent = nullptr);

  void setState(const AttributionState& state);
  /// Layers for CAM methods, last first; empty while unknown.
  void setLayers(const std::vector<LayerChoice>& layers);
  /// The methods under the headings of their families. A method's item holds its id in Qt::UserRole; headings hold
  /// none there.
  QListWidget* list() const { return list_; }
  QLineEdit* filter() const { return filter_; }
  ParameterForm* form() const { return form_; }
  QComboBox* layerBox() const { return layer_; }
  SegmentChoice* segments() const { return segments_; }

 Q_SIGNALS:
  void methodToggled(const QString& method, bool on);
  void methodPicked(const QString& method);
  void parameterChanged(const QString& method, const QString& id, const QVariant& value);
  void parametersReset(const QString& method);
  void segmentsPicked(const QString& file);  ///< empty: methods find their own
  void layerPicked(const QString& method, const QString& layer);

 private:
  void fillList();
  void applyFilter();
  void showCurrent();
  void showLayers();

  const std::vector<MethodInfo>& methods_;
  AttributionState state_;
  std::vector<LayerChoice> layers_;
  QString shown_;  // the method whose form is built
  bool silent_ = false;
  QLineEdit* filter_;
  QListWidget* list_;
  QLabel* nothing_;
  QLabel *title_, *description_, *layerTitle_;
  QComboBox* layer_;
  SegmentChoice* segments_ = nullptr;
  ParameterForm* form_;
  QPushButton* reset_;
};

}  // namespace unitscope
