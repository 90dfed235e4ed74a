#pragma once

#include <QVector>
#include <QWidget>

#include "app/attribution/heat_picture.h"

class QBoxLayout;
class QLabel;
class QListWidget;
class QVBoxLayout;

namespace unitscope {

class CurveChart;

/// What a method gives beside its map: notes, curves, and pictures that can be looked at in the map's place.
class AnswerPanel : public QWidget {
  Q_OBJECT
 public:
  explicit AnswerPanel(QWidget* parent = nullptr);

  /// `heat` is the picture of the map itself, first in the strip. The choice stays where its picture stays.
  void setAnswer(const AttributionAnswer& answer, const QImage& heat, const QVector<AnswerImage>& pictures);
  void clear();
  /// Whether the panel lies below the map, so that its parts stand beside one another.
  void setBelow(bool below);
  /// Whether there is anything to show.
  bool isEmpty() const { return empty_; }
  /// Index of the picture that is looked at; -1 for the map.
  int chosen() const;
  void choose(int picture);

  QLabel* notes() const { return notes_; }
  const QVector<CurveChart*>& charts() const { return charts_; }
  QListWidget* strip() const { return strip_; }

 Q_SIGNALS:
  void pictureChosen(int picture);
  void curvesSaved(const QString& file, bool fine);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void showCurves(const std::vector<AnswerCurve>& curves);
  void showPictures(const QImage& heat, const QVector<AnswerImage>& pictures);
  void fitStrip();

  QBoxLayout* parts_;
  QWidget *told_, *drawn_;  // notes and pictures; charts
  QLabel *notes_, *stripTitle_;
  QVBoxLayout* chartColumn_;
  QVector<CurveChart*> charts_;
  QListWidget* strip_;
  bool empty_ = true;
};

}  // namespace unitscope
