#pragma once

#include <QPair>
#include <QVector>
#include <QWidget>

#include "judging/judge.h"

class QComboBox;
class QPushButton;

namespace unitscope {

class CurveChart;
class ElidedLabel;
class GalleryGrid;

/// Does a heatmap change when the network forgets what it learned? Similarity against depth, and the maps themselves.
class SanityPanel : public QWidget {
  Q_OBJECT
 public:
  explicit SanityPanel(QWidget* parent = nullptr);

  /// Ids and titles of the methods that may be checked.
  void setMethods(const QVector<QPair<QString, QString>>& methods, const QString& chosen);
  void setKind(const QString& metric);
  /// An empty reason means that the check can begin; while it runs the button stops it.
  void setReady(const QString& reasonIfNot, bool running);
  /// Null: there is none yet.
  void setResult(const MetricResult* result, const QString& method);

  QComboBox* method() const { return method_; }
  QComboBox* kind() const { return kind_; }
  QPushButton* startButton() const { return start_; }
  CurveChart* chart() const { return chart_; }
  GalleryGrid* gallery() const { return gallery_; }

 Q_SIGNALS:
  void methodPicked(const QString& method);
  void kindPicked(const QString& metric);
  void startWanted();
  void stopWanted();

 private:
  QComboBox *method_, *kind_;
  QPushButton* start_;
  ElidedLabel* verdict_;
  CurveChart* chart_;
  GalleryGrid* gallery_;
  std::vector<SanityStage> stages_;
  bool running_ = false;
};

}  // namespace unitscope
