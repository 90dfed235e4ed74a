#pragma once

#include <functional>
#include <optional>
#include <vector>

#include <QJsonObject>
#include <QObject>
#include <QString>

#include "app/context.h"
#include "app/generator/generator_scene.h"
#include "gan/direction.h"

namespace unitscope {

class GeneratorStage;

struct ListedDirection {
  LatentDirection direction;
  /// Found ones go when the same method finds others, unless they were kept; they are not saved in sessions.
  bool kept = true;
  bool operator==(const ListedDirection& other) const { return kept == other.kept && direction == other.direction; }
};

/// The directions that are at hand, whatever they come from. How far the sample on stage is moved along each is the
/// scene's to say; a move that the scene has and the list does not (of an older session, or a favourite) joins the
/// list. All changes can be undone.
class DirectionList : public QObject {
  Q_OBJECT
 public:
  static constexpr int kMost = 200;

  DirectionList(const Context& context, GeneratorStage& stage, QObject* parent = nullptr);

  const std::vector<ListedDirection>& entries() const { return entries_; }
  int count() const { return int(entries_.size()); }
  const LatentDirection& at(int index) const { return entries_[std::size_t(index)].direction; }
  int find(const LatentDirection& direction) const;  ///< -1 where it is not there

  double amount(int index) const;
  /// Steps of the same `gesture` (a drag of the slider) are undone at once.
  void setAmount(int index, double amount, const QString& gesture = {});
  /// The scene with this amount instead, and nothing else changed.
  GeneratorScene sceneWith(int index, double amount) const;
  void resetAmounts();
  /// Why the sample cannot be moved along it: translated, empty if it can.
  QString whyNot(int index) const;

  /// Adds them with names that are free. Found ones (`kept` false) push out those of the same source that nobody kept
  /// and that move nothing; kept ones take the place of boundaries of the same name that move nothing. Returns the
  /// index of the first; -1 where there is no room for all.
  int add(const QString& text, const std::vector<LatentDirection>& directions, bool kept);
  void remove(int index);
  void duplicate(int index);
  void move(int index, int by);
  void rename(int index, const QString& name);
  void setLayers(int index, const std::vector<std::int64_t>& layers);
  void setRange(int index, double from, double to);
  void setSpace(int index, const QString& space);
  void keep(int index);
  /// All that were found and not kept: keeps them, or takes them out.
  void keepFound();
  void dropFound();
  bool hasFound() const;

  QJsonObject saveState() const;
  /// Takes what it understands; nothing of it can be undone.
  void restoreState(const QJsonObject& state);

 Q_SIGNALS:
  void changed();         ///< entries
  void amountsChanged();  ///< or whether samples can be moved along them

 private:
  class Command;
  using Entries = std::vector<ListedDirection>;
  void set(Entries entries);
  void adopt();
  void push(const QString& text, Entries after, std::optional<GeneratorScene> scene = {});
  void edit(const QString& text, int index, const std::function<void(LatentDirection&)>& change);
  std::string freeName(const std::string& wanted, const Entries& taken, int except = -1) const;

  Context context_;
  GeneratorStage& stage_;
  Entries entries_;
  bool adopts_ = true;
};

}  // namespace unitscope
