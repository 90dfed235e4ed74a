#include "features/feature_cache.h"
#include "features/goal_contents.h"
#include "features/hash.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

/// To be raised when pictures come out differently from equal questions.
constexpr std::uint64_t kRecipe = 1;

struct AddAttribute {
  ContentHash& hash;
  void operator()(std::int64_t v) const { hash.add(static_cast<std::uint64_t>(v)); }
  void operator()(double v) const { hash.add(v); }
  void operator()(const std::string& v) const { hash.add(v); }
  void operator()(bool v) const { hash.add(std::uint64_t{v ? 1U : 0U}); }
  void operator()(const TensorData& v) const {
    hash.add(static_cast<std::uint64_t>(v.dtype()));
    (*this)(v.shape());
    hash.add(v.bytes());
  }
  template <class T>
  void operator()(const std::vector<T>& values) const {
    hash.add(std::uint64_t{values.size()});
    for (const T& v : values) (*this)(v);
  }
};

}  // namespace

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

std::string featureKey(const std::string& fingerprint, const FeatureQuestion& question, std::size_t index) {
  if (index >= question.goals.size()) throw Error("goal " + std::to_string(index), "there are fewer");
  const MethodInfo& info = featureMethod(question.method);
  ContentHash hash;
  const AddAttribute put{hash};
  hash.add(kRecipe);
  put(fingerprint);
  put(info.id);
  hash.add(question.seed);
  const ParameterValues values = question.parameters.completed(info);
  for (const auto& [id, value] : values.all()) {
    put(id);
    std::visit(put, value);
  }
  const FeatureGoal& goal = question.goals[index];
  const std::string contents = goalContents(goal);
  put(contents);
  // Equal goals begin differently, in the order in which they stand.
  std::int64_t copy = 0;
  for (std::size_t i = 0; i < index; ++i)
    if (question.goals[i].unit == goal.unit && goalContents(question.goals[i]) == contents) ++copy;
  put(copy);
  if (goal.group >= 0)
    for (const FeatureGoal& other : question.goals)
      if (other.group == goal.group) put(goalContents(other));
  return hash.hex();
}

}  // namespace unitscope
