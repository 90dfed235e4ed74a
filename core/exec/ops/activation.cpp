#include "exec/ops/families.h"

namespace unitscope::ops {

void addActivation(OperatorTable&) {}

}  // namespace unitscope::ops
