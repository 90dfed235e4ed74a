#include "app/generator/units/concept_switches.h"

#include <algorithm>
#include <cmath>

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QScrollArea>
#include <QSlider>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/generator/concepts/concept_edits.h"
#include "app/generator/generator_concepts.h"
#include "app/generator/generator_stage.h"
#include "app/generator/scene_edits.h"
#include "app/generator/units/unit_gallery.h"
#include "widgets/icons.h"

namespace unitscope {
namespace {

constexpr int kSteps = 20;  // of a slider, for a factor of 1
constexpr int kMost = 4;
constexpr int kSwatch = 10;

}  // namespace

ConceptSwitches::ConceptSwitches(GeneratorStage& stage, UnitGallery& gallery, QWidget* parent)
    : QWidget(parent), stage_(stage), gallery_(gallery) {
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  hint_ = new QLabel;
  hint_->setWordWrap(true);
  hint_->setContentsMargins(8, 8, 8, 8);
  connect(hint_, &QLabel::linkActivated, this, &ConceptSwitches::layerWanted);
  outer->addWidget(hint_);
  auto* scroll = new QScrollArea;
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  auto* inside = new QWidget;
  inside->setAutoFillBackground(false);
  scroll->viewport()->setAutoFillBackground(false);
  auto* column = new QVBoxLayout(inside);
  column->setContentsMargins(8, 4, 8, 4);
  column->setSpacing(2);
  list_ = new QVBoxLayout;
  list_->setSpacing(2);
  column->addLayout(list_);
  column->addStretch(1);
  scroll->setWidget(inside);
  outer->addWidget(scroll, 1);
  connect(stage_.concepts(), &GeneratorConcepts::changed, this, [this] {
    filledFor_.clear();
    fill();
  });
  connect(&gallery_, &UnitGallery::chosenChanged, this, &ConceptSwitches::fill);
  connect(&gallery_, &UnitGallery::layerPicked, this, &ConceptSwitches::fill);
  connect(&stage_, &GeneratorStage::sceneChanged, this, &ConceptSwitches::show);
  fill();
}

const ConceptSwitches::Row* ConceptSwitches::row(const QString& name) const {
  const auto found = std::ranges::find(rows_, name, &Row::name);
  return found == rows_.end() ? nullptr : &*found;
}

void ConceptSwitches::fill() {
  const QString layer = gallery_.layer();
  if (layer == filledFor_ && !layer.isEmpty()) return;
  filledFor_ = layer;
  for (const Row& row : rows_) {
    row.box->hide();
    row.box->deleteLater();
  }
  rows_.clear();
  const LayerConcepts* known = stage_.concepts()->of(layer);
  if (known)
    for (const ConceptGroup& group : known->groups) rows_.push_back(makeRow(group.name));
  if (stage_.concepts()->empty()) {
    hint_->setText(
        tr("After a dissection (Concepts), all units that draw a tree, a cloud or a roof can be switched at "
           "once here."));
  } else if (!known) {
    QStringList links;
    for (const QString& one : stage_.concepts()->layers())
      links << QStringLiteral("<a href=\"%1\">%1</a>").arg(one.toHtmlEscaped());
    hint_->setText(tr("This layer was not dissected. These were: %1").arg(links.join(QStringLiteral(", "))));
  } else {
    hint_->setText(tr("No unit of this layer draws a concept by itself."));
  }
  hint_->setVisible(rows_.empty());
  show();
}

ConceptSwitches::Row ConceptSwitches::makeRow(const QString& name) {
  const ConceptGroup& group = *stage_.concepts()->group(gallery_.layer(), name);
  Row row;
  row.name = name;
  row.box = new QWidget;
  auto* line = new QHBoxLayout(row.box);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(6);
  row.on = new QCheckBox(name);
  row.on->setAccessibleName(tr("Draw %1").arg(name));
  row.on->setToolTip(tr("Unchecked, the units that draw %1 are off").arg(name));
  if (group.color.isValid()) {
    QPixmap swatch(kSwatch, kSwatch);
    swatch.fill(group.color);
    row.on->setIcon(QIcon(swatch));
  }
  row.on->setMinimumWidth(110);
  QStringList facts{tr("%n units", "", int(group.units.size()))};
  if (std::isfinite(group.removed))
    facts << tr("\u2212%1 % of its pixels when off").arg(std::lround(100 * group.removed));
  else if (std::isfinite(group.iou))
    facts << tr("IoU up to %1").arg(QLocale().toString(group.iou, 'f', 2));
  auto* about = new QLabel(facts.front());
  about->setForegroundRole(QPalette::PlaceholderText);
  about->setMinimumWidth(about->fontMetrics().horizontalAdvance(tr("%n units", "", 100)));
  about->setToolTip(facts.join(QStringLiteral(", ")) + QStringLiteral(": ") + unitsText(group.units));
  row.strength = new QSlider(Qt::Horizontal);
  row.strength->setRange(0, kMost * kSteps);
  row.strength->setPageStep(kSteps / 2);
  row.strength->setAccessibleName(tr("Strength of %1").arg(name));
  row.strength->setToolTip(tr("From off over 1 (as it is) to %1 times as strong").arg(kMost));
  row.value = new QLabel;
  row.value->setMinimumWidth(row.value->fontMetrics().horizontalAdvance(QStringLiteral("\u00d7 0.00")));
  row.choose = new QToolButton;
  row.choose->setIcon(themedIcon(QStringLiteral("unit")));
  row.choose->setAutoRaise(true);
  row.choose->setAccessibleName(tr("Choose the units of %1").arg(name));
  row.choose->setToolTip(tr("Chooses these units in the gallery"));
  line->addWidget(row.on);
  line->addWidget(about);
  line->addWidget(row.strength, 1);
  line->addWidget(row.value);
  line->addWidget(row.choose);
  list_->addWidget(row.box);
  connect(row.on, &QCheckBox::clicked, this, [this, name](bool on) { apply(name, on ? 1.0 : 0.0, {}); });
  connect(row.strength, &QSlider::valueChanged, this,
          [this, name](int value) { apply(name, double(value) / kSteps, QStringLiteral("slide")); });
  connect(row.choose, &QToolButton::clicked, this, [this, name] {
    if (const ConceptGroup* units = stage_.concepts()->group(gallery_.layer(), name)) {
      gallery_.choose(units->units);
      Q_EMIT gallery_.chosenChanged();
    }
  });
  return row;
}

void ConceptSwitches::apply(const QString& name, double factor, const QString& mergeKey) {
  const ConceptGroup* group = stage_.concepts()->group(gallery_.layer(), name);
  if (!group) return;
  const QString text = factor == 0.0 ? tr("%1 off").arg(name) : factor == 1.0 ? tr("%1 on").arg(name) : name;
  GeneratorScene next = stage_.scene();
  setFactor(next, gallery_.layer(), group->units, factor);
  stage_.change(text, next,
                mergeKey.isEmpty() ? mergeKey : QStringLiteral("concept/%1/%2").arg(gallery_.layer(), name));
  show();
}

void ConceptSwitches::show() {
  for (const Row& row : rows_) {
    const ConceptGroup* group = stage_.concepts()->group(gallery_.layer(), row.name);
    if (!group) continue;
    const std::optional<double> factor = factorOf(stage_.scene(), gallery_.layer(), group->units);
    const QSignalBlocker quietBox(row.on), quietSlider(row.strength);
    // Units may be switched one by one.
    row.on->setTristate(!factor);
    row.on->setCheckState(!factor ? Qt::PartiallyChecked : *factor == 0.0 ? Qt::Unchecked : Qt::Checked);
    row.strength->setValue(int(std::lround(factor.value_or(1.0) * kSteps)));
    row.value->setText(factor ? stateText({UnitSwitch::Kind::Scale, *factor}) : tr("mixed"));
  }
}

}  // namespace unitscope
