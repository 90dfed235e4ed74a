#include "app/generator/samples/samples_page.h"

#include <algorithm>

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QRandomGenerator>
#include <QShortcut>
#include <QSpinBox>
#include <QTabBar>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/availability.h"
#include "app/generator/generator_stage.h"
#include "app/generator/sample_controls.h"
#include "app/generator/sample_shelf.h"
#include "app/generator/samples/mix_panel.h"
#include "app/generator/samples/sample_grid.h"
#include "app/generator/scene_thumbnails.h"
#include "app/generator/stage_panel.h"
#include "app/generator/toggle_look.h"
#include "widgets/icons.h"
#include "widgets/tile_grid.h"

namespace unitscope {
namespace {

constexpr int kMostSeed = 999'000'000;
constexpr int kRandomSeeds = 1'000'000;

}  // namespace

SamplesPage::SamplesPage(const Context& context, GeneratorStage& stage, StagePanel& panel, QWidget* parent)
    : GeneratorPage(context, stage, parent), panel_(panel) {
  makeLayout();
  samples_ = new SampleGrid(context, stage, *grid_);
  thumbnails_ = new SceneThumbnails(context, stage, QStringLiteral("generator/favourites"), this);
  connect(thumbnails_, &SceneThumbnails::made, stage.shelf(), &SampleShelf::setThumbnail);
  connect(thumbnails_, &SceneThumbnails::busyChanged, this, &GeneratorPage::busyChanged);
  connect(samples_, &SampleGrid::busyChanged, this, &GeneratorPage::busyChanged);
  connect(samples_, &SampleGrid::picked, this, [this](quint64 seed) {
    if (mixing_->isChecked()) {
      mix_->take(this->stage().seeded(seed), samples_->picture(seed));
    } else {
      panel_.controls()->takeSeed(seed);
    }
  });
  connect(grid_, &TileGrid::activated, this, [this](int index) {
    if (favouritesShown()) pickFavourite(index);
  });
  connect(grid_, &TileGrid::currentChanged, this, &SamplesPage::show);
  connect(grid_, &TileGrid::tileSizeChanged, this, &GeneratorPage::stateChanged);
  connect(sections_, &QTabBar::currentChanged, this, [this] {
    samples_->setShown(!favouritesShown());
    if (favouritesShown()) {
      fillFavourites();
      grid_->setCurrent(this->stage().shelf()->favouriteOnStage());
    }
    show();
    Q_EMIT stateChanged();
  });
  connect(from_, &QSpinBox::valueChanged, this, [this](int seed) {
    samples_->begin(quint64(seed));
    show();
    Q_EMIT stateChanged();
  });
  connect(anew_, &QPushButton::clicked, this,
          [this] { from_->setValue(int(QRandomGenerator::global()->bounded(kRandomSeeds))); });
  connect(more_, &QPushButton::clicked, this, [this] {
    samples_->more();
    show();
    Q_EMIT stateChanged();
  });
  connect(remove_, &QPushButton::clicked, this, [this] { this->stage().shelf()->removeFavourite(grid_->current()); });
  auto* removes =
      new QShortcut(QKeySequence::Delete, grid_, remove_, &QPushButton::click, Qt::WidgetWithChildrenShortcut);
  removes->setAutoRepeat(false);
  connect(mixing_, &QToolButton::toggled, this, [this](bool on) {
    mix_->setVisible(on);
    Q_EMIT stateChanged();
  });
  connect(stage.shelf(), &SampleShelf::favouritesChanged, this, [this] {
    if (favouritesShown()) fillFavourites();
    show();
    Q_EMIT stateChanged();
  });
  connect(&stage, &GeneratorStage::generatorChanged, this, &SamplesPage::show);
  show();
}

void SamplesPage::makeLayout() {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 4, 0, 0);
  column->setSpacing(4);
  auto* head = new QHBoxLayout;
  head->setContentsMargins(4, 0, 8, 0);
  sections_ = new QTabBar;
  sections_->setDrawBase(false);
  sections_->setExpanding(false);
  sections_->setAccessibleName(tr("Which samples to show"));
  sections_->addTab(tr("By seed"));
  sections_->addTab(tr("Favourites"));
  sections_->setTabToolTip(0, tr("A sample for each seed, with the truncation, noise and class of the one on stage"));
  sections_->setTabToolTip(1, tr("What was kept with the star beside a sample's name"));
  mixing_ = new QToolButton;
  mixing_->setCheckable(true);
  mixing_->setText(tr("Mix two"));
  mixing_->setIcon(themedIcon(QStringLiteral("mix")));
  mixing_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  mixing_->setToolTip(tr("Style mixing: some layers of the sample on stage follow a second one"));
  fillWhenChecked(*mixing_);
  head->addWidget(sections_);
  head->addStretch(1);
  head->addWidget(mixing_);
  column->addLayout(head);
  mix_ = new MixPanel(context(), stage());
  mix_->hide();
  column->addWidget(mix_);
  grid_ = new TileGrid;
  grid_->setTileSize(78);
  grid_->setAccessibleName(tr("Samples"));
  column->addWidget(grid_, 1);

  bar_ = new QWidget;
  auto* line = new QHBoxLayout(bar_);
  line->setContentsMargins(8, 0, 8, 8);
  auto* label = new QLabel(tr("From seed"));
  from_ = new QSpinBox;
  from_->setRange(0, kMostSeed);
  from_->setKeyboardTracking(false);
  from_->setAccessibleName(tr("First seed of the samples"));
  label->setBuddy(from_);
  anew_ = new QPushButton(themedIcon(QStringLiteral("dice")), tr("Others"));
  anew_->setToolTip(tr("Samples of other seeds, drawn at random"));
  more_ = new QPushButton(themedIcon(QStringLiteral("plus")), tr("More"));
  more_->setToolTip(tr("Adds samples of the seeds that follow"));
  remove_ = new QPushButton(themedIcon(QStringLiteral("trash")), tr("Remove"));
  line->addWidget(label);
  line->addWidget(from_);
  line->addStretch(1);
  line->addWidget(anew_);
  line->addWidget(more_);
  line->addWidget(remove_);
  column->addWidget(bar_);
}

bool SamplesPage::favouritesShown() const {
  return sections_->currentIndex() == 1;
}

void SamplesPage::show() {
  const bool kept = favouritesShown();
  const std::size_t count = stage().shelf()->favourites().size();
  sections_->setTabText(1, count > 0 ? tr("Favourites (%1)").arg(count) : tr("Favourites"));
  for (QWidget* one : {static_cast<QWidget*>(from_), static_cast<QWidget*>(anew_), static_cast<QWidget*>(more_)})
    one->setVisible(!kept);
  remove_->setVisible(kept);
  setAvailable(*remove_, kept && grid_->current() >= 0 ? QString() : tr("Pick a favourite first"));
  setAvailable(*more_, samples_->count() < SampleGrid::kMost ? QString() : tr("These are enough to look at"));
}

void SamplesPage::fillFavourites() {
  grid_->setEmptyText(tr("Press the star beside a sample's name to keep it here"));
  grid_->setTiles(int(stage().shelf()->favourites().size()), [this](int index) {
    const ShelvedScene& entry = stage().shelf()->favourites()[std::size_t(index)];
    Tile tile;
    tile.title = entry.scene.name;
    tile.subtitle = entry.scene.edited() ? tr("changed") : QString();
    tile.picture = entry.thumbnail;
    return tile;
  });
  wantThumbnails();
}

void SamplesPage::wantThumbnails() {
  std::deque<SceneThumbnails::Wish> wishes;
  for (const ShelvedScene& entry : stage().shelf()->favourites())
    if (entry.thumbnail.isNull()) wishes.push_back({entry.id, entry.scene});
  thumbnails_->want(std::move(wishes));
}

void SamplesPage::pickFavourite(int index) {
  const std::vector<ShelvedScene>& all = stage().shelf()->favourites();
  if (index < 0 || std::size_t(index) >= all.size()) return;
  const ShelvedScene entry = all[std::size_t(index)];
  if (mixing_->isChecked()) {
    mix_->take(entry.scene, entry.thumbnail);
  } else {
    stage().change(tr("Take %1").arg(entry.scene.name), entry.scene);
  }
  show();
}

QJsonObject SamplesPage::saveState() const {
  return {{"section", favouritesShown() ? "favourites" : "seeds"},
          {"from", from_->value()},
          {"count", samples_->count()},
          {"mixing", mixing_->isChecked()},
          {"tileSize", grid_->tileSize()}};
}

void SamplesPage::restoreState(const QJsonObject& state) {
  from_->setValue(state["from"].toInt(from_->value()));
  const int count = std::clamp(state["count"].toInt(SampleGrid::kAtOnce), SampleGrid::kAtOnce, SampleGrid::kMost);
  while (samples_->count() < count) samples_->more();
  grid_->setTileSize(state["tileSize"].toInt(grid_->tileSize()));
  mixing_->setChecked(state["mixing"].toBool(false));
  sections_->setCurrentIndex(state["section"].toString() == QStringLiteral("favourites") ? 1 : 0);
}

bool SamplesPage::busy() const {
  return active_ && (samples_->busy() || thumbnails_->busy());
}

void SamplesPage::setActive(bool active) {
  active_ = active;
  samples_->setAwake(active);
  thumbnails_->setAwake(active);
  if (active && favouritesShown()) fillFavourites();
}

}  // namespace unitscope
