#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "activations/unit_switchboard.h"
#include "engine/array.h"
#include "engine/model.h"
#include "runtime/progress.h"

namespace unitscope {

/// Units that are changed together.
struct Ablation {
  std::string name;                 ///< for tables; may be empty
  std::vector<UnitSwitch> changes;  ///< of any layers
};

struct EffectQuestion {
  std::string data = "scenes";  ///< as openPictures() takes it; labels are not needed, but tell more
  std::int64_t count = 200;
  std::uint64_t seed = 0;
  std::vector<Ablation> ablations;  ///< each measured by itself, all in one pass
};

/// One class, as the network is and with the units changed. Numbers without meaning here are NaN.
struct ClassEffect {
  std::int64_t index = 0;
  std::string label;
  std::int64_t shown = 0;                        ///< pictures that show it
  double score = 0.0, scoreAfter = 0.0;          ///< mean logit over the pictures that show it (unlabelled: all)
  double elsewhere = 0.0, elsewhereAfter = 0.0;  ///< the same over the other pictures
  double accuracy = 0.0, accuracyAfter = 0.0;    ///< one label: share of its pictures for which it is said
  double averagePrecision = 0.0, averagePrecisionAfter = 0.0;
  double drop() const { return score - scoreAfter; }
};

struct UnitEffect {
  std::string name;
  double accuracy = 0.0, accuracyAfter = 0.0;  ///< over all pictures; NaN where several labels hold, or none
  double meanAveragePrecision = 0.0, meanAveragePrecisionAfter = 0.0;
  std::vector<ClassEffect> classes;  ///< largest drop of the score first
};

struct UnitEffects {
  std::int64_t pictures = 0;
  bool labelled = false, multiLabel = false;
  std::vector<UnitEffect> ablations;  ///< as asked
  double seconds = 0.0;
};

/// What units are for: scores, accuracy and average precision of every class over a data source, with the units changed
/// against without. What lies before the changed layers is computed once a batch. Throws Error for data that cannot be
/// read, and as UnitSwitchboard::set() does; Cancelled.
UnitEffects measureEffects(Model& model, const EffectQuestion& question, const Progress& progress = {},
                           const CancelToken& cancel = {});

}  // namespace unitscope
