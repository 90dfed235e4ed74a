#include "app/workspaces.h"

#include "app/attribution/attribution_workspace.h"
#include "app/counterfactual/counterfactual_workspace.h"
#include "app/failures/failures_workspace.h"

namespace unitscope {

std::vector<Workspace*> makeWorkspaces(const Context& context, QWidget* parent) {
  return {new AttributionWorkspace(context, parent), new CounterfactualWorkspace(context, parent),
          new FailuresWorkspace(context, parent)};
}

}  // namespace unitscope
