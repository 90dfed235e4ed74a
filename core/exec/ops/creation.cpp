#include "exec/ops/families.h"

namespace unitscope::ops {

void addCreation(OperatorTable&) {}

}  // namespace unitscope::ops
