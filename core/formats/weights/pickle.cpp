#include "formats/weights/pickle.h"

#include <algorithm>

#include "formats/weights/pickle_arena.h"
#include "formats/weights/pickle_machine.h"

namespace unitscope {
namespace {

constexpr std::uint32_t kMaxTreeNodes = 20'000'000;

/// Walks the values once and refuses cycles, deep nesting and sharing that explodes when written out, so that those
/// who read the document may simply recurse.
class BoundsCheck {
 public:
  BoundsCheck(std::size_t maxDepth, const std::string& subject) : maxDepth_(maxDepth), subject_(subject) {}

  void enter(const PickleValue& value, std::size_t depth) const {
    const auto& node = static_cast<const PickleNode&>(value);
    if (node.visit == PickleNode::Visit::Entered)
      throw Error(subject_, "the pickle holds a value that contains itself");
    if (depth + node.height > maxDepth_) throw Error(subject_, "the pickle is nested too deeply");
    if (node.visit == PickleNode::Visit::Done) return;
    node.visit = PickleNode::Visit::Entered;
    std::uint64_t nodes = 1;
    std::size_t height = 0;
    const auto child = [&](const PickleValue& one) {
      enter(one, depth + 1);
      const auto& inner = static_cast<const PickleNode&>(one);
      nodes += inner.nodes;
      height = std::max<std::size_t>(height, inner.height + std::size_t{1});
      if (nodes > kMaxTreeNodes) throw Error(subject_, "the pickle holds too many values");
    };
    for (const PickleValue* item : value.items) child(*item);
    if (value.state != nullptr) child(*value.state);
    node.nodes = static_cast<std::uint32_t>(nodes);
    node.height = static_cast<std::uint16_t>(height);
    node.visit = PickleNode::Visit::Done;
  }

 private:
  std::size_t maxDepth_;
  const std::string& subject_;
};

}  // namespace

std::optional<std::int64_t> PickleValue::asInt() const noexcept {
  if (kind == Kind::Int) return integer;
  if (kind == Kind::Bool) return boolean ? 1 : 0;
  return std::nullopt;
}

std::optional<double> PickleValue::asFloat() const noexcept {
  if (kind == Kind::Float) return number;
  if (const auto whole = asInt()) return static_cast<double>(*whole);
  return std::nullopt;
}

std::optional<std::string_view> PickleValue::asString() const noexcept {
  if (kind == Kind::String) return text;
  return std::nullopt;
}

const PickleValue* PickleValue::find(std::string_view wanted) const noexcept {
  if (kind == Kind::Object) return state != nullptr && state->kind == Kind::Dict ? state->find(wanted) : nullptr;
  if (kind != Kind::Dict) return nullptr;
  for (std::size_t i = items.size(); i >= 2; i -= 2)
    if (items[i - 2]->kind == Kind::String && items[i - 2]->text == wanted) return items[i - 1];
  return nullptr;
}

TensorData PickleDocument::array(const PickleValue& value) const {
  if (value.kind != PickleValue::Kind::Array || value.array == nullptr) throw Error("a value is not a NumPy array");
  const TensorData& data = *value.array;
  return data.owner() != nullptr ? data : TensorData(data.dtype(), data.shape(), data.bytes(), arena_);
}

PicklePolicy weightsPicklePolicy() {
  return {};
}

PicklePolicy nvidiaPicklePolicy() {
  PicklePolicy policy;
  policy.allowInert = [](std::string_view global) {
    return global == "torch_utils.persistence._reconstruct_persistent_obj" || global == "dnnlib.util.EasyDict" ||
           global == "dnnlib.EasyDict" || global.starts_with("torch.nn.modules.");
  };
  policy.maxHeldStorages = 20'000;
  return policy;
}

PicklePolicy torchScriptPicklePolicy() {
  PicklePolicy policy;
  policy.allowInert = [](std::string_view global) { return global.starts_with("__torch__."); };
  return policy;
}

PickleDocument readPickle(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                          const PicklePolicy& policy, const std::string& subject) {
  PickleMachine machine(bytes, std::move(owner), policy, subject);
  PickleDocument document = machine.run();
  BoundsCheck(std::min<std::size_t>(policy.maxDepth, 1000), subject).enter(document.root(), 0);
  return document;
}

}  // namespace unitscope
