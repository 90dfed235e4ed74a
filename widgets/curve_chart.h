#pragma once

#include <optional>

#include <QPointF>
#include <QString>
#include <QVector>
#include <QWidget>

namespace unitscope {

/// A curve of a CurveChart. `name` stands in the legend: "Grad-CAM (AUC 0.43)".
struct CurveSeries {
  QString name;
  QVector<QPointF> points;  ///< places that are no finite numbers are left out
};

/// Curves over one another, with a legend that wraps, a read-out of all curves under the pointer (arrow keys move it)
/// and, where wanted, a dashed level to compare with. Its menu saves it as SVG or CSV.
class CurveChart : public QWidget {
  Q_OBJECT
 public:
  explicit CurveChart(QWidget* parent = nullptr);
  ~CurveChart() override;

  /// Above the plot; also what screen readers and saved files are told. Empty takes no room.
  void setTitle(const QString& title);
  QString title() const { return title_; }
  void setAxisTitles(const QString& x, const QString& y);
  void setCurves(const QVector<CurveSeries>& curves);
  const QVector<CurveSeries>& curves() const { return curves_; }
  /// A dashed horizontal line with its name written on it; in the range of the axis always.
  void setLevel(double value, const QString& name);
  void clearLevel();
  std::optional<double> level() const { return level_; }

  /// The place along the horizontal axis that is read; nothing when none is.
  std::optional<double> cursor() const { return cursor_; }
  /// Moves to the nearest place where a curve has a point.
  void setCursor(std::optional<double> x);
  /// What the curves say there: "Area 0.1", then a line for each curve.
  QString readout() const;
  QColor curveColor(int index) const;
  /// Where a point lies, in this widget's coordinates.
  QPointF placeOf(QPointF point) const;

  /// False when the file cannot be written.
  bool writeSvg(const QString& file) const;
  bool writeCsv(const QString& file) const;
  /// One line for each point: curve, x, y.
  QString csv() const;

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 Q_SIGNALS:
  /// After the menu's saving: whether the file was written.
  void saved(const QString& file, bool fine);

 protected:
  void changeEvent(QEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;

 private:
  class Plot;
  class Legend;
  void showCurves();
  void restyle();
  void describe();
  void save(const QString& suffix);
  void moveCursor(int by);
  QVector<double> stops() const;

  QString title_, xTitle_, yTitle_, levelName_;
  QVector<CurveSeries> curves_;
  std::optional<double> level_, cursor_;
  Plot* plot_;
  Legend* legend_;
};

}  // namespace unitscope
