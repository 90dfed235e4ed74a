#include "app/generator/units/paint_panel.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include <QButtonGroup>
#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QSlider>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/availability.h"
#include "app/generator/generator_concepts.h"
#include "app/generator/generator_stage.h"
#include "app/generator/scene_edits.h"
#include "app/generator/stage_canvas.h"
#include "app/generator/toggle_look.h"
#include "app/generator/units/scene_maps.h"
#include "app/generator/units/unit_gallery.h"
#include "widgets/icons.h"

namespace unitscope {
namespace {

constexpr double kHundred = 100.0;
constexpr double kSoftness = 0.4;

}  // namespace

PaintPanel::PaintPanel(GeneratorStage& stage, UnitGallery& gallery, UnitPainter& painter, StageCanvas& canvas,
                       QWidget* parent)
    : QWidget(parent), stage_(stage), gallery_(gallery), painter_(painter) {
  makeLayout();
  connect(modes_, &QButtonGroup::idClicked, this, [this] {
    tell();
    Q_EMIT stateChanged();
  });
  connect(what_, &QComboBox::activated, this, [this] {
    wanted_ = what_->currentData().toString();
    tell();
    Q_EMIT stateChanged();
  });
  for (QSlider* slider : {size_, strength_})
    connect(slider, &QSlider::valueChanged, this, [this] {
      tell();
      Q_EMIT stateChanged();
    });
  connect(&canvas, &BrushCanvas::sizeStepped, this,
          [this](int steps) { size_->setValue(size_->value() + steps * std::max(1, size_->value() / 6)); });
  connect(&canvas, &BrushCanvas::eraserToggled, this, [this] {
    const bool draws = shownMode() == UnitPaint::Mode::Draw;
    modes_->button(int(draws ? UnitPaint::Mode::Remove : UnitPaint::Mode::Draw))->click();
  });
  connect(&gallery_, &UnitGallery::chosenChanged, this, &PaintPanel::fillWhat);
  connect(&gallery_, &UnitGallery::layerPicked, this, &PaintPanel::fillWhat);
  connect(&gallery_.maps(), &SceneMaps::known, this, &PaintPanel::tell);
  connect(stage_.concepts(), &GeneratorConcepts::changed, this, &PaintPanel::fillWhat);
  connect(&stage_, &GeneratorStage::sceneChanged, this, &PaintPanel::tell);
  fillWhat();
}

void PaintPanel::makeLayout() {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 6, 8, 6);
  column->setSpacing(6);
  auto* line = new QHBoxLayout;
  modes_ = new QButtonGroup(this);
  for (const auto& [mode, icon, text, help] :
       {std::tuple(UnitPaint::Mode::Draw, QStringLiteral("brush"), tr("Draw"),
                   tr("Under the brush the units are held at the values at which they draw (X: draw or remove)")),
        std::tuple(UnitPaint::Mode::Remove, QStringLiteral("minus"), tr("Remove"),
                   tr("Under the brush the units are off (X: draw or remove)")),
        std::tuple(UnitPaint::Mode::Erase, QStringLiteral("eraser"), tr("Erase"),
                   tr("What was painted goes again; the sample itself stays"))}) {
    auto* button = new QToolButton;
    button->setCheckable(true);
    button->setIcon(themedIcon(icon));
    button->setText(text);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setToolTip(help);
    modes_->addButton(button, int(mode));
    fillWhenChecked(*button);
    line->addWidget(button);
  }
  modes_->button(int(UnitPaint::Mode::Draw))->setChecked(true);
  what_ = new QComboBox;
  what_->setAccessibleName(tr("What to paint"));
  what_->setToolTip(tr("A concept of the dissection, or the units that are chosen above"));
  what_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  what_->setMinimumContentsLength(12);
  line->addWidget(what_, 1);
  column->addLayout(line);
  auto* grid = new QGridLayout;
  grid->setHorizontalSpacing(8);
  grid->setVerticalSpacing(4);
  const auto slider = [&](int row, const QString& text, int low, int high, int value, const QString& name,
                          const QString& help, QLabel*& shown) {
    auto* made = new QSlider(Qt::Horizontal);
    made->setRange(low, high);
    made->setValue(value);
    made->setPageStep(10);
    made->setAccessibleName(name);
    made->setToolTip(help);
    auto* label = new QLabel(text);
    label->setBuddy(made);
    shown = new QLabel;
    shown->setMinimumWidth(shown->fontMetrics().horizontalAdvance(QStringLiteral("\u00d7 0.00")));
    grid->addWidget(label, row, 0);
    grid->addWidget(made, row, 1);
    grid->addWidget(shown, row, 2);
    return made;
  };
  size_ = slider(0, tr("Size"), 3, 80, 20, tr("Size of the brush"),
                 tr("Diameter of the brush, of the picture's shorter side ([ and ] on the picture)"), sizeText_);
  strength_ =
      slider(1, tr("Strength"), 5, 300, 100, tr("Strength of the brush"),
             tr("Draw: times the value at which the units draw. Remove: how much of them goes."), strengthText_);
  column->addLayout(grid);
  hint_ = new QLabel;
  hint_->setWordWrap(true);
  hint_->setForegroundRole(QPalette::PlaceholderText);
  column->addWidget(hint_);
  column->addStretch(1);
}

QToolButton* PaintPanel::mode(UnitPaint::Mode mode) const {
  return static_cast<QToolButton*>(modes_->button(int(mode)));
}

UnitPaint::Mode PaintPanel::shownMode() const {
  return UnitPaint::Mode(std::max(0, modes_->checkedId()));
}

void PaintPanel::fillWhat() {
  what_->clear();
  what_->addItem(
      gallery_.chosen().empty() ? tr("Chosen units (none)") : tr("Chosen units (%1)").arg(unitsText(gallery_.chosen())),
      QString());
  if (const LayerConcepts* known = stage_.concepts()->of(gallery_.layer()))
    for (const ConceptGroup& group : known->groups) {
      what_->addItem(group.name, group.name);
      what_->setItemData(what_->count() - 1, tr("%n units", "", int(group.units.size())), Qt::ToolTipRole);
    }
  // With a dissection a concept is what one wants to paint.
  int index = wanted_.isEmpty() ? 0 : what_->findData(wanted_);
  if (index < 0 || (index == 0 && gallery_.chosen().empty() && what_->count() > 1)) index = what_->count() > 1 ? 1 : 0;
  what_->setCurrentIndex(index);
  tell();
}

void PaintPanel::tell() {
  UnitPaint paint;
  paint.mode = shownMode();
  paint.layer = gallery_.layer().toStdString();
  paint.strength = strength_->value() / kHundred;
  QString problem;
  const QString name = what_->currentData().toString();
  if (const ConceptGroup* group = name.isEmpty() ? nullptr : stage_.concepts()->group(gallery_.layer(), name)) {
    paint.what = group->name;
    paint.units = group->units;
    paint.high = group->high;
  } else if (!gallery_.chosen().empty()) {
    paint.units = gallery_.chosen();
    paint.what =
        paint.units.size() == 1 ? tr("unit %1").arg(paint.units.front()) : tr("units %1").arg(unitsText(paint.units));
    for (const std::int64_t unit : paint.units) paint.high.push_back(gallery_.maps().largest(unit));
    if (paint.mode == UnitPaint::Mode::Draw &&
        std::ranges::any_of(paint.high, [](double high) { return !std::isfinite(high); })) {
      problem = tr("The maps of the units are on their way");
      paint.units.clear();
    }
  } else {
    problem = tr("Choose units above that shall be painted");
  }
  const bool erases = paint.mode == UnitPaint::Mode::Erase;
  const bool anything = std::ranges::any_of(stage_.scene().sample.edits, isPainted);
  if (erases) problem = anything ? QString() : tr("Nothing was painted yet");
  setAvailable(*what_, erases ? tr("The eraser takes away whatever was painted") : QString());
  setAvailable(*strength_, erases ? tr("The eraser takes away all of it") : QString());
  hint_->setText(!problem.isEmpty() ? problem
                 : erases           ? tr("Go over the picture: what was painted there goes.")
                 : paint.mode == UnitPaint::Mode::Draw
                     ? tr("Go over the picture: %1 is drawn there. Each stroke is one step to undo.").arg(paint.what)
                     : tr("Go over the picture: %1 vanishes there. Each stroke is one step to undo.").arg(paint.what));
  sizeText_->setText(tr("%1 %").arg(size_->value()));
  strengthText_->setText(paint.mode == UnitPaint::Mode::Draw
                             ? QStringLiteral("\u00d7 %1").arg(QLocale().toString(paint.strength, 'f', 2))
                             : tr("%1 %").arg(std::min(100, strength_->value())));
  painter_.setBrush(size_->value() / kHundred / 2.0, kSoftness);
  painter_.setPaint(paint);
}

QJsonObject PaintPanel::saveState() const {
  return {{"mode", modes_->checkedId()},
          {"what", what_->currentData().toString()},
          {"size", size_->value()},
          {"strength", strength_->value()}};
}

void PaintPanel::restoreState(const QJsonObject& state) {
  if (QAbstractButton* mode = modes_->button(state["mode"].toInt(0))) mode->setChecked(true);
  wanted_ = state["what"].toString();
  size_->setValue(state["size"].toInt(size_->value()));
  strength_->setValue(state["strength"].toInt(strength_->value()));
  fillWhat();
}

}  // namespace unitscope
