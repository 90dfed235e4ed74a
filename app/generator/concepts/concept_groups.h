#pragma once

#include <QColor>

#include "app/generator/generator_concepts.h"
#include "gan/gan_dissection.h"

namespace unitscope {

/// A colour for each concept, far from those of its neighbours.
QColor conceptColor(std::size_t conceptIndex);
/// What a dissection says, for the pages that switch and paint.
void fillConcepts(GeneratorConcepts& concepts, const GanDissection& dissection);

}  // namespace unitscope
