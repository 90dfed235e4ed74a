#include "exec/ops/families.h"

namespace unitscope::ops {

void addMisc(OperatorTable&) {}

}  // namespace unitscope::ops
