#include "widgets/gallery_grid.h"

#include <algorithm>

#include <QApplication>
#include <QClipboard>
#include <QDragEnterEvent>
#include <QKeyEvent>
#include <QMimeData>
#include <QPainter>
#include <QScrollBar>
#include <QStyledItemDelegate>

#include "widgets/dropped_files.h"
#include "widgets/theme.h"

namespace unitscope {
namespace {

constexpr int kPadding = 5;

// A rounded tile: picture, title, and a second line in muted text.
class TileDelegate : public QStyledItemDelegate {
 public:
  explicit TileDelegate(const GalleryGrid* grid) : QStyledItemDelegate(const_cast<GalleryGrid*>(grid)), grid_(grid) {}

  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override {
    const int side = grid_->thumbnailSize() + 2 * kPadding;
    return {side, side + 2 * option.fontMetrics.height() + kPadding};
  }

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const QPalette& palette = option.palette;
    const ThemeColors& theme = themeColors(palette);
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setRenderHint(QPainter::SmoothPixmapTransform);
    const QRectF tile = QRectF(option.rect).adjusted(1.5, 1.5, -1.5, -1.5);
    if (selected || option.state.testFlag(QStyle::State_MouseOver)) {
      painter->setPen(Qt::NoPen);
      painter->setBrush(selected ? palette.color(QPalette::Highlight)
                                 : mixed(palette.color(QPalette::Base), theme.bar, 0.25));
      painter->drawRoundedRect(tile, 5, 5);
    }
    if (option.state.testFlag(QStyle::State_HasFocus)) {
      painter->setPen(QPen(theme.accent, 1.5));
      painter->setBrush(Qt::NoBrush);
      painter->drawRoundedRect(tile, 5, 5);
    }
    const int side = grid_->thumbnailSize();
    const QRect frame(option.rect.left() + (option.rect.width() - side) / 2, option.rect.top() + kPadding, side, side);
    drawPicture(painter, frame, index, theme);
    drawText(painter, option, frame, index, selected);
    painter->restore();
  }

 private:
  static void drawPicture(QPainter* painter, const QRect& frame, const QModelIndex& index, const ThemeColors& theme) {
    const QImage image = index.data(GalleryModel::ThumbnailRole).value<QImage>();
    if (image.isNull()) {
      const bool failed = index.data(GalleryModel::FailedRole).toBool();
      painter->setPen(failed ? theme.error.border : theme.border);
      painter->setBrush(failed ? theme.error.background : theme.surface);
      painter->drawRoundedRect(QRectF(frame).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
      painter->setPen(failed ? theme.error.icon : theme.mutedText);
      painter->drawText(frame, Qt::AlignCenter, failed ? QStringLiteral("!") : QStringLiteral("\u2026"));
      return;
    }
    const QSizeF fitted = QSizeF(image.size()).scaled(frame.size(), Qt::KeepAspectRatio);
    QRectF target(QPointF(0, 0), fitted);
    target.moveCenter(QRectF(frame).center());
    painter->drawImage(target, image);
  }

  static void drawText(QPainter* painter, const QStyleOptionViewItem& option, const QRect& frame,
                       const QModelIndex& index, bool selected) {
    const QPalette& palette = option.palette;
    const QFontMetrics& metrics = option.fontMetrics;
    const QRect line(option.rect.left() + kPadding, frame.bottom() + 3, option.rect.width() - 2 * kPadding,
                     metrics.height());
    painter->setPen(palette.color(selected ? QPalette::HighlightedText : QPalette::Text));
    painter->drawText(line, Qt::AlignHCenter | Qt::AlignVCenter,
                      metrics.elidedText(index.data(Qt::DisplayRole).toString(), Qt::ElideMiddle, line.width()));
    const QString second = index.data(GalleryModel::SubtitleRole).toString();
    if (second.isEmpty()) return;
    if (!selected) painter->setPen(themeColors(palette).mutedText);
    painter->drawText(line.translated(0, metrics.height()), Qt::AlignHCenter | Qt::AlignVCenter,
                      metrics.elidedText(second, Qt::ElideRight, line.width()));
  }

  const GalleryGrid* grid_;
};

bool usable(const QMimeData* mime) {
  return mime && (mime->hasImage() || !droppedFiles(mime).isEmpty());
}

}  // namespace

GalleryGrid::GalleryGrid(QWidget* parent) : QListView(parent), emptyText_(tr("Drop pictures here")) {
  model_ = new GalleryModel(this);
  setModel(model_);
  setItemDelegate(new TileDelegate(this));
  setViewMode(QListView::IconMode);
  setMovement(QListView::Static);
  setResizeMode(QListView::Adjust);
  setLayoutMode(QListView::Batched);
  setUniformItemSizes(true);
  setSelectionMode(QAbstractItemView::ExtendedSelection);
  setEditTriggers(QAbstractItemView::NoEditTriggers);
  setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  setMouseTracking(true);
  setAcceptDrops(true);
  setDragDropMode(QAbstractItemView::DropOnly);
  viewport()->setAcceptDrops(true);  // which setMovement(Static) has turned off
  setSpacing(2);
  setAccessibleName(tr("Pictures"));
  connect(this, &QListView::activated, this,
          [this](const QModelIndex& index) { Q_EMIT activatedId(index.data(GalleryModel::IdRole).toString()); });
}

void GalleryGrid::setThumbnailSize(int pixels) {
  thumbnailSize_ = std::clamp(pixels, 24, 512);
  scheduleDelayedItemsLayout();
}

QStringList GalleryGrid::selectedIds() const {
  QModelIndexList rows = selectionModel()->selectedIndexes();
  std::sort(rows.begin(), rows.end());
  QStringList ids;
  for (const QModelIndex& row : rows) ids.append(row.data(GalleryModel::IdRole).toString());
  return ids;
}

void GalleryGrid::select(const QStringList& ids) {
  silent_ = true;
  QItemSelection selection;
  for (const QString& id : ids) {
    const QModelIndex index = model_->indexOf(id);
    if (index.isValid()) selection.select(index, index);
  }
  if (!selection.isEmpty()) setCurrentIndex(selection.first().topLeft());
  selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
  silent_ = false;
}

void GalleryGrid::setEmptyText(const QString& text) {
  emptyText_ = text;
  viewport()->update();
}

void GalleryGrid::keyPressEvent(QKeyEvent* event) {
  if (event->matches(QKeySequence::Delete) && !selectedIds().isEmpty()) {
    Q_EMIT removeRequested(selectedIds());
  } else if (event->matches(QKeySequence::Paste)) {
    takeData(QApplication::clipboard()->mimeData());
  } else {
    QListView::keyPressEvent(event);
  }
}

void GalleryGrid::paintEvent(QPaintEvent* event) {
  QListView::paintEvent(event);
  if (model_->rowCount() > 0) return;
  QPainter painter(viewport());
  painter.setPen(themeColors(palette()).mutedText);
  painter.drawText(viewport()->rect().adjusted(8, 8, -8, -8), Qt::AlignCenter | Qt::TextWordWrap, emptyText_);
}

void GalleryGrid::dragEnterEvent(QDragEnterEvent* event) {
  if (usable(event->mimeData())) event->acceptProposedAction();
}

void GalleryGrid::dragMoveEvent(QDragMoveEvent* event) {
  if (usable(event->mimeData())) event->acceptProposedAction();
}

void GalleryGrid::dropEvent(QDropEvent* event) {
  if (!usable(event->mimeData())) return;
  event->acceptProposedAction();
  takeData(event->mimeData());
}

void GalleryGrid::selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) {
  QListView::selectionChanged(selected, deselected);
  if (!silent_) Q_EMIT selectionChangedTo(selectedIds());
}

void GalleryGrid::takeData(const QMimeData* mime) {
  // A file beats the picture that file managers and browsers add beside it: it has a name and full quality.
  const QStringList files = droppedFiles(mime);
  if (!files.isEmpty()) {
    Q_EMIT filesDropped(files);
  } else if (mime && mime->hasImage()) {
    Q_EMIT imageDropped(mime->imageData().value<QImage>());
  }
}

}  // namespace unitscope
