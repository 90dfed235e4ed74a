#include "app/workspaces.h"

#include "app/activations/activations_workspace.h"
#include "app/attribution/attribution_workspace.h"
#include "app/concepts/concepts_workspace.h"
#include "app/counterfactual/counterfactual_workspace.h"
#include "app/failures/failures_workspace.h"
#include "app/generator/generator_workspace.h"
#include "app/judging/judge_workspace.h"
#include "app/neurons/neurons_workspace.h"

namespace unitscope {

std::vector<Workspace*> makeWorkspaces(const Context& context, QWidget* parent) {
  auto* attribution = new AttributionWorkspace(context, parent);
  return {attribution,
          new NeuronsWorkspace(context, parent),
          new ActivationsWorkspace(context, parent),
          new ConceptsWorkspace(context, parent),
          new CounterfactualWorkspace(context, parent),
          new GeneratorWorkspace(context, parent),
          new FailuresWorkspace(context, parent),
          new JudgeWorkspace(
              context, [attribution] { return attribution->saveState(); }, parent)};
}

}  // namespace unitscope
