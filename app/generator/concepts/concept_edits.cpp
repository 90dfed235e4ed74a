#include "app/generator/concepts/concept_edits.h"

#include <algorithm>
#include <utility>

namespace unitscope {

namespace {

bool everywhere(const UnitEdit& edit, const std::string& layer) {
  return edit.change.layer == layer && edit.where.values.empty();
}

}  // namespace

std::optional<double> factorOf(const GeneratorScene& scene, const QString& layer,
                               const std::vector<std::int64_t>& units) {
  const std::string name = layer.toStdString();
  std::optional<double> shared;
  for (const std::int64_t unit : units) {
    double factor = 1.0;
    for (const UnitEdit& edit : scene.sample.edits) {
      if (!everywhere(edit, name) || std::ranges::find(edit.change.units, unit) == edit.change.units.end()) continue;
      if (edit.change.kind != UnitSwitch::Kind::Scale) return std::nullopt;
      factor *= edit.change.amount;
    }
    if (shared && *shared != factor) return std::nullopt;
    shared = factor;
  }
  return shared;
}

void setFactor(GeneratorScene& scene, const QString& layer, const std::vector<std::int64_t>& units, double factor) {
  const std::string name = layer.toStdString();
  std::vector<UnitEdit>& edits = scene.sample.edits;
  for (UnitEdit& edit : edits)
    if (everywhere(edit, name))
      std::erase_if(edit.change.units,
                    [&](std::int64_t unit) { return std::ranges::find(units, unit) != units.end(); });
  std::erase_if(edits, [](const UnitEdit& edit) { return edit.change.units.empty(); });
  if (factor == 1.0) return;
  // Painted places come last: they lie over what is done everywhere.
  const auto painted = std::ranges::find_if(edits, [](const UnitEdit& edit) { return !edit.where.values.empty(); });
  edits.insert(painted, UnitEdit{{name, units, UnitSwitch::Kind::Scale, factor}, {}});
}

}  // namespace unitscope
