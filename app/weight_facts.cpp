#include "app/weight_facts.h"

#include <set>
#include <string_view>

namespace unitscope {

namespace {

WeightFacts factsOf(const Value& value, const CancelToken& cancel) {
  const TensorData& data = *value.data;
  const std::string_view type = nameOf(data.dtype());
  WeightFacts facts;
  facts.name = QString::fromStdString(value.name);
  facts.shape = QString::fromStdString(toString(data.shape()));
  facts.dtype = QString::fromUtf8(type.data(), static_cast<qsizetype>(type.size()));
  facts.numbers = statisticsOf(data, 0, cancel);
  return facts;
}

}  // namespace

std::vector<WeightFacts> weightFacts(const Graph& graph, const std::vector<NodeId>& nodes, const CancelToken& cancel) {
  std::vector<WeightFacts> all;
  std::set<ValueId> seen;
  for (const NodeId node : nodes) {
    for (const ValueId input : graph.node(node).inputs) {
      if (input == kNoValue || !seen.insert(input).second) continue;
      const Value& value = graph.value(input);
      if (value.trainable && value.data) all.push_back(factsOf(value, cancel));
    }
  }
  return all;
}

}  // namespace unitscope
