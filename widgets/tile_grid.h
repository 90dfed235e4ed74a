#pragma once

#include <functional>
#include <utility>

#include <QAbstractScrollArea>
#include <QCache>
#include <QImage>
#include <QPixmap>
#include <QString>

namespace unitscope {

/// What a TileGrid shows at one place.
struct Tile {
  QString title;
  QString subtitle;
  QString help;         ///< tooltip, below title and subtitle
  QImage picture;       ///< null: still to come
  double forming = -1;  ///< 0 to 1 while the picture is not final yet
  bool failed = false;  ///< `help` says why
  bool muted = false;   ///< drawn pale: switched off, or never active
  bool chosen = false;  ///< one of several that something will be done to
};

/// Any number of pictures in a grid that re-flows with the width. Nothing is kept for tiles that are not seen: they are
/// asked for as they are drawn, so that ten thousand cost no more than those on the screen. Arrow keys, Page up and
/// down, Home and End move; Enter or a click activates; Ctrl with the wheel, + and - change the size of the tiles.
class TileGrid : public QAbstractScrollArea {
  Q_OBJECT
 public:
  using Source = std::function<Tile(int)>;
  static constexpr int kSmallest = 32, kLargest = 320;

  explicit TileGrid(QWidget* parent = nullptr);

  /// The current tile is kept where there are as many, and nothing is scrolled.
  void setTiles(int count, Source source);
  int count() const { return count_; }
  /// What a tile shows has changed.
  void refresh(int index);
  void refreshAll() { viewport()->update(); }

  void setTileSize(int pixels);
  int tileSize() const { return tileSize_; }
  /// -1 where there is none. Does not tell of it.
  void setCurrent(int index, bool scrollsThere = true);
  int current() const { return current_; }
  void scrollToTop();
  /// As high as all tiles need, instead of scrolling: for a few tiles on a page.
  void setGrows(bool grows);
  /// Shown in the middle while there are no tiles.
  void setEmptyText(const QString& text);

  /// First and last tile that are seen at least in part; (0, -1) for none.
  std::pair<int, int> visible() const;
  /// In the viewport's coordinates.
  QRect tileRect(int index) const;
  int tileAt(QPoint point) const;
  int columns() const;
  /// All tiles from first to last as a picture, `columns` wide, as large as they are on the screen.
  QImage sheet(int first, int last, int columns) const;

 Q_SIGNALS:
  void visibleChanged();
  void currentChanged(int index);  ///< by the user
  void activated(int index);
  /// With activated(), where what is held down matters: Ctrl adds to a choice, Shift extends it. Space counts as Ctrl.
  void picked(int index, Qt::KeyboardModifiers modifiers);
  void opened(int index);            ///< double click
  void tileSizeChanged(int pixels);  ///< by the user
  void menuRequested(int index, QPoint globalPosition);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void scrollContentsBy(int dx, int dy) override;
  void keyPressEvent(QKeyEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  void changeEvent(QEvent* event) override;
  bool viewportEvent(QEvent* event) override;

 private:
  QSize cell() const;
  int lines() const;
  void relayout();
  void tellVisible();
  void resizeTiles(int pixels);
  void move(int to);
  void describe();
  void drawTile(QPainter& painter, const QRect& rect, const Tile& tile, bool current, bool hovered, qreal ratio) const;
  void drawPicture(QPainter& painter, const QRect& frame, const Tile& tile, qreal ratio) const;

  int count_ = 0;
  Source source_;
  int tileSize_ = 96;
  bool grows_ = false;
  int current_ = -1, hovered_ = -1, pressed_ = -1;
  QString emptyText_;
  std::pair<int, int> told_{0, -1};
  mutable QCache<QPair<qint64, int>, QPixmap> scaled_;  // a smooth stretch costs more than all else while scrolling
};

}  // namespace unitscope
