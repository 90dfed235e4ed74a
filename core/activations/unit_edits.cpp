#include "activations/unit_edits.h"

#include <cmath>

#include "activations/layer_form.h"
#include "runtime/error.h"

namespace unitscope {

void UnitEdits::set(const UnitSwitch& change) {
  if (!std::isfinite(change.amount)) throw Error(change.layer, "a unit can only be set to a number");
  const ValueId value = unitLayer(inner_, change.layer);
  const auto& shapes = inner_.shapesFor(input_);
  const auto shape = shapes.find(value);
  if (shape == shapes.end()) throw Error(change.layer, "the network's output does not depend on this layer");
  const LayerForm form = layerForm(shape->second.shape, change.layer);
  for (const std::int64_t unit : change.units)
    if (unit < 0 || unit >= form.units)
      throw Error(change.layer,
                  "has no unit " + std::to_string(unit) + "; they go from 0 to " + std::to_string(form.units - 1));

  LayerSwitches& layer = layers_[value];
  if (layer.name.empty()) layer.name = change.layer;
  layer.unitAxis = form.unitAxis();
  const bool released = change.kind == UnitSwitch::Kind::Scale && change.amount == 1.0;
  for (const std::int64_t unit : change.units) {
    if (released)
      layer.units.erase(unit);
    else
      layer.units[unit] = {change.kind, change.amount};
  }
  if (layer.units.empty()) layers_.erase(value);
}

std::map<UnitEdits::Setting, std::vector<std::int64_t>> UnitEdits::byAmount(const LayerSwitches& layer) {
  std::map<Setting, std::vector<std::int64_t>> groups;
  for (const auto& [unit, setting] : layer.units) groups[setting].push_back(unit);
  return groups;
}

std::vector<UnitSwitch> UnitEdits::switches() const {
  std::vector<UnitSwitch> all;
  for (const auto& [value, layer] : layers_)
    for (auto& [setting, units] : byAmount(layer)) all.push_back({layer.name, units, setting.first, setting.second});
  return all;
}

std::vector<Edit> UnitEdits::edits() const {
  std::vector<Edit> all;
  for (const auto& [value, layer] : layers_) {
    for (auto& [setting, units] : byAmount(layer)) {
      Edit edit;
      edit.value = value;
      edit.kind = setting.first == UnitSwitch::Kind::Set ? Edit::Kind::Set : Edit::Kind::Scale;
      edit.amount = setting.second;
      edit.channels = units;
      edit.channelAxis = layer.unitAxis;
      all.push_back(std::move(edit));
    }
  }
  return all;
}

}  // namespace unitscope
