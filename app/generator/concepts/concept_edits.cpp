#include "app/generator/concepts/concept_edits.h"

#include <algorithm>
#include <utility>

namespace unitscope {

namespace {

using Units = std::vector<std::int64_t>;

bool everywhere(const UnitEdit& edit, const std::string& layer) {
  return edit.change.layer == layer && edit.where.values.empty();
}

bool holds(const Units& units, std::int64_t unit) {
  return std::ranges::find(units, unit) != units.end();
}

/// Whether the change is made to these units, or some of them, and to no others.
bool within(const UnitEdit& edit, const Units& units) {
  return std::ranges::all_of(edit.change.units, [&](std::int64_t unit) { return holds(units, unit); });
}

/// What all of the units are multiplied by, whoever does it; nothing where they differ or are held at a value.
std::optional<double> sharedFactor(const GeneratorScene& scene, const std::string& layer, const Units& units) {
  std::optional<double> shared;
  for (const std::int64_t unit : units) {
    double factor = 1.0;
    for (const UnitEdit& edit : scene.sample.edits) {
      if (!everywhere(edit, layer) || !holds(edit.change.units, unit)) continue;
      if (edit.change.kind != UnitSwitch::Kind::Scale) return std::nullopt;
      factor *= edit.change.amount;
    }
    if (shared && *shared != factor) return std::nullopt;
    shared = factor;
  }
  return shared;
}

}  // namespace

std::optional<double> factorOf(const GeneratorScene& scene, const QString& layer,
                               const std::vector<std::int64_t>& units) {
  const std::string name = layer.toStdString();
  if (const std::optional<double> shared = sharedFactor(scene, name, units)) return shared;
  std::optional<double> whole;
  bool parts = false;
  for (const UnitEdit& edit : scene.sample.edits) {
    if (!everywhere(edit, name) || !within(edit, units)) continue;
    if (edit.change.kind == UnitSwitch::Kind::Scale && edit.change.units.size() == units.size()) {
      whole = edit.change.amount;
    } else {
      parts = true;
    }
  }
  if (parts) return std::nullopt;
  return whole ? *whole : 1.0;
}

void setFactor(GeneratorScene& scene, const QString& layer, const std::vector<std::int64_t>& units, double factor) {
  const std::string name = layer.toStdString();
  std::vector<UnitEdit>& edits = scene.sample.edits;
  std::erase_if(edits, [&](const UnitEdit& edit) { return everywhere(edit, name) && within(edit, units); });
  // All of them are changed by something larger: then that lets go of them, or a switch would do nothing.
  if (sharedFactor(scene, name, units) != 1.0)
    for (UnitEdit& edit : edits)
      if (const bool all =
              std::ranges::all_of(units, [&](std::int64_t unit) { return holds(edit.change.units, unit); });
          all && everywhere(edit, name))
        std::erase_if(edit.change.units, [&](std::int64_t unit) { return holds(units, unit); });
  if (factor == 1.0) return;
  // Painted places come last: they lie over what is done everywhere.
  const auto painted = std::ranges::find_if(edits, [](const UnitEdit& edit) { return !edit.where.values.empty(); });
  edits.insert(painted, UnitEdit{{name, units, UnitSwitch::Kind::Scale, factor}, {}});
}

}  // namespace unitscope
