#include "app/neurons/neighbours_part.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

#include "app/app_settings.h"
#include "app/aside.h"
#include "app/availability.h"
#include "app/engine_bridge.h"
#include "app/neurons/unit_knowledge.h"
#include "app/neurons/unit_portraits.h"
#include "widgets/icons.h"
#include "widgets/tile_grid.h"

namespace unitscope {

namespace {

const QString kPane = QStringLiteral("neurons/correlations");
constexpr int kShown = 10;
constexpr int kPictures = 300;
constexpr quint64 kSeed = 3;

QString number(double value) {
  return QLocale().toString(value, 'g', 3);
}

}  // namespace

NeighboursPart::NeighboursPart(const Context& context, UnitPortraits& portraits, UnitKnowledge& knowledge,
                               QWidget* parent)
    : PagePart(tr("Whom it works with"), tr("A click walks to the unit; Alt+Left walks back"), parent),
      context_(context),
      portraits_(portraits),
      knowledge_(knowledge) {
  const QString titles[3] = {tr("Strongest weights in"), tr("Strongest weights out"), tr("Fires together with")};
  for (int i = 0; i < 3; ++i) {
    titles_[i] = new QLabel(titles[i]);
    titles_[i]->setForegroundRole(QPalette::PlaceholderText);
    column()->addWidget(titles_[i]);
    grids_[i] = new TileGrid;
    grids_[i]->setGrows(true);
    grids_[i]->setTileSize(80);
    grids_[i]->setAccessibleName(titles[i]);
    if (i == 2) {
      auto* row = new QHBoxLayout;
      correlate_ = new QPushButton(themedIcon(QStringLiteral("search")), tr("Find them"));
      correlate_->setToolTip(
          tr("Compares the layer's units over %1 pictures of the data, in the background").arg(kPictures));
      row->addWidget(correlate_);
      row->addStretch(1);
      column()->addLayout(row);
    }
    column()->addWidget(grids_[i]);
    connect(grids_[i], &TileGrid::activated, this, [this, i](int index) {
      if (index < 0 || std::size_t(index) >= neighbours_[i].size()) return;
      const UnitAddress to = neighbours_[i][std::size_t(index)].address;
      Q_EMIT unitWanted(to.layer, to.unit);
    });
  }
  connect(correlate_, &QPushButton::clicked, this, &NeighboursPart::correlate);
  connect(&context_.document, &Document::modelChanged, this, &NeighboursPart::forget);
  connect(&context_.document, &Document::cardChanged, this, &NeighboursPart::forget);
  connect(&portraits_, &UnitPortraits::changed, this, [this] {
    for (TileGrid* grid : grids_) grid->refreshAll();
  });
  connect(&knowledge_, &UnitKnowledge::changed, this, [this] {
    for (TileGrid* grid : grids_) grid->refreshAll();
  });
}

void NeighboursPart::forget() {
  ++round_;
  reading_ = correlating_ = false;
  context_.engine.cancelPane(kPane);
  correlations_.reset();
  correlationsOf_.clear();
  address_ = {};
}

void NeighboursPart::showUnit(const UnitAddress& address) {
  if (address == address_) return;
  address_ = address;
  if (address.unit < 0) {
    for (auto& list : neighbours_) list.clear();
    portraits_.want(QStringLiteral("neighbours"), {}, 1);
    return;
  }
  read();
  showTogether();
}

// The graph never changes once it is open, so it may be read beside the engine.
void NeighboursPart::read() {
  reading_ = true;
  for (const int i : {0, 1}) fill(i, {}, tr("Reading the weights\u2026"));
  using Found = std::pair<UnitNeighbours, QString>;
  runAside<Found>(
      this,
      [model = context_.document.model(), address = address_]() -> Found {
        try {
          return {unitNeighbours(model->graph(), model->layers(), address.layer.toStdString(), address.unit, kShown),
                  QString()};
        } catch (const Error& error) {
          return {{}, QString::fromStdString(error.reason())};
        }
      },
      [this, address = address_](const Found& found) {
        if (address != address_) return;
        reading_ = false;
        const auto listOf = [](const std::vector<UnitWeight>& weights) {
          std::vector<Neighbour> list;
          for (const UnitWeight& weight : weights) {
            const QString layer = QString::fromStdString(weight.layer);
            list.push_back(
                {{layer, int(weight.unit)},
                 (weight.sum < 0 ? QStringLiteral("\u2212") : QStringLiteral("+")) + number(weight.norm),
                 tr("%1, by %2\nKernel's length %3, sum %4")
                     .arg(layer, QString::fromStdString(weight.by), number(weight.norm), number(weight.sum))});
          }
          return list;
        };
        QString notes = found.second;
        for (const std::string& note : found.first.notes)
          notes += (notes.isEmpty() ? QString() : QStringLiteral(" ")) + QString::fromStdString(note);
        say(notes);
        fill(0, listOf(found.first.incoming), tr("None: it reads the picture, or no weights lead here"));
        fill(1, listOf(found.first.outgoing), tr("None: it ends in the outputs"));
      });
}

void NeighboursPart::fill(int grid, std::vector<Neighbour> neighbours, const QString& empty) {
  neighbours_[grid] = std::move(neighbours);
  grids_[grid]->setEmptyText(empty);
  grids_[grid]->setTiles(int(neighbours_[grid].size()), [this, grid](int index) {
    const Neighbour& one = neighbours_[grid][std::size_t(index)];
    const FeatureWish wish{one.address.layer, one.address.unit, FeatureWish::Look::Positive, 0};
    const QString name = knowledge_.conceptName(one.address.layer, one.address.unit);
    Tile tile;
    tile.title =
        name.isEmpty() ? QString::number(one.address.unit) : QStringLiteral("%1 %2").arg(one.address.unit).arg(name);
    tile.subtitle = one.text;
    tile.help = one.help;
    tile.picture = portraits_.picture(wish);
    tile.forming = portraits_.forming(wish);
    return tile;
  });
  wish();
}

void NeighboursPart::wish() {
  std::vector<FeatureWish> wishes;
  for (const auto& list : neighbours_)
    for (const Neighbour& one : list)
      wishes.push_back({one.address.layer, one.address.unit, FeatureWish::Look::Positive, 0});
  portraits_.want(QStringLiteral("neighbours"), std::move(wishes), 1);
}

void NeighboursPart::correlate() {
  if (correlating_ || address_.unit < 0) return;
  correlating_ = true;
  CorrelationsQuestion question;
  question.data = data_.toStdString();
  question.count = kPictures;
  question.seed = kSeed;
  question.layer = address_.layer.toStdString();
  const BackgroundModel model{context_.document.model(), context_.document.card(), context_.settings.compute()};
  context_.engine.askInBackground<std::shared_ptr<const UnitCorrelations>>(
      tr("Comparing the units of %1").arg(address_.layer), kPane, model,
      [question](Model& copy, const Progress& progress, const CancelToken& cancel) {
        return std::shared_ptr<const UnitCorrelations>(
            std::make_shared<UnitCorrelations>(correlateUnits(copy, question, progress, cancel)));
      },
      this,
      [this, round = round_, layer = address_.layer](const std::shared_ptr<const UnitCorrelations>& found) {
        if (round != round_) return;
        correlating_ = false;
        correlations_ = found;
        correlationsOf_ = layer;
        showTogether();
      },
      [this, round = round_](const Problem&) {
        if (round != round_) return;
        correlating_ = false;
        showTogether();
      });
  showTogether();
}

void NeighboursPart::showTogether() {
  const bool known = correlations_ && correlationsOf_ == address_.layer && address_.unit < correlations_->units();
  std::vector<Neighbour> list;
  if (known)
    for (const CorrelatedUnit& one : correlations_->mostCorrelated(address_.unit, kShown))
      list.push_back({{address_.layer, int(one.unit)},
                      number(one.correlation),
                      tr("Correlation %1 over %2 pictures").arg(number(one.correlation)).arg(correlations_->pictures)});
  fill(2, std::move(list), tr("None"));
  correlate_->setVisible(!known);
  grids_[2]->setVisible(known);
  setAvailable(*correlate_, correlating_ ? tr("The units are being compared") : QString());
}

}  // namespace unitscope
