#include "widgets/tile_grid.h"

#include <algorithm>
#include <cmath>

#include <QAccessible>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPaintEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

#include "widgets/theme.h"

namespace unitscope {

namespace {

constexpr int kPad = 4;        // around the picture
constexpr int kGap = 4;        // between tiles
constexpr int kTwoLines = 80;  // smaller tiles have room for one line only
constexpr int kOneLine = 44;
constexpr int kScaledMiB = 64;

}  // namespace

TileGrid::TileGrid(QWidget* parent) : QAbstractScrollArea(parent), scaled_(kScaledMiB * 1024) {
  setFrameShape(QFrame::NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setFocusPolicy(Qt::StrongFocus);
  viewport()->setMouseTracking(true);
  viewport()->setBackgroundRole(QPalette::Base);
  setAccessibleName(tr("Tiles"));
}

void TileGrid::setTiles(int count, Source source) {
  count_ = std::max(0, count);
  source_ = std::move(source);
  if (current_ >= count_) current_ = -1;
  hovered_ = pressed_ = -1;
  relayout();
}

void TileGrid::refresh(int index) {
  if (index >= 0 && index < count_) viewport()->update(tileRect(index));
}

void TileGrid::setTileSize(int pixels) {
  pixels = std::clamp(pixels, kSmallest, kLargest);
  if (pixels == tileSize_) return;
  // What is looked at stays in view: the current tile if it is seen, else the first one.
  const auto [first, last] = visible();
  const int anchor = current_ >= first && current_ <= last ? current_ : first;
  const int at = count_ > 0 && last >= first ? tileRect(anchor).top() : 0;
  tileSize_ = pixels;
  scaled_.clear();
  relayout();
  if (count_ > 0) verticalScrollBar()->setValue(verticalScrollBar()->value() + tileRect(anchor).top() - at);
}

void TileGrid::resizeTiles(int pixels) {
  const int before = tileSize_;
  setTileSize(pixels);
  if (tileSize_ != before) Q_EMIT tileSizeChanged(tileSize_);
}

void TileGrid::setCurrent(int index, bool scrollsThere) {
  if (index < -1 || index >= count_) index = -1;
  if (current_ != index) {
    refresh(current_);
    current_ = index;
    refresh(current_);
    describe();
  }
  if (current_ < 0 || !scrollsThere) return;
  const QRect rect = tileRect(current_);
  QScrollBar* bar = verticalScrollBar();
  if (rect.top() < kGap) {
    bar->setValue(bar->value() + rect.top() - kGap);
  } else if (rect.bottom() > viewport()->height() - kGap) {
    bar->setValue(bar->value() + rect.bottom() - viewport()->height() + kGap);
  }
}

void TileGrid::scrollToTop() {
  verticalScrollBar()->setValue(0);
}

void TileGrid::setGrows(bool grows) {
  grows_ = grows;
  setVerticalScrollBarPolicy(grows ? Qt::ScrollBarAlwaysOff : Qt::ScrollBarAsNeeded);
  relayout();
}

void TileGrid::setEmptyText(const QString& text) {
  if (emptyText_ == text) return;
  emptyText_ = text;
  if (count_ == 0) viewport()->update();
}

int TileGrid::lines() const {
  return tileSize_ >= kTwoLines ? 2 : tileSize_ >= kOneLine ? 1 : 0;
}

QSize TileGrid::cell() const {
  return {tileSize_ + 2 * kPad + kGap, tileSize_ + 2 * kPad + kGap + lines() * fontMetrics().height()};
}

int TileGrid::columns() const {
  return std::max(1, (viewport()->width() - kGap) / cell().width());
}

QRect TileGrid::tileRect(int index) const {
  const QSize step = cell();
  const int across = columns();
  // What is left over stands evenly at both sides.
  const int left = std::max(kGap, (viewport()->width() - across * step.width() + kGap) / 2);
  return {left + index % across * step.width(), kGap + index / across * step.height() - verticalScrollBar()->value(),
          step.width() - kGap, step.height() - kGap};
}

int TileGrid::tileAt(QPoint point) const {
  const auto [first, last] = visible();
  for (int i = first; i <= last; ++i)
    if (tileRect(i).contains(point)) return i;
  return -1;
}

std::pair<int, int> TileGrid::visible() const {
  if (count_ == 0) return {0, -1};
  const int step = cell().height(), top = verticalScrollBar()->value(), across = columns();
  const int firstRow = std::max(0, (top - kGap) / step);
  const int lastRow = std::max(firstRow, (top + viewport()->height() - kGap - 1) / step);
  return {std::min(firstRow * across, count_ - 1), std::min((lastRow + 1) * across - 1, count_ - 1)};
}

void TileGrid::relayout() {
  const int rows = (count_ + columns() - 1) / columns();
  const int height = std::max(1, rows) * cell().height() + kGap;
  if (grows_) setFixedHeight(height);
  QScrollBar* bar = verticalScrollBar();
  bar->setRange(0, std::max(0, height - viewport()->height()));
  bar->setPageStep(std::max(1, viewport()->height() - cell().height() / 2));
  bar->setSingleStep(std::max(8, cell().height() / 3));
  viewport()->update();
  tellVisible();
}

void TileGrid::tellVisible() {
  const auto now = visible();
  if (now == told_ && count_ > 0) return;
  told_ = now;
  Q_EMIT visibleChanged();
}

void TileGrid::resizeEvent(QResizeEvent*) {
  const auto [first, last] = told_;
  const int anchor = current_ >= first && current_ <= last ? current_ : first;
  relayout();
  if (anchor > 0 && anchor < count_ && verticalScrollBar()->value() > 0) {
    const QRect rect = tileRect(anchor);
    if (rect.bottom() < 0 || rect.top() > viewport()->height())
      verticalScrollBar()->setValue(verticalScrollBar()->value() + rect.top() - kGap);
  }
}

void TileGrid::scrollContentsBy(int dx, int dy) {
  viewport()->scroll(dx, dy);
  hovered_ = -1;
  tellVisible();
}

void TileGrid::move(int to) {
  to = std::clamp(to, 0, count_ - 1);
  if (count_ == 0 || to == current_) return;
  setCurrent(to);
  Q_EMIT currentChanged(to);
}

void TileGrid::keyPressEvent(QKeyEvent* event) {
  const int from = std::max(0, current_), across = columns();
  const int page = std::max(1, viewport()->height() / cell().height()) * across;
  if (count_ == 0 || event->modifiers() & (Qt::AltModifier | Qt::MetaModifier)) return event->ignore();
  switch (event->key()) {
    case Qt::Key_Left: return move(current_ < 0 ? 0 : from - 1);
    case Qt::Key_Right: return move(current_ < 0 ? 0 : from + 1);
    case Qt::Key_Up: return from - across >= 0 ? move(from - across) : move(from);
    case Qt::Key_Down: return current_ < 0 ? move(0) : from + across < count_ ? move(from + across) : move(count_ - 1);
    case Qt::Key_PageUp: return move(std::max(from % across, from - page));
    case Qt::Key_PageDown: return move(from + page);
    case Qt::Key_Home: return move(0);
    case Qt::Key_End: return move(count_ - 1);
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
      if (current_ < 0) return;
      Q_EMIT activated(current_);
      Q_EMIT picked(current_,
                    event->key() == Qt::Key_Space ? event->modifiers() | Qt::ControlModifier : event->modifiers());
      return;
    case Qt::Key_Plus:
    case Qt::Key_Equal: return resizeTiles(tileSize_ * 5 / 4);
    case Qt::Key_Minus: return resizeTiles(tileSize_ * 4 / 5);
    default: event->ignore();
  }
}

void TileGrid::wheelEvent(QWheelEvent* event) {
  if (grows_) return event->ignore();  // the page scrolls
  if (event->modifiers() & Qt::ControlModifier) {
    resizeTiles(int(std::lround(tileSize_ * std::pow(1.2, event->angleDelta().y() / 120.0))));
    event->accept();
  } else {
    QAbstractScrollArea::wheelEvent(event);
  }
}

void TileGrid::mousePressEvent(QMouseEvent* event) {
  pressed_ = event->button() == Qt::LeftButton ? tileAt(event->position().toPoint()) : -1;
}

void TileGrid::mouseReleaseEvent(QMouseEvent* event) {
  const int at = tileAt(event->position().toPoint());
  if (event->button() != Qt::LeftButton || at < 0 || at != pressed_) return;
  pressed_ = -1;
  move(at);
  Q_EMIT activated(at);
  Q_EMIT picked(at, event->modifiers());
}

void TileGrid::mouseDoubleClickEvent(QMouseEvent* event) {
  mousePressEvent(event);
  if (pressed_ >= 0) Q_EMIT opened(pressed_);
}

void TileGrid::mouseMoveEvent(QMouseEvent* event) {
  const int at = tileAt(event->position().toPoint());
  if (at == hovered_) return;
  refresh(hovered_);
  hovered_ = at;
  refresh(hovered_);
}

void TileGrid::contextMenuEvent(QContextMenuEvent* event) {
  const bool keyboard = event->reason() == QContextMenuEvent::Keyboard;
  const int at = keyboard ? current_ : tileAt(viewport()->mapFromGlobal(event->globalPos()));
  if (at < 0) return;
  move(at);
  Q_EMIT menuRequested(at, keyboard ? viewport()->mapToGlobal(tileRect(at).center()) : event->globalPos());
}

void TileGrid::focusInEvent(QFocusEvent* event) {
  QAbstractScrollArea::focusInEvent(event);
  refresh(current_);
}

void TileGrid::focusOutEvent(QFocusEvent* event) {
  QAbstractScrollArea::focusOutEvent(event);
  refresh(current_);
}

void TileGrid::changeEvent(QEvent* event) {
  QAbstractScrollArea::changeEvent(event);
  if (event->type() == QEvent::FontChange) relayout();
}

bool TileGrid::viewportEvent(QEvent* event) {
  if (event->type() == QEvent::Leave) {
    refresh(hovered_);
    hovered_ = -1;
  } else if (event->type() == QEvent::ToolTip) {
    auto* help = static_cast<QHelpEvent*>(event);
    const int at = tileAt(help->pos());
    if (at < 0 || !source_) {
      QToolTip::hideText();
      return true;
    }
    const Tile tile = source_(at);
    QStringList lines{tile.title};
    for (const QString& line : {tile.subtitle, tile.help})
      if (!line.isEmpty()) lines << line;
    QToolTip::showText(help->globalPos(), lines.join(QLatin1Char('\n')), viewport(), tileRect(at));
    return true;
  }
  return QAbstractScrollArea::viewportEvent(event);
}

void TileGrid::describe() {
  QString text = tr("%1 tiles").arg(count_);
  if (current_ >= 0 && source_) {
    const Tile tile = source_(current_);
    text = tile.subtitle.isEmpty() ? tile.title : tile.title + QStringLiteral(", ") + tile.subtitle;
  }
  setAccessibleDescription(text);
  QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
  QAccessible::updateAccessibility(&changed);
}

void TileGrid::paintEvent(QPaintEvent* event) {
  QPainter painter(viewport());
  painter.fillRect(event->rect(), palette().color(QPalette::Base));
  if (count_ == 0) {
    painter.setPen(themeColors(palette()).mutedText);
    painter.drawText(viewport()->rect().adjusted(12, 12, -12, -12), Qt::AlignCenter | Qt::TextWordWrap, emptyText_);
    return;
  }
  const auto [first, last] = visible();
  for (int i = first; i <= last; ++i) {
    const QRect rect = tileRect(i);
    if (rect.intersects(event->rect()) && source_)
      drawTile(painter, rect, source_(i), i == current_, i == hovered_, devicePixelRatioF());
  }
}

void TileGrid::drawTile(QPainter& painter, const QRect& rect, const Tile& tile, bool current, bool hovered,
                        qreal ratio) const {
  const ThemeColors& theme = themeColors(palette());
  painter.setRenderHint(QPainter::Antialiasing);
  if (current || hovered) {
    painter.setPen(current ? QPen(theme.accent, hasFocus() ? 2 : 1) : QPen(Qt::NoPen));
    painter.setBrush(mixed(palette().color(QPalette::Base), current ? theme.accent : theme.bar, current ? 0.22 : 0.2));
    painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), 5, 5);
  }
  if (tile.chosen) {
    painter.setPen(QPen(theme.accent, 2));
    painter.setBrush(mixed(palette().color(QPalette::Base), theme.accent, 0.35));
    painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), 5, 5);
  }
  const QRect frame(rect.left() + kPad, rect.top() + kPad, tileSize_, tileSize_);
  if (tile.muted) painter.setOpacity(0.35);
  drawPicture(painter, frame, tile, ratio);
  if (lines() > 0) {
    const QFontMetrics metrics = fontMetrics();
    QRect line(rect.left() + 2, frame.bottom() + 2, rect.width() - 4, metrics.height());
    painter.setPen(palette().color(QPalette::Text));
    const QString second = tile.subtitle;
    painter.drawText(line, Qt::AlignCenter, metrics.elidedText(tile.title, Qt::ElideMiddle, line.width()));
    if (lines() > 1 && !second.isEmpty()) {
      painter.setPen(theme.mutedText);
      painter.drawText(line.translated(0, metrics.height()), Qt::AlignCenter,
                       metrics.elidedText(second, Qt::ElideRight, line.width()));
    }
  }
  painter.setOpacity(1.0);
}

void TileGrid::drawPicture(QPainter& painter, const QRect& frame, const Tile& tile, qreal ratio) const {
  const ThemeColors& theme = themeColors(palette());
  if (tile.picture.isNull()) {
    painter.setPen(tile.failed ? theme.error.border : theme.border);
    painter.setBrush(tile.failed ? theme.error.background : theme.surface);
    painter.drawRoundedRect(QRectF(frame).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    painter.setPen(tile.failed ? theme.error.icon : theme.mutedText);
    painter.drawText(frame, Qt::AlignCenter, tile.failed ? QStringLiteral("!") : QStringLiteral("\u2026"));
  } else {
    const int side = int(std::lround(tileSize_ * ratio));
    const QPair<qint64, int> key(tile.picture.cacheKey(), side);
    QPixmap* shown = scaled_.object(key);
    QPixmap made;
    if (!shown) {
      made = QPixmap::fromImage(tile.picture.scaled(side, side, Qt::KeepAspectRatio, Qt::SmoothTransformation));
      made.setDevicePixelRatio(ratio);
      scaled_.insert(key, new QPixmap(made), std::max(1, side * side * 4 / 1024));
      shown = &made;
    }
    QRectF target(QPointF(0, 0), QSizeF(shown->size()) / ratio);
    target.moveCenter(QRectF(frame).center());
    painter.drawPixmap(target.topLeft(), *shown);
  }
  if (tile.forming >= 0) {
    const QRectF track(frame.left(), frame.bottom() - 2, frame.width(), 3);
    painter.fillRect(track, theme.border);
    painter.fillRect(QRectF(track.topLeft(), QSizeF(track.width() * std::clamp(tile.forming, 0.0, 1.0), 3)),
                     theme.accent);
  }
}

QImage TileGrid::sheet(int first, int last, int columns) const {
  last = std::min(last, count_ - 1);
  if (first < 0 || last < first || columns < 1 || !source_) return {};
  const QSize step = cell();
  const int rows = (last - first + columns) / columns;
  constexpr qint64 kMostPixels = 100'000'000;
  const qint64 width = qint64(columns) * step.width() + kGap, height = qint64(rows) * step.height() + kGap;
  if (width * height > kMostPixels) return {};
  QImage image(int(width), int(height), QImage::Format_RGB32);
  image.fill(palette().color(QPalette::Base));
  QPainter painter(&image);
  painter.setFont(font());
  for (int i = first; i <= last; ++i) {
    const int at = i - first;
    const QRect rect(kGap + at % columns * step.width(), kGap + at / columns * step.height(), step.width() - kGap,
                     step.height() - kGap);
    Tile tile = source_(i);
    tile.forming = -1;
    drawTile(painter, rect, tile, false, false, 1.0);
  }
  return image;
}

}  // namespace unitscope
