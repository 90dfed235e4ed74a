#include "app/generator/sample_shelf.h"

#include <algorithm>
#include <utility>

#include <QPointer>
#include <QUndoStack>

#include "app/generator/generator_stage.h"
#include "app/generator/scene_thumbnails.h"

namespace unitscope {
namespace {

constexpr int kSettle = 300;  // milliseconds; what is only passed by on the way is not worth an entry
constexpr int kMostFavourites = 500;

/// Whether it is the same sample, whatever was changed about it.
bool sameSample(const GeneratorScene& a, const GeneratorScene& b) {
  return a.name == b.name && a.sample.space == b.sample.space && a.sample.classes.values == b.sample.classes.values;
}

class FavouritesCommand : public QUndoCommand {
 public:
  FavouritesCommand(SampleShelf& shelf, const QString& text, std::vector<ShelvedScene> after)
      : shelf_(&shelf), before_(shelf.favourites()), after_(std::move(after)) {
    setText(text);
  }
  void redo() override {
    if (shelf_) shelf_->setFavourites(after_);
  }
  void undo() override {
    if (shelf_) shelf_->setFavourites(before_);
  }

 private:
  QPointer<SampleShelf> shelf_;
  std::vector<ShelvedScene> before_, after_;
};

}  // namespace

SampleShelf::SampleShelf(const Context& context, GeneratorStage& stage)
    : QObject(&stage), context_(context), stage_(stage) {
  settle_.setSingleShot(true);
  settle_.setInterval(kSettle);
  connect(&settle_, &QTimer::timeout, this, &SampleShelf::record);
  connect(&stage, &GeneratorStage::pictureChanged, this, [this] {
    if (changed_) settle_.start();
  });
  connect(&stage, &GeneratorStage::sceneChanged, this, [this] {
    changed_ = true;
    settle_.start();
  });
}

ShelvedScene SampleShelf::onStage() {
  return {QString::number(++lastId_), stage_.scene(),
          stage_.picture().scaled(SceneThumbnails::kSide, SceneThumbnails::kSide, Qt::KeepAspectRatio,
                                  Qt::SmoothTransformation)};
}

void SampleShelf::record() {
  if (stage_.busy()) return;  // there will be another picture
  if (stage_.scene().empty() || stage_.picture().isNull() || !stage_.failure().isEmpty()) return;
  changed_ = false;
  const auto known = std::ranges::find_if(
      history_, [this](const ShelvedScene& entry) { return sameSample(entry.scene, stage_.scene()); });
  ShelvedScene entry = onStage();
  if (known != history_.end()) {
    // It keeps its place, so that going back and forth does not shuffle the strip.
    *known = std::move(entry);
  } else {
    history_.insert(history_.begin(), std::move(entry));
    if (history_.size() > kLongestHistory) history_.pop_back();
  }
  Q_EMIT historyChanged();
}

int SampleShelf::favouriteOnStage() const {
  const auto found =
      std::ranges::find_if(favourites_, [this](const ShelvedScene& entry) { return entry.scene == stage_.scene(); });
  return found == favourites_.end() ? -1 : int(found - favourites_.begin());
}

void SampleShelf::pushFavourites(const QString& text, std::vector<ShelvedScene> next) {
  context_.undo.push(new FavouritesCommand(*this, text, std::move(next)));
}

void SampleShelf::toggleFavourite() {
  if (stage_.scene().empty()) return;
  if (const int at = favouriteOnStage(); at >= 0) return removeFavourite(at);
  if (favourites_.size() >= kMostFavourites) return;
  std::vector<ShelvedScene> next = favourites_;
  ShelvedScene entry = onStage();
  // A picture that is not there yet is made later.
  if (stage_.busy()) entry.thumbnail = {};
  next.push_back(std::move(entry));
  pushFavourites(tr("Keep %1").arg(stage_.scene().name), std::move(next));
}

void SampleShelf::removeFavourite(int index) {
  if (index < 0 || std::size_t(index) >= favourites_.size()) return;
  std::vector<ShelvedScene> next = favourites_;
  const QString name = next[std::size_t(index)].scene.name;
  next.erase(next.begin() + index);
  pushFavourites(tr("No longer keep %1").arg(name), std::move(next));
}

void SampleShelf::setFavourites(std::vector<ShelvedScene> favourites) {
  favourites_ = std::move(favourites);
  Q_EMIT favouritesChanged();
}

void SampleShelf::setThumbnail(const QString& id, const QImage& picture) {
  const auto put = [&](std::vector<ShelvedScene>& all) {
    const auto found = std::ranges::find(all, id, &ShelvedScene::id);
    if (found != all.end()) found->thumbnail = picture;
    return found != all.end();
  };
  if (put(favourites_)) Q_EMIT favouritesChanged();
  if (put(history_)) Q_EMIT historyChanged();
}

QJsonArray SampleShelf::saveFavourites() const {
  QJsonArray all;
  for (const ShelvedScene& entry : favourites_) all.append(toJson(entry.scene));
  return all;
}

void SampleShelf::restoreFavourites(const QJsonArray& json) {
  std::vector<ShelvedScene> all;
  for (const QJsonValue& one : json) {
    GeneratorScene scene = sceneFromJson(one.toObject());
    if (scene.empty() || all.size() >= kMostFavourites) continue;
    all.push_back({QString::number(++lastId_), std::move(scene), {}});
  }
  setFavourites(std::move(all));
}

void SampleShelf::clear() {
  settle_.stop();
  history_.clear();
  favourites_.clear();
  Q_EMIT historyChanged();
  Q_EMIT favouritesChanged();
}

}  // namespace unitscope
