#include "gan/moves.h"

#include "runtime/error.h"

namespace unitscope {

SynthesisQuestion withMoves(Generator& generator, const SynthesisQuestion& base, const std::vector<LatentMove>& moves,
                            const CancelToken& cancel) {
  SynthesisQuestion result = base;
  bool styled = false;
  for (const LatentMove& move : moves) {
    if (move.amount == 0.0) continue;
    if (latentSpaceFrom(move.direction.space) != LatentSpace::Z) {
      styled = true;
    } else if (base.space != LatentSpace::Z) {
      throw Error(move.direction.name,
                  "leads through z, and these latents lie behind the mapping (" + nameOf(base.space) + ")");
    } else {
      result.latents = moved(result.latents, move.direction, move.amount);
    }
  }
  if (!styled) return result;
  result.latents = generator.styles(result, cancel);
  result.space = LatentSpace::WPlus;
  result.truncation = 1.0;
  for (const LatentMove& move : moves)
    if (move.amount != 0.0 && latentSpaceFrom(move.direction.space) != LatentSpace::Z)
      result.latents = moved(result.latents, move.direction, move.amount);
  return result;
}

}  // namespace unitscope
