#pragma once

#include <string>
#include <vector>

#include "attribution/method.h"

namespace unitscope {

/// What to say of a network whose activations the ReLU rules do not reach; empty where it has ReLUs.
std::vector<std::string> reluNotes(const AttributionQuery& query);

}  // namespace unitscope
