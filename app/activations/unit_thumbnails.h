#pragma once

#include <vector>

#include "app/activations/activation_scene.h"

namespace unitscope {

class BarList;

/// Puts the units' maps over the picture beside their rows. They are made on a thread of the pool, since a long list
/// of an early layer takes longer than a frame; a newer call for the same list replaces an older one.
void addUnitMaps(BarList& list, const ScenePtr& scene, int picture, const std::vector<int>& units);

}  // namespace unitscope
