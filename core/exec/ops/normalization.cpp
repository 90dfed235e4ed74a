#include "exec/ops/families.h"

namespace unitscope::ops {

void addNormalization(OperatorTable&) {}

}  // namespace unitscope::ops
