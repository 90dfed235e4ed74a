#pragma once

#include <QHash>
#include <QWidget>

#include "app/counterfactual/tool_settings.h"

class QButtonGroup;
class QComboBox;
class QFormLayout;
class QLabel;
class QPushButton;
class QSlider;
class QSpinBox;
class QToolButton;

namespace unitscope {

/// The controls of the counterfactual workspace: which tool, how it works, what is shown over the picture, and what
/// becomes of the result.
class ToolPanel : public QWidget {
  Q_OBJECT
 public:
  explicit ToolPanel(const std::vector<MethodInfo>& heatMethods, QWidget* parent = nullptr);

  const ToolSettings& settings() const { return settings_; }
  void setSettings(const ToolSettings& settings);
  /// Pictures that can be copied from.
  void setSources(const QVector<QPair<ImageId, QString>>& sources);
  /// The network's input, in pixels: the sizes are said in them too.
  void setPictureSize(QSize size);
  /// Why strokes with this content cannot be drawn now; empty when they can.
  void setFillReason(const QString& reason);
  /// Reasons why the parts cannot be used; empty when they can.
  void setReasons(const QString& tools, const QString& reset, const QString& keep, const QString& visited);

  QToolButton* tool(ToolSettings::Tool tool) const { return tools_.value(int(tool)); }
  QComboBox* fill() const { return fill_; }
  QComboBox* source() const { return source_; }
  QSlider* brushSize() const { return size_; }
  QSpinBox* windowSide() const { return window_; }
  QComboBox* heat() const { return heat_; }
  QPushButton* reset() const { return reset_; }
  QPushButton* keep() const { return keep_; }
  QPushButton* save() const { return save_; }

 protected:
  void changeEvent(QEvent* event) override;

 Q_SIGNALS:
  void settingsChanged(const unitscope::ToolSettings& settings);
  void resetRequested();
  void keepRequested();
  void saveRequested();
  void visitedCleared();

 private:
  void makeTools();
  void makeBrush();
  void makeOccluder();
  void makeHeat(const std::vector<MethodInfo>& methods);
  void makeEnds();
  void changed();
  void show();
  void markTool();
  QSlider* slider(int low, int high, const QString& name, const QString& help);

  ToolSettings settings_;
  QSize picture_;
  bool silent_ = false;
  QHash<int, QToolButton*> tools_;
  QWidget* brushBox_ = nullptr;
  QWidget* occluderBox_ = nullptr;
  QFormLayout* brush_ = nullptr;
  QComboBox *fill_ = nullptr, *source_ = nullptr, *cover_ = nullptr, *heat_ = nullptr;
  QSlider *size_ = nullptr, *softness_ = nullptr, *opacity_ = nullptr;
  QLabel *sizeText_ = nullptr, *softnessText_ = nullptr, *fillReason_ = nullptr;
  QSpinBox* window_ = nullptr;
  QPushButton *reset_ = nullptr, *keep_ = nullptr, *save_ = nullptr, *clearVisited_ = nullptr;
};

}  // namespace unitscope
