#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <QString>

#include "app/generator/generator_scene.h"

namespace unitscope {

/// What units of a layer are multiplied by everywhere in a scene: 1 where nothing is done to them, 0 where they are
/// off; nothing where they differ from one another or are held at a value. Painted places do not count.
std::optional<double> factorOf(const GeneratorScene& scene, const QString& layer,
                               const std::vector<std::int64_t>& units);
/// Multiplies the units instead of what was done to them everywhere; 1 leaves them as the network has them.
void setFactor(GeneratorScene& scene, const QString& layer, const std::vector<std::int64_t>& units, double factor);

}  // namespace unitscope
