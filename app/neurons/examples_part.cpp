#include "app/neurons/examples_part.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLocale>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/availability.h"
#include "app/engine_bridge.h"
#include "app/image_convert.h"
#include "sources/picture_source.h"
#include "widgets/icons.h"
#include "widgets/threshold_histogram.h"
#include "widgets/tile_grid.h"

namespace unitscope {

namespace {

// The share of its activations that counts as firing (Bau et al. 2020).
constexpr double kTopShare = 0.01;

const std::vector<Example>& ofKind(const UnitExamples& unit, int kind) {
  return kind == 1 ? unit.lowest : kind == 2 ? unit.random : kind == 3 ? unit.relevant : unit.top;
}

}  // namespace

struct ExamplesPart::Found {
  std::vector<ShownExample> shown;
  UnitHistogram histogram;
  UnitStatistics statistics;
  double threshold = 0.0;
  bool relevant = false;
};

ExamplesPart::ExamplesPart(const Context& context, UnitKnowledge& knowledge, QWidget* parent)
    : PagePart(tr("What excites it"),
               tr("Pictures of the data in which the unit is most active. Bright where it fires, beyond its threshold; "
                  "the frame is what the strongest place can see"),
               parent),
      context_(context),
      knowledge_(knowledge) {
  auto* row = new QHBoxLayout;
  kinds_ = new QComboBox;
  kinds_->setAccessibleName(tr("Which examples"));
  kinds_->addItems({tr("Strongest"), tr("Weakest"), tr("Random")});
  crops_ = new QToolButton;
  crops_->setCheckable(true);
  crops_->setText(tr("Crops"));
  crops_->setToolTip(tr("Show only what the strongest place can see"));
  collect_ = new QPushButton(themedIcon(QStringLiteral("images")), tr("Collect examples"));
  row->addWidget(kinds_);
  row->addWidget(crops_);
  row->addWidget(collect_);
  row->addStretch(1);
  column()->addLayout(row);
  grid_ = new TileGrid;
  grid_->setGrows(true);
  grid_->setTileSize(112);
  grid_->setAccessibleName(tr("Examples"));
  column()->addWidget(grid_);
  histogram_ = new ThresholdHistogram;
  histogram_->setToolTip(tr("How often each activation occurs, on a logarithmic scale"));
  column()->addWidget(histogram_);
  connect(kinds_, &QComboBox::currentIndexChanged, this, &ExamplesPart::ask);
  connect(crops_, &QToolButton::toggled, this, [this] { grid_->refreshAll(); });
  connect(collect_, &QPushButton::clicked, this, &ExamplesPart::collectWanted);
  connect(grid_, &TileGrid::activated, this, &ExamplesPart::openExample);
  connect(&knowledge_, &UnitKnowledge::changed, this, [this] {
    if (of_ != knowledge_.examples()) ask();
  });
  connect(&knowledge_, &UnitKnowledge::busyChanged, this, &ExamplesPart::showFound);
  showFound();
}

void ExamplesPart::showUnit(const UnitAddress& address) {
  if (address == address_ && of_ == knowledge_.examples()) return;
  address_ = address;
  ask();
}

void ExamplesPart::ask() {
  ++round_;
  context_.engine.cancelPane(QStringLiteral("neurons/examples"));
  shown_.clear();
  asking_ = there_ = false;
  of_ = knowledge_.examples();
  const int layer = knowledge_.exampleLayer(address_.layer);
  if (address_.unit >= 0 && layer >= 0 && address_.unit < of_->store.layers()[std::size_t(layer)].units) {
    asking_ = true;
    context_.engine.ask<std::shared_ptr<Found>>(
        tr("Examples of unit %1").arg(address_.unit), QStringLiteral("neurons/examples"),
        [examples = of_, address = address_, layer, kind = kinds_->currentIndex(), model = context_.document.model()](
            const Progress&, const CancelToken& cancel) {
          const std::lock_guard lock(examples->mutex);
          ExampleStore& store = examples->store;
          auto found = std::make_shared<Found>();
          const UnitExamples unit = store.unit(layer, address.unit);
          found->statistics = unit.statistics;
          found->relevant = !unit.relevant.empty();
          found->histogram = store.histogram(layer, address.unit);
          found->threshold = store.quantile(layer, address.unit, 1.0 - kTopShare);
          found->shown =
              showExamples(*model, store, address.layer, address.unit, found->threshold, ofKind(unit, kind), cancel);
          return found;
        },
        this,
        [this, round = round_](const std::shared_ptr<Found>& found) {
          if (round != round_) return;
          asking_ = false;
          there_ = true;
          shown_ = std::move(found->shown);
          if (found->relevant && kinds_->count() == 3) kinds_->addItem(tr("Most relevant"));
          QVector<qint64> counts;
          for (const std::uint64_t count : found->histogram.counts) counts << qint64(count);
          histogram_->setHistogram(QVector<double>(found->histogram.edges.begin(), found->histogram.edges.end()),
                                   counts);
          histogram_->setThreshold(found->threshold, tr("Fires beyond"));
          const UnitStatistics& s = found->statistics;
          const QLocale locale;
          say(s.dead ? tr("Never active in these pictures.")
                     : tr("Mean %1, at most %2, active at %3 % of the places.")
                           .arg(locale.toString(s.mean, 'g', 3), locale.toString(s.maximum, 'g', 3),
                                locale.toString(100.0 * s.positive, 'f', 1)));
          showFound();
        },
        [this, round = round_](const Problem& problem) {
          if (round != round_) return;
          asking_ = false;
          showFound();
          if (!problem.cancelled) say(problem.reason);
        });
  }
  showFound();
}

void ExamplesPart::showFound() {
  const bool known = knowledge_.exampleLayer(address_.layer) >= 0;
  kinds_->setVisible(known);
  crops_->setVisible(known);
  collect_->setVisible(!known);
  grid_->setVisible(known);
  histogram_->setVisible(known && there_);
  setAvailable(*collect_, knowledge_.collecting() ? tr("Examples are being collected") : QString());
  if (!known)
    say(knowledge_.collecting() ? tr("Examples are being collected\u2026")
                                : tr("Nothing was collected for this layer yet."));
  grid_->setEmptyText(asking_ ? tr("Fetching\u2026") : tr("There are none"));
  grid_->setTiles(int(shown_.size()), [this](int index) {
    const ShownExample& one = shown_[std::size_t(index)];
    Tile tile;
    tile.title = QString::fromStdString(one.example.name);
    tile.subtitle = QLocale().toString(one.example.activation, 'g', 3);
    tile.picture = crops_->isChecked() && !one.crop.isNull() ? one.crop : one.picture;
    tile.failed = tile.picture.isNull();
    tile.help =
        tile.failed ? tr("The picture cannot be read any more") : tr("A click opens it beside the other images");
    return tile;
  });
}

// As the network saw it, without shading.
void ExamplesPart::openExample(int index) {
  if (index < 0 || std::size_t(index) >= shown_.size() || !of_) return;
  const Example example = shown_[std::size_t(index)].example;
  context_.engine.ask<QImage>(
      tr("Fetching a picture"), QStringLiteral("neurons/fetch"),
      [examples = of_, number = example.picture, model = context_.document.model()](const Progress&,
                                                                                    const CancelToken&) {
        const std::lock_guard lock(examples->mutex);
        const auto source = openPictures(examples->store.data(), *model, examples->store.seed());
        return toQImage(model->pictureOf(source->at(number).input));
      },
      this, [this, example](const QImage& picture) { Q_EMIT opened(QString::fromStdString(example.name), picture); });
}

}  // namespace unitscope
