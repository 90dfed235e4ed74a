#pragma once

#include <vector>

#include <QWidget>

#include "app/attribution/score_choice.h"
#include "engine/model.h"

class QLabel;
class QLineEdit;
class QPushButton;

namespace unitscope {

class ClassSearch;
class Document;
class ElidedLabel;
class ScorePanel;
class TopChart;

/// The best classes of the current picture, the choice of the one to explain, and what is asked about it.
class TargetPanel : public QWidget {
  Q_OBJECT
 public:
  explicit TargetPanel(Document& document, QWidget* parent = nullptr);

  /// `name` is the picture's; empty predictions show that they are still to come.
  void setPredictions(const QString& name, const std::vector<Prediction>& all);
  /// -1: the network's first choice, whichever it is.
  void setTarget(int target);
  void setScore(const ScoreChoice& choice);
  TopChart* chart() const { return chart_; }
  QLineEdit* search() const;
  QPushButton* firstChoice() const { return first_; }
  ScorePanel* score() const { return score_; }
  /// "Explained: tabby rather than tiger cat".
  QString explained() const;

 Q_SIGNALS:
  void targetPicked(int target);
  /// Another question. Changes with the same key that follow one another are one step.
  void scoreChosen(const unitscope::ScoreChoice& choice, const QString& mergeKey);

 private:
  void show();
  void showMenu(int id, QPoint at);
  /// The class that is explained for this picture; -1 while unknown.
  int target() const;
  QString explanation() const;

  Document& document_;
  QString name_;
  std::vector<Prediction> all_;
  int target_ = -1;
  ScoreChoice choice_;
  ElidedLabel* title_;
  TopChart* chart_;
  QLabel* explained_;
  QPushButton* first_;
  ClassSearch* search_;
  ScorePanel* score_;
};

}  // namespace unitscope
