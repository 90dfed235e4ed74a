#include "widgets/comparison_grid.h"

#include <algorithm>

#include <QAccessible>
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QScrollBar>
#include <QToolButton>
#include <QWheelEvent>

#include "widgets/image_canvas.h"
#include "widgets/view_link.h"

namespace unitscope {

ComparisonGrid::ComparisonGrid(QWidget* parent) : QAbstractScrollArea(parent), link_(new ViewLink(this)) {
  setFrameShape(QFrame::NoFrame);
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(tr("Heatmaps"));
  viewport()->setAutoFillBackground(false);
  connect(link_, &ViewLink::cursorChanged, this, &ComparisonGrid::readCursor);
}

ComparisonGrid::~ComparisonGrid() = default;

int ComparisonGrid::rowIndex(const QString& id) const {
  const auto it = std::find_if(rows_.begin(), rows_.end(), [&](const GridHeading& h) { return h.id == id; });
  return it == rows_.end() ? -1 : int(it - rows_.begin());
}

int ComparisonGrid::columnIndex(const QString& id) const {
  const auto it = std::find_if(columns_.begin(), columns_.end(), [&](const GridHeading& h) { return h.id == id; });
  return it == columns_.end() ? -1 : int(it - columns_.begin());
}

void ComparisonGrid::setHeadings(const QVector<GridHeading>& rows, const QVector<GridHeading>& columns) {
  const CellId before = current();
  rows_ = rows;
  columns_ = columns;
  for (auto it = contents_.begin(); it != contents_.end();) {
    const bool stays = rowIndex(it.key().first) >= 0 && columnIndex(it.key().second) >= 0;
    it = stays ? std::next(it) : contents_.erase(it);
  }
  for (auto* headers : {&rowHeaders_, &columnHeaders_}) {
    for (GridHeader* header : std::as_const(*headers)) {
      header->hide();
      header->deleteLater();
    }
    headers->clear();
  }
  atRow_ = std::clamp(rowIndex(before.first), 0, std::max(0, int(rows_.size()) - 1));
  atColumn_ = std::clamp(columnIndex(before.second), 0, std::max(0, int(columns_.size()) - 1));
  relayout();
}

void ComparisonGrid::setRowSubtitle(const QString& row, const QString& subtitle) {
  const int index = rowIndex(row);
  if (index < 0 || rows_[index].subtitle == subtitle) return;
  rows_[index].subtitle = subtitle;
  if (GridHeader* header = rowHeaders_.value(row)) header->setHeading(rows_[index]);
}

void ComparisonGrid::setContent(const CellId& id, const CellContent& content) {
  contents_.insert(id, content);
  if (ComparisonCell* cell = shown_.value(id)) cell->setContent(content);
  if (id == current()) showCurrent();
}

void ComparisonGrid::setOverlayOpacity(double opacity) {
  opacity_ = opacity;
  for (ComparisonCell* cell : std::as_const(shown_)) cell->canvas()->setOverlayOpacity(opacity);
}

void ComparisonGrid::setProbe(Probe probe) {
  probe_ = std::move(probe);
}

void ComparisonGrid::setCurrentRow(const QString& row) {
  currentRow_ = row;
  for (GridHeader* header : std::as_const(rowHeaders_)) header->setCurrent(header->heading().id == row);
  const int index = rowIndex(row);
  if (index >= 0 && index != atRow_) {
    atRow_ = index;
    ensureVisible(atRow_, atColumn_);
    showCurrent();
  }
}

void ComparisonGrid::setCurrentColumn(const QString& column) {
  currentColumn_ = column;
  for (GridHeader* header : std::as_const(columnHeaders_)) header->setCurrent(header->heading().id == column);
}

ComparisonGrid::CellId ComparisonGrid::current() const {
  if (atRow_ >= rows_.size() || atColumn_ >= columns_.size()) return {};
  return {rows_[atRow_].id, columns_[atColumn_].id};
}

void ComparisonGrid::setCurrent(const CellId& id) {
  const int row = rowIndex(id.first), column = columnIndex(id.second);
  if (row < 0 || column < 0) return;
  atRow_ = row;
  atColumn_ = column;
  ensureVisible(row, column);
  showCurrent();
}

void ComparisonGrid::relayout() {
  const int line = fontMetrics().height();
  const QSize room = maximumViewportSize();
  const int barWidth = verticalScrollBar()->sizeHint().width(), barHeight = horizontalScrollBar()->sizeHint().height();
  layout_ = GridLayout::compute(int(rows_.size()), int(columns_.size()),
                                {line + 12, line + 14, ComparisonCell::legendHeight(font()) + 6}, room, barWidth);
  const int width = room.width() - (layout_.total.height() > room.height() ? barWidth : 0);
  const int height = room.height() - (layout_.total.width() > width ? barHeight : 0);
  verticalScrollBar()->setRange(0, std::max(0, layout_.total.height() - height));
  verticalScrollBar()->setPageStep(height);
  verticalScrollBar()->setSingleStep(std::max(20, layout_.side / 4));
  horizontalScrollBar()->setRange(0, std::max(0, layout_.total.width() - width));
  horizontalScrollBar()->setPageStep(width);
  horizontalScrollBar()->setSingleStep(std::max(20, layout_.side / 4));
  place();
}

QRect ComparisonGrid::bandRect(int row) const {
  QRect rect = layout_.band(row).translated(0, -verticalScrollBar()->value());
  rect.setWidth(std::max(60, viewport()->width() - GridLayout::kGap));
  return rect;
}

QRect ComparisonGrid::cellRect(int row, int column) const {
  return layout_.cell(row, column).translated(-horizontalScrollBar()->value(), -verticalScrollBar()->value());
}

QRect ComparisonGrid::columnHeaderRect(int column) const {
  return layout_.columnHeader(column).translated(-horizontalScrollBar()->value(),
                                                 wrapped() ? -verticalScrollBar()->value() : 0);
}

ComparisonCell* ComparisonGrid::takeCell() {
  if (!spare_.isEmpty()) return spare_.takeLast();
  auto* cell = new ComparisonCell(viewport());
  cell->canvas()->setLink(link_);
  const auto idOf = [this, cell] { return shown_.key(cell); };
  connect(cell, &ComparisonCell::cancelRequested, this, [this, idOf] {
    const CellId id = idOf();
    Q_EMIT cancelRequested(id.first, id.second);
  });
  connect(cell, &ComparisonCell::retryRequested, this, [this, idOf] {
    const CellId id = idOf();
    Q_EMIT retryRequested(id.first, id.second);
  });
  connect(cell->canvas(), &ImageCanvas::clicked, this, [this, idOf] {
    const CellId id = idOf();
    setCurrent(id);
    Q_EMIT cellActivated(id.first, id.second);
  });
  cell->canvas()->setReadout([this, idOf](QPointF place) {
    const CellId id = idOf();
    return probe_ ? probe_(id, place).text : QString();
  });
  return cell;
}

GridHeader* ComparisonGrid::headerFor(QHash<QString, GridHeader*>& headers, const GridHeading& heading, bool isRow) {
  if (GridHeader* header = headers.value(heading.id)) return header;
  auto* header = new GridHeader(viewport());
  header->setHeading(heading);
  header->setCurrent(heading.id == (isRow ? currentRow_ : currentColumn_));
  headers.insert(heading.id, header);
  const QString id = heading.id;
  connect(header, &GridHeader::clicked, this, [this, id, isRow] {
    if (isRow) {
      Q_EMIT rowPicked(id);
    } else {
      Q_EMIT columnPicked(id);
    }
  });
  connect(header, &GridHeader::removeRequested, this, [this, id, isRow] {
    if (!isRow) Q_EMIT columnRemoveRequested(id);
  });
  return header;
}

void ComparisonGrid::place() {
  const QRect view = viewport()->rect();
  QHash<CellId, ComparisonCell*> now;
  QVector<QPair<CellId, QRect>> wanted;
  for (int row = 0; row < rows_.size(); ++row) {
    const QRect first = cellRect(row, 0);
    if (!wrapped() && (first.top() > view.bottom() || first.bottom() < 0)) continue;
    for (int column = 0; column < columns_.size(); ++column) {
      const QRect rect = cellRect(row, column);
      if (!rect.intersects(view)) continue;
      wanted.append({{rows_[row].id, columns_[column].id}, rect});
    }
  }
  for (const auto& [id, rect] : wanted) {
    if (ComparisonCell* cell = shown_.take(id)) now.insert(id, cell);
  }
  for (ComparisonCell* cell : std::as_const(shown_)) {
    cell->hide();
    spare_.append(cell);
  }
  const bool changed = !shown_.isEmpty() || now.size() != wanted.size();
  shown_ = now;
  const bool scrolls = verticalScrollBar()->maximum() > 0 || horizontalScrollBar()->maximum() > 0;
  for (const auto& [id, rect] : wanted) {
    ComparisonCell* cell = shown_.value(id);
    if (!cell) {
      cell = takeCell();
      shown_.insert(id, cell);
      cell->setContent(contents_.value(id));
      cell->canvas()->setOverlayOpacity(opacity_);
    }
    cell->canvas()->setWheel(scrolls ? ImageCanvas::Wheel::ZoomsWithControl : ImageCanvas::Wheel::Zooms);
    cell->setGeometry(rect);
    cell->show();
  }
  for (int row = 0; row < rows_.size(); ++row) {
    const QRect rect = bandRect(row);
    if (!rect.intersects(view)) {
      if (GridHeader* header = rowHeaders_.take(rows_[row].id)) {
        header->hide();
        header->deleteLater();
      }
      continue;
    }
    GridHeader* header = headerFor(rowHeaders_, rows_[row], true);
    header->setGeometry(rect);
    header->show();
  }
  for (int column = 0; column < columns_.size(); ++column) {
    GridHeader* header = headerFor(columnHeaders_, columns_[column], false);
    header->setGeometry(columnHeaderRect(column));
    header->setVisible(!rows_.isEmpty());
    header->raise();  // cells scroll away below them
  }
  showCurrent();
  readCursor();
  if (changed) Q_EMIT visibleCellsChanged();
}

void ComparisonGrid::readCursor() {
  for (auto it = shown_.cbegin(); it != shown_.cend(); ++it) {
    const auto cursor = link_->cursor();
    it.value()->setMarker(cursor && probe_ ? probe_(it.key(), *cursor).value : std::nullopt);
  }
}

QVector<ComparisonGrid::CellId> ComparisonGrid::visibleCells() const {
  QVector<CellId> ids;
  for (const GridHeading& row : rows_) {
    for (const GridHeading& column : columns_) {
      if (shown_.contains({row.id, column.id})) ids.append({row.id, column.id});
    }
  }
  return ids;
}

QImage ComparisonGrid::wholePicture() const {
  QVector<GridHeading> rows;
  for (const GridHeading& row : rows_) {
    const bool any = std::any_of(columns_.begin(), columns_.end(), [&](const GridHeading& column) {
      return !contents_.value({row.id, column.id}).overlay.isNull();
    });
    if (any) rows.append(row);
  }
  if (rows.isEmpty()) rows = rows_;
  ComparisonGrid page;
  page.setPalette(palette());
  page.setFont(font());
  page.setAutoFillBackground(true);
  page.setAttribute(Qt::WA_DontShowOnScreen);
  page.opacity_ = opacity_;
  page.contents_ = contents_;
  page.link_->setView(link_->zoom(), link_->center());
  page.resize(wrapped() ? layout_.total.expandedTo(viewport()->size()) : QSize(layout_.total.width(), 100));
  page.setHeadings(rows, columns_);
  if (!page.wrapped()) page.resize(page.layout_.total);
  page.show();
  // A ring around the cell of the keyboard means nothing on paper.
  for (ComparisonCell* cell : std::as_const(page.shown_)) cell->setCurrent(false, false);
  return page.grab().toImage();
}

ComparisonCell* ComparisonGrid::cellWidget(const CellId& id) const {
  return shown_.value(id);
}

GridHeader* ComparisonGrid::columnHeader(const QString& column) const {
  return columnHeaders_.value(column);
}

GridHeader* ComparisonGrid::rowHeader(const QString& row) const {
  return rowHeaders_.value(row);
}

void ComparisonGrid::showCurrent() {
  const CellId at = current();
  for (auto it = shown_.cbegin(); it != shown_.cend(); ++it) it.value()->setCurrent(it.key() == at, hasFocus());
  if (at.second.isEmpty()) return setAccessibleDescription({});
  const CellContent content = contents_.value(at);
  using State = CellContent::State;
  const QString state = content.state == State::Ready     ? tr("ready")
                        : content.state == State::Failed  ? tr("failed: %1").arg(content.text)
                        : content.state == State::Stopped ? tr("stopped")
                        : content.state == State::Empty   ? tr("nothing yet")
                                                          : tr("being computed");
  const QString text = tr("%1 of %2, %3").arg(columns_[atColumn_].title, rows_[atRow_].title, state);
  if (text == accessibleDescription()) return;
  setAccessibleDescription(text);
  if (!hasFocus()) return;
  QAccessibleEvent event(this, QAccessible::DescriptionChanged);
  QAccessible::updateAccessibility(&event);
}

void ComparisonGrid::ensureVisible(int row, int column) {
  const QRect rect = cellRect(row, column);
  const int top = wrapped() ? layout_.heights.header : layout_.heights.header + layout_.heights.band;
  const auto bring = [](QScrollBar* bar, int from, int to, int viewFrom, int viewTo) {
    if (from < viewFrom) bar->setValue(bar->value() - (viewFrom - from));
    if (to > viewTo && from > viewFrom) bar->setValue(bar->value() + std::min(to - viewTo, from - viewFrom));
  };
  bring(verticalScrollBar(), rect.top(), rect.bottom(), top, viewport()->height());
  bring(horizontalScrollBar(), rect.left(), rect.right(), 0, viewport()->width());
}

void ComparisonGrid::moveCurrent(int dRow, int dColumn) {
  if (rows_.isEmpty() || columns_.isEmpty()) return;
  if (wrapped()) {
    atColumn_ = std::clamp(atColumn_ + dColumn + dRow * layout_.perLine, 0, int(columns_.size()) - 1);
  } else {
    atRow_ = std::clamp(atRow_ + dRow, 0, int(rows_.size()) - 1);
    atColumn_ = std::clamp(atColumn_ + dColumn, 0, int(columns_.size()) - 1);
  }
  ensureVisible(atRow_, atColumn_);
  showCurrent();
}

void ComparisonGrid::keyPressEvent(QKeyEvent* event) {
  const CellId at = current();
  if (at.second.isEmpty()) return event->ignore();
  switch (event->key()) {
    case Qt::Key_Left: return moveCurrent(0, -1);
    case Qt::Key_Right: return moveCurrent(0, 1);
    case Qt::Key_Up: return moveCurrent(-1, 0);
    case Qt::Key_Down: return moveCurrent(1, 0);
    case Qt::Key_Home: return setCurrent({at.first, columns_.front().id});
    case Qt::Key_End: return setCurrent({at.first, columns_.back().id});
    case Qt::Key_Plus:
    case Qt::Key_Equal: return link_->zoomAround(1.25, link_->cursor().value_or(link_->center()));
    case Qt::Key_Minus: return link_->zoomAround(0.8, link_->cursor().value_or(link_->center()));
    case Qt::Key_0: return link_->fit();
    case Qt::Key_Return:
    case Qt::Key_Enter: Q_EMIT cellActivated(at.first, at.second); return;
    case Qt::Key_Space: Q_EMIT columnPicked(at.second); return;
    case Qt::Key_Delete:
      if (columns_[atColumn_].removable) Q_EMIT columnRemoveRequested(at.second);
      return;
    case Qt::Key_Escape: Q_EMIT cancelRequested(at.first, at.second); return;
    default: event->ignore();
  }
}

void ComparisonGrid::focusInEvent(QFocusEvent*) {
  showCurrent();
}

void ComparisonGrid::focusOutEvent(QFocusEvent*) {
  showCurrent();
}

void ComparisonGrid::contextMenuEvent(QContextMenuEvent* event) {
  if (event->reason() == QContextMenuEvent::Keyboard) {
    const CellId at = current();
    if (at.second.isEmpty()) return;
    const QRect rect = cellRect(atRow_, atColumn_);
    Q_EMIT cellMenuRequested(at.first, at.second, viewport()->mapToGlobal(rect.center()));
    return;
  }
  for (auto it = shown_.cbegin(); it != shown_.cend(); ++it) {
    if (!it.value()->geometry().contains(viewport()->mapFromGlobal(event->globalPos()))) continue;
    const CellId id = it.key();
    setCurrent(id);
    Q_EMIT cellMenuRequested(id.first, id.second, event->globalPos());
    return;
  }
}

void ComparisonGrid::wheelEvent(QWheelEvent* event) {
  if (event->modifiers().testFlag(Qt::ControlModifier)) return event->ignore();
  QAbstractScrollArea::wheelEvent(event);
}

void ComparisonGrid::resizeEvent(QResizeEvent*) {
  relayout();
}

void ComparisonGrid::scrollContentsBy(int, int) {
  place();
}

void ComparisonGrid::changeEvent(QEvent* event) {
  if (event->type() == QEvent::FontChange) relayout();
  QAbstractScrollArea::changeEvent(event);
}

}  // namespace unitscope
