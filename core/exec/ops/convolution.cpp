#include "exec/ops/families.h"

namespace unitscope::ops {

void addConvolution(OperatorTable&) {}

}  // namespace unitscope::ops
