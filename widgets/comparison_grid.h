#pragma once

#include <functional>
#include <optional>

#include <QAbstractScrollArea>
#include <QHash>
#include <QPair>
#include <QVector>

#include "widgets/comparison_cell.h"
#include "widgets/grid_header.h"
#include "widgets/grid_layout.h"

namespace unitscope {

class ViewLink;

/// Rows x columns of pictures with heatmaps that are compared: all share one view and one crosshair. Many rows make a
/// table whose column headings stay on top; a single row is wrapped into tiles that fill the place there is. Only cells
/// that are seen have widgets. Arrow keys move, Enter or a click opens a cell, Delete asks to remove its column, Escape
/// stops it; + - 0 zoom.
class ComparisonGrid : public QAbstractScrollArea {
  Q_OBJECT
 public:
  using CellId = QPair<QString, QString>;  ///< row, column
  /// The value of a cell at a place.
  struct Reading {
    QString text;
    std::optional<double> value;  ///< for the marker of the legend
  };
  using Probe = std::function<Reading(const CellId&, QPointF)>;

  explicit ComparisonGrid(QWidget* parent = nullptr);
  ~ComparisonGrid() override;

  /// Contents of rows and columns that stay are kept.
  void setHeadings(const QVector<GridHeading>& rows, const QVector<GridHeading>& columns);
  const QVector<GridHeading>& rows() const { return rows_; }
  const QVector<GridHeading>& columns() const { return columns_; }
  void setRowSubtitle(const QString& row, const QString& subtitle);
  void setContent(const CellId& id, const CellContent& content);
  CellContent content(const CellId& id) const { return contents_.value(id); }
  void setOverlayOpacity(double opacity);
  void setProbe(Probe probe);
  ViewLink* link() const { return link_; }

  void setCurrentRow(const QString& row);
  void setCurrentColumn(const QString& column);
  /// The cell that the keyboard acts on.
  CellId current() const;
  void setCurrent(const CellId& id);

  QVector<CellId> visibleCells() const;
  /// All rows that have something to show, also those that are scrolled away, as large as they are on the screen.
  QImage wholePicture() const;
  /// The widget of a cell while it is seen; else null.
  ComparisonCell* cellWidget(const CellId& id) const;
  GridHeader* columnHeader(const QString& column) const;
  GridHeader* rowHeader(const QString& row) const;
  bool wrapped() const { return rows_.size() == 1; }

  QSize sizeHint() const override { return {640, 480}; }

 Q_SIGNALS:
  void visibleCellsChanged();
  void rowPicked(const QString& row);
  void columnPicked(const QString& column);
  void columnRemoveRequested(const QString& column);
  void cellActivated(const QString& row, const QString& column);
  void cellMenuRequested(const QString& row, const QString& column, QPoint globalPosition);
  void cancelRequested(const QString& row, const QString& column);
  void retryRequested(const QString& row, const QString& column);

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void scrollContentsBy(int dx, int dy) override;
  void keyPressEvent(QKeyEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  void relayout();
  void place();
  QRect cellRect(int row, int column) const;
  QRect columnHeaderRect(int column) const;
  QRect bandRect(int row) const;
  ComparisonCell* takeCell();
  GridHeader* headerFor(QHash<QString, GridHeader*>& headers, const GridHeading& heading, bool isRow);
  void readCursor();
  void showCurrent();
  void ensureVisible(int row, int column);
  void moveCurrent(int dRow, int dColumn);
  int rowIndex(const QString& id) const;
  int columnIndex(const QString& id) const;

  QVector<GridHeading> rows_, columns_;
  QHash<CellId, CellContent> contents_;
  QHash<CellId, ComparisonCell*> shown_;
  QVector<ComparisonCell*> spare_;
  QHash<QString, GridHeader*> rowHeaders_, columnHeaders_;
  ViewLink* link_;
  Probe probe_;
  GridLayout layout_;
  double opacity_ = 0.6;
  QString currentRow_, currentColumn_;  // shared with the rest of the window
  int atRow_ = 0, atColumn_ = 0;        // of the keyboard
};

}  // namespace unitscope
