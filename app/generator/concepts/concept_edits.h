#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <QString>

#include "app/generator/generator_scene.h"

namespace unitscope {

/// What the units of a concept are multiplied by everywhere in a scene: 1 where nothing is done to them, 0 where they
/// are off. Concepts share units: what another concept's switch does to some of them leaves this one as it is. Nothing
/// where some of the units were changed by themselves, or are held at a value. Painted places do not count.
std::optional<double> factorOf(const GeneratorScene& scene, const QString& layer,
                               const std::vector<std::int64_t>& units);
/// Multiplies the units, by a change of their own, instead of what was done to them and to parts of them; 1 leaves them
/// as the network has them. Switches of other concepts that share units with them stay.
void setFactor(GeneratorScene& scene, const QString& layer, const std::vector<std::int64_t>& units, double factor);

}  // namespace unitscope
