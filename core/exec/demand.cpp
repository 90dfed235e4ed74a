#include "exec/demand.h"

#include "runtime/error.h"

namespace unitscope {

Demand demandFor(const Graph& graph, const std::vector<ValueId>& fetch, const std::function<bool(ValueId)>& available) {
  Demand demand;
  demand.uses.assign(graph.values().size(), 0);
  std::vector<bool> wanted(graph.nodes().size(), false);
  std::vector<ValueId> open;
  const auto ask = [&](ValueId id) {
    if (id == kNoValue || available(id)) return;
    const Value& value = graph.value(id);
    if (value.producer == kNoNode) throw Error(value.name, "this input of the network was not given");
    if (wanted[static_cast<std::size_t>(value.producer)]) return;
    wanted[static_cast<std::size_t>(value.producer)] = true;
    open.push_back(id);
  };
  for (const ValueId id : fetch) {
    ask(id);
    ++demand.uses.at(static_cast<std::size_t>(id));
  }
  while (!open.empty()) {
    const ValueId id = open.back();
    open.pop_back();
    for (const ValueId input : graph.node(graph.value(id).producer).inputs) {
      ask(input);
      if (input != kNoValue) ++demand.uses[static_cast<std::size_t>(input)];
    }
  }
  for (std::size_t n = 0; n < wanted.size(); ++n)
    if (wanted[n]) demand.nodes.push_back(static_cast<NodeId>(n));
  return demand;
}

}  // namespace unitscope
