#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <QString>

#include "app/generator/generator_scene.h"

namespace unitscope {

class GeneratorConcepts;

/// What is done to a unit in the whole picture.
struct UnitState {
  UnitSwitch::Kind kind = UnitSwitch::Kind::Scale;
  double amount = 1.0;
  bool asIs() const { return kind == UnitSwitch::Kind::Scale && amount == 1.0; }
  bool off() const { return amount == 0.0; }
  bool operator==(const UnitState&) const = default;
};

/// Whether the change is made in a part of the picture only.
bool isPainted(const UnitEdit& edit);

/// Painted changes do not count.
UnitState stateOf(const GeneratorScene& scene, const std::string& layer, std::int64_t unit);
/// What all of the units have in common; nothing where they differ.
std::optional<UnitState> stateOf(const GeneratorScene& scene, const std::string& layer,
                                 const std::vector<std::int64_t>& units);
/// The scene with these units in this state, whatever was done to them before, by a concept's switch too.
/// Painted changes stay.
GeneratorScene withUnits(const GeneratorScene& scene, const std::string& layer, const std::vector<std::int64_t>& units,
                         const UnitState& state);

/// Changes that people see as one: all that a brush did to a concept is many changes of single units.
struct EditGroup {
  QString text;  ///< "tree: 20 units off"
  QString layer;
  std::vector<std::int64_t> units;
  std::vector<std::size_t> edits;  ///< indices into the scene's
  bool painted = false;
};
std::vector<EditGroup> editGroups(const GeneratorScene& scene, const GeneratorConcepts& concepts);
GeneratorScene withoutEdits(const GeneratorScene& scene, const std::vector<std::size_t>& edits);

/// "3, 7, 12-15", cut after a few.
QString unitsText(const std::vector<std::int64_t>& units);
/// "off", "× 2", "set to 1.5".
QString stateText(const UnitState& state);

/// `next`, a fresh sample, with what was changed about `from`: switches of units, and moves where its latents can be
/// moved like that. What was painted belongs to the picture it was painted on and stays behind.
GeneratorScene withChangesOf(GeneratorScene next, const GeneratorScene& from);

}  // namespace unitscope
