#include "exec/ops/families.h"

namespace unitscope::ops {

void addReduction(OperatorTable&) {}

}  // namespace unitscope::ops
