#include "app/activations/channels_view.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

#include "app/activations/place_canvas.h"
#include "app/aside.h"
#include "app/availability.h"
#include "widgets/gallery_grid.h"
#include "widgets/heat_legend.h"
#include "widgets/icons.h"

namespace unitscope {

namespace {

constexpr int kThumbnail = 112;
constexpr int kMostExported = 64;

QString idOf(int unit) {
  return QString::number(unit);
}

}  // namespace

ChannelsView::ChannelsView(const Context& context, QObject* parent) : ActivationsView(context, parent) {
  panel_ = new QWidget;
  auto* column = new QVBoxLayout(panel_);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  order_ = new QComboBox;
  order_->addItem(tr("Largest activation"), QStringLiteral("peak"));
  order_->addItem(tr("Mean activation"), QStringLiteral("mean"));
  order_->addItem(tr("Part in the class's score"), QStringLiteral("attribution"));
  order_->setAccessibleName(tr("Order of the units"));
  order_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  order_->setMinimumContentsLength(12);
  order_->setToolTip(tr("The class's score is shared out by gradient x activation, summed over places"));
  auto* form = new QFormLayout;
  form->setRowWrapPolicy(QFormLayout::WrapAllRows);
  form->setSpacing(4);
  form->addRow(tr("First come units by"), order_);
  explanation_ = new QLabel;
  explanation_->setWordWrap(true);
  canvas_ = new PlaceCanvas;
  canvas_->setMinimumHeight(180);
  canvas_->setAccessibleName(tr("Map of the selected unit"));
  facts_ = new QLabel;
  facts_->setWordWrap(true);
  facts_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  open_ = new QPushButton(themedIcon(QStringLiteral("unit")), tr("Open unit"));
  column->addLayout(form);
  column->addWidget(explanation_);
  column->addWidget(canvas_, 1);
  column->addWidget(facts_);
  column->addWidget(open_);

  gallery_ = new GalleryGrid;
  gallery_->setAcceptDrops(false);
  gallery_->setSelectionMode(QAbstractItemView::SingleSelection);
  gallery_->setThumbnailSize(kThumbnail);
  gallery_->setAccessibleName(tr("Maps of the units"));
  gallery_->setEmptyText(tr("The maps are on their way."));
  page_ = gallery_;

  connect(order_, &QComboBox::activated, this, [this] {
    Q_EMIT edited(tr("Order the units"), {{"order", order_->currentData().toString()}}, {});
  });
  connect(gallery_->gallery(), &GalleryModel::thumbnailNeeded, this, &ChannelsView::makeThumbnail,
          Qt::QueuedConnection);
  connect(gallery_, &GalleryGrid::selectionChangedTo, this, [this](const QStringList& ids) {
    if (!ids.isEmpty()) Q_EMIT unitPicked(ids.front().toInt());
  });
  connect(gallery_, &GalleryGrid::activatedId, this, [this](const QString& id) { Q_EMIT unitOpened(id.toInt()); });
  connect(open_, &QPushButton::clicked, this, [this] {
    if (shown().unit >= 0) Q_EMIT unitOpened(shown().unit);
  });
  connect(canvas_, &PlaceCanvas::cellPicked, this, [this](QPoint cell) { Q_EMIT placePicked(picture_, cell); });
  connect(canvas_, &PlaceCanvas::released, this, &ActivationsView::placeReleased);
}

void ChannelsView::takeState() {
  order_->setCurrentIndex(std::max(0, order_->findData(state().order)));
  canvas_->setOverlayOpacity(state().opacity / 100.0);
}

void ChannelsView::refresh() {
  const Shown& now = shown();
  if (now.scene != scene_ || now.picture != picture_) {
    ++round_;
    scene_ = now.scene;
    picture_ = now.picture;
    measures_.reset();
    attribution_.reset();
    attributedTarget_ = -2;
    attributing_ = measuring_ = false;
    filledOrder_.clear();
    shownUnit_ = -1;
    gallery_->gallery()->setItems({});
    if (scene_ && picture_ >= 0) measure();
  }
  if (scene_ && picture_ >= 0 && state().order == QStringLiteral("attribution") && attributedTarget_ != now.target)
    attribute();
  fill();
  showUnit();
}

void ChannelsView::measure() {
  measuring_ = true;
  using Found = std::shared_ptr<const Measures>;
  runAside<Found>(
      this,
      [scene = scene_, picture = std::size_t(picture_)]() -> Found {
        auto found = std::make_shared<Measures>();
        for (std::int64_t unit = 0; unit < scene->maps.units(); ++unit) {
          const std::vector<float> values = scene->maps.map(picture, unit).values;
          found->peak.push_back(values.empty() ? 0.0F : *std::max_element(values.begin(), values.end()));
          found->mean.push_back(float(std::accumulate(values.begin(), values.end(), 0.0) /
                                      double(std::max<std::size_t>(1, values.size()))));
        }
        return found;
      },
      [this, round = round_](const Found& found) {
        if (round != round_) return;
        measures_ = found;
        measuring_ = false;
        if (active()) refresh();
        Q_EMIT busyChanged();
        Q_EMIT outputsChanged();
      });
  Q_EMIT busyChanged();
}

void ChannelsView::attribute() {
  attributedTarget_ = shown().target;
  attribution_.reset();
  filledOrder_.clear();
  attributing_ = true;
  ChannelsQuestion question;
  question.input = scene_->inputs[std::size_t(picture_)];
  question.layer = scene_->layer.toStdString();
  question.target = shown().target;
  question.method = "gradient_x_activation";
  question.numbers = {1};  // only the ranking is wanted here
  using Found = std::shared_ptr<const ChannelAttribution>;
  engine().ask<Found>(
      tr("Parts of the units in the score"), QStringLiteral("activations/parts"),
      [question, model = scene_->model.model](const Progress& progress, const CancelToken& cancel) -> Found {
        return std::make_shared<const ChannelAttribution>(attributeChannels(*model, question, progress, cancel));
      },
      this,
      [this, round = round_](const Found& found) {
        if (round != round_) return;
        attribution_ = found;
        attributing_ = false;
        if (active()) refresh();
        Q_EMIT busyChanged();
      },
      [this, round = round_](const Problem&) {
        if (round != round_) return;
        attributing_ = false;
        Q_EMIT busyChanged();
      });
  Q_EMIT busyChanged();
}

void ChannelsView::fill() {
  const bool byParts = state().order == QStringLiteral("attribution");
  explanation_->setText(byParts ? (attribution_ ? tr("Part in the score of %1; what speaks against it comes last.")
                                                      .arg(QString::fromStdString(attribution_->targetLabel))
                                                : tr("Sharing out the score\u2026"))
                        : scene_ && scene_->isSigned ? tr("Each map has a range of its own, with zero in the middle.")
                                                     : tr("Each map runs from 0 to its own peak."));
  if (!measures_ || (byParts && !attribution_) || filledOrder_ == state().order) return;
  const std::vector<float>& by = byParts                                   ? attribution_->scores
                                 : state().order == QStringLiteral("mean") ? measures_->mean
                                                                           : measures_->peak;
  std::vector<int> order(measures_->peak.size());
  std::iota(order.begin(), order.end(), 0);
  if (by.size() == order.size())
    std::stable_sort(order.begin(), order.end(),
                     [&by](int a, int b) { return by[std::size_t(a)] > by[std::size_t(b)]; });
  // Pictures that are there already need not be made again for another order.
  QHash<QString, QImage> known;
  for (const GalleryItem& item : gallery_->gallery()->items()) known.insert(item.id, item.thumbnail);
  QVector<GalleryItem> items;
  for (const int unit : order) {
    const double value = std::size_t(unit) < by.size() ? by[std::size_t(unit)] : 0.0;
    items.append({idOf(unit), tr("unit %1").arg(unit), HeatLegend::numberText(value), known.value(idOf(unit)), false});
  }
  gallery_->gallery()->setItems(items);
  filledOrder_ = state().order;
  if (shown().unit >= 0) gallery_->select({idOf(shown().unit)});
  Q_EMIT outputsChanged();
}

void ChannelsView::makeThumbnail(const QString& id) {
  if (!scene_ || picture_ < 0) return;
  runAside<QImage>(
      this,
      [scene = scene_, picture = std::size_t(picture_), unit = id.toInt()] {
        const Array map = scene->maps.map(picture, unit);
        return mapOverPicture(scene->seen.at(picture), map, paintOf(scene->isSigned, largestMagnitude(map)),
                              2 * kThumbnail);
      },
      [this, id, round = round_](const QImage& thumbnail) {
        if (round == round_) gallery_->gallery()->setThumbnail(id, thumbnail);
      });
}

void ChannelsView::showUnit() {
  const int unit = scene_ && shown().unit < scene_->maps.units() ? shown().unit : -1;
  const bool known = unit >= 0 && measures_;
  canvas_->setVisible(known);
  canvas_->setPinned(shown().place);
  setAvailable(*open_, unit >= 0 ? QString() : tr("Pick a unit first"));
  if (!known) {
    shownUnit_ = -1;
    facts_->setText(tr("Pick a unit to see its map large."));
    return;
  }
  const QStringList selected = gallery_->selectedIds();
  if (!selected.contains(idOf(unit))) gallery_->select({idOf(unit)});
  facts_->setText(tr("<b>Unit %1</b>: largest %2, mean %3")
                      .arg(unit)
                      .arg(HeatLegend::numberText(measures_->peak[std::size_t(unit)]),
                           HeatLegend::numberText(measures_->mean[std::size_t(unit)])));
  if (unit == shownUnit_) return;
  shownUnit_ = unit;
  const Array map = scene_->maps.map(std::size_t(picture_), unit);
  canvas_->setImage(scene_->seen[std::size_t(picture_)]);
  canvas_->setCells(scene_->cells(picture_));
  canvas_->setOverlay(paintedMap(map, paintOf(scene_->isSigned, largestMagnitude(map))));
  canvas_->setCaption(tr("unit %1").arg(unit));
}

QImage ChannelsView::picture() const {
  const QVector<GalleryItem>& items = gallery_->gallery()->items();
  if (!scene_ || items.isEmpty()) return {};
  const int count = std::min(kMostExported, int(items.size()));
  const int columns = int(std::ceil(std::sqrt(double(count))));
  const int line = 18, cell = 2 * kThumbnail;
  QImage sheet(columns * (cell + 4), (count + columns - 1) / columns * (cell + line + 4), QImage::Format_RGB32);
  sheet.fill(Qt::white);
  QPainter painter(&sheet);
  for (int i = 0; i < count; ++i) {
    const Array map = scene_->maps.map(std::size_t(picture_), items[i].id.toInt());
    const QImage one = mapOverPicture(scene_->seen[std::size_t(picture_)], map,
                                      paintOf(scene_->isSigned, largestMagnitude(map)), cell);
    const QPoint corner(i % columns * (cell + 4), i / columns * (cell + line + 4));
    painter.drawImage(corner, one);
    painter.drawText(QRect(corner + QPoint(0, cell), QSize(cell, line)), Qt::AlignCenter,
                     items[i].title + QStringLiteral(": ") + items[i].subtitle);
  }
  return sheet;
}

QString ChannelsView::numbers() const {
  if (!measures_) return {};
  QString csv =
      attribution_ ? QStringLiteral("unit,largest,mean,attribution\n") : QStringLiteral("unit,largest,mean\n");
  for (std::size_t i = 0; i < measures_->peak.size(); ++i) {
    csv += QStringLiteral("%1,%2,%3")
               .arg(i)
               .arg(double(measures_->peak[i]), 0, 'g', 9)
               .arg(double(measures_->mean[i]), 0, 'g', 9);
    if (attribution_ && i < attribution_->scores.size())
      csv += QStringLiteral(",%1").arg(double(attribution_->scores[i]), 0, 'g', 9);
    csv += QLatin1Char('\n');
  }
  return csv;
}

}  // namespace unitscope
