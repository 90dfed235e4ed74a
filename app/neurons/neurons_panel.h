#pragma once

#include <QWidget>

#include "app/neurons/neurons_state.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSlider;
class QSpinBox;
class QTimer;

namespace unitscope {

class DataBox;
class Document;
class LayerBox;

/// The controls of the neurons workspace.
class NeuronsPanel : public QWidget {
  Q_OBJECT
 public:
  explicit NeuronsPanel(const Document& document, QWidget* parent = nullptr);

  /// Shows it without telling of it. `layer` is the one in force.
  void setState(const NeuronsState& state, const QString& layer, const QString& second);
  /// What can be sorted by now.
  void setKnown(bool examples, bool dissection);
  /// What runs, and why nothing can be started.
  void setReady(const QString& reasonIfNot, bool collecting, bool dissecting);
  void setSummary(const QString& html);

  LayerBox* layerBox() const { return layer_; }
  QCheckBox* compareBox() const { return compare_; }
  LayerBox* secondBox() const { return second_; }
  QComboBox* tileBox() const { return tiles_; }
  QComboBox* sortBox() const { return sort_; }
  QLineEdit* searchField() const { return search_; }
  QSlider* sizeSlider() const { return size_; }
  DataBox* dataBox() const { return data_; }
  QSpinBox* picturesBox() const { return pictures_; }
  QPushButton* collectButton() const { return collect_; }
  QPushButton* dissectButton() const { return dissect_; }

 Q_SIGNALS:
  void layerPicked(const QString& layer);
  void comparesToggled(bool compares);
  void secondPicked(const QString& layer);
  void tilesPicked(unitscope::TileKind kind);
  void sortPicked(unitscope::UnitSort sort);
  void searched(const QString& text);
  void tileSizeChanged(int pixels);
  void dataPicked(const QString& data);
  void picturesChanged(int pictures);
  void folderWanted();
  void fileWanted();
  void collectWanted();
  void dissectWanted();
  void stopWanted();

 private:
  void makeLayout();
  void connectParts();

  LayerBox* layer_;
  QCheckBox* compare_;
  LayerBox* second_;
  QComboBox *tiles_, *sort_;
  QLineEdit* search_;
  QTimer* searchSoon_;
  QSlider* size_;
  DataBox* data_;
  QSpinBox* pictures_;
  QPushButton *folder_, *file_, *collect_, *dissect_;
  QLabel* summary_;
  bool collecting_ = false, dissecting_ = false;
};

}  // namespace unitscope
