#include "formats/aten/emitter.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <utility>

#include "runtime/error.h"

namespace unitscope::aten {
namespace {

constexpr std::size_t kMaxSymbols = 4'000'000;

bool fits(std::int64_t n) {
  return n > -(std::int64_t{1} << 62) && n < (std::int64_t{1} << 62);
}

std::int64_t floorDivide(std::int64_t a, std::int64_t b) {
  return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}

TensorData scalarData(double value, DType type) {
  const auto bytesOf = [](auto v) {
    const auto raw = std::bit_cast<std::array<std::byte, sizeof(v)>>(v);
    return std::vector<std::byte>(raw.begin(), raw.end());
  };
  switch (type) {
    case DType::Float64: return TensorData::fromBytes(type, {}, bytesOf(value));
    case DType::Int64: return TensorData::scalar(static_cast<std::int64_t>(value));
    case DType::Int32: return TensorData::fromBytes(type, {}, bytesOf(static_cast<std::int32_t>(value)));
    case DType::Bool:
    case DType::UInt8: return TensorData::fromBytes(type, {}, {static_cast<std::byte>(static_cast<int>(value))});
    default: return TensorData::scalar(static_cast<float>(value));
  }
}

bool canMakeScalar(DType type) {
  return type == DType::Float64 || type == DType::Int64 || type == DType::Int32 || type == DType::Bool ||
         type == DType::UInt8 || type == DType::Float32;
}

}  // namespace

const char* kindName(const AtenValue& value) noexcept {
  using Kind = AtenValue::Kind;
  switch (value.kind) {
    case Kind::None: return "None";
    case Kind::Bool: return "a bool";
    case Kind::Int: return "an integer";
    case Kind::Float:
    case Kind::SymbolicFloat: return "a number";
    case Kind::String: return "a string";
    case Kind::Tensor: return "a tensor";
    case Kind::List: return "a list";
    case Kind::Tuple: return "a tuple";
    case Kind::Dict: return "a dictionary";
    case Kind::Object: return "an object";
  }
  return "a value";
}

Emitter::Emitter(std::string subject, std::size_t maxNodes) : subject_(std::move(subject)), nodesLeft_(maxNodes) {}

std::string Emitter::inScope(const std::string& reason) const {
  return scope().empty() ? reason : "in '" + scope() + "': " + reason;
}

void Emitter::fail(const std::string& reason) const {
  throw Error(subject_, inScope(reason));
}

void Emitter::failUnknown(const std::string& reason) const {
  throw UnknownSize(subject_, inScope(reason));
}

void Emitter::record(ValueId v, ValueInfo info) {
  if (infos_.size() <= static_cast<std::size_t>(v)) infos_.resize(static_cast<std::size_t>(v) + 1);
  infos_[static_cast<std::size_t>(v)] = std::move(info);
  sourceSymbols(v);
}

void Emitter::sourceSymbols(ValueId v) {
  const auto& dims = infos_[static_cast<std::size_t>(v)].dims;
  if (!dims) return;
  for (std::size_t i = 0; i < dims->size(); ++i)
    if (isSymbol((*dims)[i])) {
      Symbol& s = symbol((*dims)[i]);
      if (s.value != kNoValue || s.source != kNoValue) continue;
      s.source = v;
      s.axis = static_cast<std::int64_t>(i);
    }
}

void Emitter::setDims(ValueId v, Dims dims) {
  infos_.at(static_cast<std::size_t>(v)).dims = std::move(dims);
  sourceSymbols(v);
}

ValueId Emitter::input(std::string name, DType type, std::optional<Dims> dims) {
  const ValueId v = builder_.input(std::move(name), type, std::nullopt);
  record(v, {type, std::move(dims)});
  return v;
}

ValueId Emitter::untypedInput(std::string name) {
  const ValueId v = input(std::move(name), DType::Float32, std::nullopt);
  untyped_.insert(v);
  return v;
}

ValueId Emitter::parameter(std::string name, TensorData data) {
  const bool trainable = isFloating(data.dtype());
  ValueInfo info{data.dtype(), data.shape()};
  const ValueId v = trainable ? builder_.parameter(std::move(name), std::move(data))
                              : builder_.constant(std::move(data), std::move(name));
  record(v, std::move(info));
  return v;
}

ValueId Emitter::constant(TensorData data) {
  ValueInfo info{data.dtype(), data.shape()};
  const ValueId v = builder_.constant(std::move(data), nodeName("constant"));
  record(v, std::move(info));
  return v;
}

ValueId Emitter::ints(const std::vector<std::int64_t>& values) {
  const auto [it, isNew] = intConstants_.try_emplace(values, kNoValue);
  if (isNew) {
    it->second = constant(TensorData::fromInts({static_cast<std::int64_t>(values.size())}, values));
    knownInts_[it->second] = values;
  }
  return it->second;
}

ValueId Emitter::scalar(double value, DType type) {
  if (!isFloating(type) && !(std::abs(value) < 9.2e18)) fail("a number that is no integer where one is needed");
  if (std::isnan(value)) return cast(constant(TensorData::scalar(static_cast<float>(value))), type);
  const auto [it, isNew] = scalars_.try_emplace({value, static_cast<int>(type)}, kNoValue);
  if (isNew)
    it->second = canMakeScalar(type) ? constant(scalarData(value, type))
                                     : cast(constant(TensorData::scalar(static_cast<float>(value))), type);
  return it->second;
}

void Emitter::output(ValueId value, const std::string& name) {
  Graph& graph = builder_.graph();
  // An output of its own: inputs and parameters keep their names, and no value is an output twice.
  const bool taken = std::ranges::find(graph.outputs(), value) != graph.outputs().end();
  if (taken || graph.value(value).producer == kNoNode) {
    builder_.setScope({});
    value = emit("Identity", {value});
  }
  builder_.output(value, name);
}

Graph Emitter::take() {
  Graph& graph = builder_.graph();
  for (std::size_t i = 0; i < infos_.size(); ++i) {
    Value& value = graph.value(static_cast<ValueId>(i));
    value.dtype = infos_[i].dtype;
    if (!infos_[i].dims) continue;
    Shape shape = *infos_[i].dims;
    for (std::int64_t& d : shape)
      if (d < 0) d = -1;
    value.shape = std::move(shape);
  }
  return builder_.take();
}

std::string Emitter::nodeName(std::string_view op) {
  std::string name = scope().empty() ? std::string(op) : scope() + "/" + std::string(op);
  const std::size_t count = names_[name]++;
  return count == 0 ? name : name + "_" + std::to_string(count);
}

std::vector<ValueId> Emitter::emitMany(std::string_view op, std::vector<ValueId> inputs, std::size_t outputs,
                                       Attributes attributes) {
  if (nodesLeft_ == 0) fail("the network has more nodes than can be handled");
  --nodesLeft_;
  std::vector<ValueInfo> infos = inferOutputs(*this, op, inputs, attributes, outputs);
  std::vector<ValueId> made = builder_.ops(op, std::move(inputs), outputs, std::move(attributes), nodeName(op));
  for (std::size_t i = 0; i < made.size(); ++i) record(made[i], std::move(infos[i]));
  return made;
}

ValueId Emitter::emit(std::string_view op, std::vector<ValueId> inputs, Attributes attributes) {
  return emitMany(op, std::move(inputs), 1, std::move(attributes)).front();
}

ValueId Emitter::emitCustom(std::string_view op, std::vector<ValueId> inputs, Attributes attributes) {
  const ValueId v = emit(op, std::move(inputs), std::move(attributes));
  Graph& graph = builder_.graph();
  graph.node(graph.value(v).producer).domain = kUnitscopeDomain;
  return v;
}

std::int64_t Emitter::rank(ValueId v) const {
  const auto& d = dims(v);
  if (!d) failUnknown("the number of dimensions of a value cannot be told from this file");
  return static_cast<std::int64_t>(d->size());
}

std::int64_t Emitter::axis(ValueId v, std::int64_t axis, std::int64_t extra) const {
  if (axis >= 0 && !dims(v)) return axis;
  const std::int64_t r = rank(v) + extra;
  const std::int64_t a = axis < 0 ? axis + r : axis;
  // A scalar counts as a list of one, as in PyTorch.
  if (r == 0 && (axis == 0 || axis == -1)) return 0;
  if (a < 0 || a >= r) fail("axis " + std::to_string(axis) + " of a value of " + std::to_string(r) + " dimensions");
  return a;
}

std::int64_t Emitter::size(ValueId v, std::int64_t wanted) {
  const std::int64_t a = axis(v, wanted);
  const auto& d = dims(v);
  if (!d) return symbolFor(emit("Shape", {v}, {{"start", a}, {"end", a + 1}}));
  if (a >= static_cast<std::int64_t>(d->size())) fail("the size of a scalar is asked for");
  return (*d)[static_cast<std::size_t>(a)];
}

const TensorData* Emitter::data(ValueId v) const {
  const auto& held = builder_.graph().value(v).data;
  return held ? &*held : nullptr;
}

std::int64_t Emitter::newSymbol(std::int64_t hint) {
  if (symbols_.size() >= kMaxSymbols) fail("the network has more unknown sizes than can be handled");
  Symbol s;
  s.hint = hint;
  symbols_.push_back(s);
  return kSymbolBase + static_cast<std::int64_t>(symbols_.size()) - 1;
}

std::int64_t Emitter::hint(std::int64_t n) const {
  return isSymbol(n) ? symbol(n).hint : n;
}

void Emitter::settleInput(std::int64_t symbol, std::int64_t size) {
  for (const ValueId v : builder_.graph().inputs()) {
    auto& declared = infos_.at(static_cast<std::size_t>(v)).dims;
    if (declared) std::ranges::replace(*declared, symbol, size);
  }
}

bool Emitter::sameSize(std::int64_t a, std::int64_t b) const {
  if (a == b) return true;
  if (!isSymbol(a) && !isSymbol(b)) return false;
  const std::int64_t ha = hint(a);
  return ha > 0 && ha == hint(b);
}

std::int64_t Emitter::symbolFor(ValueId value, std::int64_t hint) {
  const std::int64_t s = newSymbol(hint);
  symbol(s).value = value;
  return s;
}

ValueId Emitter::symbolValue(std::int64_t n) {
  if (!isSymbol(n)) return ints({n});
  Symbol& s = symbol(n);
  if (s.value != kNoValue) return s.value;
  if (s.source == kNoValue) fail("a size is used before it is known");
  const std::int64_t axis = s.axis;
  const ValueId made = emit("Shape", {s.source}, {{"start", axis}, {"end", axis + 1}});
  symbol(n).value = made;
  return made;
}

std::int64_t Emitter::arithmetic(std::string_view op, std::int64_t a, std::int64_t b) {
  const bool known = !isSymbol(a) && !isSymbol(b);
  const auto compute = [&](std::int64_t x, std::int64_t y) -> std::int64_t {
    std::int64_t r = 0;
    if (op == "Add" && !__builtin_add_overflow(x, y, &r)) return r;
    if (op == "Sub" && !__builtin_sub_overflow(x, y, &r)) return r;
    if (op == "Mul" && !__builtin_mul_overflow(x, y, &r)) return r;
    if (op == "FloorDiv" && y != 0 && fits(x) && fits(y)) return floorDivide(x, y);
    if (op == "Mod" && y != 0 && fits(x) && fits(y)) return x - floorDivide(x, y) * y;
    if (op == "Max") return std::max(x, y);
    if (op == "Min") return std::min(x, y);
    fail("integer arithmetic that does not fit: " + std::string(op));
  };
  if (known) {
    const std::int64_t r = compute(a, b);
    if (!fits(r)) fail("integer arithmetic that does not fit: " + std::string(op));
    return r;
  }
  if ((op == "Mul" || op == "FloorDiv") && b == 1) return a;
  if (op == "Mul" && a == 1) return b;
  if ((op == "Add" || op == "Sub") && b == 0) return a;
  if (op == "Add" && a == 0) return b;
  if (op == "Sub" && a == b) return 0;
  if (op == "FloorDiv" && a == b) return 1;
  if ((op == "Max" || op == "Min") && a == b) return a;
  // x // 1 * 1 and the like fold above; an expression met twice is computed once.
  const auto [it, isNew] = computed_.try_emplace({std::string(op), a, b}, 0);
  if (!isNew) return it->second;
  const std::int64_t ha = hint(a);
  const std::int64_t hb = hint(b);
  const std::int64_t h = ha > 0 && hb > 0 ? std::max<std::int64_t>(0, compute(ha, hb)) : 0;
  const ValueId x = symbolValue(a);
  const ValueId y = symbolValue(b);
  ValueId v = kNoValue;
  if (op == "FloorDiv") {
    // ONNX divides towards zero: x // y = (x - x mod y) / y, with the floored remainder.
    v = emit("Div", {emit("Sub", {x, emit("Mod", {x, y})}), y});
  } else {
    v = emit(op, {x, y});
  }
  const std::int64_t result = symbolFor(v, h);
  computed_[{std::string(op), a, b}] = result;
  return result;
}

ValueId Emitter::intVector(const std::vector<std::int64_t>& values) {
  if (std::ranges::none_of(values, isSymbol)) return ints(values);
  std::vector<ValueId> parts;
  for (std::size_t i = 0; i < values.size();) {
    if (isSymbol(values[i])) {
      parts.push_back(symbolValue(values[i++]));
      continue;
    }
    std::vector<std::int64_t> run;
    for (; i < values.size() && !isSymbol(values[i]); ++i) run.push_back(values[i]);
    parts.push_back(ints(run));
  }
  const ValueId v = parts.size() == 1 ? parts.front() : emit("Concat", parts, {{"axis", std::int64_t{0}}});
  knownInts_[v] = values;
  return v;
}

const std::vector<std::int64_t>* Emitter::knownInts(ValueId v) const {
  const auto it = knownInts_.find(v);
  return it != knownInts_.end() ? &it->second : nullptr;
}

ValueId Emitter::cast(ValueId v, DType type) {
  if (dtype(v) == type) return v;
  static constexpr std::pair<DType, std::int64_t> kCodes[] = {
      {DType::Float32, 1}, {DType::UInt8, 2},   {DType::Int8, 3},     {DType::UInt16, 4},   {DType::Int16, 5},
      {DType::Int32, 6},   {DType::Int64, 7},   {DType::Bool, 9},     {DType::Float16, 10}, {DType::Float64, 11},
      {DType::UInt32, 12}, {DType::UInt64, 13}, {DType::BFloat16, 16}};
  for (const auto& [t, code] : kCodes)
    if (t == type) {
      const ValueId made = emit("Cast", {v}, {{"to", code}});
      setDType(made, type);
      return made;
    }
  fail("numbers of type " + std::string(nameOf(type)) + " are not supported");
}

}  // namespace unitscope::aten
