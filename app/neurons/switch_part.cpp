#include "app/neurons/switch_part.h"

#include <cmath>

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSlider>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/counterfactual/change_chart.h"
#include "app/neurons/live_switches.h"
#include "app/selection.h"
#include "widgets/icons.h"

namespace unitscope {

namespace {

constexpr int kSteps = 10;  // of the slider, for a factor of 1

double factorOf(const QVector<UnitScale>& scales, const UnitAddress& address) {
  for (const UnitScale& one : scales)
    if (one.layer == address.layer && one.unit == address.unit) return one.factor;
  return 1.0;
}

}  // namespace

SwitchPart::SwitchPart(Selection& selection, LiveSwitches& switches, QWidget* parent)
    : PagePart(tr("Switch"), tr("Turn the unit off or up, and see what the network then says of the current image"),
               parent),
      selection_(selection),
      switches_(switches) {
  auto* row = new QHBoxLayout;
  row->setSpacing(6);
  off_ = new QToolButton;
  off_->setCheckable(true);
  off_->setText(tr("Off"));
  off_->setToolTip(tr("Multiplies the unit's activation by 0"));
  off_->setAccessibleName(tr("Unit off"));
  slider_ = new QSlider(Qt::Horizontal);
  slider_->setRange(0, 5 * kSteps);
  slider_->setPageStep(kSteps);
  slider_->setTickInterval(kSteps);
  slider_->setTickPosition(QSlider::TicksBelow);
  slider_->setAccessibleName(tr("Factor of the unit's activation"));
  slider_->setToolTip(tr("From \u00d7 0 (off) over \u00d7 1 (as it is) to \u00d7 5"));
  factor_ = new QLabel;
  factor_->setMinimumWidth(factor_->fontMetrics().horizontalAdvance(QStringLiteral("\u00d7 0.00")));
  asIs_ = new QPushButton(tr("As it is"));
  asIs_->setToolTip(tr("Back to \u00d7 1"));
  row->addWidget(off_);
  row->addWidget(slider_, 1);
  row->addWidget(factor_);
  row->addWidget(asIs_);
  column()->addLayout(row);
  auto* others = new QHBoxLayout;
  summary_ = new QLabel;
  summary_->setWordWrap(true);
  summary_->setForegroundRole(QPalette::PlaceholderText);
  allOn_ = new QPushButton(themedIcon(QStringLiteral("reset")), tr("All as they are"));
  allOn_->setToolTip(tr("Takes back what was done to any unit"));
  others->addWidget(summary_, 1);
  others->addWidget(allOn_);
  column()->addLayout(others);
  chart_ = new ChangeChart;
  chart_->setAccessibleName(tr("Predictions without and with the switches"));
  column()->addWidget(chart_);

  connect(off_, &QToolButton::clicked, this, [this](bool off) { Q_EMIT factorWanted(off ? 0.0 : 1.0); });
  connect(slider_, &QSlider::valueChanged, this, [this](int value) { Q_EMIT factorWanted(double(value) / kSteps); });
  connect(asIs_, &QPushButton::clicked, this, [this] { Q_EMIT factorWanted(1.0); });
  connect(allOn_, &QPushButton::clicked, this, &SwitchPart::allOnWanted);
  connect(chart_, &ChangeChart::picked, this, [this](int id) { selection_.setTarget(id); });
  connect(&switches_, &LiveSwitches::answered, this, &SwitchPart::showAnswer);
  connect(&selection_, &Selection::changed, this, [this](const Focus& now, const Focus& before) {
    if (now.image != before.image) ask();
    if (now.target != before.target) showAnswer();
  });
  showSwitch();
}

void SwitchPart::showUnit(const UnitAddress& address) {
  address_ = address;
  showSwitch();
  ask();
  showAnswer();
}

void SwitchPart::setScales(const QVector<UnitScale>& scales) {
  scales_ = scales;
  showSwitch();
  ask();
}

void SwitchPart::ask() {
  if (address_.unit >= 0) switches_.ask(selection_.focus().image, scales_);
}

void SwitchPart::showSwitch() {
  const double factor = factorOf(scales_, address_);
  const QSignalBlocker quiet(slider_);
  slider_->setValue(int(std::lround(factor * kSteps)));
  off_->setChecked(factor == 0.0);
  factor_->setText(QStringLiteral("\u00d7 %1").arg(QLocale().toString(factor, 'g', 3)));
  asIs_->setEnabled(factor != 1.0);
  const int others = int(scales_.size()) - (factor != 1.0 ? 1 : 0);
  summary_->setText(others > 0 ? tr("Other units that are switched: %1").arg(others) : QString());
  summary_->setVisible(others > 0);
  allOn_->setVisible(others > 0);
}

void SwitchPart::showAnswer() {
  const LiveSwitches::Answer* answer = switches_.answer();
  if (!answer) {
    chart_->setRows({});
    chart_->hide();
    say(selection_.focus().image == 0 ? tr("Open an image to see what the switch does to the predictions") : QString());
    return;
  }
  say({});
  chart_->show();
  chart_->setRows(changeRows(answer->before, answer->after, selection_.focus().target));
  chart_->setChosen(selection_.focus().target);
}

}  // namespace unitscope
