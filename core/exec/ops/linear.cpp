#include "exec/ops/families.h"

namespace unitscope::ops {

void addLinear(OperatorTable&) {}

}  // namespace unitscope::ops
