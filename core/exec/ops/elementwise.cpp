#include "exec/ops/families.h"

namespace unitscope::ops {

void addElementwise(OperatorTable&) {}

}  // namespace unitscope::ops
