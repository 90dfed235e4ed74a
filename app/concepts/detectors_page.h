#pragma once

#include <QWidget>

#include "app/concepts/concept_knowledge.h"

class QComboBox;
class QLabel;
class QScrollArea;

namespace unitscope {

class BarList;
class StackedBars;

/// Which concepts the units of one layer detect: a bar for each category and for each concept, and the units of the
/// chosen one. With a second dissection a line across each bar says what that has.
class DetectorsPage : public QWidget {
  Q_OBJECT
 public:
  explicit DetectorsPage(QWidget* parent = nullptr);

  struct Choice {
    QString layer, category, conceptName;
    int unit = -1;
    bool operator==(const Choice&) const = default;
  };
  /// A layer that is not there shows the richest.
  void show(const DissectionPtr& dissection, const DissectionPtr& other, const Choice& choice);
  QString layer() const { return layer_; }  ///< that is shown
  QComboBox* layers() const { return layers_; }
  StackedBars* categories() const { return categories_; }
  StackedBars* concepts() const { return concepts_; }
  BarList* units() const { return units_; }
  QLabel* caption() const { return caption_; }
  /// All of both charts, however much of them is scrolled into sight.
  QImage picture();

 Q_SIGNALS:
  void layerPicked(const QString& layer);
  void categoryPicked(const QString& category);
  void conceptPicked(const QString& name);
  void unitPicked(int unit);
  void unitOpened(int unit);

 private:
  void showLayers();
  void showCharts();
  void showUnits();
  const LayerDissection* shownLayer() const;

  DissectionPtr dissection_, other_;
  Choice choice_;
  QString layer_;
  QComboBox* layers_;
  QLabel* caption_;
  StackedBars* categories_;
  StackedBars* concepts_;
  QScrollArea* area_;
  QLabel* unitsCaption_;
  BarList* units_;
};

}  // namespace unitscope
