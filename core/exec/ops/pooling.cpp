#include "exec/ops/families.h"

namespace unitscope::ops {

void addPooling(OperatorTable&) {}

}  // namespace unitscope::ops
