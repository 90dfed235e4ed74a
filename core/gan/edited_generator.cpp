#include "gan/edited_generator.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "engine/model_internal.h"
#include "gan/generator_internal.h"
#include "runtime/error.h"
#include "zoo/model_files.h"

namespace unitscope {
namespace {

constexpr std::size_t kLargestMasks = std::size_t{1} << 26;

TensorData constantOf(const at::Tensor& values) {
  const at::Tensor plain = values.to(at::kCPU, at::kFloat).contiguous();
  const auto* first = plain.data_ptr<float>();
  return TensorData::fromFloats(plain.sizes().vec(), {first, first + plain.numel()});
}

/// Writes nodes behind a value into a graph that is being copied.
class Splice {
 public:
  Splice(Graph& graph, ValueId value, std::string scope) : graph_(graph), scope_(std::move(scope)), now_(value) {
    name_ = graph.value(value).name;
  }

  ValueId constant(const at::Tensor& values) {
    Value value;
    value.name = name_ + ".change";
    value.dtype = DType::Float32;
    value.data = constantOf(values);
    value.shape = value.data->shape();
    return graph_.addValue(std::move(value));
  }
  ValueId number(double value) { return constant(at::full({}, value, at::kFloat)); }
  ValueId op(const char* name, ValueId a, ValueId b) {
    Value value;
    value.name = name_ + ".changed";
    value.dtype = DType::Float32;
    const ValueId result = graph_.addValue(std::move(value));
    Node node;
    node.op = name;
    node.scope = scope_;
    node.inputs = {a, b};
    node.outputs = {result};
    graph_.addNode(std::move(node));
    return result;
  }
  ValueId now() const { return now_; }
  void become(ValueId value) { now_ = value; }

 private:
  Graph& graph_;
  std::string name_, scope_;
  ValueId now_;
};

/// 1 at the channels of an edit, shaped so that it broadcasts against the layer.
at::Tensor channelMask(const Edit& edit, const Shape& layer) {
  const auto rank = static_cast<std::int64_t>(layer.size());
  const std::int64_t axis = edit.channelAxis < 0 ? edit.channelAxis + rank : edit.channelAxis;
  Shape shape(layer.size(), 1);
  shape[static_cast<std::size_t>(axis)] = layer[static_cast<std::size_t>(axis)];
  const at::Tensor mask = at::zeros(shape);
  for (const std::int64_t channel : edit.channels) mask.select(axis, channel).fill_(1.0);
  return mask;
}

void write(const Edit& edit, const Shape& layer, Splice& splice) {
  const at::Tensor mask = channelMask(edit, layer);
  const ValueId x = splice.now();
  if (!edit.tensor.defined()) {
    const bool set = edit.kind == Edit::Kind::Set;
    const ValueId kept = splice.op("Mul", x, splice.constant(set ? 1.0 - mask : 1.0 + mask * (edit.amount - 1.0)));
    splice.become(set && edit.amount != 0.0 ? splice.op("Add", kept, splice.constant(mask * edit.amount)) : kept);
    return;
  }
  // A mask of one channel that is added or multiplied as it is would pass for a noise map when the file is opened.
  const ValueId places = splice.constant(edit.tensor), channels = splice.constant(mask);
  if (edit.kind == Edit::Kind::Scale) {
    const ValueId off = splice.op("Sub", places, splice.number(1.0));
    const ValueId factor = splice.op("Add", splice.op("Mul", channels, off), splice.number(1.0));
    splice.become(splice.op("Mul", x, factor));
    return;
  }
  const ValueId share = splice.op("Mul", channels, splice.op("Sub", splice.number(1.0), places));
  splice.become(splice.op("Add", x, splice.op("Mul", share, splice.op("Sub", splice.number(edit.amount), x))));
}

/// What a direction adds to a latent, [1,D] or [1,L,D].
at::Tensor shiftOf(const AppliedDirection& applied, const Shape& one) {
  const Array zero{one, std::vector<float>(static_cast<std::size_t>(elementCount(one)), 0.0F)};
  const Array there = moved(zero, applied.direction, applied.amount);
  return viewOf(there).clone();
}

struct Changes {
  std::map<ValueId, std::vector<Edit>> edits;
  std::map<ValueId, at::Tensor> shifts;
  bool at(ValueId id) const { return edits.contains(id) || shifts.contains(id); }
};

Changes changesOf(Generator& generator, const GeneratorChanges& wanted) {
  Generator::Internal& own = generator.internal();
  Changes changes;
  std::size_t masks = 0;
  for (const Edit& edit : own.edits(wanted.edits)) {
    if (edit.tensor.defined()) masks += static_cast<std::size_t>(edit.tensor.numel());
    changes.edits[edit.value].push_back(edit);
  }
  if (masks > kLargestMasks) throw Error("edits", "have too many places to be written into the generator");
  for (const AppliedDirection& applied : wanted.directions) {
    const LatentSpace space = latentSpaceFrom(applied.direction.space);
    if (!std::isfinite(applied.amount)) throw Error(applied.direction.name, "can only be followed by a number");
    const bool z = space == LatentSpace::Z;
    if (!z && !own.plan.hasStyles())
      throw Error(applied.direction.name, "is in " + nameOf(space) + ", but this network takes z as it is");
    const Shape one = z ? Shape{1, own.plan.zSize()} : Shape{1, own.plan.styleCount, own.plan.styleSize};
    at::Tensor shift = shiftOf(applied, one);
    if (z) shift = shift.reshape(own.zSizes(1));
    at::Tensor& sum = changes.shifts[z ? own.z : own.styles];
    sum = sum.defined() ? sum + shift : shift;
  }
  return changes;
}

/// Copies a graph and splices the changes in.
class Editor {
 public:
  Editor(const Graph& from, const Changes& changes, Model::Internal& inner, const at::Tensor& blank)
      : from_(from), changes_(changes), shapes_(inner.shapesFor(blank)) {}

  Graph edited() {
    to_.name = from_.name;
    to_.producer = from_.producer;
    for (const Value& value : from_.values()) {
      Value copy = value;
      copy.producer = kNoNode;
      to_.addValue(std::move(copy));
    }
    instead_.resize(from_.values().size());
    for (std::size_t i = 0; i < instead_.size(); ++i) instead_[i] = static_cast<ValueId>(i);
    for (std::size_t i = 0; i < instead_.size(); ++i)
      if (from_.values()[i].producer == kNoNode) change(static_cast<ValueId>(i), {});
    for (const Node& node : from_.nodes()) {
      Node copy = node;
      for (ValueId& id : copy.inputs)
        if (id != kNoValue) id = instead_[static_cast<std::size_t>(id)];
      to_.addNode(std::move(copy));
      for (const ValueId id : node.outputs)
        if (id != kNoValue) change(id, node.scope);
    }
    for (const ValueId id : from_.inputs()) to_.addInput(id);
    for (const ValueId id : from_.outputs()) to_.addOutput(instead_[static_cast<std::size_t>(id)]);
    to_.check();
    return std::move(to_);
  }

 private:
  void change(ValueId id, const std::string& scope) {
    if (!changes_.at(id)) return;
    const std::string name = to_.value(id).name;
    Splice splice(to_, id, scope.empty() ? "changes" : scope);
    if (const auto shift = changes_.shifts.find(id); shift != changes_.shifts.end())
      splice.become(splice.op("Add", id, splice.constant(shift->second)));
    if (const auto edits = changes_.edits.find(id); edits != changes_.edits.end()) {
      const auto shape = shapes_.find(id);
      if (shape == shapes_.end()) throw Error(name, "the picture does not depend on this layer");
      for (const Edit& edit : edits->second) write(edit, shape->second.shape, splice);
    }
    instead_[static_cast<std::size_t>(id)] = splice.now();
    // Whoever asks the new file for this value means the changed one; inputs keep their names.
    if (splice.now() == id || from_.value(id).producer == kNoNode) return;
    to_.renameValue(id, name + ".unchanged");
    to_.renameValue(splice.now(), name);
  }

  const Graph& from_;
  const Changes& changes_;
  const std::unordered_map<ValueId, Executor::ValueInfo>& shapes_;
  Graph to_;
  std::vector<ValueId> instead_;
};

}  // namespace

Graph editedGenerator(Generator& generator, const GeneratorChanges& changes) {
  Generator::Internal& own = generator.internal();
  const Changes found = changesOf(generator, changes);
  const at::Tensor blank = at::zeros(own.zSizes(1));
  return Editor(own.model->graph(), found, own.inner(), blank).edited();
}

void saveEditedGenerator(Generator& generator, const GeneratorChanges& changes, const std::filesystem::path& file) {
  ModelCard card = generator.model()->card();
  card.output = generator.plan().image;
  saveZooModel(editedGenerator(generator, changes), card, file);
}

}  // namespace unitscope
