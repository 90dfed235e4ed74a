#include "widgets/job_bar.h"

#include <algorithm>
#include <cmath>

#include <QHBoxLayout>
#include <QLocale>
#include <QProgressBar>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include "widgets/elided_label.h"
#include "widgets/icons.h"

namespace unitscope {

// One row; reused for whichever job stands at its place.
class JobBar::Row : public QWidget {
 public:
  explicit Row(JobBar* bar) : QWidget(bar) {
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(8, 1, 4, 1);
    line->setSpacing(10);
    title_ = new ElidedLabel;
    title_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    line->addWidget(title_, 3);
    what_ = new ElidedLabel;
    what_->setMuted(true);
    what_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    line->addWidget(what_, 2);
    progress_ = new QProgressBar;
    progress_->setTextVisible(false);
    progress_->setMinimumWidth(60);
    progress_->setMaximumWidth(180);
    progress_->setMaximumHeight(10);
    line->addWidget(progress_, 1);
    left_ = new ElidedLabel;
    left_->setMuted(true);
    left_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    left_->setFixedWidth(fontMetrics().horizontalAdvance(QStringLiteral("00 min 00 s left ")));
    line->addWidget(left_);
    cancel_ = new QToolButton;
    cancel_->setAutoRaise(true);
    cancel_->setIcon(themedIcon(QStringLiteral("cancel")));
    line->addWidget(cancel_);
    QObject::connect(cancel_, &QToolButton::clicked, bar, [this, bar] { Q_EMIT bar->cancelRequested(id_); });
  }

  void show(const JobRow& job) {
    id_ = job.id;
    title_->setText(job.title);
    what_->setText(job.waiting ? JobBar::tr("waiting") : job.what);
    const bool known = job.fraction >= 0.0 || job.waiting;
    progress_->setRange(0, known ? 1000 : 0);
    if (known) progress_->setValue(int(std::lround(1000 * std::clamp(job.fraction, 0.0, 1.0))));
    progress_->setAccessibleName(JobBar::tr("Progress of %1").arg(job.title));
    left_->setText(job.secondsLeft ? JobBar::timeText(*job.secondsLeft) : QString());
    cancel_->setToolTip(JobBar::tr("Cancel: %1").arg(job.title));
    cancel_->setAccessibleName(cancel_->toolTip());
    QWidget::show();
  }

 private:
  quint64 id_ = 0;
  ElidedLabel* title_;
  ElidedLabel* what_;
  ElidedLabel* left_;
  QProgressBar* progress_;
  QToolButton* cancel_;
};

JobBar::JobBar(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Running jobs"));
  layout_ = new QVBoxLayout(this);
  layout_->setContentsMargins(0, 2, 0, 2);
  layout_->setSpacing(0);
  more_ = new QWidget;
  auto* line = new QHBoxLayout(more_);
  line->setContentsMargins(8, 1, 4, 1);
  moreText_ = new ElidedLabel;
  moreText_->setMuted(true);
  auto* all = new QToolButton;
  all->setObjectName(QStringLiteral("cancelAll"));
  all->setText(tr("Cancel all"));
  all->setAutoRaise(true);
  line->addWidget(moreText_, 1);
  line->addWidget(all);
  layout_->addWidget(more_);
  connect(all, &QToolButton::clicked, this, &JobBar::cancelAllRequested);
  timer_ = new QTimer(this);
  timer_->setSingleShot(true);
  connect(timer_, &QTimer::timeout, this, &JobBar::refresh);
  more_->hide();
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
  hide();
}

void JobBar::setJob(const JobRow& job) {
  const auto it = std::find_if(jobs_.begin(), jobs_.end(), [&](const JobRow& j) { return j.id == job.id; });
  if (it != jobs_.end())
    *it = job;
  else
    jobs_.append(job);
  scheduleRefresh();
}

void JobBar::removeJob(quint64 id) {
  jobs_.erase(std::remove_if(jobs_.begin(), jobs_.end(), [id](const JobRow& j) { return j.id == id; }), jobs_.end());
  if (!jobs_.isEmpty() || waiting_ > 0) return scheduleRefresh();
  timer_->stop();
  refresh();
}

void JobBar::setWaiting(int count) {
  waiting_ = std::max(0, count);
  if (isVisible() || waiting_ > 0) scheduleRefresh();
}

void JobBar::clear() {
  waiting_ = 0;
  jobs_.clear();
  timer_->stop();
  refresh();
}

void JobBar::setMaximumRows(int rows) {
  maximumRows_ = std::max(1, rows);
  layout_->setDirection(maximumRows_ == 1 ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
  refresh();
}

QString JobBar::timeText(double seconds) {
  if (!(seconds >= 0.0) || seconds > 1e6) return {};
  const int whole = std::max(1, int(std::lround(seconds)));
  if (whole < 60) return tr("%1 s left").arg(whole);
  if (whole < 3600) return tr("%1 min %2 s left").arg(whole / 60).arg(whole % 60);
  return tr("%1 h %2 min left").arg(whole / 3600).arg(whole / 60 % 60);
}

// Progress may arrive hundreds of times a second; the eye needs fewer. The first job also waits out the delay.
void JobBar::scheduleRefresh() {
  if (!timer_->isActive()) timer_->start(isVisible() ? 60 : delay_);
}

void JobBar::refresh() {
  QVector<JobRow> ordered = jobs_;
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const JobRow& a, const JobRow& b) { return !a.waiting && b.waiting; });
  const int shown = std::min(int(ordered.size()), maximumRows_);
  while (rows_.size() < shown) {
    rows_.append(new Row(this));
    layout_->insertWidget(int(rows_.size()) - 1, rows_.back(), maximumRows_ == 1 ? 1 : 0);
  }
  for (int i = 0; i < rows_.size(); ++i) {
    if (i < shown)
      rows_[i]->show(ordered[i]);
    else
      rows_[i]->hide();
  }
  const int hidden = int(ordered.size()) - shown + waiting_;
  moreText_->setText(tr("and %n more", nullptr, hidden));
  more_->setVisible(hidden > 0);
  setVisible(!ordered.isEmpty() || waiting_ > 0);
}

}  // namespace unitscope
