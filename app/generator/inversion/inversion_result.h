#pragma once

#include <QVector>
#include <QWidget>

#include "app/generator/inversion/inversion_work.h"

class QLabel;

namespace unitscope {

class CurveChart;
class ImageCanvas;
class ViewLink;

/// The picture as the generator would have to draw it, what it draws, and where they differ; how the losses fell.
class InversionResult : public QWidget {
  Q_OBJECT
 public:
  explicit InversionResult(QWidget* parent = nullptr);

  void setTarget(const QImage& target);
  /// While the search runs.
  void showPreview(const InversionPreview& preview);
  void begin();
  /// Null: there is none.
  void setAnswer(const InversionPtr& answer);

  ImageCanvas* target() const { return target_; }
  ImageCanvas* drawn() const { return drawn_; }
  ImageCanvas* error() const { return error_; }
  CurveChart* curves() const { return curves_; }
  QLabel* figures() const { return figures_; }

 private:
  void addPoint(double step, double total, double pixels, double features, double domain);
  void showCurves();

  ViewLink* link_;
  ImageCanvas *target_, *drawn_, *error_;
  QLabel* figures_;
  CurveChart* curves_;
  QVector<QPointF> total_, pixels_, features_, domain_;
};

}  // namespace unitscope
