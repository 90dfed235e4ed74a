#include "app/generator/scene_edits.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>

#include "app/generator/generator_concepts.h"

namespace unitscope {
namespace {

QString say(const char* text, const char* note = nullptr, int n = -1) {
  return QCoreApplication::translate("Scene edits", text, note, n);
}

UnitState stateIn(const UnitEdit& edit) {
  return {edit.change.kind, edit.change.amount};
}

bool holds(const std::vector<std::int64_t>& units, std::int64_t unit) {
  return std::ranges::find(units, unit) != units.end();
}

QString conceptOf(const GeneratorConcepts& concepts, const QString& layer, std::vector<std::int64_t> units) {
  const LayerConcepts* known = concepts.of(layer);
  if (!known) return {};
  std::ranges::sort(units);
  for (const ConceptGroup& group : known->groups) {
    std::vector<std::int64_t> theirs = group.units;
    std::ranges::sort(theirs);
    if (theirs == units) return group.name;
  }
  return {};
}

QString nameOf(const GeneratorConcepts& concepts, const EditGroup& group) {
  const QString name = conceptOf(concepts, group.layer, group.units);
  if (!name.isEmpty()) return say("%1 (%n units)", "", int(group.units.size())).arg(name);
  return group.units.size() == 1 ? say("unit %1").arg(group.units.front())
                                 : say("units %1").arg(unitsText(group.units));
}

}  // namespace

bool isPainted(const UnitEdit& edit) {
  return !edit.where.values.empty();
}

UnitState stateOf(const GeneratorScene& scene, const std::string& layer, std::int64_t unit) {
  // One after the other, as in the network: factors multiply.
  UnitState state;
  for (const UnitEdit& edit : scene.sample.edits) {
    if (isPainted(edit) || edit.change.layer != layer || !holds(edit.change.units, unit)) continue;
    if (edit.change.kind == UnitSwitch::Kind::Set) {
      state = stateIn(edit);
    } else {
      state.amount *= edit.change.amount;
    }
  }
  return state;
}

std::optional<UnitState> stateOf(const GeneratorScene& scene, const std::string& layer,
                                 const std::vector<std::int64_t>& units) {
  if (units.empty()) return std::nullopt;
  const UnitState first = stateOf(scene, layer, units.front());
  const bool same = std::ranges::all_of(units, [&](std::int64_t unit) { return stateOf(scene, layer, unit) == first; });
  return same ? std::optional(first) : std::nullopt;
}

GeneratorScene withUnits(const GeneratorScene& scene, const std::string& layer, const std::vector<std::int64_t>& units,
                         const UnitState& state) {
  GeneratorScene next = scene;
  std::vector<UnitEdit>& edits = next.sample.edits;
  // A slider's edit stays at its place in the list while it is dragged.
  std::size_t place = edits.size();
  for (std::size_t i = 0; i < edits.size(); ++i) {
    UnitEdit& edit = edits[i];
    if (isPainted(edit) || edit.change.layer != layer) continue;
    if (edit.change.units == units) place = std::min(place, i);
    std::erase_if(edit.change.units, [&](std::int64_t unit) { return holds(units, unit); });
  }
  if (!state.asIs() && !units.empty()) {
    UnitEdit edit{{layer, units, state.kind, state.amount}, {}};
    if (place < edits.size()) {
      edits[place] = std::move(edit);
    } else {
      // Before what was painted, so that a brush goes over a switch and not the other way round.
      edits.insert(std::ranges::find_if(edits, isPainted), std::move(edit));
    }
  }
  std::erase_if(edits, [](const UnitEdit& edit) { return edit.change.units.empty(); });
  return next;
}

std::vector<EditGroup> editGroups(const GeneratorScene& scene, const GeneratorConcepts& concepts) {
  std::vector<EditGroup> groups;
  const std::vector<UnitEdit>& edits = scene.sample.edits;
  for (std::size_t i = 0; i < edits.size(); ++i) {
    const UnitEdit& edit = edits[i];
    const QString layer = QString::fromStdString(edit.change.layer);
    const bool follows = isPainted(edit) && !groups.empty() && groups.back().painted && groups.back().layer == layer &&
                         edits[groups.back().edits.front()].change.kind == edit.change.kind &&
                         edits[groups.back().edits.front()].where.values == edit.where.values;
    if (!follows) groups.push_back({{}, layer, {}, {}, isPainted(edit)});
    groups.back().edits.push_back(i);
    groups.back().units.insert(groups.back().units.end(), edit.change.units.begin(), edit.change.units.end());
  }
  for (EditGroup& group : groups) {
    const UnitEdit& first = edits[group.edits.front()];
    const QString name = nameOf(concepts, group);
    if (group.painted) {
      group.text = first.change.kind == UnitSwitch::Kind::Set ? say("%1: painted in").arg(name)
                                                              : say("%1: painted away").arg(name);
    } else {
      group.text = QStringLiteral("%1: %2").arg(name, stateText(stateIn(first)));
    }
  }
  return groups;
}

GeneratorScene withoutEdits(const GeneratorScene& scene, const std::vector<std::size_t>& edits) {
  GeneratorScene next = scene;
  next.sample.edits.clear();
  for (std::size_t i = 0; i < scene.sample.edits.size(); ++i)
    if (std::ranges::find(edits, i) == edits.end()) next.sample.edits.push_back(scene.sample.edits[i]);
  return next;
}

QString unitsText(const std::vector<std::int64_t>& units) {
  constexpr std::size_t kShown = 6;
  std::vector<std::int64_t> sorted = units;
  std::ranges::sort(sorted);
  QStringList parts;
  for (std::size_t i = 0; i < sorted.size();) {
    std::size_t last = i;
    while (last + 1 < sorted.size() && sorted[last + 1] == sorted[last] + 1) ++last;
    if (std::size_t(parts.size()) == kShown) {
      parts << QStringLiteral("\u2026");
      break;
    }
    parts << (last > i + 1 ? QStringLiteral("%1\u2013%2").arg(sorted[i]).arg(sorted[last])
                           : QString::number(sorted[i]));
    i = last > i + 1 ? last + 1 : i + 1;
  }
  return parts.join(QStringLiteral(", "));
}

QString stateText(const UnitState& state) {
  const QString amount = QLocale().toString(state.amount, 'g', 3);
  if (state.kind == UnitSwitch::Kind::Set) return say("set to %1").arg(amount);
  return state.off() ? say("off") : QStringLiteral("\u00d7 %1").arg(amount);
}

GeneratorScene withChangesOf(GeneratorScene next, const GeneratorScene& from) {
  for (const UnitEdit& edit : from.sample.edits)
    if (!isPainted(edit)) next.sample.edits.push_back(edit);
  for (const LatentMove& move : from.moves)
    if (next.sample.space == LatentSpace::Z || move.direction.space != "z") next.moves.push_back(move);
  return next;
}

}  // namespace unitscope
