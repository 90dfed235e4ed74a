#include "attribution/relu_nodes.h"

#include <algorithm>

namespace unitscope {

std::vector<std::string> reluNotes(const AttributionQuery& query) {
  const auto& nodes = query.executor.graph().nodes();
  if (std::ranges::any_of(nodes, [](const Node& node) { return node.op == "Relu" && node.domain.empty(); })) return {};
  return {"the network has no ReLU, so this is the plain gradient"};
}

}  // namespace unitscope
