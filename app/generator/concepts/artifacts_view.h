#pragma once

#include <map>
#include <memory>
#include <set>
#include <vector>

#include <QImage>
#include <QRectF>
#include <QWidget>

#include "app/context.h"
#include "gan/artifact_units.h"

class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;

namespace unitscope {

class BarList;
class DataBox;
class GeneratorStage;
class RegionPicker;
class TileGrid;

/// Units behind bad pictures: samples, or parts of them, are marked by hand; units that are active there are ranked,
/// switched off on stage, and the change is measured as a Fréchet distance.
class ArtifactsView : public QWidget {
  Q_OBJECT
 public:
  ArtifactsView(const Context& context, GeneratorStage& stage, QWidget* parent = nullptr);

  /// Whether it is seen; samples are drawn for one that is.
  void setActive(bool active);
  bool busy() const { return drawing_ || ranking_ || measuring_ || asking_; }

  TileGrid* samples() const { return grid_; }
  RegionPicker* region() const { return region_; }
  QComboBox* layers() const { return layers_; }
  QPushButton* rankButton() const { return rank_; }
  BarList* ranking() const { return list_; }
  QSpinBox* count() const { return count_; }
  QPushButton* switchOffButton() const { return off_; }
  QPushButton* measureButton() const { return measure_; }
  QSpinBox* measuredSamples() const { return measured_; }
  QLabel* verdict() const { return verdict_; }

 Q_SIGNALS:
  void busyChanged();

 private:
  void forget();
  void askLayers();
  void draw(bool others);
  void drawNext();
  void mark(int index);
  void showSample(int index);
  QImage marked(int index) const;
  void rank();
  void showRanking();
  void switchOff();
  void measure();
  void stopMeasuring();
  void refresh();

  Context context_;
  GeneratorStage& stage_;
  bool active_ = false, drawing_ = false, ranking_ = false, measuring_ = false, asking_ = false;
  int round_ = 0;
  std::uint64_t firstSeed_ = 0;
  SynthesisQuestion drawn_;  // all samples; empty while there are none
  std::vector<QImage> pictures_;
  std::set<int> bad_;
  std::map<int, QRectF> regions_;  // of samples, in fractions
  int shown_ = -1;
  QString rankedLayer_;
  std::vector<ArtifactUnit> ranked_;
  TileGrid* grid_;
  RegionPicker* region_;
  QComboBox* layers_;
  QPushButton *again_, *rank_;
  BarList* list_;
  QSpinBox *count_, *measured_;
  QPushButton *off_, *measure_;
  DataBox* reference_;
  QLabel *hint_, *verdict_;
};

}  // namespace unitscope
