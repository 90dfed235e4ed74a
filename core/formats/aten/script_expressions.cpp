#include <algorithm>
#include <cmath>
#include <utility>

#include "formats/aten/script_program.h"
#include "runtime/error.h"

namespace unitscope::aten {
namespace {

using Kind = AtenValue::Kind;
using ExprKind = ScriptExpr::Kind;

constexpr int kMaxDepth = 900;
constexpr std::int64_t kMaxRange = 100'000;

const char* operatorName(std::string_view symbol) {
  static const std::map<std::string_view, const char*> names{
      {"+", "add"},  {"-", "sub"},    {"*", "mul"},     {"/", "div"},    {"//", "floordiv"}, {"%", "remainder"},
      {"**", "pow"}, {"@", "matmul"}, {"==", "eq"},     {"!=", "ne"},    {"<", "lt"},        {"<=", "le"},
      {">", "gt"},   {">=", "ge"},    {"&", "__and__"}, {"|", "__or__"}, {"^", "__xor__"}};
  const auto it = names.find(symbol);
  return it != names.end() ? it->second : nullptr;
}

/// Same plain value: numbers, strings, None, and lists of them.
bool samePlain(const AtenValue& a, const AtenValue& b) {
  if (a.isNumber() && b.isNumber()) return a.asDouble() == b.asDouble() && a.isSymbolic() == b.isSymbolic();
  if (a.kind != b.kind) return false;
  if (a.is(Kind::String)) return a.text == b.text;
  if (a.isSequence())
    return a.items->size() == b.items->size() &&
           std::equal(a.items->begin(), a.items->end(), b.items->begin(), samePlain);
  return a.isNone();
}

}  // namespace

AtenValue ScriptProgram::evaluateName(const std::string& name, const Frame& frame) {
  const auto it = frame.find(name);
  if (it == frame.end()) fail("the program uses '" + name.substr(0, 60) + "' before it is computed");
  return it->second;
}

AtenValue ScriptProgram::compareIdentity(const AtenValue& a, const AtenValue& b, bool negated) const {
  const bool same = a.isNone() || b.isNone() ? a.isNone() == b.isNone() : samePlain(a, b);
  return AtenValue::ofBool(same != negated);
}

AtenValue ScriptProgram::evaluateBinary(const ScriptExpr& e, Frame& frame) {
  const AtenValue a = evaluate(*e.children[0], frame);
  if (e.text == "and") return truth(a) ? evaluate(*e.children[1], frame) : a;
  if (e.text == "or") return truth(a) ? a : evaluate(*e.children[1], frame);
  const AtenValue b = evaluate(*e.children[1], frame);
  if (e.text == "is" || e.text == "is not") return compareIdentity(a, b, e.text == "is not");
  if (e.text == "in" || e.text == "not in") {
    const AtenValue found = callOperator("__contains__", {{{}, b}, {{}, a}});
    return AtenValue::ofBool((found.integer != 0) == (e.text == "in"));
  }
  const char* op = operatorName(e.text);
  if (op == nullptr) fail("the operator '" + e.text + "' is not supported");
  return callOperator(op, {{{}, a}, {{}, b}});
}

AtenValue ScriptProgram::evaluateIndex(const ScriptExpr& e, Frame& frame) {
  const AtenValue base = evaluate(*e.children[0], frame);
  const AtenValue first = evaluate(*e.children[1], frame);
  if (e.kind == ExprKind::Index) {
    if (base.is(Kind::Tensor)) return callOperator("select", {{{}, base}, {{}, AtenValue::ofInt(0)}, {{}, first}});
    return item(base, first);
  }
  const AtenValue last = evaluate(*e.children[2], frame);
  const std::string op = "slice";
  if (base.is(Kind::Tensor)) return callOperator(op, {{{}, base}, {{}, AtenValue::ofInt(0)}, {{}, first}, {{}, last}});
  return callOperator(op, {{{}, base}, {{}, first}, {{}, last}});
}

AtenValue ScriptProgram::evaluateAttribute(const ScriptExpr& e, Frame& frame) {
  const ScriptExpr& base = *e.children.front();
  if (base.kind == ExprKind::Name && base.text == "CONSTANTS") return constant(e.text);
  if (const std::string name = qualifiedName(e); name.starts_with("__torch__.") && !frame.contains("__torch__")) {
    if (findFunction(name) == nullptr) fail("the function '" + name.substr(0, 120) + "' is not in the file");
    AtenValue function;
    function.kind = Kind::Object;
    function.object = std::make_shared<ScriptObject>(ScriptObject{nullptr, name, {}});
    return function;
  }
  const AtenValue owner = evaluate(base, frame);
  if (owner.is(Kind::Object)) return attribute(*owner.object, e.text);
  if (owner.isSequence() && !owner.text.empty()) {
    if (const ScriptClass* named = findClass(owner.text))
      for (std::size_t i = 0; i < named->fields.size(); ++i)
        if (named->fields[i] == e.text) return item(owner, AtenValue::ofInt(static_cast<std::int64_t>(i)));
    fail("a tuple has no field '" + e.text + "'");
  }
  // What a tensor knows of itself.
  if (e.text == "shape") return callOperator("size", {{{}, owner}});
  if (e.text == "T") return callOperator("t", {{{}, owner}});
  return callPrimitive(e.text, {{{}, owner}});
}

AtenValue ScriptProgram::evaluate(const ScriptExpr& e, Frame& frame) {
  if (++depth_ > kMaxDepth) fail("the program is nested too deeply");
  if (stepsLeft_-- == 0) fail("the program is too long");
  AtenValue made;
  switch (e.kind) {
    case ExprKind::None: break;
    case ExprKind::True: made = AtenValue::ofBool(true); break;
    case ExprKind::False: made = AtenValue::ofBool(false); break;
    case ExprKind::Int: made = AtenValue::ofInt(e.integer); break;
    case ExprKind::Float: made = AtenValue::ofFloat(e.number); break;
    case ExprKind::String: made = AtenValue::ofString(e.text); break;
    case ExprKind::Name: made = evaluateName(e.text, frame); break;
    case ExprKind::Attribute: made = evaluateAttribute(e, frame); break;
    case ExprKind::Call: made = evaluateCall(e, frame); break;
    case ExprKind::List:
    case ExprKind::Tuple:
    case ExprKind::Dict: {
      AtenList items;
      for (const auto& child : e.children) items.push_back(evaluate(*child, frame));
      made = AtenValue::ofList(std::move(items));
      made.kind = e.kind == ExprKind::List ? Kind::List : e.kind == ExprKind::Tuple ? Kind::Tuple : Kind::Dict;
      break;
    }
    case ExprKind::Index:
    case ExprKind::Slice: made = evaluateIndex(e, frame); break;
    case ExprKind::Unary: {
      const AtenValue operand = evaluate(*e.children.front(), frame);
      if (e.text == "not")
        made = AtenValue::ofBool(!truth(operand));
      else
        made = callOperator(e.text == "-" ? "neg" : "bitwise_not", {{{}, operand}});
      break;
    }
    case ExprKind::Binary: made = evaluateBinary(e, frame); break;
    case ExprKind::Choice: made = evaluate(*e.children[truth(evaluate(*e.children[1], frame)) ? 0 : 2], frame); break;
  }
  --depth_;
  return made;
}

std::vector<AtenArgument> ScriptProgram::arguments(const ScriptExpr& call, Frame& frame) {
  std::vector<AtenArgument> given;
  for (std::size_t i = 1; i < call.children.size(); ++i)
    given.push_back({call.keywords[i - 1], evaluate(*call.children[i], frame)});
  return given;
}

AtenValue ScriptProgram::callBuiltin(const std::string& name, const ScriptExpr& call, Frame& frame, bool& known) {
  known = true;
  const auto argument = [&](std::size_t i) {
    if (i + 1 >= call.children.size()) fail("'" + name + "' is called with too few arguments");
    return evaluate(*call.children[i + 1], frame);
  };
  // Types are of no use here: their values say what they are.
  if (name == "annotate" || name == "unchecked_cast") return argument(1);
  if (name == "uninitialized") return {};
  if (name == "int") return callOperator("Int", {{{}, argument(0)}});
  if (name == "float") {
    const AtenValue v = argument(0);
    if (!v.is(Kind::String)) return callOperator("Float", {{{}, v}});
    if (v.text == "inf" || v.text == "-inf") return AtenValue::ofFloat(v.text == "inf" ? INFINITY : -INFINITY);
    fail("the number '" + v.text.substr(0, 60) + "' is not supported");
  }
  if (name == "bool") return AtenValue::ofBool(truth(argument(0)));
  if (name == "str") return AtenValue::ofString({});
  if (name == "len") return callOperator("len", {{{}, argument(0)}});
  if (name == "getattr") {
    const AtenValue owner = argument(0);
    const AtenValue field = argument(1);
    if (!owner.is(Kind::Object) || !field.is(Kind::String)) fail("getattr() of " + std::string(kindName(owner)));
    return attribute(*owner.object, field.text);
  }
  if (name == "range") {
    const std::int64_t count = call.children.size() > 2 ? -1 : argument(0).integer;
    if (count > kMaxRange || isSymbol(count)) fail("repeats a number of times that is not known or too large");
    std::int64_t from = 0;
    std::int64_t to = count;
    std::int64_t step = 1;
    if (call.children.size() > 2) {
      from = argument(0).integer;
      to = argument(1).integer;
      if (call.children.size() > 3) step = argument(2).integer;
    }
    if (isSymbol(from) || isSymbol(to) || step == 0 || isSymbol(step))
      fail("repeats a number of times that is not known");
    AtenList items;
    for (std::int64_t i = from; step > 0 ? i < to : i > to; i += step) {
      if (items.size() >= static_cast<std::size_t>(kMaxRange)) fail("repeats too often");
      items.push_back(AtenValue::ofInt(i));
    }
    return AtenValue::ofList(std::move(items));
  }
  known = false;
  return {};
}

AtenValue ScriptProgram::callQualified(const std::string& name, const ScriptExpr& call, Frame& frame) {
  if (name == "torch.split" || name == "torch.chunk" || name == "torch.unbind") {
    const std::size_t wanted = std::exchange(wantedParts_, 0);  // arguments are expressions of their own
    std::vector<AtenArgument> given = arguments(call, frame);
    context_.emitter.expectParts(wanted);
    AtenValue made = callOperator(name.substr(6), std::move(given));
    context_.emitter.expectParts(0);
    return made;
  }
  wantedParts_ = 0;
  if (name.starts_with("torch.")) return callOperator(name.substr(6), arguments(call, frame));
  if (name.starts_with("ops.prim.")) return callPrimitive(name.substr(9), arguments(call, frame));
  if (name.starts_with("ops.aten.")) return callOperator(name.substr(9), arguments(call, frame));
  if (name.starts_with("ops.")) fail("the operator " + name.substr(4, 120) + " is not one that this build knows");
  if (const ScriptFunction* function = findFunction(name)) return callFunction(*function, arguments(call, frame));
  const ScriptClass* named = findClass(name);
  if (named == nullptr || named->base != "NamedTuple") fail("'" + name.substr(0, 120) + "' cannot be called");
  std::vector<AtenArgument> given = arguments(call, frame);
  AtenList items(named->fields.size());
  for (std::size_t i = 0; i < given.size(); ++i) {
    const auto field = std::ranges::find(named->fields, given[i].name);
    const std::size_t at = given[i].name.empty() ? i : static_cast<std::size_t>(field - named->fields.begin());
    if (at >= items.size()) fail("'" + name.substr(0, 120) + "' has no field '" + given[i].name + "'");
    items[at] = std::move(given[i].value);
  }
  AtenValue made = AtenValue::ofTuple(std::move(items));
  made.text = name;
  return made;
}

AtenValue ScriptProgram::evaluateCall(const ScriptExpr& e, Frame& frame) {
  const ScriptExpr& callee = *e.children.front();
  if (callee.kind == ExprKind::Name) {
    // A function that was given a name: "_0 = __torch__.module.function".
    if (const auto it = frame.find(callee.text); it != frame.end()) {
      const AtenValue held = it->second;
      const ScriptFunction* function =
          held.is(Kind::Object) && held.object->data == nullptr ? findFunction(held.object->className) : nullptr;
      if (function == nullptr) fail("calls '" + callee.text.substr(0, 60) + "', which is no function");
      return callFunction(*function, arguments(e, frame));
    }
    bool known = false;
    AtenValue made = callBuiltin(callee.text, e, frame, known);
    if (!known) fail("the function '" + callee.text.substr(0, 60) + "' is not supported");
    return made;
  }
  if (callee.kind != ExprKind::Attribute) fail("calls something that is no function");
  const std::string name = qualifiedName(callee);
  for (const std::string_view root : {"torch.", "ops.", "__torch__."})
    if (name.starts_with(root) && !frame.contains(std::string(root.substr(0, root.size() - 1))))
      return callQualified(name, e, frame);
  const AtenValue owner = evaluate(*callee.children.front(), frame);
  std::vector<AtenArgument> given = arguments(e, frame);
  if (owner.is(Kind::Object)) return callMethod(owner.object, callee.text, std::move(given));
  given.insert(given.begin(), {{}, owner});
  return callOperator(callee.text, std::move(given));
}

}  // namespace unitscope::aten
