#pragma once

#include <memory>

#include <QWidget>

#include "app/attribution/attribution_results.h"

class QLabel;
class QScrollArea;
class QSplitter;
class QToolButton;

namespace unitscope {

class AnswerPanel;
class ComparisonCell;
class ElidedLabel;
class HeatLegend;
class ImageCanvas;
class ViewLink;

/// One heatmap as large as fits, with its scale and what is known of it: beside it what else the method gives. One of
/// the method's own pictures can take the heatmap's place.
class EnlargedView : public QWidget {
  Q_OBJECT
 public:
  explicit EnlargedView(ViewLink* link, QWidget* parent = nullptr);

  /// `facts`: what stands below the title. The cell may be null: nothing is known yet.
  void setContent(const QString& title, const QString& facts, const QImage& picture,
                  const AttributionResults::Cell* cell);
  void setOverlayOpacity(double opacity);
  ImageCanvas* canvas() const { return canvas_; }
  HeatLegend* legend() const { return legend_; }
  QToolButton* backButton() const { return back_; }
  AnswerPanel* answer() const { return answer_; }

 Q_SIGNALS:
  void backRequested();
  void stepRequested(int by);  ///< to the next or the previous method
  void cancelRequested();
  void curvesSaved(const QString& file, bool fine);

 protected:
  void keyPressEvent(QKeyEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void readCursor();
  void showCanvas();

  ImageCanvas* canvas_;
  HeatLegend* legend_;
  QToolButton *back_, *previous_, *next_;
  ElidedLabel *title_, *facts_;
  QLabel* status_;
  QSplitter* splitter_;
  QScrollArea* side_;
  AnswerPanel* answer_;
  QImage picture_;  // while there is no heatmap
  std::shared_ptr<const HeatPicture> heat_;
  std::shared_ptr<const AttributionResult> shown_;
};

/// "x 120, y 96: 0.0123" for a place in a heatmap; pixels count from 0.
QString readingText(const HeatPicture& heat, QPointF place);

}  // namespace unitscope
