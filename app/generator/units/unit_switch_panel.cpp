#include "app/generator/units/unit_switch_panel.h"

#include <algorithm>
#include <cmath>

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSlider>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/availability.h"
#include "app/generator/generator_stage.h"
#include "app/generator/toggle_look.h"
#include "app/generator/units/scene_maps.h"
#include "app/generator/units/unit_gallery.h"
#include "widgets/icons.h"

namespace unitscope {
namespace {

constexpr int kSteps = 700;  // of the slider
constexpr double kLeastFactor = -2.0, kMostFactor = 5.0;

}  // namespace

UnitSwitchPanel::UnitSwitchPanel(GeneratorStage& stage, UnitGallery& gallery, QWidget* parent)
    : QWidget(parent), stage_(stage), gallery_(gallery) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 6, 8, 6);
  column->setSpacing(6);
  what_ = new QLabel;
  what_->setWordWrap(true);
  column->addWidget(what_);
  auto* line = new QHBoxLayout;
  off_ = new QToolButton;
  off_->setCheckable(true);
  off_->setText(tr("Off"));
  off_->setToolTip(tr("The units draw nothing: their activations are multiplied by 0"));
  off_->setAccessibleName(tr("Units off"));
  fillWhenChecked(*off_);
  kind_ = new QComboBox;
  kind_->addItem(tr("Times"), int(UnitSwitch::Kind::Scale));
  kind_->addItem(tr("Set to"), int(UnitSwitch::Kind::Set));
  kind_->setAccessibleName(tr("What is done to the units"));
  kind_->setToolTip(tr("Times: the activations as they are, stronger or weaker. Set to: the same value everywhere."));
  slider_ = new QSlider(Qt::Horizontal);
  slider_->setRange(0, kSteps);
  slider_->setSingleStep(10);
  slider_->setPageStep(100);
  slider_->setAccessibleName(tr("Strength of the units"));
  value_ = new QDoubleSpinBox;
  value_->setKeyboardTracking(false);
  value_->setDecimals(2);
  value_->setSingleStep(0.1);
  value_->setAccessibleName(tr("Strength of the units as a number"));
  asIs_ = new QPushButton(tr("As it is"));
  asIs_->setToolTip(tr("Takes back what was done to these units"));
  line->addWidget(off_);
  line->addWidget(kind_);
  line->addWidget(slider_, 1);
  line->addWidget(value_);
  line->addWidget(asIs_);
  column->addLayout(line);
  auto* more = new QHBoxLayout;
  ends_ = new QLabel;
  ends_->setForegroundRole(QPalette::PlaceholderText);
  all_ = new QPushButton(tr("Choose all shown"));
  all_->setToolTip(tr("Every unit that the search finds (Ctrl+A)"));
  open_ = new QPushButton(themedIcon(QStringLiteral("neurons")), tr("Open in Neurons"));
  open_->setToolTip(tr("What this unit looks for (double click on it)"));
  more->addWidget(ends_, 1);
  more->addWidget(all_);
  more->addWidget(open_);
  column->addLayout(more);
  column->addStretch(1);

  connect(off_, &QToolButton::clicked, this, [this](bool off) {
    const QSignalBlocker quiet(kind_);
    kind_->setCurrentIndex(0);
    apply(off ? 0.0 : 1.0, {});
  });
  connect(kind_, &QComboBox::activated, this, [this] {
    showRange();
    // From where the units are now, so that the picture does not jump.
    double amount = 1.0;
    if (shownKind() == UnitSwitch::Kind::Set) {
      amount = 0.0;
      for (const std::int64_t unit : gallery_.chosen())
        if (const double most = gallery_.maps().largest(unit); std::isfinite(most)) amount = std::max(amount, most);
    }
    apply(amount, {});
  });
  connect(slider_, &QSlider::valueChanged, this, [this](int at) {
    const double low = value_->minimum(), high = value_->maximum();
    double amount = low + (high - low) * at / kSteps;
    // Where the ends are round, so are the steps.
    if (shownKind() == UnitSwitch::Kind::Scale) amount = std::round(amount * 100.0) / 100.0;
    apply(amount, QStringLiteral("slide"));
  });
  connect(value_, &QDoubleSpinBox::valueChanged, this,
          [this](double amount) { apply(amount, QStringLiteral("slide")); });
  connect(asIs_, &QPushButton::clicked, this, [this] {
    stage_.change(tr("Units as they are"),
                  withUnits(stage_.scene(), gallery_.layer().toStdString(), gallery_.chosen(), {}));
  });
  connect(all_, &QPushButton::clicked, this, [this] { gallery_.chooseShown(); });
  connect(open_, &QPushButton::clicked, this, [this] {
    if (!gallery_.chosen().empty()) Q_EMIT unitOpened(int(gallery_.chosen().front()));
  });
  connect(&gallery_, &UnitGallery::chosenChanged, this, &UnitSwitchPanel::show);
  connect(&gallery_, &UnitGallery::layerPicked, this, &UnitSwitchPanel::show);
  connect(&gallery_.maps(), &SceneMaps::known, this, &UnitSwitchPanel::show);
  connect(&stage_, &GeneratorStage::sceneChanged, this, &UnitSwitchPanel::show);
  show();
}

UnitSwitch::Kind UnitSwitchPanel::shownKind() const {
  return UnitSwitch::Kind(kind_->currentData().toInt());
}

void UnitSwitchPanel::apply(double amount, const QString& mergeKey) {
  if (gallery_.chosen().empty()) return;
  const QString key =
      mergeKey.isEmpty()
          ? QString()
          : QStringLiteral("units/%1/%2/%3").arg(gallery_.layer(), unitsText(gallery_.chosen())).arg(int(shownKind()));
  const QString text = gallery_.chosen().size() == 1 ? tr("Unit %1").arg(gallery_.chosen().front())
                                                     : tr("%n units", "", int(gallery_.chosen().size()));
  stage_.change(
      text, withUnits(stage_.scene(), gallery_.layer().toStdString(), gallery_.chosen(), {shownKind(), amount}), key);
  show();
}

void UnitSwitchPanel::showRange() {
  double low = kLeastFactor, high = kMostFactor;
  if (shownKind() == UnitSwitch::Kind::Set) {
    // What the layer's units reach in this picture, and somewhat beyond.
    constexpr double kBeyond = 1.5;
    low = -1.0;
    high = 1.0;
    if (const UnitMaps* maps = gallery_.maps().maps()) {
      low = std::min(0.0, kBeyond * maps->range().low);
      high = std::max(1e-3, kBeyond * maps->range().high);
    }
    if (const auto state = stateOf(stage_.scene(), gallery_.layer().toStdString(), gallery_.chosen());
        state && state->kind == UnitSwitch::Kind::Set) {
      low = std::min(low, state->amount);
      high = std::max(high, state->amount);
    }
  }
  value_->setRange(low, high);
  slider_->setToolTip(shownKind() == UnitSwitch::Kind::Scale
                          ? tr("From \u22122 times over 0 (off) and 1 (as it is) to 5 times")
                          : tr("Up to half as much again as any unit of the layer reaches in this picture"));
  const auto text = [](double number) { return QLocale().toString(number, 'g', 3); };
  ends_->setText(shownKind() == UnitSwitch::Kind::Scale ? tr("\u22122\u00d7 to 5\u00d7")
                                                        : tr("%1 to %2").arg(text(low), text(high)));
}

void UnitSwitchPanel::show() {
  const std::vector<std::int64_t>& chosen = gallery_.chosen();
  const auto state = stateOf(stage_.scene(), gallery_.layer().toStdString(), chosen);
  const QSignalBlocker quietKind(kind_), quietSlider(slider_), quietValue(value_);
  if (state && !state->asIs() && !(state->off() && state->kind == UnitSwitch::Kind::Scale))
    kind_->setCurrentIndex(kind_->findData(int(state->kind)));
  if (state && state->asIs()) kind_->setCurrentIndex(0);
  showRange();
  const double amount = state ? state->amount : shownKind() == UnitSwitch::Kind::Scale ? 1.0 : 0.0;
  value_->setValue(amount);
  const double low = value_->minimum(), high = value_->maximum();
  slider_->setValue(int(std::lround((amount - low) / (high - low) * kSteps)));
  off_->setChecked(state && state->off() && state->kind == UnitSwitch::Kind::Scale);
  const QString none = chosen.empty() ? tr("Choose a unit first") : QString();
  for (QWidget* one : {static_cast<QWidget*>(off_), static_cast<QWidget*>(kind_), static_cast<QWidget*>(slider_),
                       static_cast<QWidget*>(value_)})
    setAvailable(*one, none);
  setAvailable(*open_, none);
  setAvailable(*asIs_, !none.isEmpty()          ? none
                       : state && state->asIs() ? tr("Nothing was done to these units")
                                                : QString());
  if (chosen.empty()) {
    what_->setText(tr("Click a unit to switch it; Ctrl or Shift with a click chooses several."));
  } else if (chosen.size() == 1) {
    const auto at = std::size_t(chosen.front());
    const QString name = at < gallery_.facts().size() ? gallery_.facts()[at].conceptName : QString();
    what_->setText(name.isEmpty() ? tr("<b>Unit %1</b>").arg(chosen.front())
                                  : tr("<b>Unit %1</b>, draws %2").arg(chosen.front()).arg(name.toHtmlEscaped()));
  } else {
    what_->setText(tr("<b>%n units</b>: %1", "", int(chosen.size())).arg(unitsText(chosen)) +
                   (state ? QString() : tr(", not all set alike")));
  }
}

}  // namespace unitscope
