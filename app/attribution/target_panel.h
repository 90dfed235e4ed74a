#pragma once

#include <vector>

#include <QWidget>

#include "engine/model.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QStringListModel;

namespace unitscope {

class Document;
class ElidedLabel;
class TopChart;

/// The best classes of the current picture, and the choice of the one to explain.
class TargetPanel : public QWidget {
  Q_OBJECT
 public:
  explicit TargetPanel(Document& document, QWidget* parent = nullptr);

  /// `name` is the picture's; empty predictions show that they are still to come.
  void setPredictions(const QString& name, const std::vector<Prediction>& all);
  /// -1: the network's first choice, whichever it is.
  void setTarget(int target);
  TopChart* chart() const { return chart_; }
  QLineEdit* search() const { return search_; }
  QPushButton* firstChoice() const { return first_; }

 Q_SIGNALS:
  void targetPicked(int target);

 private:
  void show();
  void searched();
  /// Shown below the search; empty hides it.
  void complain(const QString& problem);
  void labelsChanged();

  Document& document_;
  QString name_;
  std::vector<Prediction> all_;
  int target_ = -1;
  ElidedLabel* title_;
  TopChart* chart_;
  QLabel* explained_;
  QLabel* complaint_;
  QPushButton* first_;
  QLineEdit* search_;
  QStringListModel* labels_;
};

}  // namespace unitscope
