#include "app/bottom_bar.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QToolButton>

#include "app/app_settings.h"
#include "app/compute_menu.h"
#include "app/device_list.h"
#include "app/document.h"
#include "app/engine_bridge.h"
#include "widgets/elided_label.h"
#include "widgets/job_bar.h"

namespace unitscope {

BottomBar::BottomBar(const Context& context, QWidget* parent) : QWidget(parent), context_(context) {
  facts_ = new ElidedLabel;
  facts_->setMuted(true);
  facts_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  jobs_ = new JobBar;
  jobs_->setMaximumRows(1);
  compute_ = new QToolButton;
  compute_->setAutoRaise(true);
  compute_->setToolTip(tr("Where and how the network is computed; click to change"));
  compute_->setPopupMode(QToolButton::InstantPopup);
  compute_->setMenu(new ComputeMenu(context_, compute_));
  auto* line = new QHBoxLayout(this);
  line->setContentsMargins(8, 0, 4, 0);
  line->setSpacing(8);
  line->addWidget(facts_, 1);
  line->addWidget(jobs_, 3);
  line->addWidget(compute_);
  // Jobs come and go; nothing above may move for them.
  setFixedHeight(fontMetrics().height() + 12);

  connect(&context_.engine, &EngineBridge::jobChanged, this, &BottomBar::showJob);
  connect(&context_.engine, &EngineBridge::waitingChanged, jobs_, &JobBar::setWaiting);
  connect(jobs_, &JobBar::cancelRequested, this, [this](quint64 id) { context_.engine.cancel(id); });
  connect(jobs_, &JobBar::cancelAllRequested, this, [this] { context_.engine.cancelAll(); });
  connect(&context_.document, &Document::modelChanged, this, &BottomBar::updateFacts);
  connect(&context_.document, &Document::picturesChanged, this, &BottomBar::updateFacts);
  connect(&context_.settings, &AppSettings::computeChanged, this, &BottomBar::updateCompute);
  updateFacts();
  updateCompute();
}

void BottomBar::setTip(const QString& tip) {
  tip_ = tip;
  updateFacts();
}

void BottomBar::showJob(const JobStatus& status) {
  using State = JobStatus::State;
  if (status.state != State::Queued && status.state != State::Running) {
    jobs_->removeJob(status.id);
    return;
  }
  JobRow row;
  row.id = status.id;
  row.title = QString::fromStdString(status.title);
  row.what = QString::fromStdString(status.what);
  row.waiting = status.state == State::Queued;
  // Work that has reported nothing yet may never do so: better a moving bar than one that stands at nothing.
  row.fraction = status.fraction > 0.0 ? status.fraction : -1.0;
  row.secondsLeft = status.secondsLeft;
  jobs_->setJob(row);
}

void BottomBar::updateFacts() {
  if (!tip_.isEmpty()) return facts_->setText(tip_);
  QStringList facts;
  const Document& document = context_.document;
  if (document.hasModel()) {
    const OpenedModel& opened = document.opened();
    facts << opened.title;
    if (!opened.format.isEmpty()) facts << opened.format;
    facts
        << tr("%1 parameters").arg(QLocale().toString(static_cast<qlonglong>(opened.model->graph().parameterCount())));
  } else {
    facts << tr("No model is open");
  }
  const std::size_t pictures = document.pictures().size();
  if (pictures > 0) facts << (pictures == 1 ? tr("1 image") : tr("%1 images").arg(pictures));
  facts_->setText(facts.join(QStringLiteral("  \u00b7  ")));
}

void BottomBar::updateCompute() {
  const AppSettings& settings = context_.settings;
  compute_->setText(deviceTitle(settings.device()) + QStringLiteral(" \u00b7 ") +
                    (settings.bfloat16() ? tr("bfloat16") : tr("float32")));
  compute_->setAccessibleName(tr("Computes on %1").arg(compute_->text()));
}

}  // namespace unitscope
