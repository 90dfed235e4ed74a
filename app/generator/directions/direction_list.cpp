#include "app/generator/directions/direction_list.h"

#include <algorithm>
#include <utility>

#include <QJsonArray>
#include <QPointer>
#include <QUndoCommand>
#include <QUndoStack>

#include "app/document.h"
#include "app/generator/directions/direction_facts.h"
#include "app/generator/generator_stage.h"

namespace unitscope {
namespace {

constexpr std::size_t kLongestName = 80;

auto moveAlong(const LatentDirection& direction) {
  return [&direction](const LatentMove& move) { return sameDirection(move.direction, direction); };
}

}  // namespace

/// Changes the list and, where that takes it, the scene with it.
class DirectionList::Command : public QUndoCommand {
 public:
  Command(DirectionList& list, const QString& text, Entries after, const std::optional<GeneratorScene>& scene)
      : QUndoCommand(text), list_(&list), before_(list.entries_), after_(std::move(after)), sceneAfter_(scene) {
    if (scene) sceneBefore_ = list.stage_.scene();
  }
  void redo() override { apply(after_, sceneAfter_); }
  void undo() override { apply(before_, sceneBefore_); }

 private:
  void apply(const Entries& entries, const std::optional<GeneratorScene>& scene) {
    if (!list_) return;
    // In between neither fits the other.
    list_->adopts_ = false;
    if (scene) list_->stage_.setScene(*scene);
    list_->set(entries);
    list_->adopts_ = true;
    list_->adopt();
  }

  QPointer<DirectionList> list_;
  Entries before_, after_;
  std::optional<GeneratorScene> sceneBefore_, sceneAfter_;
};

DirectionList::DirectionList(const Context& context, GeneratorStage& stage, QObject* parent)
    : QObject(parent), context_(context), stage_(stage) {
  connect(&context_.document, &Document::modelChanged, this, [this] { set({}); });
  connect(&stage_, &GeneratorStage::generatorChanged, this, &DirectionList::amountsChanged);
  connect(&stage_, &GeneratorStage::sceneChanged, this, [this] {
    adopt();
    Q_EMIT amountsChanged();
  });
}

void DirectionList::set(Entries entries) {
  if (entries == entries_) return;
  entries_ = std::move(entries);
  Q_EMIT changed();
  adopt();
}

void DirectionList::adopt() {
  if (!adopts_) return;
  bool different = false;
  for (const LatentMove& move : stage_.scene().moves) {
    const int index = find(move.direction);
    if (index < 0) {
      entries_.push_back({move.direction, true});
      different = true;
    } else if (!(at(index) == move.direction)) {
      // Its layers in the picture are those that count.
      entries_[std::size_t(index)].direction = move.direction;
      different = true;
    }
  }
  if (different) Q_EMIT changed();
}

int DirectionList::find(const LatentDirection& direction) const {
  for (int i = 0; i < count(); ++i)
    if (sameDirection(at(i), direction)) return i;
  return -1;
}

double DirectionList::amount(int index) const {
  const auto& moves = stage_.scene().moves;
  const auto found = std::find_if(moves.begin(), moves.end(), moveAlong(at(index)));
  return found == moves.end() ? 0.0 : found->amount;
}

GeneratorScene DirectionList::sceneWith(int index, double amount) const {
  GeneratorScene next = stage_.scene();
  const auto found = std::find_if(next.moves.begin(), next.moves.end(), moveAlong(at(index)));
  if (found == next.moves.end()) {
    if (amount != 0.0) next.moves.push_back({at(index), amount});
  } else if (amount == 0.0) {
    next.moves.erase(found);
  } else {
    *found = {at(index), amount};
  }
  return next;
}

void DirectionList::setAmount(int index, double amount, const QString& gesture) {
  if (index < 0 || index >= count() || stage_.scene().empty()) return;
  stage_.change(tr("Move along %1").arg(QString::fromStdString(at(index).name)), sceneWith(index, amount), gesture);
}

void DirectionList::resetAmounts() {
  GeneratorScene next = stage_.scene();
  next.moves.clear();
  stage_.change(tr("All directions to 0"), next);
}

QString DirectionList::whyNot(int index) const {
  if (!stage_.generator() || stage_.scene().empty()) return tr("There is no sample to move");
  return whyNotMovable(stage_.generator()->plan(), stage_.scene().sample.space, at(index));
}

std::string DirectionList::freeName(const std::string& wanted, const Entries& taken, int except) const {
  const std::string base = wanted.substr(0, kLongestName);
  std::string name = base;
  const auto isTaken = [&](const std::string& one) {
    for (std::size_t i = 0; i < taken.size(); ++i)
      if (int(i) != except && taken[i].direction.name == one) return true;
    return false;
  };
  for (int number = 2; isTaken(name); ++number) name = base + " (" + std::to_string(number) + ")";
  return name;
}

void DirectionList::push(const QString& text, Entries after, std::optional<GeneratorScene> scene) {
  if (scene && *scene == stage_.scene()) scene.reset();
  if (after == entries_ && !scene) return;
  context_.undo.push(new Command(*this, text, std::move(after), scene));
}

int DirectionList::add(const QString& text, const std::vector<LatentDirection>& directions, bool kept) {
  if (directions.empty()) return -1;
  Entries after;
  for (int i = 0; i < count(); ++i) {
    const ListedDirection& entry = entries_[std::size_t(i)];
    const bool moves = amount(i) != 0.0;
    const bool replaced = std::any_of(directions.begin(), directions.end(), [&](const LatentDirection& fresh) {
      if (fresh.source != entry.direction.source) return false;
      return kept ? entry.direction.source != "file" && entry.direction.name == fresh.name : !entry.kept;
    });
    if (replaced && !moves) continue;
    after.push_back(entry);
    if (replaced && !kept) after.back().kept = true;
  }
  const int first = int(after.size());
  if (after.size() + directions.size() > std::size_t(kMost)) return -1;
  for (LatentDirection direction : directions) {
    direction.name = freeName(direction.name, after);
    after.push_back({std::move(direction), kept});
  }
  push(text, std::move(after));
  return first;
}

void DirectionList::remove(int index) {
  if (index < 0 || index >= count()) return;
  Entries after = entries_;
  after.erase(after.begin() + index);
  push(tr("Remove %1").arg(QString::fromStdString(at(index).name)), std::move(after), sceneWith(index, 0.0));
}

void DirectionList::duplicate(int index) {
  if (index < 0 || index >= count() || count() >= kMost) return;
  Entries after = entries_;
  ListedDirection copy = after[std::size_t(index)];
  copy.kept = true;
  copy.direction.name = freeName(copy.direction.name, after);
  after.insert(after.begin() + index + 1, copy);
  push(tr("Duplicate %1").arg(QString::fromStdString(at(index).name)), std::move(after));
}

void DirectionList::move(int index, int by) {
  const int to = std::clamp(index + by, 0, count() - 1);
  if (index < 0 || index >= count() || to == index) return;
  Entries after = entries_;
  ListedDirection taken = after[std::size_t(index)];
  after.erase(after.begin() + index);
  after.insert(after.begin() + to, std::move(taken));
  push(tr("Move %1 in the list").arg(QString::fromStdString(at(index).name)), std::move(after));
}

void DirectionList::edit(const QString& text, int index, const std::function<void(LatentDirection&)>& change) {
  if (index < 0 || index >= count()) return;
  Entries after = entries_;
  ListedDirection& entry = after[std::size_t(index)];
  change(entry.direction);
  if (entry.direction == at(index)) return;
  entry.kept = true;
  GeneratorScene scene = stage_.scene();
  for (LatentMove& move : scene.moves)
    if (sameDirection(move.direction, at(index))) move.direction = entry.direction;
  push(text, std::move(after), std::move(scene));
}

void DirectionList::rename(int index, const QString& name) {
  if (index < 0 || index >= count() || name.trimmed().isEmpty()) return;
  const std::string free = freeName(name.trimmed().toStdString(), entries_, index);
  edit(tr("Rename %1").arg(QString::fromStdString(at(index).name)), index,
       [&](LatentDirection& direction) { direction.name = free; });
}

void DirectionList::setLayers(int index, const std::vector<std::int64_t>& layers) {
  edit(tr("Layers of a direction"), index, [&](LatentDirection& direction) { direction.layers = layers; });
}

void DirectionList::setRange(int index, double from, double to) {
  if (!(from < to)) return;
  edit(tr("Range of a direction"), index, [&](LatentDirection& direction) {
    direction.from = from;
    direction.to = to;
  });
}

void DirectionList::setSpace(int index, const QString& space) {
  if (index < 0 || index >= count()) return;
  Entries after = entries_;
  after[std::size_t(index)].direction.space = space.toStdString();
  // What moved the sample through one space says nothing about the other.
  push(tr("Space of a direction"), std::move(after), sceneWith(index, 0.0));
}

void DirectionList::keep(int index) {
  if (index < 0 || index >= count()) return;
  Entries after = entries_;
  after[std::size_t(index)].kept = true;
  push(tr("Keep %1").arg(QString::fromStdString(at(index).name)), std::move(after));
}

void DirectionList::keepFound() {
  Entries after = entries_;
  for (ListedDirection& entry : after) entry.kept = true;
  push(tr("Keep what was found"), std::move(after));
}

void DirectionList::dropFound() {
  Entries after;
  GeneratorScene scene = stage_.scene();
  for (const ListedDirection& entry : entries_) {
    if (entry.kept)
      after.push_back(entry);
    else
      std::erase_if(scene.moves, moveAlong(entry.direction));
  }
  push(tr("Drop what was found"), std::move(after), std::move(scene));
}

bool DirectionList::hasFound() const {
  return std::any_of(entries_.begin(), entries_.end(), [](const ListedDirection& entry) { return !entry.kept; });
}

QJsonObject DirectionList::saveState() const {
  QJsonArray list;
  for (const ListedDirection& entry : entries_)
    if (entry.kept) list.append(toJson(entry.direction));
  return {{"list", list}};
}

void DirectionList::restoreState(const QJsonObject& state) {
  Entries entries;
  for (const QJsonValue& one : state["list"].toArray()) {
    if (entries.size() >= std::size_t(kMost)) break;
    LatentDirection direction = directionFromJson(one.toObject());
    if (!direction.vector.values.empty()) entries.push_back({std::move(direction), true});
  }
  set(std::move(entries));
}

}  // namespace unitscope
