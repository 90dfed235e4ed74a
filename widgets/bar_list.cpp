#include "widgets/bar_list.h"

#include <algorithm>

#include <QAbstractListModel>
#include <QPainter>
#include <QStyledItemDelegate>

#include "widgets/theme.h"

namespace unitscope {

namespace {

constexpr int kPadding = 4;
constexpr int kBarHeight = 6;

}  // namespace

class BarList::Rows : public QAbstractListModel {
 public:
  using QAbstractListModel::QAbstractListModel;

  int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : int(rows.size()); }
  QVariant data(const QModelIndex& index, int role) const override {
    if (!index.isValid() || index.row() >= rows.size()) return {};
    const BarRow& row = rows[index.row()];
    switch (role) {
      case Qt::DisplayRole: return row.title;
      case Qt::AccessibleTextRole: return row.detail.isEmpty() ? row.title : row.title + ", " + row.detail;
      case Qt::ToolTipRole: return row.help.isEmpty() ? QVariant() : QVariant(row.help);
      default: return {};
    }
  }
  int find(int id) const {
    for (int i = 0; i < rows.size(); ++i)
      if (rows[i].id == id) return i;
    return -1;
  }
  void take(const QVector<BarRow>& next) {
    if (next.size() != rows.size()) {
      beginResetModel();
      rows = next;
      endResetModel();
    } else if (!rows.isEmpty()) {
      rows = next;
      Q_EMIT dataChanged(index(0), index(int(rows.size()) - 1));
    }
  }

  QVector<BarRow> rows;
};

class BarList::Delegate : public QStyledItemDelegate {
 public:
  explicit Delegate(BarList* list) : QStyledItemDelegate(list), list_(list) {}

  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override {
    qsizetype bars = 1;
    for (const BarRow& row : list_->rows()) bars = std::max(bars, row.bars.size());
    const int text = option.fontMetrics.height() + 3 + int(bars) * (kBarHeight + 2);
    return {120, std::max(list_->pictureSize_, text) + 2 * kPadding};
  }

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const BarRow& row = list_->rows()[index.row()];
    const ThemeColors& theme = themeColors(option.palette);
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setRenderHint(QPainter::SmoothPixmapTransform);
    const QRectF tile = QRectF(option.rect).adjusted(1, 1, -1, -1);
    if (selected || option.state.testFlag(QStyle::State_MouseOver)) {
      painter->setPen(Qt::NoPen);
      painter->setBrush(selected ? option.palette.color(QPalette::Highlight)
                                 : mixed(option.palette.color(QPalette::Base), theme.bar, 0.25));
      painter->drawRoundedRect(tile, 4, 4);
    }
    QRect room = option.rect.adjusted(kPadding + 2, kPadding, -kPadding - 2, -kPadding);
    if (row.chip.isValid() && list_->pictureSize_ == 0) {
      const QRect chip(room.left(), room.center().y() - 6, 12, 12);
      painter->setPen(Qt::NoPen);
      painter->setBrush(row.chip);
      painter->drawRoundedRect(chip, 3, 3);
      room.setLeft(chip.right() + 7);
    }
    if (list_->pictureSize_ > 0) {
      const QRect frame(room.left(), room.top(), list_->pictureSize_, list_->pictureSize_);
      if (row.picture.isNull()) {
        painter->setPen(QPen(theme.border, 1));
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(frame.adjusted(0, 0, -1, -1));
      } else {
        QSize size = row.picture.size().scaled(frame.size(), Qt::KeepAspectRatio);
        QRect target(QPoint(), size);
        target.moveCenter(frame.center());
        painter->drawImage(target, row.picture);
      }
      if (row.chip.isValid()) {
        // As a frame around the picture it needs no room of its own.
        painter->setPen(QPen(row.chip, 4));
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(QRectF(frame).adjusted(2, 2, -2, -2));
      }
      room.setLeft(frame.right() + 8);
    }
    drawText(painter, option, row, room, selected);
    drawBars(painter, option, row, room, selected);
    painter->restore();
  }

 private:
  static void drawText(QPainter* painter, const QStyleOptionViewItem& option, const BarRow& row, const QRect& room,
                       bool selected) {
    const QFontMetrics& metrics = option.fontMetrics;
    const QRect line(room.left(), room.top(), room.width(), metrics.height());
    // The name comes first; numbers are cut where there is no room.
    const int detail =
        std::min(metrics.horizontalAdvance(row.detail), line.width() - metrics.horizontalAdvance(row.title) - 6);
    painter->setPen(selected ? option.palette.color(QPalette::HighlightedText) : themeColors(option.palette).mutedText);
    painter->drawText(line, Qt::AlignRight | Qt::AlignVCenter,
                      metrics.elidedText(row.detail, Qt::ElideRight, detail + 1));
    painter->setPen(option.palette.color(selected ? QPalette::HighlightedText : QPalette::Text));
    painter->drawText(line.adjusted(0, 0, -detail - 6, 0), Qt::AlignLeft | Qt::AlignVCenter,
                      metrics.elidedText(row.title, Qt::ElideRight, line.width() - detail - 6));
  }

  void drawBars(QPainter* painter, const QStyleOptionViewItem& option, const BarRow& row, const QRect& room,
                bool selected) const {
    const ThemeColors& theme = themeColors(option.palette);
    bool anyNegative = false;
    for (const BarRow& other : list_->rows())
      for (const double bar : other.bars) anyNegative = anyNegative || bar < 0;
    const double zero = anyNegative ? 0.5 : 0.0;
    double top = room.top() + option.fontMetrics.height() + 3;
    painter->setPen(Qt::NoPen);
    for (int i = 0; i < row.bars.size(); ++i) {
      const double width = room.width() * std::clamp(row.bars[i], -1.0, 1.0) * (anyNegative ? 0.5 : 1.0);
      QRectF bar(room.left() + zero * room.width(), top, width, kBarHeight);
      QColor color = i < list_->colors_.size() ? list_->colors_[i] : row.chip.isValid() ? row.chip : theme.accent;
      if (selected) color = mixed(color, option.palette.color(QPalette::HighlightedText), 0.55);
      painter->setBrush(color);
      painter->drawRoundedRect(bar.normalized(), 2, 2);
      top += kBarHeight + 2;
    }
    if (anyNegative && !row.bars.isEmpty()) {
      painter->setPen(QPen(theme.border, 1));
      const double x = room.left() + zero * room.width();
      painter->drawLine(QPointF(x, room.top() + option.fontMetrics.height() + 2), QPointF(x, top));
    }
  }

  BarList* list_;
};

BarList::BarList(const QString& accessibleName, QWidget* parent) : QListView(parent), rows_(new Rows(this)) {
  setModel(rows_);
  setItemDelegate(new Delegate(this));
  setUniformItemSizes(true);
  setSelectionMode(QAbstractItemView::SingleSelection);
  setEditTriggers(QAbstractItemView::NoEditTriggers);
  setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setMouseTracking(true);
  setTabKeyNavigation(false);
  setAccessibleName(accessibleName);
  connect(this, &QListView::activated, this, [this](const QModelIndex& index) {
    if (index.isValid()) Q_EMIT opened(rows()[index.row()].id);
  });
  connect(this, &QListView::clicked, this, [this](const QModelIndex& index) {
    // A click on the row that is current already changes nothing in the list, but the user means it.
    if (!index.isValid() || rows()[index.row()].id == marked_) return;
    marked_ = rows()[index.row()].id;
    Q_EMIT picked(marked_);
  });
}

const QVector<BarRow>& BarList::rows() const {
  return rows_->rows;
}

void BarList::setRows(const QVector<BarRow>& rows) {
  if (rows == rows_->rows) return;
  silent_ = true;
  qsizetype before = 0, after = 0;
  for (const BarRow& row : rows_->rows) before = std::max(before, row.bars.size());
  for (const BarRow& row : rows) after = std::max(after, row.bars.size());
  rows_->take(rows);
  if (before != after) scheduleDelayedItemsLayout();
  silent_ = false;
  mark(marked_);
}

void BarList::setPicture(int id, const QImage& picture) {
  const int at = rows_->find(id);
  if (at < 0) return;
  rows_->rows[at].picture = picture;
  update(rows_->index(at));
}

void BarList::mark(int id) {
  marked_ = id;
  silent_ = true;
  const int at = rows_->find(id);
  const QModelIndex index = at < 0 ? QModelIndex() : rows_->index(at);
  if (currentIndex() != index || !selectionModel()->isSelected(index)) {
    selectionModel()->setCurrentIndex(
        index, index.isValid() ? QItemSelectionModel::ClearAndSelect : QItemSelectionModel::Clear);
    if (!index.isValid()) selectionModel()->clear();
  }
  silent_ = false;
}

void BarList::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
  QListView::currentChanged(current, previous);
  if (silent_ || !current.isValid()) return;
  marked_ = rows()[current.row()].id;
  Q_EMIT picked(marked_);
}

void BarList::setPictureSize(int pixels) {
  pictureSize_ = std::clamp(pixels, 0, 256);
  scheduleDelayedItemsLayout();
}

void BarList::setBarColors(const QVector<QColor>& colors) {
  colors_ = colors;
  viewport()->update();
}

void BarList::setEmptyText(const QString& text) {
  emptyText_ = text;
  viewport()->update();
}

QRect BarList::rowRect(int id) const {
  const int at = rows_->find(id);
  return at < 0 ? QRect() : visualRect(rows_->index(at));
}

QSize BarList::sizeHint() const {
  return {220, 260};
}

QSize BarList::minimumSizeHint() const {
  return {150, 90};
}

void BarList::paintEvent(QPaintEvent* event) {
  QListView::paintEvent(event);
  if (rows_->rowCount() > 0) return;
  QPainter painter(viewport());
  painter.setPen(themeColors(palette()).mutedText);
  painter.drawText(viewport()->rect().adjusted(8, 8, -8, -8), Qt::AlignCenter | Qt::TextWordWrap, emptyText_);
}

}  // namespace unitscope
