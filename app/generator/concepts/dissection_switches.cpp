#include "app/generator/concepts/dissection_switches.h"

#include <algorithm>
#include <cmath>

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QSlider>
#include <QVBoxLayout>

#include "app/generator/concepts/concept_edits.h"
#include "app/generator/generator_stage.h"

namespace unitscope {

namespace {

constexpr std::size_t kMostRows = 80;
constexpr int kLeast = -200, kMost = 500;  // percent

QPixmap chip(const QColor& color, int size, qreal ratio) {
  QPixmap pixmap(QSize(size, size) * ratio);
  pixmap.setDevicePixelRatio(ratio);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setBrush(color);
  painter.setPen(Qt::NoPen);
  painter.drawRoundedRect(QRectF(0, 0, size, size), 3, 3);
  return pixmap;
}

bool stronger(const ConceptGroup& a, const ConceptGroup& b) {
  const double x = std::isnan(a.removed) ? -1.0 : a.removed, y = std::isnan(b.removed) ? -1.0 : b.removed;
  if (x != y) return x > y;
  return a.iou > b.iou;
}

}  // namespace

DissectionSwitches::DissectionSwitches(GeneratorStage& stage, QWidget* parent)
    : QWidget(parent), stage_(stage), layers_(new QComboBox), hint_(new QLabel), area_(new QScrollArea) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 4, 0, 0);
  column->setSpacing(4);
  auto* head = new QHBoxLayout;
  auto* label = new QLabel(tr("&Units of"));
  label->setBuddy(layers_);
  layers_->setAccessibleName(tr("Layer whose units are switched"));
  layers_->setToolTip(
      tr("Which layer's units the switches act on: early layers decide what there is, later ones how "
         "it looks"));
  layers_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  layers_->setMinimumContentsLength(14);
  head->addWidget(label);
  head->addWidget(layers_, 1);
  column->addLayout(head);
  hint_->setWordWrap(true);
  column->addWidget(hint_);
  area_->setFrameShape(QFrame::NoFrame);
  area_->setWidgetResizable(true);
  area_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  area_->setFocusPolicy(Qt::NoFocus);
  column->addWidget(area_, 1);
  connect(layers_, &QComboBox::activated, this, [this] {
    setLayer(layers_->currentData().toString());
    Q_EMIT layerPicked(layer_);
  });
  connect(stage_.concepts(), &GeneratorConcepts::changed, this, &DissectionSwitches::fill);
  connect(&stage_, &GeneratorStage::sceneChanged, this, &DissectionSwitches::follow);
  fill();
}

void DissectionSwitches::setLayer(const QString& layer) {
  if (layer == layer_) return;
  layer_ = layer;
  fill();
}

void DissectionSwitches::setBestLayers(const QMap<QString, QString>& layers) {
  if (layers == best_) return;
  best_ = layers;
  fill();
}

void DissectionSwitches::fill() {
  const GeneratorConcepts& concepts = *stage_.concepts();
  layers_->clear();
  layers_->addItem(tr("the best layer for each"), QString());
  for (const QString& layer : concepts.layers()) {
    const LayerConcepts* known = concepts.of(layer);
    layers_->addItem(layer, layer);
    layers_->setItemData(layers_->count() - 1, tr("%1 concepts").arg(known->groups.size()), Qt::ToolTipRole);
  }
  layers_->setCurrentIndex(std::max(0, layers_->findData(layer_)));

  rows_.clear();
  const bool any = layers_->currentIndex() == 0;
  for (const QString& layer : concepts.layers()) {
    if (!any && layer != layer_) continue;
    for (const ConceptGroup& group : concepts.of(layer)->groups) {
      if (any && best_.value(group.name, layer) != layer) continue;
      const auto same = std::ranges::find_if(rows_, [&](const Row& row) { return row.group.name == group.name; });
      if (same == rows_.end()) {
        rows_.push_back({layer, group});
      } else if (stronger(group, same->group)) {
        *same = {layer, group};
      }
    }
  }
  std::ranges::stable_sort(rows_, [](const Row& a, const Row& b) { return stronger(a.group, b.group); });
  if (rows_.size() > kMostRows) rows_.resize(kMostRows);
  auto* list = new QWidget;
  auto* column = new QVBoxLayout(list);
  column->setContentsMargins(0, 2, 6, 2);
  column->setSpacing(2);
  for (Row& row : rows_) column->addWidget(makeRow(row));
  // Sliders stand below one another.
  int widest = 0;
  for (const Row& row : rows_) widest = std::max(widest, row.box->sizeHint().width());
  for (const Row& row : rows_) row.box->setMinimumWidth(widest);
  column->addStretch(1);
  area_->setWidget(list);
  hint_->setText(rows_.empty() ? tr("No units of this layer draw a concept.") : QString());
  hint_->setVisible(rows_.empty());
  follow();
}

QWidget* DissectionSwitches::makeRow(Row& row) {
  const auto index = std::size_t(&row - rows_.data());
  const ConceptGroup& group = row.group;
  const auto count = int(group.units.size());
  auto* line = new QWidget;
  auto* across = new QHBoxLayout(line);
  across->setContentsMargins(0, 0, 0, 0);
  across->setSpacing(6);
  row.box =
      new QCheckBox(count == 1 ? tr("%1: 1 unit").arg(group.name) : tr("%1: %2 units").arg(group.name).arg(count));
  row.box->setIcon(chip(group.color, 12, devicePixelRatioF()));
  row.slider = new QSlider(Qt::Horizontal);
  row.slider->setRange(kLeast, kMost);
  row.slider->setSingleStep(10);
  row.slider->setPageStep(50);
  row.slider->setMinimumWidth(70);
  row.slider->setAccessibleName(tr("Strength of %1").arg(group.name));
  row.value = new QLabel;
  row.value->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral("mixed ")));
  row.value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  QString help = tr("%1: %2 units of %3 together; the best agrees with it at IoU %4")
                     .arg(group.name)
                     .arg(count)
                     .arg(row.layer, QLocale().toString(group.iou, 'f', 2));
  if (!std::isnan(group.removed))
    help += tr("\nWithout them %1 % of it goes, as was measured").arg(int(std::lround(100.0 * group.removed)));
  row.box->setToolTip(help + tr("\nOff: the units are held at zero"));
  row.slider->setToolTip(help + tr("\nThe units' activations times -2 to 5"));
  across->addWidget(row.box);
  across->addWidget(row.slider, 1);
  across->addWidget(row.value);
  connect(row.box, &QCheckBox::clicked, this, [this, index](bool on) { apply(index, on ? 1.0 : 0.0, false); });
  connect(row.slider, &QSlider::valueChanged, this, [this, index](int value) { apply(index, value / 100.0, true); });
  return line;
}

void DissectionSwitches::apply(std::size_t index, double factor, bool merges) {
  const Row& row = rows_[index];
  GeneratorScene next = stage_.scene();
  if (next.empty()) return follow();
  setFactor(next, row.layer, row.group.units, factor);
  const QString text = factor == 0.0   ? tr("Switch off %1").arg(row.group.name)
                       : factor == 1.0 ? tr("Switch on %1").arg(row.group.name)
                                       : tr("Change the strength of %1").arg(row.group.name);
  stage_.change(text, next, merges ? QStringLiteral("concept/%1/%2").arg(row.layer, row.group.name) : QString());
}

void DissectionSwitches::follow() {
  for (const Row& row : rows_) {
    const std::optional<double> factor = factorOf(stage_.scene(), row.layer, row.group.units);
    const QSignalBlocker quietBox(row.box), quietSlider(row.slider);
    row.box->setTristate(!factor);
    row.box->setCheckState(!factor ? Qt::PartiallyChecked : *factor == 0.0 ? Qt::Unchecked : Qt::Checked);
    row.box->setEnabled(!stage_.scene().empty());
    row.slider->setEnabled(!stage_.scene().empty());
    if (factor) row.slider->setValue(int(std::lround(100.0 * *factor)));
    row.value->setText(!factor          ? tr("mixed")
                       : *factor == 0.0 ? tr("off")
                                        : tr("\u00d7%1").arg(QLocale().toString(*factor, 'f', 1)));
  }
}

const DissectionSwitches::Row* DissectionSwitches::find(const QString& name) const {
  const auto found = std::ranges::find_if(rows_, [&](const Row& row) { return row.group.name == name; });
  return found == rows_.end() ? nullptr : &*found;
}

QStringList DissectionSwitches::names() const {
  QStringList all;
  for (const Row& row : rows_) all << row.group.name;
  return all;
}

QCheckBox* DissectionSwitches::switchOf(const QString& name) const {
  const Row* row = find(name);
  return row ? row->box : nullptr;
}

QSlider* DissectionSwitches::sliderOf(const QString& name) const {
  const Row* row = find(name);
  return row ? row->slider : nullptr;
}

QString DissectionSwitches::layerOf(const QString& name) const {
  const Row* row = find(name);
  return row ? row->layer : QString();
}

}  // namespace unitscope
