#include "app/concepts/detectors_page.h"

#include <algorithm>

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>

#include "app/concepts/concept_choice.h"
#include "widgets/bar_list.h"
#include "widgets/stacked_bars.h"

namespace unitscope {

namespace {

constexpr std::size_t kMostUnits = 200;

QString text(const std::string& s) {
  return QString::fromStdString(s);
}

}  // namespace

DetectorsPage::DetectorsPage(QWidget* parent)
    : QWidget(parent),
      layers_(new QComboBox),
      caption_(new QLabel),
      categories_(new StackedBars(tr("Detectors by category"))),
      concepts_(new StackedBars(tr("Detectors by concept"))),
      area_(new QScrollArea),
      unitsCaption_(new QLabel),
      units_(new BarList(tr("Units of the concept"))) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 4, 8, 4);
  auto* head = new QHBoxLayout;
  auto* label = new QLabel(tr("&Layer"));
  label->setBuddy(layers_);
  layers_->setAccessibleName(tr("Layer"));
  layers_->setToolTip(tr("The layer whose units are counted"));
  layers_->setMinimumContentsLength(16);
  layers_->setMaxVisibleItems(24);
  head->addWidget(label);
  head->addWidget(layers_);
  head->addWidget(caption_, 1);
  caption_->setWordWrap(true);
  column->addLayout(head);

  auto* charts = new QWidget;
  auto* left = new QVBoxLayout(charts);
  left->setContentsMargins(0, 0, 0, 0);
  left->addWidget(categories_);
  auto* line = new QFrame;
  line->setFrameShape(QFrame::HLine);
  line->setFrameShadow(QFrame::Plain);
  line->setForegroundRole(QPalette::Mid);
  left->addWidget(line);
  area_->setFrameShape(QFrame::NoFrame);
  area_->setWidgetResizable(true);
  area_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  area_->setFocusPolicy(Qt::NoFocus);
  area_->setWidget(concepts_);
  area_->setAlignment(Qt::AlignTop);
  left->addWidget(area_, 1);
  auto* side = new QWidget;
  auto* right = new QVBoxLayout(side);
  right->setContentsMargins(8, 0, 0, 0);
  unitsCaption_->setWordWrap(true);
  right->addWidget(unitsCaption_);
  right->addWidget(units_, 1);
  units_->setPictureSize(0);
  units_->setToolTip(tr("A click selects the unit everywhere, a double click or Enter opens its page"));
  units_->setEmptyText(tr("Pick a concept to see its units"));
  auto* halves = new QSplitter;
  halves->setChildrenCollapsible(false);
  halves->addWidget(charts);
  halves->addWidget(side);
  halves->setSizes({560, 280});
  column->addWidget(halves, 1);

  connect(layers_, &QComboBox::activated, this, [this] { Q_EMIT layerPicked(layers_->currentData().toString()); });
  connect(categories_, &StackedBars::picked, this, [this](int id) {
    const QString name = categoriesOf(*dissection_).value(id);
    Q_EMIT categoryPicked(name == choice_.category ? QString() : name);
  });
  connect(concepts_, &StackedBars::picked, this,
          [this](int id) { Q_EMIT conceptPicked(text(dissection_->concepts[std::size_t(id)].name)); });
  connect(units_, &BarList::picked, this, &DetectorsPage::unitPicked);
  connect(units_, &BarList::opened, this, &DetectorsPage::unitOpened);
}

void DetectorsPage::show(const DissectionPtr& dissection, const DissectionPtr& other, const Choice& choice) {
  const bool fresh = dissection != dissection_ || other != other_;
  const Choice before = choice_;
  const QString shown = layer_;
  dissection_ = dissection;
  other_ = other;
  choice_ = choice;
  if (fresh) showLayers();
  const int wanted = dissection_ ? layerIndex(*dissection_, choice_.layer) : -1;
  const int index = wanted >= 0 || !dissection_ ? wanted : richestLayer(*dissection_);
  layer_ = index < 0 ? QString() : text(dissection_->layers[std::size_t(index)].layer);
  layers_->setCurrentIndex(layers_->findData(layer_));
  const bool other_layer = fresh || shown != layer_;
  if (other_layer || before.category != choice_.category) showCharts();
  categories_->setChosen(dissection_ ? int(categoriesOf(*dissection_).indexOf(choice_.category)) : -1);
  concepts_->setChosen(dissection_ ? conceptIndex(*dissection_, choice_.conceptName) : -1);
  if (other_layer || before.conceptName != choice_.conceptName) showUnits();
  units_->mark(choice_.unit);
}

const LayerDissection* DetectorsPage::shownLayer() const {
  const int index = dissection_ ? layerIndex(*dissection_, layer_) : -1;
  return index < 0 ? nullptr : &dissection_->layers[std::size_t(index)];
}

void DetectorsPage::showLayers() {
  layers_->clear();
  if (!dissection_) return;
  for (const LayerDissection& layer : dissection_->layers) {
    layers_->addItem(text(layer.layer), text(layer.layer));
    layers_->setItemData(layers_->count() - 1,
                         tr("%1 of %2 units detect a concept").arg(layer.detectors).arg(layer.units.size()),
                         Qt::ToolTipRole);
  }
}

void DetectorsPage::showCharts() {
  const LayerDissection* layer = shownLayer();
  if (!layer) {
    categories_->setRows({});
    concepts_->setRows({});
    caption_->clear();
    return;
  }
  const QStringList names = categoriesOf(*dissection_);
  categories_->setParts(names);
  concepts_->setParts(names);
  const int otherIndex = other_ ? counterpart(*other_, layer_) : -1;
  const LayerDissection* second = otherIndex < 0 ? nullptr : &other_->layers[std::size_t(otherIndex)];
  QVector<StackedRow> rows;
  for (int i = 0; i < names.size(); ++i) {
    StackedRow row;
    row.id = i;
    row.label = names[i];
    row.parts = QVector<double>(names.size(), 0.0);
    qint64 units = 0, unique = 0;
    for (const CategoryCount& count : layer->categories)
      if (text(count.category) == names[i]) units = count.detectors, unique = count.unique;
    row.parts[i] = double(units);
    if (second) row.mark = 0.0;
    for (std::size_t k = 0; second && k < second->categories.size(); ++k)
      if (text(second->categories[k].category) == names[i]) row.mark = double(second->categories[k].detectors);
    row.text = tr("%1, %2").arg(units == 1 ? tr("1 unit") : tr("%1 units").arg(units),
                                unique == 1 ? tr("1 concept") : tr("%1 concepts").arg(unique));
    row.explanation = tr("A click shows the concepts of this category only, a second one all again");
    rows << row;
  }
  categories_->setRows(rows);

  std::vector<int> order;
  for (int k = 0; k < int(dissection_->concepts.size()); ++k)
    if (choice_.category.isEmpty() || text(dissection_->concepts[std::size_t(k)].category) == choice_.category)
      order.push_back(k);
  const auto count = [&](int k) { return layer->unitsPerConcept[std::size_t(k)]; };
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return count(a) > count(b); });
  rows.clear();
  for (const int k : order) {
    const DissectedConcept& one = dissection_->concepts[std::size_t(k)];
    StackedRow row;
    row.id = k;
    row.label = text(one.name);
    row.parts = QVector<double>(names.size(), 0.0);
    const int part = int(names.indexOf(text(one.category)));
    row.parts[part] = double(count(k));
    row.text = QString::number(count(k));
    if (second) {
      const int same = conceptIndex(*other_, row.label);
      row.mark = same < 0 ? 0.0 : double(second->unitsPerConcept[std::size_t(same)]);
      row.text = tr("%1, other %2").arg(count(k)).arg(same < 0 ? tr("unknown") : QString::number(row.mark));
    }
    row.explanation =
        tr("%1 (%2): %3 of the pixels, in %4 pictures; %5 units detect it")
            .arg(row.label, text(one.category), QLocale().toString(100.0 * one.share, 'g', 2) + QStringLiteral(" %"))
            .arg(one.pictures)
            .arg(count(k));
    rows << row;
  }
  concepts_->setRows(rows);
  qint64 dead = 0;
  for (const UnitConcepts& unit : layer->units) dead += unit.dead;
  QString said = tr("<b>%1 of %2 units</b> detect <b>%3 concepts</b>")
                     .arg(layer->detectors)
                     .arg(layer->units.size())
                     .arg(layer->unique);
  if (dead > 0) said += tr("; %1 never fire").arg(dead);
  if (second) said += tr("<br>Lines: %1").arg(nameOf(*other_, otherIndex).toHtmlEscaped());
  caption_->setText(said);
}

void DetectorsPage::showUnits() {
  const LayerDissection* layer = shownLayer();
  const int index = layer ? conceptIndex(*dissection_, choice_.conceptName) : -1;
  QVector<BarRow> rows;
  if (index >= 0) {
    const std::vector<UnitMatch> matches =
        unitsForConcept(*dissection_, std::size_t(layerIndex(*dissection_, layer_)), index, kMostUnits);
    const double best = matches.empty() ? 1.0 : std::max(1e-9, matches.front().iou);
    for (const UnitMatch& match : matches) {
      const UnitConcepts& unit = layer->units[std::size_t(match.unit)];
      BarRow row;
      row.id = int(match.unit);
      row.title = tr("unit %1").arg(match.unit);
      row.detail = tr("IoU %1").arg(QLocale().toString(match.iou, 'f', 3));
      row.bars = {match.iou / best};
      const std::int64_t label = unit.detects;
      if (label == index) row.title += tr(" \u2713");
      row.help = label < 0 ? tr("Agrees too little with any concept to be called a detector")
                           : tr("Is called a detector of %1").arg(text(dissection_->concepts[std::size_t(label)].name));
      rows << row;
    }
    unitsCaption_->setText(
        tr("Units by agreement with <b>%1</b>; \u2713 detects it").arg(choice_.conceptName.toHtmlEscaped()));
  } else {
    unitsCaption_->clear();
  }
  units_->setEmptyText(index >= 0 ? tr("No unit ever meets it") : tr("Pick a concept to see its units"));
  units_->setRows(rows);
}

QImage DetectorsPage::picture() {
  if (!dissection_) return {};
  const qreal ratio = std::max(2.0, devicePixelRatioF());
  const QSize size(std::max(categories_->width(), concepts_->width()),
                   categories_->height() + concepts_->height() + 12);
  QImage image(size * ratio, QImage::Format_RGB32);
  image.setDevicePixelRatio(ratio);
  image.fill(palette().color(QPalette::Window));
  QPainter painter(&image);
  categories_->QWidget::render(&painter, {0, 0}, {}, QWidget::DrawChildren);
  concepts_->QWidget::render(&painter, {0, categories_->height() + 12}, {}, QWidget::DrawChildren);
  return image;
}

}  // namespace unitscope
