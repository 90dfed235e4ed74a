#include "app/attribution/look_bar.h"

#include <cmath>

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSlider>
#include <QToolButton>

#include "app/attribution/heat_picture.h"
#include "app/availability.h"
#include "widgets/color_map_picker.h"
#include "widgets/icons.h"

namespace unitscope {

LookBar::LookBar(QWidget* parent) : QWidget(parent) {
  auto* line = new QHBoxLayout(this);
  line->setContentsMargins(10, 4, 8, 2);
  line->setSpacing(8);
  auto* label = new QLabel(tr("Heat"));
  opacity_ = new QSlider(Qt::Horizontal);
  opacity_->setRange(0, 100);
  opacity_->setPageStep(10);
  opacity_->setFixedWidth(110);
  opacity_->setAccessibleName(tr("Opacity of the heatmaps"));
  opacity_->setToolTip(tr("Opacity of the heatmaps over the picture"));
  label->setBuddy(opacity_);
  magnitudes_ = new QCheckBox(tr("Magnitudes"));
  magnitudes_->setToolTip(
      tr("Off: signed values, blue against and red for the class (channels are added up).\n"
         "On: how strong, without the sign (the largest magnitude over the channels; Simonyan et al. 2014)."));
  colors_ = new ColorMapPicker;
  colors_->setChoices(
      {{"viridis", tr("Viridis"), colorsOf(ColorMap::Viridis)}, {"magma", tr("Magma"), colorsOf(ColorMap::Magma)}});
  colors_->setToolTip(tr("Colours of maps without sign; signed maps are blue to red with zero in the middle"));
  auto* fit = new QToolButton;
  fit->setIcon(themedIcon(QStringLiteral("zoom-fit")));
  fit->setAutoRaise(true);
  fit->setToolTip(tr("Show the whole pictures (0)"));
  fit->setAccessibleName(tr("Fit"));
  auto* out = new QToolButton;
  out->setIcon(themedIcon(QStringLiteral("export")));
  out->setText(tr("Export"));
  out->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  out->setPopupMode(QToolButton::InstantPopup);
  out->setAutoRaise(true);
  menu_ = new QMenu(out);
  menu_->setToolTipsVisible(true);
  out->setMenu(menu_);
  line->addWidget(label);
  line->addWidget(opacity_);
  line->addWidget(magnitudes_);
  line->addWidget(colors_);
  line->addStretch(1);
  line->addWidget(fit);
  line->addWidget(out);
  connect(opacity_, &QSlider::valueChanged, this, [this](int value) {
    if (!silent_) Q_EMIT opacityChanged(value / 100.0);
  });
  connect(magnitudes_, &QCheckBox::toggled, this, [this](bool on) {
    if (!silent_) Q_EMIT absoluteChanged(on);
  });
  connect(colors_, &ColorMapPicker::picked, this, &LookBar::colorsChanged);
  connect(fit, &QToolButton::clicked, this, &LookBar::fitRequested);
}

void LookBar::setState(const AttributionState& state) {
  silent_ = true;
  opacity_->setValue(int(std::lround(100 * state.opacity)));
  magnitudes_->setChecked(state.absolute);
  colors_->setCurrent(state.colors);
  silent_ = false;
}

void LookBar::setColorsReason(const QString& reason) {
  setAvailable(*colors_, reason);
}

}  // namespace unitscope
