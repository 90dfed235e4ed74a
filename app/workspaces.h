#pragma once

#include <vector>

#include "app/workspace.h"

namespace unitscope {

/// Every workspace of this build, in the order of their tabs. Adding one is one line in workspaces.cpp.
std::vector<Workspace*> makeWorkspaces(const Context& context, QWidget* parent);

}  // namespace unitscope
