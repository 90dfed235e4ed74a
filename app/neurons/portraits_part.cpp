#include "app/neurons/portraits_part.h"

#include <QVBoxLayout>

#include "app/neurons/unit_portraits.h"
#include "widgets/tile_grid.h"

namespace unitscope {

namespace {

std::vector<FeatureWish> wishesFor(const UnitAddress& address) {
  using Look = FeatureWish::Look;
  std::vector<FeatureWish> wishes{{address.layer, address.unit, Look::Positive, 0},
                                  {address.layer, address.unit, Look::Negative, 0}};
  for (int i = 0; i < FeatureWish::kDiverse; ++i) wishes.push_back({address.layer, address.unit, Look::Diverse, i});
  return wishes;
}

}  // namespace

PortraitsPart::PortraitsPart(UnitPortraits& portraits, QWidget* parent)
    : PagePart(tr("What it looks for"), tr("Pictures made from noise so that they excite the unit (Olah et al. 2017)"),
               parent),
      portraits_(portraits),
      grid_(new TileGrid) {
  grid_->setGrows(true);
  grid_->setTileSize(128);
  grid_->setAccessibleName(tr("Feature visualizations of the unit"));
  column()->addWidget(grid_);
  connect(&portraits_, &UnitPortraits::changed, this, [this](const FeatureWish& wish) {
    if (wish.layer == address_.layer && wish.unit == address_.unit) grid_->refreshAll();
  });
  connect(&portraits_, &UnitPortraits::stateChanged, this, &PortraitsPart::showState);
}

void PortraitsPart::showUnit(const UnitAddress& address) {
  address_ = address;
  const std::vector<FeatureWish> wishes = address.unit < 0 ? std::vector<FeatureWish>() : wishesFor(address);
  grid_->setTiles(int(wishes.size()), [this, wishes](int index) {
    const FeatureWish& wish = wishes[std::size_t(index)];
    Tile tile;
    tile.picture = portraits_.picture(wish);
    tile.forming = portraits_.forming(wish);
    tile.failed = tile.picture.isNull() && !portraits_.failure(wish.layer).isEmpty();
    tile.title = wish.look == FeatureWish::Look::Positive   ? tr("excites")
                 : wish.look == FeatureWish::Look::Negative ? tr("inhibits")
                                                            : tr("diverse %1").arg(wish.number + 1);
    return tile;
  });
  portraits_.want(QStringLiteral("page"), wishes, 0);
  showState();
}

void PortraitsPart::showState() {
  say(address_.unit < 0 ? QString() : portraits_.failure(address_.layer));
}

}  // namespace unitscope
