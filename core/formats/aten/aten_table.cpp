#include <algorithm>
#include <cctype>

#include "formats/aten/aten_call.h"
#include "runtime/error.h"

namespace unitscope::aten {
namespace {

bool fits(char kind, const AtenValue& value) {
  using Kind = AtenValue::Kind;
  const auto listOf = [&](auto&& accepts) { return value.isSequence() && std::ranges::all_of(*value.items, accepts); };
  const auto isTensor = [](const AtenValue& v) { return v.is(Kind::Tensor); };
  const auto isIntLike = [](const AtenValue& v) { return v.is(Kind::Int) || v.is(Kind::Bool) || v.is(Kind::Tensor); };
  switch (kind) {
    case 't': return isTensor(value) || value.isNumber();
    case 'T': return isTensor(value);
    case 'N': return value.isNumber();
    case 'l': return listOf([&](const AtenValue& v) { return isTensor(v) || v.isNumber() || v.isNone(); });
    case 'i': return isIntLike(value) || value.is(Kind::Float);
    case 'I': return isIntLike(value) || listOf(isIntLike);
    case 'F': return listOf([](const AtenValue& v) { return v.isNumber(); });
    case 'n': return value.isNumber() || isTensor(value);
    case 'b': return value.isNumber() || isTensor(value);
    case 's': return value.is(Kind::String);
    default: return true;
  }
}

/// Whether a parameter ("self/input") goes by this name.
bool isNamed(std::string_view names, std::string_view name) {
  for (std::size_t slash = names.find('/'); slash != std::string_view::npos; slash = names.find('/')) {
    if (names.substr(0, slash) == name) return true;
    names.remove_prefix(slash + 1);
  }
  return names == name;
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> found;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    if (space != 0) found.push_back(text.substr(0, space));
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
  }
  return found;
}

}  // namespace

void AtenTable::add(std::string_view names, std::string_view signature, AtenRule rule) {
  Entry entry;
  bool optional = false;
  for (std::string_view word : words(signature)) {
    Parameter p;
    const std::size_t colon = word.find(':');
    p.name = word.substr(0, colon);
    p.kind = word.at(colon + 1);
    optional = optional || word.back() == '?';
    p.optional = optional;
    entry.parameters.push_back(std::move(p));
  }
  entry.rule = std::move(rule);
  for (const std::string_view name : words(names)) entries_[std::string(name)].push_back(entry);
}

std::optional<AtenList> AtenTable::bind(const Entry& entry, const std::vector<AtenArgument>& arguments) {
  AtenList bound(entry.parameters.size());
  std::vector<bool> set(bound.size(), false);
  std::size_t position = 0;
  for (const AtenArgument& argument : arguments) {
    std::size_t at = position;
    if (argument.name.empty()) {
      ++position;
    } else {
      at = static_cast<std::size_t>(
          std::ranges::find_if(entry.parameters, [&](const Parameter& p) { return isNamed(p.name, argument.name); }) -
          entry.parameters.begin());
    }
    if (at >= bound.size()) {
      // Parameters that no rule looks at (generator, memory_format...) come last or by name.
      if (argument.value.isNone() || argument.name == "memory_format" || argument.name == "layout" ||
          argument.name == "device" || argument.name == "pin_memory" || argument.name == "non_blocking")
        continue;
      return std::nullopt;
    }
    if (set[at]) return std::nullopt;
    const Parameter& parameter = entry.parameters[at];
    if (argument.value.isNone() ? !parameter.optional : !fits(parameter.kind, argument.value)) return std::nullopt;
    bound[at] = argument.value;
    set[at] = true;
  }
  for (std::size_t i = 0; i < bound.size(); ++i)
    if (!set[i] && !entry.parameters[i].optional) return std::nullopt;
  return bound;
}

AtenValue AtenTable::callPlain(AtenContext& context, const std::vector<Entry>& entries, std::string_view op,
                               const std::vector<AtenArgument>& arguments) const {
  for (const Entry& entry : entries)
    if (std::optional<AtenList> bound = bind(entry, arguments)) {
      AtenCall call(context, std::string(op), std::move(*bound));
      return entry.rule(call);
    }
  std::string given;
  for (const AtenArgument& a : arguments) {
    if (!given.empty()) given += ", ";
    if (!a.name.empty()) given += a.name + "=";
    given += kindName(a.value);
  }
  context.emitter.fail("the operator aten." + std::string(op) + " is not supported with these arguments (" + given +
                       ")");
}

AtenValue AtenTable::call(AtenContext& context, std::string_view op, const std::vector<AtenArgument>& arguments) const {
  if (const auto it = entries_.find(op); it != entries_.end()) return callPlain(context, it->second, op, arguments);
  const bool inPlace = op.size() > 1 && op.back() == '_' && op[op.size() - 2] != '_';
  const auto plain = inPlace ? entries_.find(op.substr(0, op.size() - 1)) : entries_.end();
  if (plain == entries_.end())
    context.emitter.fail("the operator aten." + std::string(op) + " is not one that this build knows");
  const AtenValue made = callPlain(context, plain->second, op, arguments);
  if (arguments.empty() || !arguments.front().value.is(AtenValue::Kind::Tensor)) return made;  // sizes: x.add_(1)
  const TensorRef& self = arguments.front().value.tensor;
  if (!made.is(AtenValue::Kind::Tensor)) context.emitter.fail("aten." + std::string(op) + " has no tensor to write");
  if (made.tensor->storage == self->storage) return arguments.front().value;
  Emitter& e = context.emitter;
  const ValueId before = context.memory.read(self);
  ValueId value = e.cast(context.memory.read(made.tensor), e.dtype(before));
  if (const auto& dims = e.dims(before); dims && e.dims(value) && e.dims(value) != dims)
    value = expandTo(e, value, *dims);
  context.memory.write(self, value);
  return arguments.front().value;
}

bool AtenTable::knows(std::string_view op) const {
  if (entries_.contains(op)) return true;
  return op.size() > 1 && op.back() == '_' && entries_.contains(op.substr(0, op.size() - 1));
}

std::vector<std::string> AtenTable::names() const {
  std::vector<std::string> list;
  for (const auto& [name, entries] : entries_) list.push_back(name);
  return list;
}

const AtenTable& atenTable() {
  static const AtenTable table = [] {
    AtenTable t;
    addActivationRules(t);
    addArithmeticRules(t);
    addScalarRules(t);
    addConvolutionRules(t);
    addCreationRules(t);
    addIndexingRules(t);
    addLinearRules(t);
    addNormalizationRules(t);
    addPoolingRules(t);
    addReductionRules(t);
    addResamplingRules(t);
    addShapeRules(t);
    addTransformerRules(t);
    addViewRules(t);
    return t;
  }();
  return table;
}

}  // namespace unitscope::aten
