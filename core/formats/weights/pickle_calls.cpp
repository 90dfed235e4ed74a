#include "formats/weights/pickle_calls.h"

#include <algorithm>
#include <array>
#include <utility>

#include "formats/weights/numpy_pickle.h"
#include "formats/weights/pickle_text.h"
#include "formats/weights/torch_storage.h"
#include "formats/weights/torch_stream.h"

namespace unitscope {
namespace {

using Kind = PickleValue::Kind;

enum class Meaning {
  Refused,
  Name,  ///< stands for itself and cannot be called
  OrderedDict,
  Set,
  List,
  Bytes,          ///< text and the name of its encoding
  FirstArgument,  ///< a wrapper around plain data
  Sequence,       ///< its argument as a tuple
  Device,
  Tensor,
  TypedTensor,  ///< with the element type among the arguments
  NumpyArray,
  NumpyType,
  NumpyScalar,
  HeldStorage,
  Inert,
};

constexpr std::array<std::pair<std::string_view, Meaning>, 38> kMeanings = {{
    {"collections.OrderedDict", Meaning::OrderedDict},
    {"builtins.dict", Meaning::OrderedDict},
    {"builtins.set", Meaning::Set},
    {"__builtin__.set", Meaning::Set},
    {"builtins.frozenset", Meaning::Set},
    {"__builtin__.frozenset", Meaning::Set},
    {"builtins.list", Meaning::List},
    {"_codecs.encode", Meaning::Bytes},
    {"builtins.bytearray", Meaning::Bytes},
    {"__builtin__.bytearray", Meaning::Bytes},
    {"torch.Size", Meaning::Sequence},
    {"torch.device", Meaning::Device},
    {"torch._utils._rebuild_tensor", Meaning::Tensor},
    {"torch._utils._rebuild_tensor_v2", Meaning::Tensor},
    {"torch._utils._rebuild_tensor_v3", Meaning::TypedTensor},
    {"torch._utils._rebuild_parameter", Meaning::FirstArgument},
    {"torch._utils._rebuild_parameter_with_state", Meaning::FirstArgument},
    {"torch.nn.parameter.Parameter", Meaning::FirstArgument},
    {"torch.nn.Parameter", Meaning::FirstArgument},
    {"torch.Tensor", Meaning::Name},
    {"torch.serialization._get_layout", Meaning::FirstArgument},
    {"torch.jit._pickle.build_intlist", Meaning::FirstArgument},
    {"torch.jit._pickle.build_doublelist", Meaning::FirstArgument},
    {"torch.jit._pickle.build_boollist", Meaning::FirstArgument},
    {"torch.jit._pickle.build_tensorlist", Meaning::FirstArgument},
    {"torch.jit._pickle.restore_type_tag", Meaning::FirstArgument},
    {"numpy.ndarray", Meaning::Name},
    {"numpy.dtype", Meaning::NumpyType},
    {"numpy.core.multiarray._reconstruct", Meaning::NumpyArray},
    {"numpy._core.multiarray._reconstruct", Meaning::NumpyArray},
    {"numpy.core.multiarray.scalar", Meaning::NumpyScalar},
    {"numpy._core.multiarray.scalar", Meaning::NumpyScalar},
    {"torch.strided", Meaning::Name},
    {"torch.contiguous_format", Meaning::Name},
    {"torch.channels_last", Meaning::Name},
    {"torch.preserve_format", Meaning::Name},
    {"torch.nn.parameter.Buffer", Meaning::FirstArgument},
    {"torch.storage._load_from_bytes", Meaning::HeldStorage},
}};

Meaning meaningOf(std::string_view global, const PicklePolicy& policy) {
  for (const auto& [name, meaning] : kMeanings)
    if (name == global)
      return meaning == Meaning::HeldStorage && policy.maxHeldStorages == 0 ? Meaning::Refused : meaning;
  if (torchType(global) || isStorageType(global)) return Meaning::Name;
  return policy.allowInert && policy.allowInert(global) ? Meaning::Inert : Meaning::Refused;
}

/// The element type that a numpy.dtype object describes; its state's second item is the byte order.
std::optional<NumpyType> describedType(const PickleValue& type) {
  if (!type.is(Kind::Object) || type.text != "numpy.dtype" || type.items.empty()) return std::nullopt;
  if (!type.items[0]->is(Kind::String)) return std::nullopt;
  auto described = numpyType(type.items[0]->text);
  if (described && type.state != nullptr && type.state->is(Kind::Tuple) && type.state->items.size() > 1) {
    const PickleValue& order = *type.state->items[1];
    described->swapped = order.text == ">" && sizeOf(described->dtype) > 1;
  }
  return described;
}

std::span<const std::byte> bytesOf(const PickleValue& value) {
  return std::as_bytes(std::span<const char>(value.text.data(), value.text.size()));
}

}  // namespace

void PickleCalls::refuse(std::string_view global) const {
  const std::string name(global.substr(0, 200));
  if (global.starts_with("torch.nn."))
    throw Error(arena_->subject(), "it holds a whole Python module ('" + name +
                                       "') and not only weights; its code is never run. Save model.state_dict() "
                                       "instead, or export the model with torch.export or to ONNX");
  throw Error(arena_->subject(),
              "it asks for the Python object '" + name +
                  "', which is not plain data; code in a file is never run. Save model.state_dict() instead, or "
                  "export the model with torch.export or to ONNX");
}

void PickleCalls::malformed(std::string_view what) const {
  throw Error(arena_->subject(), "the pickle is damaged: the arguments of '" + std::string(what.substr(0, 200)) +
                                     "' are not what they should be");
}

PickleValue* PickleCalls::global(std::string_view module, std::string_view name) {
  std::string full(module);
  full += '.';
  full += name;
  if (meaningOf(full, policy_) == Meaning::Refused) refuse(full);
  return arena_->makeText(Kind::Global, arena_->keep(std::move(full)));
}

const PickleValue& PickleCalls::argument(const PickleValue& arguments, std::size_t i, Kind kind,
                                         std::string_view callee) const {
  if (i >= arguments.items.size() || !arguments.items[i]->is(kind)) malformed(callee);
  return *arguments.items[i];
}

PickleValue* PickleCalls::call(const PickleValue& callee, const PickleValue& arguments) {
  if (!callee.is(Kind::Global)) throw Error(arena_->subject(), "the pickle is damaged: it calls what is no function");
  if (!arguments.is(Kind::Tuple)) malformed(callee.text);
  switch (meaningOf(callee.text, policy_)) {
    case Meaning::OrderedDict: return orderedDict(arguments);
    case Meaning::Set: return sequence(arguments, Kind::Set, callee.text);
    case Meaning::List: return sequence(arguments, Kind::List, callee.text);
    case Meaning::Sequence: return sequence(arguments, Kind::Tuple, callee.text);
    case Meaning::Bytes: return encoded(arguments);
    case Meaning::Device: {
      std::string name(argument(arguments, 0, Kind::String, callee.text).text);
      if (arguments.items.size() > 1)
        name += ":" + std::to_string(argument(arguments, 1, Kind::Int, callee.text).integer);
      return arena_->makeText(Kind::String, arena_->keep(std::move(name)));
    }
    case Meaning::FirstArgument: {
      if (arguments.items.empty()) malformed(callee.text);
      // A new value, not the argument itself, so that a later BUILD cannot change what others share.
      PickleValue* copy = arena_->make(Kind::None);
      arena_->charge(arguments.items[0]->items.size() * sizeof(void*));
      static_cast<PickleValue&>(*copy) = *arguments.items[0];
      return copy;
    }
    case Meaning::Tensor: return rebuildTensor(arguments, callee.text, false);
    case Meaning::TypedTensor: return rebuildTensor(arguments, callee.text, true);
    case Meaning::NumpyScalar: return numpyScalar(arguments);
    case Meaning::HeldStorage: return heldStorage(arguments, callee.text);
    case Meaning::NumpyArray: return arena_->makeText(Kind::Object, "numpy.ndarray");
    case Meaning::NumpyType:
    case Meaning::Inert: {
      PickleValue* object = arena_->makeText(Kind::Object, callee.text);
      arena_->charge(arguments.items.size() * sizeof(void*));
      object->items = arguments.items;
      return object;
    }
    case Meaning::Name:
    case Meaning::Refused: break;
  }
  throw Error(arena_->subject(), "the pickle is damaged: it calls '" + std::string(callee.text) + "'");
}

Shape PickleCalls::shape(const PickleValue& value, std::string_view what) const {
  Shape dims;
  if (value.items.size() > 64) malformed(what);
  for (const PickleValue* item : value.items) {
    if (!item->is(Kind::Int)) malformed(what);
    dims.push_back(item->integer);
  }
  return dims;
}

PickleValue* PickleCalls::rebuildTensor(const PickleValue& arguments, std::string_view callee, bool typed) {
  PickleTensor tensor;
  tensor.storage = argument(arguments, 0, Kind::Storage, callee).tensor->storage;
  tensor.offset = argument(arguments, 1, Kind::Int, callee).integer;
  tensor.shape = shape(argument(arguments, 2, Kind::Tuple, callee), callee);
  tensor.strides = shape(argument(arguments, 3, Kind::Tuple, callee), callee);
  tensor.dtype = tensor.storage.dtype;
  if (typed) {
    const auto type = torchType(argument(arguments, 6, Kind::Global, callee).text);
    if (!type) malformed(callee);
    tensor.dtype = *type;
  }
  PickleValue* value = arena_->make(Kind::Tensor);
  value->tensor = std::make_shared<const PickleTensor>(std::move(tensor));
  return value;
}

PickleValue* PickleCalls::persistent(const PickleValue& id) {
  static constexpr std::string_view kName = "storage";
  if (!id.is(Kind::Tuple)) malformed(kName);
  if (argument(id, 0, Kind::String, kName).text != kName) malformed(kName);
  const PickleValue& type = argument(id, 1, Kind::Global, kName);
  if (!isStorageType(type.text)) malformed(kName);
  auto reference = std::make_shared<PickleTensor>();
  reference->storage.dtype = storageType(type.text, arena_->subject());
  reference->storage.key = std::string(argument(id, 2, Kind::String, kName).text.substr(0, 200));
  reference->storage.count = argument(id, 4, Kind::Int, kName).integer;
  if (id.items.size() > 5 && !id.items[5]->isNone()) {
    const PickleValue& view = argument(id, 5, Kind::Tuple, kName);  // its own key, where it begins, its size
    reference->storage.part = {argument(view, 1, Kind::Int, kName).integer,
                               argument(view, 2, Kind::Int, kName).integer};
  }
  PickleValue* value = arena_->make(Kind::Storage);
  value->tensor = std::move(reference);
  return value;
}

PickleValue* PickleCalls::orderedDict(const PickleValue& arguments) {
  PickleValue* dict = arena_->make(Kind::Dict);
  if (arguments.items.empty()) return dict;
  const PickleValue& pairs = argument(arguments, 0, Kind::List, "OrderedDict");  // Python 2 wrote [[key, value], ...]
  arena_->charge(pairs.items.size() * 2 * sizeof(void*));
  for (const PickleValue* pair : pairs.items) {
    if ((!pair->is(Kind::List) && !pair->is(Kind::Tuple)) || pair->items.size() != 2) malformed("OrderedDict");
    dict->items.insert(dict->items.end(), pair->items.begin(), pair->items.end());
  }
  return dict;
}

PickleValue* PickleCalls::sequence(const PickleValue& arguments, Kind kind, std::string_view callee) {
  PickleValue* value = arena_->make(kind);
  if (arguments.items.empty()) return value;
  const PickleValue& from = *arguments.items[0];
  if (!from.is(Kind::List) && !from.is(Kind::Tuple) && !from.is(Kind::Set)) malformed(callee);
  arena_->charge(from.items.size() * sizeof(void*));
  value->items = from.items;
  return value;
}

PickleValue* PickleCalls::encoded(const PickleValue& arguments) {
  if (arguments.items.empty()) return arena_->make(Kind::Bytes);
  const PickleValue& source = *arguments.items[0];
  if (source.is(Kind::Bytes)) return arena_->makeText(Kind::Bytes, source.text);
  if (!source.is(Kind::String)) malformed("_codecs.encode");
  const std::string_view encoding =
      arguments.items.size() > 1 ? argument(arguments, 1, Kind::String, "_codecs.encode").text : "utf-8";
  if (encoding != "latin1" && encoding != "latin-1") return arena_->makeText(Kind::Bytes, source.text);
  arena_->charge(source.text.size());  // before, since the same text may be encoded over and over
  return arena_->makeText(Kind::Bytes, arena_->keep(toLatin1(source.text, arena_->subject())));
}

PickleValue* PickleCalls::heldStorage(const PickleValue& arguments, std::string_view callee) {
  if (heldLeft_ == 0) throw Error(arena_->subject(), "the pickle holds too many tensors");
  --heldLeft_;
  PicklePolicy small = weightsPicklePolicy();  // which allows no stream inside the stream
  small.maxValues = 1000;
  small.maxOperations = 2000;
  small.maxOwnedBytes = 64U << 10U;
  small.maxDepth = 10;
  const std::span<const std::byte> bytes = bytesOf(argument(arguments, 0, Kind::Bytes, callee));
  const TorchStream stream = TorchStream::read(bytes, nullptr, small, arena_->subject());
  const PickleValue& root = stream.object().root();
  if (!root.is(Kind::Storage)) malformed(callee);
  auto reference = std::make_shared<PickleTensor>(*root.tensor);
  PickleStorage& storage = reference->storage;
  storage.held = stream.bytes(storage).bytes;
  storage.part.reset();
  storage.count = static_cast<std::int64_t>(storage.held->size() / std::max<std::size_t>(sizeOf(storage.dtype), 1));
  PickleValue* value = arena_->make(Kind::Storage);
  value->tensor = std::move(reference);
  return value;
}

PickleValue* PickleCalls::numpyScalar(const PickleValue& arguments) {
  const PickleValue& type = argument(arguments, 0, Kind::Object, "numpy scalar");
  const auto described = describedType(type);
  if (!described || arguments.items.size() < 2) {
    PickleValue* object = arena_->makeText(Kind::Object, "numpy.scalar");
    arena_->charge(arguments.items.size() * sizeof(void*));
    object->items = arguments.items;
    return object;
  }
  const PickleValue& data = *arguments.items[1];
  if ((!data.is(Kind::Bytes) && !data.is(Kind::String)) || data.text.size() != sizeOf(described->dtype))
    malformed("numpy scalar");
  std::vector<std::byte> bytes(bytesOf(data).begin(), bytesOf(data).end());
  if (described->swapped) swapBytes(bytes, described->dtype);
  PickleValue* value = arena_->make(Kind::Array);
  value->array = std::make_shared<const TensorData>(TensorData::fromBytes(described->dtype, {}, std::move(bytes)));
  return value;
}

void PickleCalls::build(PickleValue& object, const PickleValue& state) {
  if (object.is(Kind::Object) && object.text == "numpy.ndarray") return buildArray(object, state);
  if (object.is(Kind::Object)) {
    if (object.state == nullptr) {
      object.state = &state;
    } else if (object.state->is(Kind::Dict) && state.is(Kind::Dict)) {
      // A dict subclass has items already; its attributes join them.
      PickleValue* merged = arena_->make(Kind::Dict);
      arena_->charge((object.state->items.size() + state.items.size()) * sizeof(void*));
      merged->items = object.state->items;
      merged->items.insert(merged->items.end(), state.items.begin(), state.items.end());
      object.state = merged;
    }
    return;
  }
  // What else may carry a state (the _metadata of a state dict, attributes of a parameter) holds no data of ours.
  if (!object.is(Kind::Dict) && !object.is(Kind::Tensor) && !object.is(Kind::Set))
    throw Error(arena_->subject(), "the pickle is damaged: it gives a state to what has none");
}

void PickleCalls::buildArray(PickleValue& object, const PickleValue& state) {
  static constexpr std::string_view kName = "numpy array";
  if (!state.is(Kind::Tuple) || state.items.size() != 5) malformed(kName);
  const auto type = describedType(argument(state, 2, Kind::Object, kName));
  const PickleValue& data = *state.items[4];
  if (!type || (!data.is(Kind::Bytes) && !data.is(Kind::String))) {
    object.state = &state;  // strings, objects or records: kept as they are
    return;
  }
  const Shape dims = shape(argument(state, 1, Kind::Tuple, kName), kName);
  const bool fortran = state.items[3]->asInt().value_or(0) != 0;
  std::span<const std::byte> bytes = bytesOf(data);
  TensorData array(type->dtype, dims, bytes, nullptr);  // an owner would be the arena itself: a cycle
  if (type->swapped || (fortran && dims.size() > 1)) {
    arena_->charge(bytes.size());
    std::vector<std::byte> copy = fortran ? fromFortranOrder(bytes, dims, sizeOf(type->dtype))
                                          : std::vector<std::byte>(bytes.begin(), bytes.end());
    if (type->swapped) swapBytes(copy, type->dtype);
    array = TensorData::fromBytes(type->dtype, dims, std::move(copy));
  }
  object.kind = Kind::Array;
  object.text = {};
  object.array = std::make_shared<const TensorData>(std::move(array));
}

}  // namespace unitscope
