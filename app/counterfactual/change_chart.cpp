#include "app/counterfactual/change_chart.h"

#include <algorithm>
#include <cmath>

#include <QGraphicsLayout>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QtCharts/QBarCategoryAxis>
#include <QtCharts/QBarSet>
#include <QtCharts/QHorizontalBarSeries>
#include <QtCharts/QValueAxis>

#include "widgets/theme.h"
#include "widgets/top_chart.h"

namespace unitscope {

namespace {

constexpr std::size_t kBest = 5;    // before
constexpr std::size_t kNewest = 2;  // after, that were not among them
constexpr double kBars = 0.42;      // of a row's height
constexpr int kPad = 6;

double share(double value) {
  return std::isfinite(value) ? std::clamp(value, 0.0, 1.0) : 0.0;
}

}  // namespace

std::vector<ChangeRow> changeRows(const std::vector<Prediction>& before, const std::vector<Prediction>& after,
                                  int always) {
  std::vector<ChangeRow> rows;
  const auto find = [](const std::vector<Prediction>& all, std::int64_t index) {
    return std::find_if(all.begin(), all.end(), [index](const Prediction& p) { return p.index == index; });
  };
  const auto add = [&](std::int64_t index) {
    const auto was = find(before, index);
    if (was == before.end() || std::any_of(rows.begin(), rows.end(), [&](auto& row) { return row.id == int(index); }))
      return false;
    const auto now = find(after, index);
    const Prediction& is = now == after.end() ? *was : *now;
    rows.push_back(
        {int(index), QString::fromStdString(was->label), was->probability, is.probability, was->score, is.score});
    return true;
  };
  for (std::size_t i = 0; i < std::min(kBest, before.size()); ++i) add(before[i].index);
  std::size_t newcomers = 0;
  for (std::size_t i = 0; i < std::min(kBest, after.size()) && newcomers < kNewest; ++i) {
    if (add(after[i].index)) ++newcomers;
  }
  if (always >= 0) add(always);
  return rows;
}

ChangeChart::ChangeChart(QWidget* parent) : QChartView(parent), chart_(new QChart) {
  setChart(chart_);
  chart_->legend()->hide();
  chart_->setBackgroundVisible(false);
  chart_->setMargins({});
  chart_->layout()->setContentsMargins(0, 0, 0, 0);
  series_ = new QHorizontalBarSeries;
  series_->setBarWidth(kBars);
  chart_->addSeries(series_);
  names_ = new QBarCategoryAxis;
  names_->setVisible(false);
  shares_ = new QValueAxis;
  shares_->setRange(0, 1);
  shares_->setVisible(false);
  chart_->addAxis(names_, Qt::AlignLeft);
  chart_->addAxis(shares_, Qt::AlignBottom);
  series_->attachAxis(names_);
  series_->attachAxis(shares_);
  setRenderHint(QPainter::Antialiasing);
  setFrameShape(QFrame::NoFrame);
  setFocusPolicy(Qt::StrongFocus);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setBackgroundBrush(Qt::NoBrush);
  viewport()->setAutoFillBackground(false);
  setAccessibleName(tr("Classes before and after"));
  describe();
}

QString ChangeChart::changeText(const ChangeRow& row) {
  const double points = 100.0 * (row.after - row.before);
  if (std::abs(points) < 0.05 || !std::isfinite(points)) return QStringLiteral("0.0");
  return (points > 0 ? QStringLiteral("+") : QStringLiteral("\u2212")) + QString::number(std::abs(points), 'f', 1);
}

void ChangeChart::setRows(const std::vector<ChangeRow>& rows) {
  if (rows == rows_) return;
  const bool same = rows.size() == rows_.size() && before_;
  rows_ = rows;
  if (current_ >= int(rows_.size())) current_ = -1;
  if (!same) {
    series_->clear();
    before_ = after_ = nullptr;
    if (!rows_.empty()) {
      // Both axes count from the bottom: the set that is added last is drawn above.
      after_ = new QBarSet(tr("after"));
      before_ = new QBarSet(tr("before"));
      for (std::size_t i = 0; i < rows_.size(); ++i) {
        *after_ << 0;
        *before_ << 0;
      }
      series_->append(after_);
      series_->append(before_);
    }
    arrange();
    restyle();
    updateGeometry();
  }
  for (int i = 0; i < int(rows_.size()); ++i) {
    const int from = int(rows_.size()) - 1 - i;
    before_->replace(from, share(rows_[std::size_t(i)].before));
    after_->replace(from, share(rows_[std::size_t(i)].after));
  }
  describe();
  viewport()->update();
}

void ChangeChart::setChosen(int id) {
  if (id == chosen_) return;
  chosen_ = id;
  describe();
  viewport()->update();
}

void ChangeChart::describe() {
  QStringList lines;
  for (const ChangeRow& row : rows_) {
    lines << tr("%1: before %2, after %3")
                 .arg(row.label, TopChart::percentText(row.before), TopChart::percentText(row.after));
  }
  setAccessibleDescription(lines.isEmpty() ? tr("nothing yet") : lines.join(QStringLiteral("; ")));
}

int ChangeChart::rowHeight() const {
  return int(std::lround(fontMetrics().height() * 2.2));
}

QSize ChangeChart::sizeHint() const {
  return {260, rowHeight() * std::max(1, int(rows_.size())) + 10};
}

// Each row's text stands above its bars, so the plot lies a little lower than the rows.
void ChangeChart::arrange() {
  QStringList rows;
  for (std::size_t i = 0; i < rows_.size(); ++i) rows << QString::number(i);
  names_->clear();
  names_->append(rows);
  const double shift = rowHeight() * 0.22;
  const double high = double(rowHeight()) * std::max<std::size_t>(1, rows_.size());
  chart_->setPlotArea(QRectF(kPad, shift, std::max(1, viewport()->width() - 2 * kPad), high));
}

void ChangeChart::restyle() {
  const ThemeColors& theme = themeColors(palette());
  if (before_) {
    before_->setPen(Qt::NoPen);
    before_->setBrush(theme.bar);
    after_->setPen(Qt::NoPen);
    after_->setBrush(theme.accent);
  }
  viewport()->update();
}

QRectF ChangeChart::rowInScene(int index) const {
  return chart_->mapToScene(QRectF(0, double(index) * rowHeight(), chart_->size().width(), rowHeight())).boundingRect();
}

QRect ChangeChart::rowRect(int index) const {
  if (index < 0 || index >= int(rows_.size())) return {};
  return mapFromScene(rowInScene(index)).boundingRect();
}

int ChangeChart::rowAt(QPoint point) const {
  for (int i = 0; i < int(rows_.size()); ++i) {
    if (rowRect(i).contains(point)) return i;
  }
  return -1;
}

void ChangeChart::drawBackground(QPainter* painter, const QRectF& rect) {
  QChartView::drawBackground(painter, rect);
  if (!hasFocus() || current_ < 0) return;
  const QColor accent = themeColors(palette()).accent;
  QColor tint = accent;
  tint.setAlphaF(0.12F);
  painter->setPen(QPen(accent, 1.5));
  painter->setBrush(tint);
  painter->drawRoundedRect(rowInScene(current_).adjusted(1, 1, -1, 3), 3, 3);
}

void ChangeChart::drawForeground(QPainter* painter, const QRectF& rect) {
  QChartView::drawForeground(painter, rect);
  painter->save();
  for (int i = 0; i < int(rows_.size()); ++i) {
    const ChangeRow& row = rows_[std::size_t(i)];
    QRectF line = rowInScene(i).adjusted(kPad, 2, -kPad, 0);
    line.setHeight(fontMetrics().height());
    QFont own = font();
    own.setBold(row.id == chosen_);
    painter->setFont(own);
    const QFontMetrics metrics(own);
    const QString change = tr("%1 \u2192 %2 (%3)")
                               .arg(100 * share(row.before), 0, 'f', 1)
                               .arg(100 * share(row.after), 0, 'f', 1)
                               .arg(changeText(row));
    const int wide = metrics.horizontalAdvance(change);
    painter->setPen(palette().color(QPalette::WindowText));
    painter->drawText(line, Qt::AlignRight | Qt::AlignVCenter, change);
    painter->drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
                      metrics.elidedText(row.label, Qt::ElideRight, int(line.width()) - wide - 8));
  }
  painter->restore();
}

void ChangeChart::mousePressEvent(QMouseEvent* event) {
  const int row = event->button() == Qt::LeftButton ? rowAt(event->position().toPoint()) : -1;
  if (row < 0) return;
  current_ = row;
  viewport()->update();
  Q_EMIT picked(rows_[std::size_t(row)].id);
}

void ChangeChart::keyPressEvent(QKeyEvent* event) {
  const int last = int(rows_.size()) - 1;
  if (last < 0) return QChartView::keyPressEvent(event);
  switch (event->key()) {
    case Qt::Key_Down: current_ = std::min(current_ + 1, last); break;
    case Qt::Key_Up: current_ = std::max(current_ - 1, 0); break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
      if (current_ >= 0) Q_EMIT picked(rows_[std::size_t(current_)].id);
      return;
    default: return QChartView::keyPressEvent(event);
  }
  viewport()->update();
}

void ChangeChart::focusInEvent(QFocusEvent* event) {
  if (current_ < 0 && event->reason() != Qt::MouseFocusReason && !rows_.empty()) current_ = 0;
  viewport()->update();
  QChartView::focusInEvent(event);
}

void ChangeChart::focusOutEvent(QFocusEvent* event) {
  viewport()->update();
  QChartView::focusOutEvent(event);
}

void ChangeChart::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
    arrange();
    restyle();
  }
  QChartView::changeEvent(event);
}

void ChangeChart::resizeEvent(QResizeEvent* event) {
  QChartView::resizeEvent(event);
  arrange();
}

bool ChangeChart::viewportEvent(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const int at = rowAt(help->pos());
    if (at >= 0) {
      const ChangeRow& row = rows_[std::size_t(at)];
      QToolTip::showText(help->globalPos(),
                         tr("%1 (class %2)\nbefore %3, score %4\nafter %5, score %6\nClick to explain this class")
                             .arg(row.label)
                             .arg(row.id)
                             .arg(TopChart::percentText(row.before))
                             .arg(row.scoreBefore, 0, 'f', 2)
                             .arg(TopChart::percentText(row.after))
                             .arg(row.scoreAfter, 0, 'f', 2),
                         this);
      return true;
    }
  }
  return QChartView::viewportEvent(event);
}

}  // namespace unitscope
