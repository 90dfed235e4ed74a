#include "app/attribution/answer_panel.h"

#include <algorithm>

#include <QLabel>
#include <QListWidget>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include "widgets/curve_chart.h"

namespace unitscope {

namespace {

constexpr int kIcon = 92;

/// Curves over the same axes and the same level belong into one chart.
bool together(const AnswerCurve& a, const AnswerCurve& b) {
  return a.xTitle == b.xTitle && a.yTitle == b.yTitle && a.level == b.level && a.levelTitle == b.levelTitle;
}

std::vector<std::vector<AnswerCurve>> grouped(const std::vector<AnswerCurve>& curves) {
  std::vector<std::vector<AnswerCurve>> groups;
  for (const AnswerCurve& curve : curves) {
    const auto fits = std::find_if(groups.begin(), groups.end(),
                                   [&curve](const auto& group) { return together(group.front(), curve); });
    if (fits == groups.end()) {
      groups.push_back({curve});
    } else {
      fits->push_back(curve);
    }
  }
  return groups;
}

QLabel* heading(const QString& text) {
  auto* label = new QLabel(text);
  QFont bold = label->font();
  bold.setBold(true);
  label->setFont(bold);
  return label;
}

}  // namespace

AnswerPanel::AnswerPanel(QWidget* parent) : QWidget(parent) {
  parts_ = new QBoxLayout(QBoxLayout::TopToBottom, this);
  parts_->setContentsMargins(8, 0, 4, 0);
  parts_->setSpacing(10);
  told_ = new QWidget;
  drawn_ = new QWidget;
  auto* column = new QVBoxLayout(told_);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(10);
  notes_ = new QLabel;
  notes_->setWordWrap(true);
  notes_->setTextFormat(Qt::PlainText);
  notes_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  notes_->setAccessibleName(tr("Notes on this heatmap"));
  column->addWidget(notes_);
  stripTitle_ = heading(tr("Pictures"));
  column->addWidget(stripTitle_);
  strip_ = new QListWidget;
  strip_->setAccessibleName(tr("Pictures that belong to this heatmap"));
  strip_->setToolTip(tr("Choose one to see it large"));
  strip_->setViewMode(QListView::IconMode);
  strip_->setMovement(QListView::Static);
  strip_->setResizeMode(QListView::Adjust);
  strip_->setWordWrap(true);
  strip_->setIconSize({kIcon, kIcon});
  strip_->setFrameShape(QFrame::NoFrame);
  strip_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  strip_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  strip_->viewport()->setAutoFillBackground(false);
  column->addWidget(strip_);
  column->addStretch(1);
  auto* charts = new QVBoxLayout(drawn_);
  charts->setContentsMargins(0, 0, 0, 0);
  chartColumn_ = new QVBoxLayout;
  chartColumn_->setSpacing(12);
  charts->addLayout(chartColumn_);
  charts->addStretch(1);
  parts_->addWidget(told_, 0);
  parts_->addWidget(drawn_, 0);
  parts_->addStretch(0);
  setBelow(false);
  strip_->installEventFilter(this);
  connect(strip_, &QListWidget::currentRowChanged, this, [this](int row) {
    if (row >= 0) Q_EMIT pictureChosen(row - 1);
  });
  clear();
}

void AnswerPanel::clear() {
  setAnswer({}, {}, {});
}

void AnswerPanel::setBelow(bool below) {
  parts_->setDirection(below ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
  parts_->setStretch(0, below ? 1 : 0);
  parts_->setStretch(1, below ? 1 : 0);
  parts_->setStretch(2, below ? 0 : 1);
}

void AnswerPanel::setAnswer(const AttributionAnswer& answer, const QImage& heat, const QVector<AnswerImage>& pictures) {
  empty_ = answer.notes.empty() && answer.curves.empty() && pictures.isEmpty();
  QStringList notes;
  for (const std::string& note : answer.notes) notes << QString::fromStdString(note);
  notes_->setText(notes.join(QLatin1Char('\n')));
  notes_->setVisible(!notes.isEmpty());
  told_->setVisible(!notes.isEmpty() || !pictures.isEmpty());
  drawn_->setVisible(!answer.curves.empty());
  showCurves(answer.curves);
  showPictures(heat, pictures);
}

void AnswerPanel::showCurves(const std::vector<AnswerCurve>& curves) {
  const auto groups = grouped(curves);
  while (charts_.size() > qsizetype(groups.size())) delete charts_.takeLast();
  while (charts_.size() < qsizetype(groups.size())) {
    auto* chart = new CurveChart;
    connect(chart, &CurveChart::saved, this, &AnswerPanel::curvesSaved);
    chartColumn_->addWidget(chart);
    charts_ << chart;
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const AnswerCurve& first = groups[i].front();
    const QString x = QString::fromStdString(first.xTitle), y = QString::fromStdString(first.yTitle);
    QVector<CurveSeries> all;
    for (const AnswerCurve& curve : groups[i]) {
      CurveSeries series{QString::fromStdString(curve.title), {}};
      const std::size_t count = std::min(curve.x.size(), curve.y.size());
      for (std::size_t k = 0; k < count; ++k) series.points.append({curve.x[k], curve.y[k]});
      all.append(series);
    }
    CurveChart* chart = charts_[qsizetype(i)];
    chart->setTitle(all.size() == 1 ? all.front().name : tr("%1 against %2").arg(y, x));
    chart->setAxisTitles(x, y);
    chart->setCurves(all);
    if (first.level) {
      chart->setLevel(*first.level, QString::fromStdString(first.levelTitle));
    } else {
      chart->clearLevel();
    }
  }
}

// In place, so that a strip that is looked at while it forms neither flickers nor loses the choice.
void AnswerPanel::showPictures(const QImage& heat, const QVector<AnswerImage>& pictures) {
  const bool any = !pictures.isEmpty();
  stripTitle_->setVisible(any);
  strip_->setVisible(any);
  const int wanted = any ? int(pictures.size()) + 1 : 0;
  {
    const QSignalBlocker quiet(strip_);
    while (strip_->count() > wanted) delete strip_->takeItem(strip_->count() - 1);
    while (strip_->count() < wanted) strip_->addItem(new QListWidgetItem);
    for (int i = 0; i < wanted; ++i) {
      QListWidgetItem* item = strip_->item(i);
      const QString title = i == 0 ? tr("Heatmap") : pictures[i - 1].title;
      item->setText(title);
      item->setToolTip(title);
      item->setIcon(QIcon(QPixmap::fromImage(i == 0 ? heat : pictures[i - 1].picture)));
    }
    if (any && strip_->currentRow() < 0) strip_->setCurrentRow(0);
  }
  fitStrip();
}

void AnswerPanel::fitStrip() {
  const int cell = kIcon + 24, lines = 3;
  strip_->setGridSize({cell, kIcon + 10 + lines * fontMetrics().height()});
  const int columns = std::max(1, strip_->width() / cell), rows = (strip_->count() + columns - 1) / columns;
  strip_->setFixedHeight(std::max(1, rows * strip_->gridSize().height() + 4));
}

bool AnswerPanel::eventFilter(QObject* watched, QEvent* event) {
  if (watched == strip_ && event->type() == QEvent::Resize) fitStrip();
  return QWidget::eventFilter(watched, event);
}

int AnswerPanel::chosen() const {
  return std::max(0, strip_->currentRow()) - 1;
}

void AnswerPanel::choose(int picture) {
  if (picture + 1 < strip_->count()) strip_->setCurrentRow(picture + 1);
}

}  // namespace unitscope
