#include "app/activations/grid_view.h"

#include <algorithm>
#include <cmath>

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QSlider>
#include <QTimer>
#include <QVBoxLayout>

#include "app/activations/feature_pictures.h"
#include "app/activations/place_canvas.h"
#include "app/activations/steps_box.h"
#include "app/aside.h"
#include "app/availability.h"
#include "widgets/heat_legend.h"
#include "widgets/icons.h"

namespace unitscope {

namespace {

// Even the weakest cell must be seen to be there.
constexpr double kSmallest = 0.18;
constexpr int kSheet = 1600;       // pixels along the longer side, at most
constexpr int kRedrawEvery = 120;  // milliseconds: many pictures form at once

}  // namespace

GridView::GridView(const Context& context, QObject* parent)
    : ActivationsView(context, parent),
      features_(new FeaturePictures(context, QStringLiteral("activations/grid"), this)),
      drawSoon_(new QTimer(this)) {
  drawSoon_->setSingleShot(true);
  drawSoon_->setInterval(kRedrawEvery);
  panel_ = new QWidget;
  auto* column = new QVBoxLayout(panel_);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  auto* what = new QLabel(tr("In each cell what the activation there looks for, the larger the more active it is."));
  what->setWordWrap(true);
  auto* line = new QHBoxLayout;
  side_ = new QLabel;
  side_->setMinimumWidth(side_->fontMetrics().horizontalAdvance(tr("Up to %1 \u00d7 %1").arg(16)) + 4);
  slider_ = new QSlider(Qt::Horizontal);
  slider_->setRange(2, 16);
  slider_->setAccessibleName(tr("Cells along a side"));
  slider_->setToolTip(tr("Cells along a side, at most: places of larger layers are averaged"));
  side_->setBuddy(slider_);
  line->addWidget(side_);
  line->addWidget(slider_, 1);
  steps_ = new StepsBox;
  start_ = new QPushButton;
  start_->setDefault(true);
  facts_ = new QLabel;
  facts_->setWordWrap(true);
  column->addWidget(what);
  column->addLayout(line);
  column->addWidget(steps_);
  column->addWidget(start_);
  column->addWidget(facts_);
  column->addStretch(1);

  canvas_ = new PlaceCanvas;
  canvas_->setAccessibleName(tr("Activation grid"));
  page_ = canvas_;

  connect(slider_, &QSlider::valueChanged, this, [this](int side) {
    Q_EMIT edited(tr("Cells of the grid"), {{"side", side}}, QStringLiteral("side"));
  });
  connect(steps_, &StepsBox::picked, this, [this](int steps) {
    Q_EMIT edited(tr("Care taken with pictures"), {{"steps", steps}}, {});
  });
  connect(start_, &QPushButton::clicked, this, [this] {
    if (features_->busy()) {
      stop();
    } else {
      start();
    }
  });
  connect(drawSoon_, &QTimer::timeout, this, &GridView::draw);
  connect(features_, &FeaturePictures::changed, this, [this](int goal, const QImage& picture, bool finished) {
    if (std::size_t(goal) >= cellOfGoal_.size()) return;
    const auto cell = std::size_t(cellOfGoal_[std::size_t(goal)]);
    pictures_[cell] = picture;
    if (finished && !done_[cell]) {
      done_[cell] = true;
      ++finished_;
    }
    if (!drawSoon_->isActive()) drawSoon_->start();
  });
  connect(features_, &FeaturePictures::busyChanged, this, [this] {
    draw();
    Q_EMIT busyChanged();
  });
  connect(canvas_, &PlaceCanvas::cellPointed, canvas_, &PlaceCanvas::setPointed);
  connect(canvas_, &PlaceCanvas::cellLeft, this, [this] { canvas_->setPointed({-1, -1}); });
  connect(canvas_, &PlaceCanvas::released, this, &ActivationsView::placeReleased);
  connect(canvas_, &PlaceCanvas::cellPicked, this, [this](QPoint cell) {
    if (!asked_.scene || !grid_) return;
    // The place in the middle of the cell.
    const QSize all = asked_.scene->cells(asked_.picture);
    Q_EMIT placePicked(asked_.picture, {int((cell.x() + 0.5) * all.width() / double(grid_->columns)),
                                        int((cell.y() + 0.5) * all.height() / double(grid_->rows))});
  });
}

bool GridView::busy() const {
  return measuring_ || features_->busy();
}

void GridView::takeState() {
  const QSignalBlocker quiet(slider_);
  slider_->setValue(state().side);
  side_->setText(tr("Up to %1 \u00d7 %1").arg(state().side));
  steps_->choose(state().steps);
}

void GridView::refresh() {
  const Shown& now = shown();
  const Asked wanted{now.scene, now.picture, state().side};
  if (wanted != asked_) {
    stop();
    asked_ = wanted;
    grid_.reset();
    pictures_.clear();
    finished_ = 0;
    measuring_ = false;
    if (now.scene && now.picture >= 0) measure();
    draw();
    Q_EMIT outputsChanged();
  }
  QPoint cell(-1, -1);
  if (grid_ && now.place.x() >= 0) {
    const QSize all = asked_.scene->cells(asked_.picture);
    cell = {now.place.x() * int(grid_->columns) / all.width(), now.place.y() * int(grid_->rows) / all.height()};
  }
  canvas_->setPinned(cell);
  showReasons();
}

void GridView::measure() {
  measuring_ = true;
  using Found = std::shared_ptr<const ActivationGrid>;
  runAside<Found>(
      this,
      [asked = asked_]() -> Found {
        const PlaceMaps& maps = asked.scene->maps;
        const auto at = std::size_t(asked.picture);
        Array all{{maps.units(), maps.height(at), maps.width(at)}, {}};
        for (std::int64_t unit = 0; unit < maps.units(); ++unit) {
          const Array map = maps.map(at, unit);
          all.values.insert(all.values.end(), map.values.begin(), map.values.end());
        }
        return std::make_shared<const ActivationGrid>(
            activationGrid(all, std::min<std::int64_t>(asked.side, maps.height(at)),
                           std::min<std::int64_t>(asked.side, maps.width(at))));
      },
      [this, asked = asked_](const Found& found) {
        if (asked != asked_) return;
        measuring_ = false;
        grid_ = found;
        pictures_.assign(std::size_t(found->rows * found->columns), QImage());
        draw();
        if (active()) refresh();
        Q_EMIT busyChanged();
        Q_EMIT outputsChanged();
      });
  Q_EMIT busyChanged();
}

void GridView::start() {
  if (!grid_) return;
  std::vector<FeatureGoal> goals;
  cellOfGoal_.clear();
  finished_ = 0;
  done_.assign(pictures_.size(), false);
  const std::int64_t units = grid_->vectors.shape.at(1);
  // The strongest first: they are what one looks at.
  std::vector<int> order;
  for (std::size_t cell = 0; cell < grid_->lengths.size(); ++cell)
    if (grid_->lengths[cell] > 0) order.push_back(int(cell));
  std::stable_sort(order.begin(), order.end(),
                   [this](int a, int b) { return grid_->lengths[std::size_t(a)] > grid_->lengths[std::size_t(b)]; });
  for (const int cell : order) {
    FeatureGoal goal;
    goal.kind = FeatureGoal::Kind::Direction;
    goal.layer = asked_.scene->layer.toStdString();
    const auto from = grid_->vectors.values.begin() + std::ptrdiff_t(cell) * units;
    goal.vector = {{units}, {from, from + units}};
    cellOfGoal_.push_back(cell);
    goals.push_back(std::move(goal));
  }
  if (!goals.empty()) features_->ask(tr("Activation grid"), asked_.scene->model, goals, state().steps);
  showReasons();
}

void GridView::stop() {
  features_->stop();
}

// Until its picture is there a cell shows the part of the picture that it stands for.
QImage GridView::composed(int tile, const QColor& ground) const {
  if (!grid_ || !asked_.scene) return {};
  const auto rows = int(grid_->rows), columns = int(grid_->columns);
  QImage sheet(columns * tile, rows * tile, QImage::Format_RGB32);
  sheet.fill(ground);
  QPainter painter(&sheet);
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  const QImage& seen = asked_.scene->seen[std::size_t(asked_.picture)];
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      const auto cell = std::size_t(row * columns + column);
      const double side = tile * std::max(kSmallest, double(grid_->sizes[cell])) - 2;
      QRectF room(0, 0, side, side);
      room.moveCenter({(column + 0.5) * tile, (row + 0.5) * tile});
      if (!pictures_[cell].isNull()) {
        painter.drawImage(room, pictures_[cell]);
      } else {
        painter.setOpacity(0.55);
        painter.drawImage(room, seen,
                          QRectF(double(column) * seen.width() / columns, double(row) * seen.height() / rows,
                                 double(seen.width()) / columns, double(seen.height()) / rows));
        painter.setOpacity(1.0);
      }
    }
  }
  return sheet;
}

void GridView::draw() {
  if (grid_) {
    const int tile = std::clamp(kSheet / int(std::max(grid_->rows, grid_->columns)), 32, 160);
    canvas_->setImage(composed(tile, canvas_->palette().color(QPalette::Base)));
    canvas_->setCells({int(grid_->columns), int(grid_->rows)});
  } else {
    canvas_->setImage({});
    canvas_->setCells({});
  }
  showReasons();
}

void GridView::showReasons() {
  const bool running = features_->busy();
  start_->setText(running ? tr("Stop") : tr("Make the pictures"));
  start_->setIcon(themedIcon(running ? QStringLiteral("cancel") : QStringLiteral("play")));
  setAvailable(*start_, running || grid_ ? QString() : tr("The activations are on their way"));
  if (!grid_) return facts_->setText({});
  const QSize all = asked_.scene->cells(asked_.picture);
  QString text = tr("%1 \u00d7 %2 cells of %3 \u00d7 %4 places.")
                     .arg(grid_->columns)
                     .arg(grid_->rows)
                     .arg(all.width())
                     .arg(all.height());
  if (running || finished_ > 0) text += tr(" %1 of %2 pictures are finished.").arg(finished_).arg(cellOfGoal_.size());
  facts_->setText(text);
}

QImage GridView::picture() const {
  return composed(128, Qt::white);
}

QString GridView::numbers() const {
  if (!grid_) return {};
  QString csv = QStringLiteral("row,column,length,size\n");
  for (std::int64_t cell = 0; cell < grid_->rows * grid_->columns; ++cell)
    csv += QStringLiteral("%1,%2,%3,%4\n")
               .arg(cell / grid_->columns)
               .arg(cell % grid_->columns)
               .arg(double(grid_->lengths[std::size_t(cell)]), 0, 'g', 9)
               .arg(double(grid_->sizes[std::size_t(cell)]), 0, 'g', 9);
  return csv;
}

}  // namespace unitscope
