#include "exec/ops/families.h"

namespace unitscope::ops {

void addResampling(OperatorTable&) {}

}  // namespace unitscope::ops
