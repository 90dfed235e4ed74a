#include "widgets/curve_chart.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QDir>
#include <QFileDialog>
#include <QGraphicsLayout>
#include <QMenu>
#include <QPainter>
#include <QRegularExpression>
#include <QSaveFile>
#include <QSvgGenerator>
#include <QVBoxLayout>
#include <QtCharts/QChartView>
#include <QtCharts/QLineSeries>
#include <QtCharts/QValueAxis>

#include "widgets/icons.h"
#include "widgets/theme.h"

namespace unitscope {

namespace {

constexpr int kPad = 6;
constexpr int kFewPoints = 24;  // so few are marked one by one
constexpr int kFile = 80;       // longest file name made of a title

bool finite(QPointF p) {
  return std::isfinite(p.x()) && std::isfinite(p.y());
}

QString numberText(double value) {
  return QString::number(value, 'g', 4);
}

QString quoted(QString text) {
  text.replace(QLatin1Char('"'), QLatin1String("\"\""));
  return QLatin1Char('"') + text + QLatin1Char('"');
}

QPen penOf(const QPalette& palette, int index) {
  const QVector<QColor>& colors = themeColors(palette).series;
  // Where the colours come round again, the strokes differ.
  static constexpr Qt::PenStyle kStyles[] = {Qt::SolidLine, Qt::DotLine, Qt::DashDotLine};
  QPen pen(colors[index % colors.size()], 2.0);
  pen.setStyle(kStyles[index / int(colors.size()) % 3]);
  pen.setCosmetic(true);
  return pen;
}

/// The curve at x, straight between its points; nothing beyond its ends.
std::optional<double> valueAt(QVector<QPointF> points, double x) {
  std::stable_sort(points.begin(), points.end(), [](QPointF a, QPointF b) { return a.x() < b.x(); });
  const auto after = std::find_if(points.cbegin(), points.cend(), [x](QPointF p) { return p.x() >= x; });
  if (after == points.cend()) return std::nullopt;
  if (after->x() == x) return after->y();
  if (after == points.cbegin()) return std::nullopt;
  const QPointF a = *(after - 1), b = *after;
  return a.y() + (b.y() - a.y()) * (x - a.x()) / (b.x() - a.x());
}

/// An axis over these values in round steps, from zero where that is near.
void setRange(QValueAxis& axis, double low, double high) {
  if (!(low <= high)) low = 0, high = 1;
  if (low > 0 && low < 0.6 * high) low = 0;
  if (high < 0 && high > 0.6 * low) high = 0;
  if (low == high) {
    const double room = low == 0 ? 1.0 : std::abs(low) * 0.1;
    low -= room, high += room;
  }
  axis.setRange(low, high);
  axis.setTickCount(5);
  axis.applyNiceNumbers();
}

}  // namespace

// The curves in their axes, with what lies over them.
class CurveChart::Plot : public QChartView {
 public:
  explicit Plot(CurveChart* owner) : QChartView(owner), owner_(owner), x_(new QValueAxis), y_(new QValueAxis) {
    setChart(new QChart);
    chart()->legend()->hide();
    chart()->setBackgroundVisible(false);
    chart()->setMargins({0, 0, 12, 0});  // half of the last number beyond the axis
    chart()->layout()->setContentsMargins(0, 0, 0, 0);
    chart()->addAxis(x_, Qt::AlignBottom);
    chart()->addAxis(y_, Qt::AlignLeft);
    for (QValueAxis* axis : {x_, y_}) axis->setLabelFormat(QStringLiteral("%.4g"));
    setRenderHint(QPainter::Antialiasing);
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setMouseTracking(true);
    setBackgroundBrush(Qt::NoBrush);
    viewport()->setAutoFillBackground(false);
  }

  void rebuild() {
    chart()->removeAllSeries();
    series_.clear();
    double left = INFINITY, right = -INFINITY, low = INFINITY, high = -INFINITY;
    for (const CurveSeries& curve : owner_->curves_) {
      auto* line = new QLineSeries;
      for (const QPointF& point : curve.points) {
        line->append(point);
        left = std::min(left, point.x());
        right = std::max(right, point.x());
        low = std::min(low, point.y());
        high = std::max(high, point.y());
      }
      line->setPointsVisible(curve.points.size() <= kFewPoints);
      chart()->addSeries(line);
      line->attachAxis(x_);
      line->attachAxis(y_);
      series_ << line;
    }
    if (owner_->level_) {
      low = std::min(low, *owner_->level_);
      high = std::max(high, *owner_->level_);
    }
    setRange(*x_, left, right);
    setRange(*y_, low, high);
  }

  void restyle() {
    const ThemeColors& theme = themeColors(owner_->palette());
    const QColor text = owner_->palette().color(QPalette::WindowText);
    for (int i = 0; i < series_.size(); ++i) series_[i]->setPen(penOf(owner_->palette(), i));
    for (QValueAxis* axis : {x_, y_}) {
      axis->setLabelsFont(owner_->font());
      axis->setTitleFont(owner_->font());
      axis->setLabelsColor(theme.mutedText);
      axis->setTitleBrush(text);
      axis->setLinePen(QPen(theme.border, 1));
      axis->setGridLinePen(QPen(theme.border, 1, Qt::DotLine));
    }
    x_->setTitleText(owner_->xTitle_);
    y_->setTitleText(owner_->yTitle_);
    QFont bold = owner_->font();
    bold.setBold(true);
    chart()->setTitleFont(bold);
    chart()->setTitleBrush(text);
    chart()->setTitle(owner_->title_);
    viewport()->update();
  }

  QPointF placeOf(QPointF point) const { return chart()->mapToScene(chart()->mapToPosition(point)); }

 protected:
  void mouseMoveEvent(QMouseEvent* event) override {
    const QPointF at = chart()->mapFromScene(mapToScene(event->position().toPoint()));
    if (!chart()->plotArea().adjusted(-kPad, -kPad, kPad, kPad).contains(at)) return owner_->setCursor(std::nullopt);
    owner_->setCursor(chart()->mapToValue(at).x());
  }
  void mousePressEvent(QMouseEvent*) override { setFocus(Qt::MouseFocusReason); }
  void mouseReleaseEvent(QMouseEvent*) override {}
  bool viewportEvent(QEvent* event) override {
    if (event->type() == QEvent::Leave) owner_->setCursor(std::nullopt);
    return QChartView::viewportEvent(event);
  }
  void contextMenuEvent(QContextMenuEvent* event) override { event->ignore(); }  // the owner's
  void keyPressEvent(QKeyEvent* event) override {
    switch (event->key()) {
      case Qt::Key_Left: return owner_->moveCursor(-1);
      case Qt::Key_Right: return owner_->moveCursor(1);
      case Qt::Key_Home: return owner_->moveCursor(-1000000);
      case Qt::Key_End: return owner_->moveCursor(1000000);
      case Qt::Key_Escape:
        if (owner_->cursor_) return owner_->setCursor(std::nullopt);
        break;
      default: break;
    }
    event->ignore();  // what the view would scroll is not there
  }
  void focusInEvent(QFocusEvent* event) override {
    viewport()->update();
    QChartView::focusInEvent(event);
  }
  void focusOutEvent(QFocusEvent* event) override {
    viewport()->update();
    QChartView::focusOutEvent(event);
  }

  void drawForeground(QPainter* painter, const QRectF& rect) override {
    QChartView::drawForeground(painter, rect);
    painter->save();
    painter->setFont(owner_->font());
    const QRectF plot = chart()->mapToScene(chart()->plotArea()).boundingRect();
    drawLevel(*painter, plot);
    drawReadout(*painter, plot);
    if (hasFocus()) {
      painter->setPen(QPen(themeColors(owner_->palette()).accent, 1));
      painter->setBrush(Qt::NoBrush);
      painter->drawRect(sceneRect().adjusted(1, 1, -1, -1));
    }
    painter->restore();
  }

 private:
  void drawLevel(QPainter& painter, const QRectF& plot) const {
    if (!owner_->level_) return;
    const ThemeColors& theme = themeColors(owner_->palette());
    const double y = placeOf({x_->min(), *owner_->level_}).y();
    painter.setPen(QPen(theme.mutedText, 1.5, Qt::DashLine));
    painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
    const QFontMetrics metrics(owner_->font());
    const QString text = metrics.elidedText(tr("%1: %2").arg(owner_->levelName_, numberText(*owner_->level_)),
                                            Qt::ElideRight, int(plot.width()) - 2 * kPad);
    const QSizeF size(metrics.horizontalAdvance(text) + kPad, metrics.height());
    const QRectF box = freePlace(plot, y, size);
    drawPlate(painter, box, 0.75F);
    painter.setPen(theme.mutedText);
    painter.drawText(box, Qt::AlignCenter, text);
  }

  /// Above or below the level, left or right: where the fewest curves pass.
  QRectF freePlace(const QRectF& plot, double y, QSizeF size) const {
    constexpr int kSamples = 24;
    QRectF best;
    int fewest = std::numeric_limits<int>::max();
    for (const double left : {plot.right() - 2 - size.width(), plot.left() + 2}) {
      for (const double top : {y - 2 - size.height(), y + 2}) {
        const QRectF box(QPointF(left, top), size);
        if (box.top() < plot.top() || box.bottom() > plot.bottom()) continue;
        int hits = 0;
        for (const CurveSeries& curve : owner_->curves_) {
          for (int i = 0; i <= kSamples; ++i) {
            const double at = box.left() + box.width() * i / kSamples;
            const double x = chart()->mapToValue(chart()->mapFromScene(QPointF(at, y))).x();
            const auto value = valueAt(curve.points, x);
            hits += value && box.contains(placeOf({x, *value}));
          }
        }
        if (hits >= fewest) continue;
        fewest = hits;
        best = box;
      }
    }
    return best;
  }

  void drawReadout(QPainter& painter, const QRectF& plot) const {
    if (!owner_->cursor_) return;
    const double at = placeOf({*owner_->cursor_, y_->min()}).x();
    painter.setPen(QPen(themeColors(owner_->palette()).mutedText, 1));
    painter.drawLine(QPointF(at, plot.top()), QPointF(at, plot.bottom()));
    for (int i = 0; i < owner_->curves_.size(); ++i) {
      const auto value = valueAt(owner_->curves_[i].points, *owner_->cursor_);
      if (!value) continue;
      painter.setPen(QPen(owner_->palette().color(QPalette::Window), 1.5));
      painter.setBrush(owner_->curveColor(i));
      painter.drawEllipse(placeOf({*owner_->cursor_, *value}), 4.5, 4.5);
    }
    const QString text = owner_->readout();
    const QFontMetrics metrics(owner_->font());
    QRectF box = QRectF(metrics.boundingRect(QRect(0, 0, int(plot.width()), 4000), Qt::AlignLeft, text));
    box.setSize(box.size() + QSizeF(2 * kPad, kPad));
    const bool right = at + 8 + box.width() <= plot.right() || at < plot.center().x();
    box.moveTopLeft({right ? at + 8 : at - 8 - box.width(), plot.top() + 4});
    box.moveLeft(std::clamp(box.left(), 0.0, std::max(0.0, sceneRect().width() - box.width())));
    drawPlate(painter, box, 0.92F);
    painter.setPen(owner_->palette().color(QPalette::WindowText));
    painter.drawText(box.adjusted(kPad, kPad / 2.0, 0, 0), Qt::AlignLeft, text);
  }

  void drawPlate(QPainter& painter, const QRectF& box, float opacity) const {
    QColor plate = owner_->palette().color(QPalette::Window);
    plate.setAlphaF(opacity);
    painter.setPen(Qt::NoPen);
    painter.setBrush(plate);
    painter.drawRoundedRect(box, 3, 3);
  }

  CurveChart* owner_;
  QValueAxis *x_, *y_;
  QVector<QLineSeries*> series_;
};

// Names beside strokes, in as many lines as they need: the chart's own legend cuts what does not fit one.
class CurveChart::Legend : public QWidget {
 public:
  explicit Legend(CurveChart* owner) : QWidget(owner), owner_(owner) {
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
  }

  bool hasHeightForWidth() const override { return true; }
  int heightForWidth(int width) const override { return layOut(width, nullptr); }
  QSize sizeHint() const override { return {200, heightForWidth(std::max(120, width()))}; }
  QSize minimumSizeHint() const override { return {80, fontMetrics().height()}; }

  /// Height of the whole for this width.
  int layOut(int width, QPainter* painter) const {
    const QFontMetrics metrics(owner_->font());
    const int stroke = 22, gap = 6, between = 14, row = metrics.height() + 3;
    int x = 0, y = 0;
    for (int i = 0; i < owner_->curves_.size(); ++i) {
      const QString name =
          metrics.elidedText(owner_->curves_[i].name, Qt::ElideMiddle, std::max(40, width - stroke - gap));
      const int wide = stroke + gap + metrics.horizontalAdvance(name);
      if (x > 0 && x + wide > width) x = 0, y += row;
      if (painter) {
        painter->setPen(penOf(owner_->palette(), i));
        painter->drawLine(QPointF(x, y + row / 2.0), QPointF(x + stroke, y + row / 2.0));
        painter->setPen(owner_->palette().color(QPalette::WindowText));
        painter->drawText(QRect(x + stroke + gap, y, wide, row), Qt::AlignVCenter | Qt::AlignLeft, name);
      }
      x += wide + between;
    }
    return y + row;
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.setFont(owner_->font());
    layOut(width(), &painter);
  }

 private:
  CurveChart* owner_;
};

CurveChart::CurveChart(QWidget* parent) : QWidget(parent), plot_(new Plot(this)), legend_(new Legend(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(2);
  column->addWidget(plot_, 1);
  column->addWidget(legend_);
  setFocusProxy(plot_);
  showCurves();
}

CurveChart::~CurveChart() = default;

void CurveChart::setTitle(const QString& title) {
  title_ = title;
  restyle();
}

void CurveChart::setAxisTitles(const QString& x, const QString& y) {
  xTitle_ = x;
  yTitle_ = y;
  restyle();
}

void CurveChart::setCurves(const QVector<CurveSeries>& curves) {
  curves_ = curves;
  for (CurveSeries& curve : curves_) {
    QVector<QPointF> kept;
    std::copy_if(curve.points.cbegin(), curve.points.cend(), std::back_inserter(kept), finite);
    curve.points = kept;
  }
  setCursor(cursor_);
  showCurves();
}

void CurveChart::setLevel(double value, const QString& name) {
  if (!std::isfinite(value)) return clearLevel();
  level_ = value;
  levelName_ = name;
  showCurves();
}

void CurveChart::clearLevel() {
  level_.reset();
  showCurves();
}

void CurveChart::showCurves() {
  plot_->rebuild();
  legend_->setVisible(curves_.size() > 1);
  legend_->updateGeometry();
  restyle();
}

void CurveChart::restyle() {
  plot_->restyle();
  legend_->update();
  describe();
}

void CurveChart::describe() {
  plot_->setAccessibleName(title_.isEmpty() ? tr("Curves") : title_);
  if (cursor_) return plot_->setAccessibleDescription(readout().replace(QLatin1Char('\n'), QLatin1String("; ")));
  QStringList lines;
  for (const CurveSeries& curve : curves_) {
    if (curve.points.isEmpty()) continue;
    lines << tr("%1: from %2 to %3")
                 .arg(curve.name, numberText(curve.points.front().y()), numberText(curve.points.back().y()));
  }
  if (level_) lines << tr("%1: %2").arg(levelName_, numberText(*level_));
  plot_->setAccessibleDescription(lines.isEmpty() ? tr("nothing yet") : lines.join(QStringLiteral("; ")));
}

QVector<double> CurveChart::stops() const {
  QVector<double> all;
  for (const CurveSeries& curve : curves_)
    for (const QPointF& point : curve.points) all << point.x();
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

void CurveChart::setCursor(std::optional<double> x) {
  if (x) {
    const QVector<double> all = stops();
    const auto nearest = std::min_element(all.cbegin(), all.cend(),
                                          [x](double a, double b) { return std::abs(a - *x) < std::abs(b - *x); });
    x = nearest == all.cend() ? std::nullopt : std::optional<double>(*nearest);
  }
  if (x == cursor_) return;
  cursor_ = x;
  describe();
  plot_->viewport()->update();
}

void CurveChart::moveCursor(int by) {
  const QVector<double> all = stops();
  if (all.isEmpty()) return;
  const qsizetype last = all.size() - 1;
  const qsizetype at = cursor_ ? all.indexOf(*cursor_) : by > 0 ? -1 : last + 1;
  setCursor(all[std::clamp<qsizetype>(at + by, 0, last)]);
  QAccessibleEvent changed(plot_, QAccessible::DescriptionChanged);
  QAccessible::updateAccessibility(&changed);
}

QString CurveChart::readout() const {
  if (!cursor_) return {};
  QStringList lines{tr("%1 %2").arg(xTitle_.isEmpty() ? QStringLiteral("x") : xTitle_, numberText(*cursor_))};
  for (const CurveSeries& curve : curves_) {
    if (const auto value = valueAt(curve.points, *cursor_)) {
      const QString name = !curve.name.isEmpty() ? curve.name : yTitle_;
      lines << tr("%1: %2").arg(name, numberText(*value));
    }
  }
  return lines.join(QLatin1Char('\n'));
}

QColor CurveChart::curveColor(int index) const {
  return penOf(palette(), index).color();
}

QPointF CurveChart::placeOf(QPointF point) const {
  return plot_->mapTo(this, plot_->mapFromScene(plot_->placeOf(point)));
}

QSize CurveChart::sizeHint() const {
  return {320, fontMetrics().height() * 13 + (curves_.size() > 1 ? legend_->heightForWidth(width()) : 0)};
}

QSize CurveChart::minimumSizeHint() const {
  return {180, fontMetrics().height() * 9};
}

void CurveChart::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) restyle();
  QWidget::changeEvent(event);
}

void CurveChart::contextMenuEvent(QContextMenuEvent* event) {
  QMenu menu(this);
  connect(menu.addAction(themedIcon(QStringLiteral("chart")), tr("Save as &SVG\u2026")), &QAction::triggered, this,
          [this] { save(QStringLiteral("svg")); });
  connect(menu.addAction(themedIcon(QStringLiteral("table")), tr("Save as &CSV\u2026")), &QAction::triggered, this,
          [this] { save(QStringLiteral("csv")); });
  connect(menu.addAction(themedIcon(QStringLiteral("copy")), tr("C&opy the numbers")), &QAction::triggered, this,
          [this] { QApplication::clipboard()->setText(csv()); });
  menu.exec(event->globalPos());
}

void CurveChart::save(const QString& suffix) {
  QString name = title_.isEmpty() ? QStringLiteral("curves") : title_.toLower().left(kFile);
  name.replace(QRegularExpression(QStringLiteral("[^\\w-]+")), QStringLiteral("-"));
  const bool svg = suffix == QLatin1String("svg");
  auto* dialog = new QFileDialog(this, tr("Save the curves"), QDir::homePath(),
                                 svg ? tr("Vector graphics (*.svg)") : tr("Table (*.csv)"));
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setDefaultSuffix(suffix);
  dialog->selectFile(name + QLatin1Char('.') + suffix);
  connect(dialog, &QFileDialog::fileSelected, this,
          [this, svg](const QString& file) { Q_EMIT saved(file, svg ? writeSvg(file) : writeCsv(file)); });
  dialog->open();
}

bool CurveChart::writeSvg(const QString& file) const {
  QSvgGenerator svg;
  svg.setFileName(file);
  svg.setSize(size());
  svg.setViewBox(rect());
  svg.setTitle(plot_->accessibleName().toHtmlEscaped());
  svg.setDescription(plot_->accessibleDescription().toHtmlEscaped());  // QSvgGenerator does not escape it
  QPainter painter;
  if (!painter.begin(&svg)) return false;
  plot_->render(&painter, QRectF(plot_->geometry()), plot_->viewport()->rect());
  if (curves_.size() > 1) {
    painter.translate(legend_->pos());
    painter.setFont(font());
    legend_->layOut(legend_->width(), &painter);
  }
  return painter.end();
}

QString CurveChart::csv() const {
  QString text = QStringLiteral("curve,%1,%2\n")
                     .arg(quoted(xTitle_.isEmpty() ? QStringLiteral("x") : xTitle_),
                          quoted(yTitle_.isEmpty() ? QStringLiteral("y") : yTitle_));
  const auto number = [](double v) { return QString::number(v, 'g', 9); };
  for (const CurveSeries& curve : curves_) {
    for (const QPointF& point : curve.points)
      text += quoted(curve.name) + QLatin1Char(',') + number(point.x()) + QLatin1Char(',') + number(point.y()) +
              QLatin1Char('\n');
  }
  if (level_) text += quoted(levelName_) + QStringLiteral(",,") + number(*level_) + QLatin1Char('\n');
  return text;
}

bool CurveChart::writeCsv(const QString& file) const {
  QSaveFile out(file);
  return out.open(QIODevice::WriteOnly) && out.write(csv().toUtf8()) >= 0 && out.commit();
}

}  // namespace unitscope
