#pragma once

#include <QWidget>

#include "app/generator/samples/style_mix.h"

class QHBoxLayout;
class QLabel;
class QPushButton;
class QSlider;
class QToolButton;

namespace unitscope {

/// The two samples of a mix, and which layers follow the second.
class MixPanel : public QWidget {
  Q_OBJECT
 public:
  MixPanel(const Context& context, GeneratorStage& stage, QWidget* parent = nullptr);

  StyleMix& mix() { return *mix_; }
  /// A sample that was picked, with its picture where there is one: it becomes the one of the slot that waits.
  void take(const GeneratorScene& scene, const QImage& picture);
  QToolButton* slot(int index) const { return slots_[index]; }
  QPushButton* fromStage() const { return fromStage_; }
  QToolButton* row(int index) const { return rows_[std::size_t(index)]; }
  int rowCount() const { return int(rows_.size()); }
  QPushButton* preset(int index) const { return presets_[index]; }
  QSlider* share() const { return share_; }

 private:
  void makeRows();
  void show();
  void preset(double from, double to);

  GeneratorStage& stage_;
  StyleMix* mix_;
  QLabel* hint_;
  QToolButton* slots_[2];
  QToolButton* swap_;
  QPushButton* fromStage_;
  QPushButton* presets_[4];
  QHBoxLayout* rowLine_;
  std::vector<QToolButton*> rows_;
  QSlider* share_;
  QImage pictures_[2];
};

}  // namespace unitscope
