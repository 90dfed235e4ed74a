#pragma once

#include <functional>

#include <QWidget>

#include "app/attribution/score_choice.h"

class QComboBox;
class QLabel;
class QSpinBox;

namespace unitscope {

class ClassSearch;
class RegionPicker;

/// Which kind of question is asked, and what it needs besides the class: the second class, a unit, a region, a second
/// picture. Kinds that make no sense for what is open cannot be chosen and say why.
class ScorePanel : public QWidget {
  Q_OBJECT
 public:
  explicit ScorePanel(Document& document, QWidget* parent = nullptr);

  /// `target`: the class that is explained for the current picture, -1 while unknown.
  void show(const ScoreChoice& choice, int target);
  void setClassCount(int count);
  /// The current picture as the network sees it.
  void setPicture(const QImage& picture);
  /// What is begun with when a unit is asked for and none was chosen before.
  void suggestUnit(const QString& layer, int channel);

  QComboBox* kind() const { return kind_; }
  ClassSearch* second() const { return second_; }
  QComboBox* layer() const { return layer_; }
  QSpinBox* channel() const { return channel_; }
  RegionPicker* region() const { return region_; }
  QComboBox* pictures() const { return pictures_; }

 Q_SIGNALS:
  /// By the user. Changes with the same key that follow one another are one step.
  void chosen(const unitscope::ScoreChoice& choice, const QString& mergeKey);

 private:
  void showKinds();
  void showUnit();
  void showPictures();
  void choose(const std::function<void(ScoreChoice&)>& edit, const QString& mergeKey = {});

  Document& document_;
  ScoreChoice choice_;
  int target_ = -1;
  QString suggestedLayer_;
  int suggestedChannel_ = 0;
  bool silent_ = false;
  const void* filledFor_ = nullptr;  // whose layers the box holds
  QComboBox *kind_, *layer_, *pictures_;
  ClassSearch* second_;
  QWidget* unit_;
  QSpinBox* channel_;
  RegionPicker* region_;
};

}  // namespace unitscope
