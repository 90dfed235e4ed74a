#include "formats/weights/module_tree.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "formats/weights/torch_storage.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using Kind = PickleValue::Kind;

constexpr std::size_t kMostModules = 5000;
constexpr std::size_t kMostTensors = 50'000;
constexpr std::size_t kMostSettings = 200'000;
constexpr std::size_t kMostNumbers = 64;
constexpr std::size_t kLongestName = 300;
/// For tensors that must be rearranged or converted.
constexpr std::size_t kCopyBudget = std::size_t{2} << 30U;

/// What describes a persistent object: class name and state.
const PickleValue* metaOf(const PickleValue& value) {
  if (!value.is(Kind::Object) || value.text != "torch_utils.persistence._reconstruct_persistent_obj") return nullptr;
  return !value.items.empty() && value.items[0]->is(Kind::Dict) ? value.items[0] : nullptr;
}

bool isTorchModule(const PickleValue& value) {
  return value.is(Kind::Object) && value.text.starts_with("torch.nn.modules.");
}

class TreeReader {
 public:
  TreeReader(const PickleDocument& document, const std::string& subject, const CancelToken& cancel)
      : document_(document), subject_(subject), cancel_(cancel) {}

  StoredModule module(const PickleValue& value, std::string name) {
    cancel_.check();
    count(modules_, kMostModules);
    if (name.size() > kLongestName) throw Error(subject_, "a part of the network has an impossible name");
    StoredModule made;
    made.name = std::move(name);
    const PickleValue* state = value.state;
    if (const PickleValue* meta = metaOf(value)) {
      state = meta->find("state");
      const PickleValue* className = meta->find("class_name");
      if (className != nullptr) made.className = className->asString().value_or("");
    } else {
      made.className = value.text.substr(value.text.rfind('.') + 1);
    }
    if (state == nullptr || !state->is(Kind::Dict))
      throw Error(subject_, "'" + made.name + "' is not stored as a module of a network");
    if (const PickleValue* given = state->find("_init_kwargs")) settings(*given, made);
    settings(*state, made);
    tensors(*state, "_parameters", made);
    tensors(*state, "_buffers", made);
    if (const PickleValue* parts = state->find("_modules"); parts != nullptr && parts->is(Kind::Dict))
      for (std::size_t i = 0; i < parts->entryCount(); ++i) {
        const auto key = parts->key(i).asString();
        if (!key || !isStoredModule(parts->value(i))) continue;
        made.parts.push_back(module(parts->value(i), made.pathTo(*key)));
      }
    return made;
  }

 private:
  void count(std::size_t& counter, std::size_t most) const {
    if (++counter > most) throw Error(subject_, "the network in it has too many parts");
  }

  std::optional<StoredSetting> setting(const PickleValue& value) const {
    if (const auto number = value.asFloat()) return StoredSetting{{*number}, {}};
    if (const auto text = value.asString()) return StoredSetting{{}, std::string(text->substr(0, kLongestName))};
    if (value.is(Kind::Array)) {
      const TensorData data = document_.array(value);
      if (data.count() > static_cast<std::int64_t>(kMostNumbers) || data.dtype() == DType::Complex64 ||
          data.dtype() == DType::Complex128)
        return std::nullopt;
      return StoredSetting{data.toDoubles(), {}};
    }
    if ((!value.is(Kind::List) && !value.is(Kind::Tuple)) || value.items.size() > kMostNumbers) return std::nullopt;
    StoredSetting list;
    for (const PickleValue* item : value.items) {
      const auto number = item->asFloat();
      if (!number) return std::nullopt;
      list.numbers.push_back(*number);
    }
    return list;
  }

  void settings(const PickleValue& values, StoredModule& into) {
    const PickleValue* dict = values.is(Kind::Object) ? values.state : &values;  // an EasyDict is an object
    if (dict == nullptr || !dict->is(Kind::Dict)) return;
    for (std::size_t i = 0; i < dict->entryCount(); ++i) {
      const auto key = dict->key(i).asString();
      if (!key || key->empty() || key->front() == '_' || key->size() > kLongestName) continue;
      count(settings_, kMostSettings);
      if (auto read = setting(dict->value(i)))
        into.settings.insert_or_assign(std::string(*key), std::move(*read));
      else
        into.settings.erase(std::string(*key));  // None, above all: not the argument's value any more
    }
  }

  void tensors(const PickleValue& state, std::string_view member, StoredModule& into) {
    const PickleValue* dict = state.find(member);
    if (dict == nullptr || !dict->is(Kind::Dict)) return;
    for (std::size_t i = 0; i < dict->entryCount(); ++i) {
      const auto key = dict->key(i).asString();
      if (!key || key->size() > kLongestName || !dict->value(i).is(Kind::Tensor)) continue;
      count(tensors_, kMostTensors);
      into.tensors.insert_or_assign(std::string(*key), tensor(*dict->value(i).tensor, into.pathTo(*key)));
    }
  }

  TensorData tensor(const PickleTensor& described, const std::string& name) {
    const std::string where = subject_ + " (" + name + ")";
    if (!described.storage.held) throw Error(where, "it refers to a tensor that is not in the file");
    TensorData data = makeTensor(described, *described.storage.held, document_.owner(), where, copyBudget_);
    if (data.dtype() == DType::Float32) return data;
    if (!isFloating(data.dtype())) throw Error(where, "it is not made of floating-point numbers");
    const auto bytes = static_cast<std::size_t>(data.count()) * sizeof(double);
    if (bytes > copyBudget_) throw Error(where, "it needs too much memory");
    copyBudget_ -= bytes;
    const std::vector<double> values = data.toDoubles();
    return TensorData::fromFloats(data.shape(), {values.begin(), values.end()});
  }

  const PickleDocument& document_;
  const std::string& subject_;
  const CancelToken& cancel_;
  std::size_t modules_ = 0, tensors_ = 0, settings_ = 0;
  std::size_t copyBudget_ = kCopyBudget;
};

}  // namespace

bool isStoredModule(const PickleValue& value) {
  return metaOf(value) != nullptr || isTorchModule(value);
}

StoredModule readModuleTree(const PickleDocument& document, const PickleValue& value, const std::string& subject,
                            const CancelToken& cancel) {
  if (!isStoredModule(value)) throw Error(subject, "it holds no module of a network");
  return TreeReader(document, subject, cancel).module(value, "");
}

}  // namespace unitscope
