#include "app/generator/concepts/concept_bars.h"

#include <algorithm>
#include <numeric>

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>

#include "widgets/bar_list.h"
#include "widgets/stacked_bars.h"

namespace unitscope {

namespace {

constexpr std::size_t kMostUnits = 200;

QString text(const std::string& s) {
  return QString::fromStdString(s);
}

}  // namespace

ConceptBars::ConceptBars(QWidget* parent)
    : QWidget(parent),
      layers_(new QComboBox),
      caption_(new QLabel),
      bars_(new StackedBars(tr("Units by concept"))),
      unitsCaption_(new QLabel),
      units_(new BarList(tr("Units of the concept"))) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 4, 0, 0);
  column->setSpacing(4);
  auto* head = new QHBoxLayout;
  auto* label = new QLabel(tr("&Layer"));
  label->setBuddy(layers_);
  layers_->setAccessibleName(tr("Layer"));
  layers_->setToolTip(tr("The layer whose units are counted"));
  layers_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  layers_->setMinimumContentsLength(14);
  head->addWidget(label);
  head->addWidget(layers_, 1);
  column->addLayout(head);
  caption_->setWordWrap(true);
  column->addWidget(caption_);
  auto* halves = new QSplitter(Qt::Vertical);
  halves->setChildrenCollapsible(false);
  auto* area = new QScrollArea;
  area->setFrameShape(QFrame::NoFrame);
  area->setWidgetResizable(true);
  area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  area->setFocusPolicy(Qt::NoFocus);
  area->setWidget(bars_);
  halves->addWidget(area);
  auto* below = new QWidget;
  auto* lower = new QVBoxLayout(below);
  lower->setContentsMargins(0, 4, 0, 0);
  unitsCaption_->setWordWrap(true);
  lower->addWidget(unitsCaption_);
  units_->setPictureSize(0);
  units_->setEmptyText(tr("Pick a concept to see its units"));
  units_->setToolTip(tr("A click selects the unit everywhere"));
  lower->addWidget(units_, 1);
  halves->addWidget(below);
  halves->setSizes({300, 200});
  column->addWidget(halves, 1);

  connect(layers_, &QComboBox::activated, this, [this] {
    setLayer(layers_->currentData().toString());
    Q_EMIT layerPicked(layer_);
  });
  connect(bars_, &StackedBars::picked, this, [this](int id) {
    setConcept(text(dissection_->found.concepts[std::size_t(id)].name));
    Q_EMIT conceptPicked(concept_);
  });
  connect(units_, &BarList::picked, this, [this](int unit) { Q_EMIT unitPicked(layer_, unit); });
}

int ConceptBars::layerIndex() const {
  if (!dissection_) return -1;
  const auto& layers = dissection_->found.layers;
  const auto found = std::ranges::find(layers, layer_.toStdString(), &LayerDissection::layer);
  return found == layers.end() ? -1 : int(found - layers.begin());
}

void ConceptBars::setDissection(const GanDissectionPtr& dissection) {
  dissection_ = dissection;
  showLayers();
  setLayer(layer_);
}

void ConceptBars::showLayers() {
  layers_->clear();
  if (!dissection_) return;
  for (const LayerDissection& layer : dissection_->found.layers) {
    layers_->addItem(tr("%1 (%2 of %3 units)").arg(text(layer.layer)).arg(layer.detectors).arg(layer.units.size()),
                     text(layer.layer));
    layers_->setItemData(layers_->count() - 1,
                         tr("%1 of %2 units draw a concept").arg(layer.detectors).arg(layer.units.size()),
                         Qt::ToolTipRole);
  }
}

void ConceptBars::setLayer(const QString& layer) {
  layer_ = layer;
  if (dissection_ && layerIndex() < 0 && !dissection_->found.layers.empty())
    layer_ = text(std::ranges::max_element(dissection_->found.layers, {}, &LayerDissection::detectors)->layer);
  layers_->setCurrentIndex(layers_->findData(layer_));
  show();
}

void ConceptBars::setConcept(const QString& name) {
  concept_ = name;
  showUnits();
}

void ConceptBars::markUnit(int unit) {
  units_->mark(unit);
}

void ConceptBars::show() {
  const int index = layerIndex();
  if (index < 0) {
    bars_->setRows({});
    caption_->clear();
    return showUnits();
  }
  const LayerDissection& layer = dissection_->found.layers[std::size_t(index)];
  std::vector<std::size_t> order(dissection_->found.concepts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(
      order, [&](std::size_t a, std::size_t b) { return layer.unitsPerConcept[a] > layer.unitsPerConcept[b]; });
  bars_->setParts({tr("units")});
  QVector<StackedRow> rows;
  for (const std::size_t c : order) {
    const DissectedConcept& one = dissection_->found.concepts[c];
    const std::int64_t count = layer.unitsPerConcept[c];
    if (count == 0 && one.category == "color") continue;
    StackedRow row;
    row.id = int(c);
    row.label = text(one.name);
    row.parts = {double(count)};
    row.text = QString::number(count);
    row.explanation = tr("%1 (%2): %3 % of the pixels, in %4 samples; %5 units of this layer draw it")
                          .arg(row.label, text(one.category), QLocale().toString(100.0 * one.share, 'g', 2))
                          .arg(one.pictures)
                          .arg(count);
    rows << row;
  }
  bars_->setRows(rows);
  caption_->setText(tr("<b>%1 of %2 units</b> draw <b>%3 concepts</b>")
                        .arg(layer.detectors)
                        .arg(layer.units.size())
                        .arg(layer.unique));
  showUnits();
}

void ConceptBars::showUnits() {
  const int index = layerIndex();
  int chosen = -1;
  for (std::size_t c = 0; dissection_ && c < dissection_->found.concepts.size(); ++c)
    if (text(dissection_->found.concepts[c].name) == concept_) chosen = int(c);
  bars_->setChosen(chosen);
  QVector<BarRow> rows;
  if (index >= 0 && chosen >= 0) {
    const LayerDissection& layer = dissection_->found.layers[std::size_t(index)];
    const std::vector<UnitMatch> matches = unitsForConcept(dissection_->found, std::size_t(index), chosen, kMostUnits);
    const double best = matches.empty() ? 1.0 : std::max(1e-9, matches.front().iou);
    for (const UnitMatch& match : matches) {
      BarRow row;
      row.id = int(match.unit);
      row.title = tr("unit %1").arg(match.unit);
      if (layer.units[std::size_t(match.unit)].detects == chosen) row.title += tr(" \u2713");
      row.detail = tr("IoU %1").arg(QLocale().toString(match.iou, 'f', 3));
      row.bars = {match.iou / best};
      rows << row;
    }
    unitsCaption_->setText(tr("Units by agreement with <b>%1</b>; \u2713 draws it").arg(concept_.toHtmlEscaped()));
  } else {
    unitsCaption_->clear();
  }
  units_->setEmptyText(chosen >= 0 ? tr("No unit ever meets it") : tr("Pick a concept to see its units"));
  units_->setRows(rows);
}

QImage ConceptBars::picture() const {
  if (bars_->rows().isEmpty()) return {};
  constexpr qreal kRatio = 2.0;
  QImage image(bars_->size() * kRatio, QImage::Format_RGB32);
  image.setDevicePixelRatio(kRatio);
  image.fill(palette().color(QPalette::Window));
  QPainter painter(&image);
  bars_->QWidget::render(&painter, {}, {}, QWidget::DrawChildren);
  return image;
}

}  // namespace unitscope
