#pragma once

#include <QWidget>

#include "app/concepts/concept_knowledge.h"
#include "widgets/stacked_bars.h"

class QComboBox;
class QLabel;
class QTableWidget;

namespace unitscope {

/// Layer beside layer, also those of a second dissection: how many units detect something, stacked by category against
/// all of them, or how many different concepts they find.
class LayersPage : public QWidget {
  Q_OBJECT
 public:
  explicit LayersPage(QWidget* parent = nullptr);

  void show(const DissectionPtr& dissection, const DissectionPtr& other, const QString& layer, bool unique);
  StackedBars* chart() const { return chart_; }
  QComboBox* counted() const { return counted_; }
  QImage picture();

 Q_SIGNALS:
  void layerPicked(const QString& layer);
  void uniquePicked(bool unique);

 private:
  void addRows(QVector<StackedRow>& rows, const Dissection& dissection, const QStringList& names, int firstId);
  DissectionPtr dissection_, other_;
  bool unique_ = false;
  QComboBox* counted_;
  QLabel* legend_;
  StackedBars* chart_;
};

/// How many units of each layer detect each concept, of both dissections. A click on a number goes there.
class ConceptTablePage : public QWidget {
  Q_OBJECT
 public:
  explicit ConceptTablePage(QWidget* parent = nullptr);

  void show(const DissectionPtr& dissection, const DissectionPtr& other);
  QTableWidget* table() const { return table_; }
  QString csv() const;

 Q_SIGNALS:
  void cellPicked(const QString& layer, const QString& conceptName);

 private:
  DissectionPtr dissection_, other_;
  QTableWidget* table_;
};

}  // namespace unitscope
