#pragma once

#include <QWidget>

#include "app/generator/concepts/gan_knowledge.h"

class QComboBox;
class QLabel;

namespace unitscope {

class BarList;
class StackedBars;

/// How many units of a layer draw each concept, as bars; a click shows which units these are.
class ConceptBars : public QWidget {
  Q_OBJECT
 public:
  explicit ConceptBars(QWidget* parent = nullptr);

  void setDissection(const GanDissectionPtr& dissection);
  /// The one with the most detectors where there is no such layer. Tells nobody.
  void setLayer(const QString& layer);
  QString layer() const { return layer_; }
  void setConcept(const QString& name);
  QString conceptName() const { return concept_; }
  /// Marks a unit of the shown layer; -1 for none.
  void markUnit(int unit);

  QComboBox* layers() const { return layers_; }
  StackedBars* bars() const { return bars_; }
  BarList* units() const { return units_; }
  QImage picture() const;

 Q_SIGNALS:
  void layerPicked(const QString& layer);  ///< by the user, as the next ones
  void conceptPicked(const QString& name);
  void unitPicked(const QString& layer, int unit);

 private:
  void showLayers();
  void show();
  void showUnits();
  int layerIndex() const;

  GanDissectionPtr dissection_;
  QString layer_, concept_;
  QComboBox* layers_;
  QLabel* caption_;
  StackedBars* bars_;
  QLabel* unitsCaption_;
  BarList* units_;
};

}  // namespace unitscope
