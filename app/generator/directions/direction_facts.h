#pragma once

#include <utility>

#include <QString>

#include "gan/direction.h"
#include "gan/generator.h"

namespace unitscope {

/// "SeFa", "GANSpace", "boundary", "file": where a direction comes from, translated.
QString sourceText(const LatentDirection& direction);
/// What is known of it in a few words: "explains 12.3 %", "94 % right on new samples".
QString factsText(const LatentDirection& direction);
/// All of it, for a tooltip.
QString allFactsText(const LatentDirection& direction);

/// Why a sample whose latents are in `space` cannot be moved along the direction: translated, empty if it can.
QString whyNotMovable(const GeneratorPlan& plan, LatentSpace space, const LatentDirection& direction);

/// Its slider's range; a usual one where the direction has none, as files and sessions may say.
std::pair<double, double> rangeOf(const LatentDirection& direction);

/// Whether both are the same way through the latent space under the same name, whatever their ranges and layers.
bool sameDirection(const LatentDirection& a, const LatentDirection& b);

}  // namespace unitscope
