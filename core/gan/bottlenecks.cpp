#include <algorithm>
#include <set>

#include "gan/generator_plan.h"

namespace unitscope {

std::vector<ValueId> bottlenecks(const Graph& graph, ValueId from, ValueId to) {
  const std::size_t count = graph.values().size();
  // Relevant: reached from `from`, and leading to `to`.
  std::vector<bool> reached(count, false), leads(count, false);
  const auto at = [](ValueId id) { return static_cast<std::size_t>(id); };
  reached[at(from)] = true;
  for (const Node& node : graph.nodes())
    if (std::ranges::any_of(node.inputs, [&](ValueId id) { return id != kNoValue && reached[at(id)]; }))
      for (const ValueId id : node.outputs)
        if (id != kNoValue) reached[at(id)] = true;
  leads[at(to)] = true;
  for (auto node = graph.nodes().rbegin(); node != graph.nodes().rend(); ++node)
    if (std::ranges::any_of(node->outputs, [&](ValueId id) { return id != kNoValue && leads[at(id)]; }))
      for (const ValueId id : node->inputs)
        if (id != kNoValue) leads[at(id)] = true;
  if (!reached[at(to)]) return {};
  const auto relevant = [&](ValueId id) { return id != kNoValue && reached[at(id)] && leads[at(id)]; };

  std::vector<int> readers(count, 0);
  for (const Node& node : graph.nodes())
    if (std::ranges::any_of(node.outputs, relevant))
      for (const ValueId id : std::set<ValueId>(node.inputs.begin(), node.inputs.end()))
        if (relevant(id)) ++readers[at(id)];
  // Values that something is still to read. Whenever that is one alone, every path goes through it: what is computed
  // later depends on it, for nothing else is left to depend on.
  std::set<ValueId> open{from};
  std::vector<ValueId> found;
  for (const Node& node : graph.nodes()) {
    if (!std::ranges::any_of(node.outputs, relevant)) continue;
    for (const ValueId id : std::set<ValueId>(node.inputs.begin(), node.inputs.end()))
      if (relevant(id) && --readers[at(id)] == 0) open.erase(id);
    for (const ValueId id : node.outputs)
      if (relevant(id)) open.insert(id);
    if (open.size() == 1 && (found.empty() || found.back() != *open.begin()) && *open.begin() != from)
      found.push_back(*open.begin());
  }
  return found;
}

}  // namespace unitscope
