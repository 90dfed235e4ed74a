#include "exec/ops/families.h"

namespace unitscope::ops {

void addShape(OperatorTable&) {}

}  // namespace unitscope::ops
