#include "engine/fingerprint.h"

#include <variant>

#include "engine/attribute_hash.h"
#include "engine/model.h"

namespace unitscope {

std::string modelFingerprint(const Model& model) {
  ContentHash hash;
  const AddAttribute put{hash};
  const Graph& graph = model.graph();
  for (const Value& value : graph.values()) {
    put(value.name);
    put(value.shape.value_or(Shape{}));
    if (value.data) put(*value.data);
  }
  const auto ids = [&](const std::vector<ValueId>& list) {
    hash.add(std::uint64_t{list.size()});
    for (const ValueId id : list) put(std::int64_t{id});
  };
  for (const Node& node : graph.nodes()) {
    put(node.op);
    put(node.domain);
    put(node.name);
    put(node.scope);
    ids(node.inputs);
    ids(node.outputs);
    for (const auto& [key, attribute] : node.attributes) {
      put(key);
      std::visit(put, attribute);
    }
  }
  ids(graph.inputs());
  ids(graph.outputs());
  const ModelCard& card = model.card();
  put(card.input);
  put(card.output);
  for (const int number : {card.channels, card.height, card.width}) put(std::int64_t{number});
  put(card.bgr);
  put(card.channelsLast);
  put(card.scale);
  put(card.mean);
  put(card.std);
  return hash.hex();
}

}  // namespace unitscope
