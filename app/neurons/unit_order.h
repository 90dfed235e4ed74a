#pragma once

#include <cmath>
#include <vector>

#include <QString>

#include "app/neurons/neurons_state.h"

namespace unitscope {

/// What is known of a unit; NaN and empty where it is not.
struct UnitFacts {
  double activation = NAN;   ///< largest on the current picture
  double selectivity = NAN;  ///< of classes, over the examples
  double iou = NAN;          ///< with its concept
  QString conceptName;
  QString best;       ///< the class whose pictures excite it most
  bool dead = false;  ///< never active in the examples
};

/// The units that `search` finds, in the order of `sort`: largest first, unknown last, equal ones by number. A search
/// may be a number ("17", also "1" for all that begin so), a range ("16-31"), or a part of a concept's name.
std::vector<int> orderedUnits(const std::vector<UnitFacts>& facts, UnitSort sort, const QString& search);

}  // namespace unitscope
