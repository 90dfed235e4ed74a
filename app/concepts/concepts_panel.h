#pragma once

#include <QWidget>

#include "app/concepts/concepts_state.h"

class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QMenu;
class QPushButton;
class QSpinBox;
class QToolButton;

namespace unitscope {

class DataBox;

/// Which pictures show the concepts, how the network is dissected, and what was found in words. The view of concept
/// vectors puts controls of its own below.
class ConceptsPanel : public QWidget {
  Q_OBJECT
 public:
  explicit ConceptsPanel(QWidget* vectors, QWidget* parent = nullptr);

  void setState(const ConceptsState& state);
  /// An empty reason means that the work can begin; while it runs the button stops it.
  void setReady(const QString& reasonIfNot, bool running);
  void setSummary(const QString& html);
  /// Whether there is a result to keep, and one that it is compared with.
  void setResults(bool any, bool other);

  QPushButton* dissectButton() const { return dissect_; }
  DataBox* data() const { return data_; }
  QComboBox* segmenter() const { return segmenter_; }
  QSpinBox* pictures() const { return pictures_; }
  QDoubleSpinBox* topShare() const { return topShare_; }
  QDoubleSpinBox* iou() const { return iou_; }
  QComboBox* layers() const { return layers_; }
  QMenu* compareMenu() const { return compareMenu_; }
  QLabel* summary() const { return summary_; }

 Q_SIGNALS:
  void dataPicked(const QString& data);
  void folderWanted();
  void segmenterPicked(const QString& segmenter);
  void segmenterFileWanted();
  void picturesChanged(int count);
  void topShareChanged(double share);
  void iouChanged(double iou);
  void allLayersPicked(bool all);
  void dissectWanted();
  void stopWanted();
  void openWanted();
  void compareWanted();
  void keepWanted();
  void dropWanted();

 private:
  QWidget* makeDissection();

  DataBox* data_;
  QComboBox* segmenter_;
  QSpinBox* pictures_;
  QWidget* dissection_;
  QWidget* vectors_;
  QDoubleSpinBox* topShare_;
  QDoubleSpinBox* iou_;
  QComboBox* layers_;
  QPushButton* dissect_;
  QPushButton* open_;
  QToolButton* compare_;
  QMenu* compareMenu_;
  QAction* keep_;
  QAction* drop_;
  QLabel* summary_;
  QString chosenSegmenter_;
  bool running_ = false;
};

}  // namespace unitscope
