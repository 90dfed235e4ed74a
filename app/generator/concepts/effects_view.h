#pragma once

#include <QWidget>

#include "app/generator/concepts/gan_knowledge.h"

class QLabel;
class QPushButton;
class QSpinBox;
class QStackedWidget;

namespace unitscope {

class CurveChart;
class EmptyState;
class HeatMatrix;
class IntervalBars;

/// What switching a concept's units off does: to the concept itself and to all others, over many samples; how many
/// units it takes; and which units do it together.
class EffectsView : public QWidget {
  Q_OBJECT
 public:
  explicit EffectsView(QWidget* parent = nullptr);

  void setEffects(const CausalEffectsPtr& effects);
  /// An empty reason means that it can begin; while it runs the button stops it.
  void setReady(const QString& reasonIfNot, bool running);
  void setSamples(int samples);
  /// Tells nobody.
  void setConcept(const QString& name);

  QSpinBox* samples() const { return samples_; }
  QPushButton* measureButton() const { return measure_; }
  QPushButton* optimiseButton() const { return optimise_; }
  HeatMatrix* matrix() const { return matrix_; }
  IntervalBars* bars() const { return bars_; }
  CurveChart* curve() const { return curve_; }
  /// As CSV: concept switched, units, concept, before, after, relative change and its interval.
  QString csv() const;

 Q_SIGNALS:
  void samplesChanged(int samples);
  void measureWanted();
  void optimiseWanted(const QString& layer, const QString& name);
  void stopWanted();
  void conceptPicked(const QString& name);

 private:
  const CausalEffect* shown() const;
  void show();
  void updateOptimise();

  CausalEffectsPtr effects_;
  QString concept_, reason_;
  bool running_ = false;
  QSpinBox* samples_;
  QPushButton *measure_, *optimise_;
  QStackedWidget* stack_;
  EmptyState* empty_;
  HeatMatrix* matrix_;
  QLabel* caption_;
  IntervalBars* bars_;
  CurveChart* curve_;
};

}  // namespace unitscope
