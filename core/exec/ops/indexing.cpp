#include "exec/ops/families.h"

namespace unitscope::ops {

void addIndexing(OperatorTable&) {}

}  // namespace unitscope::ops
