#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/array.h"
#include "gan/generator.h"
#include "runtime/progress.h"

namespace unitscope {

/// z of samples with seeds from `firstSeed` on, as a question. `classes` is empty or one row.
SynthesisQuestion drawSamples(const Generator& generator, std::uint64_t firstSeed, std::int64_t count,
                              double truncation, const Array& classes);
/// What the layers take for z, once for each: w, [N,D]. Where a network gives its layers different rows by itself, the
/// first. Throws Error where it has no styles.
Array firstStyles(Generator& generator, const SynthesisQuestion& question, const CancelToken& cancel);
/// How many pictures can be held at once, at most 250.
std::int64_t picturesAtOnce(const GeneratorPlan& plan);

}  // namespace unitscope
