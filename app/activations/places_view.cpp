#include "app/activations/places_view.h"

#include <algorithm>
#include <cmath>

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

#include "app/activations/picture_board.h"
#include "app/activations/place_canvas.h"
#include "app/attribution/heat_picture.h"
#include "app/availability.h"
#include "widgets/bar_list.h"
#include "widgets/heat_legend.h"
#include "widgets/icons.h"

namespace unitscope {

namespace {

constexpr int kExportSide = 1024;

}  // namespace

PlacesView::PlacesView(const Context& context, QObject* parent)
    : ActivationsView(context, parent), reader_(new PlaceReader(this)) {
  panel_ = new QWidget;
  auto* column = new QVBoxLayout(panel_);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  heading_ = new QLabel;
  heading_->setWordWrap(true);
  heading_->setAccessibleName(tr("The place"));
  units_ = new BarList(tr("Units at this place"));
  units_->setPictureSize(PlaceReader::kThumbnail);
  units_->setEmptyText(tr("Point at a picture: the units that make up the activation there are listed here."));
  units_->setToolTip(tr("The units that are most active at this place. Double click or Enter opens a unit's page."));
  open_ = new QPushButton(themedIcon(QStringLiteral("unit")), tr("Open unit"));
  release_ = new QPushButton(themedIcon(QStringLiteral("close")), tr("Let go"));
  release_->setToolTip(tr("The place follows the pointer again (Escape)"));
  lines_ = new QCheckBox(tr("Lines between all places"));
  lines_->setToolTip(tr("Off: only around the pointer"));
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(open_);
  buttons->addWidget(release_);
  column->addWidget(heading_);
  column->addWidget(units_, 1);
  column->addLayout(buttons);
  column->addWidget(lines_);

  page_ = new QWidget;
  auto* right = new QVBoxLayout(page_);
  right->setContentsMargins(0, 0, 0, 0);
  right->setSpacing(2);
  board_ = new PictureBoard;
  right->addWidget(board_, 1);
  auto* below = new QHBoxLayout;
  below->setContentsMargins(8, 0, 8, 4);
  auto* legendName = new QLabel(tr("Similarity to the place (cosine)"));
  legend_ = new HeatLegend(Qt::Horizontal);
  // The picture must not move under the pointer when the first place has been read.
  QSizePolicy policy = legend_->sizePolicy();
  policy.setRetainSizeWhenHidden(true);
  legend_->setSizePolicy(policy);
  below->addWidget(legendName);
  below->addWidget(legend_, 1);
  right->addLayout(below);

  connect(reader_, &PlaceReader::answered, this, &PlacesView::take);
  connect(reader_, &PlaceReader::busyChanged, this, &ActivationsView::busyChanged);
  connect(board_, &PictureBoard::pointed, this, &PlacesView::point);
  connect(board_, &PictureBoard::picked, this, &ActivationsView::placePicked);
  connect(board_, &PictureBoard::released, this, &ActivationsView::placeReleased);
  connect(release_, &QPushButton::clicked, this, &ActivationsView::placeReleased);
  connect(units_, &BarList::picked, this, &ActivationsView::unitPicked);
  connect(units_, &BarList::opened, this, &ActivationsView::unitOpened);
  connect(open_, &QPushButton::clicked, this, [this] {
    if (units_->marked() >= 0) Q_EMIT unitOpened(units_->marked());
  });
  connect(lines_, &QCheckBox::toggled, this, [this](bool on) {
    Q_EMIT edited(on ? tr("Show lines") : tr("Hide lines"), {{"lines", on}}, {});
  });
}

void PlacesView::takeState() {
  const QSignalBlocker quiet(lines_);
  lines_->setChecked(state().lines);
  board_->setOpacity(state().opacity / 100.0);
  board_->setAllLines(state().lines);
}

void PlacesView::point(int picture, QPoint cell) {
  pointedPicture_ = picture;
  pointed_ = cell;
  refresh();
}

void PlacesView::refresh() {
  const Shown& now = shown();
  if (board_->scene() != now.scene) {
    reader_->forget();
    reading_ = {};
    asked_.reset();
    pointedPicture_ = -1;
    pointed_ = {-1, -1};
    units_->setRows({});
    legend_->setVisible(false);
    Q_EMIT outputsChanged();
  }
  board_->setScene(now.scene, now.picture);
  if (now.scene) {
    const HeatPaint paint = similarityPaint(now.scene->isSigned);
    legend_->setColors(colorsOf(paint.colors));
    legend_->setRange(paint.fixed.low, paint.fixed.high);
    const int picture = pinned() ? now.picture : pointedPicture_;
    const QPoint cell = pinned() ? now.place : pointed_;
    const bool known = asked_ == now.scene && askedPicture_ == picture && askedCell_ == cell;
    if (picture >= 0 && cell.x() >= 0 && !known) {
      asked_ = now.scene;
      askedPicture_ = picture;
      askedCell_ = cell;
      reader_->read(now.scene, picture, cell);
      Q_EMIT busyChanged();
    }
  }
  units_->mark(now.unit);
  showMarks();
  showHeading();
}

void PlacesView::take(const PlaceReading& reading) {
  if (reading.scene != shown().scene) return;
  reading_ = reading;
  ++readings_;
  board_->setOverlays(reading.overlays);
  double largest = 0.0;
  for (const UnitActivation& unit : reading.units) largest = std::max(largest, double(std::abs(unit.activation)));
  QVector<BarRow> rows;
  const QLocale locale;
  for (std::size_t i = 0; i < reading.units.size(); ++i) {
    const UnitActivation& unit = reading.units[i];
    // Units that are silent there are no part of the vector.
    if (unit.activation == 0.0F) continue;
    BarRow row;
    row.id = int(unit.unit);
    row.title = tr("unit %1").arg(unit.unit);
    row.detail = tr("%1, %2 %").arg(HeatLegend::numberText(unit.activation)).arg(100.0 * unit.share, 0, 'f', 1);
    row.bars = {largest > 0 ? unit.activation / largest : 0.0};
    row.picture = reading.unitMaps[i];
    row.help = tr("Activation %1 here: %2 % of all units' together. Double click opens its page.")
                   .arg(HeatLegend::numberText(unit.activation))
                   .arg(locale.toString(100.0 * unit.share, 'f', 1));
    rows.append(row);
  }
  units_->setEmptyText(rows.isEmpty() ? tr("No unit is active at this place.") : QString());
  units_->setRows(rows);
  units_->mark(shown().unit);
  legend_->setVisible(true);
  showMarks();
  showHeading();
  Q_EMIT outputsChanged();
}

void PlacesView::showMarks() {
  const Shown& now = shown();
  const int read = pinned() ? now.picture : pointedPicture_;
  const QPoint cell = pinned() ? now.place : pointed_;
  for (int i = 0; i < board_->count(); ++i) {
    PlaceCanvas* canvas = board_->canvas(i);
    canvas->setPinned(pinned() && i == now.picture ? now.place : QPoint(-1, -1));
    canvas->setPointed(i == pointedPicture_ ? pointed_ : QPoint(-1, -1));
    canvas->setField(now.scene && i == read && cell.x() >= 0 ? now.scene->fieldOf(i, cell) : QRectF());
  }
  // Of a pinned place the pointer reads the similarity.
  std::optional<double> marker;
  if (pinned() && reading_.scene && pointedPicture_ >= 0 && std::size_t(pointedPicture_) < reading_.similarity.size()) {
    const Array& map = reading_.similarity[std::size_t(pointedPicture_)];
    const auto at = std::size_t(pointed_.y()) * std::size_t(map.shape[1]) + std::size_t(pointed_.x());
    if (at < map.values.size()) marker = map.values[at];
  }
  legend_->setMarker(marker);
}

void PlacesView::showHeading() {
  const Shown& now = shown();
  QString text;
  if (!now.scene) {
    text = tr("The activations are on their way.");
  } else if (reading_.scene) {
    text = tr("<b>Row %1, column %2</b> of %3%4")
               .arg(reading_.cell.y())
               .arg(reading_.cell.x())
               .arg(now.scene->names.value(reading_.picture).toHtmlEscaped(), pinned() ? tr(", pinned") : QString());
  } else {
    text = tr("Point at a place. A click pins it, the arrow keys move it, Escape lets it go.");
  }
  heading_->setText(text);
  setAvailable(*open_, units_->marked() >= 0 && units_->rowRect(units_->marked()).isValid()
                           ? QString()
                           : tr("Pick one of the units first"));
  setAvailable(*release_, pinned() ? QString() : tr("No place is pinned"));
}

QImage PlacesView::picture() const {
  return reading_.scene ? board_->rendered(kExportSide) : QImage();
}

QString PlacesView::numbers() const {
  if (!reading_.scene) return {};
  const std::vector<float> vector =
      reading_.scene->maps.vectorAt(std::size_t(reading_.picture), reading_.cell.y(), reading_.cell.x());
  QString csv = QStringLiteral("unit,activation\n");
  for (std::size_t i = 0; i < vector.size(); ++i)
    csv += QStringLiteral("%1,%2\n").arg(i).arg(double(vector[i]), 0, 'g', 9);
  return csv;
}

}  // namespace unitscope
