#include <algorithm>

#include "formats/aten/script_program.h"

namespace unitscope::aten {
namespace {

using Kind = AtenValue::Kind;

constexpr std::size_t kMaxList = 1'000'000;

}  // namespace

/// Operators of TorchScript on lists, strings and dictionaries; false for calls that the ATen table answers.
bool ScriptProgram::callOnLists(const std::string& op, const std::vector<AtenArgument>& given, AtenValue& result) {
  if (given.empty()) return false;
  const AtenValue& a = given.front().value;
  const AtenValue none;
  const AtenValue& b = given.size() > 1 ? given[1].value : none;
  const bool container = a.isSequence() || a.is(Kind::Dict);
  if (op == "len" || op == "numel") {
    if (!container && !a.is(Kind::String)) {
      if (op == "numel") return false;
      result = callOperator("size", {{{}, a}, {{}, AtenValue::ofInt(0)}});
      return true;
    }
    const std::size_t n = a.is(Kind::String) ? a.text.size() : a.items->size() / (a.is(Kind::Dict) ? 2 : 1);
    result = AtenValue::ofInt(static_cast<std::int64_t>(n));
  } else if (op == "__getitem__") {
    result = item(a, b);
  } else if (op == "append") {
    if (!a.is(Kind::List) || a.items->size() >= kMaxList) fail("appends to " + std::string(kindName(a)));
    a.items->push_back(b);
    result = a;
  } else if (op == "insert") {
    if (!a.is(Kind::List) || a.items->size() >= kMaxList || !b.is(Kind::Int) || b.isSymbolic() || given.size() < 3)
      fail("inserts into " + std::string(kindName(a)));
    const auto size = static_cast<std::int64_t>(a.items->size());
    const std::int64_t at = std::clamp<std::int64_t>(b.integer < 0 ? b.integer + size : b.integer, 0, size);
    const AtenValue value = given[2].value;
    a.items->insert(a.items->begin() + static_cast<std::ptrdiff_t>(at), value);
    result = a;
  } else if (op == "__contains__") {
    if (!container) fail("looks for a value in " + std::string(kindName(a)));
    bool found = false;
    for (std::size_t i = 0; i < a.items->size(); i += a.is(Kind::Dict) ? 2 : 1)
      found = found || compareIdentity((*a.items)[i], b, false).integer != 0;
    result = AtenValue::ofBool(found);
  } else if (op == "_set_item") {
    if (a.is(Kind::Dict)) {
      const AtenValue& value = given.size() > 2 ? given[2].value : none;
      std::size_t at = 0;
      while (at + 1 < a.items->size() && compareIdentity((*a.items)[at], b, false).integer == 0) at += 2;
      if (at + 1 < a.items->size()) {
        (*a.items)[at + 1] = value;
      } else {
        if (a.items->size() >= kMaxList) fail("a dictionary that is too large");
        a.items->push_back(b);
        a.items->push_back(value);
      }
    } else if (a.is(Kind::List) && b.is(Kind::Int) && b.integer >= 0 &&
               b.integer < static_cast<std::int64_t>(a.items->size()) && given.size() > 2) {
      (*a.items)[static_cast<std::size_t>(b.integer)] = given[2].value;
    } else {
      fail("writes an element of " + std::string(kindName(a)));
    }
    result = a;
  } else if (op == "__is__" || op == "__isnot__") {
    result = compareIdentity(a, b, op == "__isnot__");
  } else if ((op == "keys" || op == "values") && a.is(Kind::Dict)) {
    AtenList items;
    for (std::size_t i = op == "keys" ? 0 : 1; i < a.items->size(); i += 2) items.push_back((*a.items)[i]);
    result = AtenValue::ofList(std::move(items));
  } else if (op == "items" && a.is(Kind::Dict)) {
    AtenList items;
    for (std::size_t i = 0; i + 1 < a.items->size(); i += 2)
      items.push_back(AtenValue::ofTuple({(*a.items)[i], (*a.items)[i + 1]}));
    result = AtenValue::ofList(std::move(items));
  } else if (op == "list" && container) {
    result = AtenValue::ofList(*a.items);
  } else if (op == "add" && a.isSequence() && b.isSequence()) {
    if (a.items->size() + b.items->size() > kMaxList) fail("a list that is too long");
    AtenList items = *a.items;
    items.insert(items.end(), b.items->begin(), b.items->end());
    result = AtenValue::ofList(std::move(items));
  } else if (op == "mul" && a.isSequence() && b.is(Kind::Int)) {
    if (b.integer < 0 || isSymbol(b.integer) ||
        (b.integer > 0 && a.items->size() > kMaxList / static_cast<std::size_t>(b.integer)))
      fail("a list that is too long");
    AtenList items;
    for (std::int64_t i = 0; i < b.integer; ++i) items.insert(items.end(), a.items->begin(), a.items->end());
    result = AtenValue::ofList(std::move(items));
  } else if (op == "slice" && a.isSequence()) {
    const auto size = static_cast<std::int64_t>(a.items->size());
    const auto bound = [&](std::size_t i, std::int64_t fallback) {
      if (i >= given.size() || given[i].value.isNone()) return fallback;
      const std::int64_t n = given[i].value.integer;
      return std::clamp<std::int64_t>(n < 0 ? n + size : n, 0, size);
    };
    AtenList items;
    const std::int64_t step = given.size() > 3 && given[3].value.is(Kind::Int) ? given[3].value.integer : 1;
    if (step <= 0) fail("a list is taken backwards");
    const std::int64_t end = bound(2, size);
    for (std::int64_t i = bound(1, 0); i < end; i += step) items.push_back((*a.items)[static_cast<std::size_t>(i)]);
    result = AtenValue::ofList(std::move(items));
    if (a.is(Kind::Tuple)) result.kind = Kind::Tuple;
  } else if ((op == "eq" || op == "ne") && !a.is(Kind::Tensor) && (!a.isNumber() || !b.isNumber()) &&
             !b.is(Kind::Tensor)) {
    result = compareIdentity(a, b, op == "ne");
  } else if ((op == "max" || op == "min") && a.isSequence() && !a.items->empty()) {
    result = a.items->front();
    for (const AtenValue& v : *a.items) result = callOperator(op, {{{}, result}, {{}, v}});
  } else if (op == "format" || op == "warn") {
    result = AtenValue::ofString({});
  } else if (op == "device") {
    result = AtenValue::ofString("device");
  } else {
    return false;
  }
  return true;
}

AtenValue ScriptProgram::callOperator(const std::string& op, std::vector<AtenArgument> given) {
  AtenValue result;
  if (op == "dict" && given.empty()) {
    result = AtenValue::ofList({});
    result.kind = Kind::Dict;
    return result;
  }
  if (callOnLists(op, given, result)) return result;
  return atenTable().call(context_, op, given);
}

AtenValue ScriptProgram::callPrimitive(const std::string& op, std::vector<AtenArgument> given) {
  const AtenValue first = given.empty() ? AtenValue() : given.front().value;
  if (op == "NumToTensor" || op == "unchecked_unwrap_optional" || op == "unchecked_cast" || op == "data" ||
      op == "tolist")
    return first;
  if (op == "RaiseException")
    fail("the program stops with an error: " +
         (first.is(Kind::String) && !first.text.empty() ? first.text.substr(0, 200) : std::string("of its own")));
  if (op == "dtype" && first.is(Kind::Tensor))
    return AtenValue::ofInt(dtypeToTorch(context_.emitter.dtype(context_.memory.read(first.tensor))));
  if (op == "device") return AtenValue::ofString("device");
  if (op == "layout") return AtenValue::ofInt(0);
  if (op == "requires_grad" || op == "is_cuda" || op == "is_quantized" || op == "is_sparse" || op == "is_mkldnn" ||
      op == "is_nested")
    return AtenValue::ofBool(false);
  if (op == "rangelist" && first.is(Kind::Int) && !first.isSymbolic() && first.integer <= 100'000) {
    AtenList items;
    for (std::int64_t i = 0; i < first.integer; ++i) items.push_back(AtenValue::ofInt(i));
    return AtenValue::ofList(std::move(items));
  }
  if (op == "min" || op == "max" || op == "abs") return callOperator(op, std::move(given));
  if (op == "shape" || op == "size") return callOperator("size", std::move(given));
  if (op == "ndim") return callOperator("dim", std::move(given));
  fail("the operator prim." + op.substr(0, 60) + " is not one that this build knows");
}

}  // namespace unitscope::aten
