#pragma once

#include <optional>

#include <QImage>
#include <QVector>
#include <QWidget>

class QToolButton;

namespace unitscope {

class HeatLegend;
class ImageCanvas;

/// What one cell of a ComparisonGrid shows.
struct CellContent {
  enum class State {
    Empty,    ///< nothing was asked for
    Waiting,  ///< asked for, not begun
    Running,  ///< see `fraction`
    Ready,
    Failed,  ///< `text` says why
    Stopped  ///< by the user
  };
  State state = State::Empty;
  double fraction = -1.0;  ///< 0 to 1 while running; below 0 while unknown
  QString text;            ///< why it failed, or what is done now
  QImage picture;
  QImage overlay;        ///< an older result stays while a new one is made
  QVector<QRgb> colors;  ///< of the legend; empty hides it
  double minimum = 0.0, maximum = 1.0;
  bool clipped = false;
  bool forming = false;  ///< the overlay is what the running work has found so far: shown plainly
};

/// A picture with its heatmap, legend, and what is going on with it.
class ComparisonCell : public QWidget {
  Q_OBJECT
 public:
  explicit ComparisonCell(QWidget* parent = nullptr);

  void setContent(const CellContent& content);
  const CellContent& content() const { return content_; }
  /// Draws a ring: the cell that the keyboard acts on.
  void setCurrent(bool current, bool focused);
  void setMarker(std::optional<double> value);
  ImageCanvas* canvas() const { return canvas_; }
  HeatLegend* legend() const { return legend_; }
  QToolButton* button() const { return button_; }
  /// Height of what is below the square picture.
  static int legendHeight(const QFont& font);

 Q_SIGNALS:
  void cancelRequested();
  void retryRequested();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  class Veil;
  void place();

  CellContent content_;
  ImageCanvas* canvas_;
  HeatLegend* legend_;
  Veil* veil_;
  QToolButton* button_;
  bool current_ = false, focused_ = false;
};

}  // namespace unitscope
