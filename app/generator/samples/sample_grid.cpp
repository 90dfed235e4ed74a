#include "app/generator/samples/sample_grid.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "app/generator/generator_stage.h"
#include "app/generator/sample_controls.h"
#include "app/generator/scene_thumbnails.h"
#include "widgets/tile_grid.h"

namespace unitscope {
namespace {

constexpr int kRowsAhead = 1;

bool sameSettings(const GeneratorScene& a, const GeneratorScene& b) {
  return a.sample.truncation == b.sample.truncation && a.sample.noise == b.sample.noise &&
         a.sample.noiseSeed == b.sample.noiseSeed && a.sample.classes.values == b.sample.classes.values;
}

}  // namespace

SampleGrid::SampleGrid(const Context& context, GeneratorStage& stage, TileGrid& grid)
    : QObject(&grid),
      stage_(stage),
      grid_(grid),
      thumbnails_(new SceneThumbnails(context, stage, QStringLiteral("generator/samples"), this)) {
  connect(thumbnails_, &SceneThumbnails::made, this, [this](const QString& id, const QImage& picture) {
    entries_[id.toULongLong()] = {picture, false, {}};
    if (shown_) grid_.refresh(int(id.toULongLong() - first_));
  });
  connect(thumbnails_, &SceneThumbnails::failed, this, [this](const QString& id, const QString& reason) {
    entries_[id.toULongLong()] = {{}, false, reason};
    if (shown_) grid_.refresh(int(id.toULongLong() - first_));
  });
  connect(thumbnails_, &SceneThumbnails::busyChanged, this, &SampleGrid::busyChanged);
  connect(&grid_, &TileGrid::visibleChanged, this, [this] {
    fillUp();
    want();
  });
  connect(&grid_, &TileGrid::activated, this, [this](int index) {
    if (shown_) Q_EMIT picked(seedAt(index));
  });
  connect(&stage_, &GeneratorStage::generatorChanged, this, [this] {
    entries_.clear();
    like_ = {};
    renew();
  });
  connect(&stage_, &GeneratorStage::sceneChanged, this, &SampleGrid::renew);
}

void SampleGrid::setAwake(bool awake) {
  awake_ = awake;
  thumbnails_->setAwake(awake);
  renew();
}

void SampleGrid::setShown(bool shown) {
  shown_ = shown;
  fill();
}

void SampleGrid::begin(quint64 first) {
  first_ = first;
  count_ = kAtOnce;
  if (shown_) grid_.scrollToTop();
  fill();
}

void SampleGrid::more() {
  count_ = std::min(kMost, count_ + kAtOnce);
  fill();
}

// A large window has room for more than what one begins with.
void SampleGrid::fillUp() {
  if (!awake_ || !shown_ || !stage_.generator() || count_ >= kMost) return;
  const QRect last = grid_.tileRect(count_ - 1);
  if (grid_.count() == count_ && last.bottom() + last.height() < grid_.viewport()->height()) more();
}

QImage SampleGrid::picture(quint64 seed) const {
  const auto found = entries_.find(seed);
  return found == entries_.end() ? QImage() : found->second.picture;
}

bool SampleGrid::busy() const {
  return thumbnails_->busy();
}

void SampleGrid::fill() {
  if (shown_) {
    const bool any = stage_.generator() != nullptr;
    grid_.setTiles(any ? count_ : 0, [this](int index) {
      Tile tile;
      const quint64 seed = seedAt(index);
      tile.title = QString::number(seed);
      const auto found = entries_.find(seed);
      if (found == entries_.end()) return tile;
      tile.picture = found->second.picture;
      tile.failed = !found->second.failure.isEmpty();
      tile.help = found->second.failure;
      return tile;
    });
    mark();
    fillUp();
  }
  want();
}

void SampleGrid::mark() {
  if (!shown_ || !awake_) return;
  const auto seed = seedOf(stage_, stage_.scene());
  const bool here = seed && *seed >= first_ && *seed - first_ < quint64(count_);
  grid_.setCurrent(here ? int(*seed - first_) : -1, false);
}

void SampleGrid::renew() {
  if (!awake_) return;
  if (stage_.generator() && !stage_.scene().empty() && !sameSettings(like_, stage_.scene())) {
    // What was there stays until it is made anew: a slider that is dragged would else leave nothing but holes.
    for (auto& [seed, entry] : entries_) entry.stale = true;
    like_ = stage_.scene();
  }
  fill();
}

void SampleGrid::want() {
  std::deque<SceneThumbnails::Wish> wishes;
  if (awake_ && shown_ && stage_.generator() && !stage_.scene().empty()) {
    const auto [first, last] = grid_.visible();
    const int end = std::min(count_ - 1, last + kRowsAhead * grid_.columns());
    for (int i = std::max(0, first); i <= end; ++i) {
      const auto found = entries_.find(seedAt(i));
      if (found != entries_.end() && !found->second.stale) continue;
      wishes.push_back({QString::number(seedAt(i)), stage_.seeded(seedAt(i))});
    }
  }
  thumbnails_->want(std::move(wishes));
}

}  // namespace unitscope
