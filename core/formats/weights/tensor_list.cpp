#include "formats/weights/tensor_list.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "formats/weights/left_out.h"
#include "formats/weights/torch_storage.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using Kind = PickleValue::Kind;

constexpr std::size_t kMaxTensors = 500'000;
constexpr std::size_t kMaxNameBytes = std::size_t{64} << 20U;  // of all names together: a pickle can share its parts
constexpr std::size_t kCopyBudget = std::size_t{1} << 30U;     // of views that are not contiguous

/// A key as a part of a name; nothing for keys that no name can hold.
std::optional<std::string> nameOfKey(const PickleValue& key) {
  if (key.is(Kind::String) || key.is(Kind::Bytes)) return std::string(key.text);
  if (key.is(Kind::Int)) return std::to_string(key.integer);
  return std::nullopt;
}

bool holdsTensors(const PickleValue& value, std::unordered_set<const PickleValue*>& seen) {
  if (value.is(Kind::Tensor) || value.is(Kind::Array)) return true;
  if (!value.is(Kind::Dict) && !value.is(Kind::List) && !value.is(Kind::Tuple)) return false;
  if (!seen.insert(&value).second) return false;  // a shared part was looked through before
  return std::any_of(value.items.begin(), value.items.end(),
                     [&](const PickleValue* item) { return holdsTensors(*item, seen); });
}

bool holdsTensors(const PickleValue& value) {
  std::unordered_set<const PickleValue*> seen;
  return holdsTensors(value, seen);
}

/// Optimizers keep tensors of their own, which are no weights.
bool isTrainingState(std::string_view name) {
  static constexpr std::array<std::string_view, 5> kWords = {"optim", "scheduler", "scaler", "rng_state", "callbacks"};
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](auto word) { return name.find(word) != std::string_view::npos; });
}

class Lister {
 public:
  Lister(const PickleDocument& document, const StorageFinder& find, const std::string& subject,
         const CancelToken& cancel, ModelFile& out)
      : document_(document), find_(find), subject_(subject), cancel_(cancel), out_(out) {}

  void run() {
    const PickleValue& root = document_.root();
    if (root.is(Kind::Dict)) {
      top(root);
    } else {
      walk(root, "");
    }
    if (out_.tensors.empty()) throw Error(subject_, "it holds no weights");
    stripModulePrefix();
    if (!leftOut_.empty()) out_.notes.push_back(leftOut_.text("no weights"));
    if (!unnamed_.empty()) out_.notes.push_back(unnamed_.text("their keys are no names"));
  }

 private:
  /// The outermost dictionary: weights, or a checkpoint that holds them among other things.
  void top(const PickleValue& root) {
    std::vector<std::size_t> weights;
    for (std::size_t i = 0; i < root.entryCount(); ++i) {
      const std::string name = nameOfKey(root.key(i)).value_or("(a key that is no name)");
      if (!holdsTensors(root.value(i)) || (root.value(i).is(Kind::Dict) && isTrainingState(name))) {
        leftOut_.add(name);
      } else {
        weights.push_back(i);
      }
    }
    if (weights.size() == 1 && root.value(weights[0]).is(Kind::Dict)) {
      out_.notes.push_back("the weights stand under '" + nameOfKey(root.key(weights[0])).value_or("?").substr(0, 100) +
                           "'");
      return walk(root.value(weights[0]), "");
    }
    for (const std::size_t i : weights) entry(root, i, "");
  }

  void entry(const PickleValue& dict, std::size_t i, const std::string& prefix) {
    const auto key = nameOfKey(dict.key(i));
    if (key)
      walk(dict.value(i), prefix.empty() ? *key : prefix + "." + *key);
    else if (holdsTensors(dict.value(i)))
      unnamed_.add(prefix.empty() ? "at the top" : prefix);
  }

  void walk(const PickleValue& value, const std::string& name) {
    switch (value.kind) {
      case Kind::Tensor: return add(name, tensor(*value.tensor, name));
      case Kind::Array: return add(name, document_.array(value));
      case Kind::Dict:
        for (std::size_t i = 0; i < value.entryCount(); ++i) entry(value, i, name);
        return;
      case Kind::List:
      case Kind::Tuple:
        for (std::size_t i = 0; i < value.items.size(); ++i) {
          const PickleValue& item = *value.items[i];
          const bool leaf = item.items.empty() && !item.is(Kind::Tensor) && !item.is(Kind::Array);
          if (!leaf) walk(item, name.empty() ? std::to_string(i) : name + "." + std::to_string(i));
        }
        return;
      default: return;
    }
  }

  TensorData tensor(const PickleTensor& described, const std::string& name) {
    const std::string where = subject_ + " (" + name.substr(0, 200) + ")";
    const StorageBytes storage = find_(described.storage);
    return makeTensor(described, storage.bytes, storage.owner, where, copyBudget_);
  }

  void add(const std::string& name, TensorData data) {
    cancel_.check();
    nameBytes_ += name.size();
    if (out_.tensors.size() >= kMaxTensors || nameBytes_ > kMaxNameBytes)
      throw Error(subject_, "it holds too many tensors");
    out_.tensors.push_back({name.empty() ? "tensor" : name, std::move(data)});
  }

  /// torch.nn.DataParallel puts "module." before every name.
  void stripModulePrefix() {
    static constexpr std::string_view kPrefix = "module.";
    const bool all = std::all_of(out_.tensors.begin(), out_.tensors.end(),
                                 [](const NamedTensor& t) { return t.name.starts_with(kPrefix); });
    if (!all) return;
    for (NamedTensor& t : out_.tensors) t.name.erase(0, kPrefix.size());
    out_.notes.push_back("'module.' was taken off every name");
  }

  const PickleDocument& document_;
  const StorageFinder& find_;
  const std::string& subject_;
  const CancelToken& cancel_;
  ModelFile& out_;
  LeftOut leftOut_;
  LeftOut unnamed_;
  std::size_t copyBudget_ = kCopyBudget;
  std::size_t nameBytes_ = 0;
};

void visit(const PickleValue& value, std::unordered_set<const PickleValue*>& seen,
           const std::function<void(const PickleStorage&)>& action) {
  if (value.tensor && seen.insert(&value).second) action(value.tensor->storage);
  if ((value.items.empty() && value.state == nullptr) || !seen.insert(&value).second) return;
  for (const PickleValue* item : value.items) visit(*item, seen, action);
  if (value.state != nullptr) visit(*value.state, seen, action);
}

}  // namespace

void listTensors(const PickleDocument& document, const StorageFinder& find, const std::string& subject,
                 const CancelToken& cancel, ModelFile& out) {
  Lister(document, find, subject, cancel, out).run();
}

void visitStorages(const PickleDocument& document, const std::function<void(const PickleStorage&)>& action) {
  std::unordered_set<const PickleValue*> seen;
  visit(document.root(), seen, action);
}

}  // namespace unitscope
