#include "formats/aten/script_program.h"

#include <algorithm>

#include "runtime/error.h"

namespace unitscope::aten {
namespace {

using Kind = AtenValue::Kind;
using ExprKind = ScriptExpr::Kind;

constexpr int kMaxDepth = 900;  ///< of everything that nests: calls, blocks and expressions together

PickleDocument readEntry(const ZipArchive& archive, const std::string& entry) {
  const std::string_view text = archive.text(entry);
  return readPickle(std::as_bytes(std::span(text)), archive.owner(), torchScriptPicklePolicy(),
                    archive.subject() + " (" + entry + ")");
}

}  // namespace

struct ScriptProgram::Depth {
  explicit Depth(ScriptProgram& p) : program(p) {
    if (++program.depth_ > kMaxDepth) program.fail("the program is nested too deeply");
    if (program.stepsLeft_-- == 0) program.fail("the program is too long");
    program.cancel_.check();
  }
  ~Depth() { --program.depth_; }
  Depth(const Depth&) = delete;
  Depth& operator=(const Depth&) = delete;
  ScriptProgram& program;
};

std::string qualifiedName(const ScriptExpr& e) {
  if (e.kind == ExprKind::Name) return e.text;
  if (e.kind != ExprKind::Attribute) return {};
  std::string base = qualifiedName(*e.children.front());
  return base.empty() ? base : base + "." + e.text;
}

ScriptProgram::ScriptProgram(ArchiveTensors& tensors, ScriptReading reading)
    : tensors_(tensors), subject_(tensors.archive().subject()), reading_(reading), context_(subject_) {
  if (reading.oneAtATime) context_.emitter.takeSizesLiterally();
  data_ = readEntry(tensors.archive(), "data.pkl");
  hasConstants_ = tensors.archive().has("constants.pkl");
  if (hasConstants_) constants_ = readEntry(tensors.archive(), "constants.pkl");
}

Graph ScriptProgram::translate(const CancelToken& cancel) {
  cancel_ = cancel;
  const PickleValue& root = data_.root();
  if (!root.is(PickleValue::Kind::Object)) throw Error(subject_, "holds no module");
  auto module = std::make_shared<ScriptObject>(ScriptObject{&root, std::string(root.text), {}});
  const ScriptClass* definition = findClass(module->className);
  const auto forward = definition != nullptr ? definition->methods.find("forward")
                                             : std::map<std::string, ScriptFunction, std::less<>>::const_iterator{};
  if (definition == nullptr || forward == definition->methods.end())
    throw Error(subject_, "its module has no forward()");
  std::vector<AtenArgument> given;
  const auto& parameters = forward->second.parameters;
  for (std::size_t i = 1; i < parameters.size(); ++i) {
    const ScriptParameter& p = parameters[i];
    if (p.type == "Tensor" || p.type.empty()) {
      const ValueId v = context_.emitter.untypedInput(p.name);
      if (reading_.inputRank) {
        Dims dims(*reading_.inputRank);
        for (std::int64_t& n : dims) n = context_.emitter.newSymbol();
        if (reading_.oneAtATime) dims.front() = 1;
        context_.emitter.setDims(v, std::move(dims));
      }
      given.push_back({{}, AtenValue::ofTensor(context_.memory.fresh(v))});
    } else if (p.fallback) {
      break;
    } else {
      throw Error(subject_, "takes '" + p.name + "' of type " + p.type + " as input, and only tensors can be given");
    }
  }
  addOutputs(callMethod(module, "forward", std::move(given)));
  Graph graph = context_.emitter.take();
  graph.name = module->className.substr(module->className.rfind('.') + 1);
  return graph;
}

void ScriptProgram::addOutputs(const AtenValue& result) {
  std::vector<std::pair<std::string, AtenValue>> found;
  if (result.isSequence()) {
    const ScriptClass* named = result.text.empty() ? nullptr : findClass(result.text);
    for (std::size_t i = 0; i < result.items->size(); ++i)
      found.emplace_back(
          named != nullptr && i < named->fields.size() ? named->fields[i] : "output_" + std::to_string(i),
          (*result.items)[i]);
  } else if (result.is(Kind::Dict)) {
    for (std::size_t i = 0; i + 1 < result.items->size(); i += 2)
      found.emplace_back((*result.items)[i].text, (*result.items)[i + 1]);
  } else {
    found.emplace_back("output", result);
  }
  context_.emitter.setScope({});
  bool any = false;
  for (auto& [name, value] : found) {
    if (value.isNone()) continue;
    if (!value.is(Kind::Tensor)) fail("the program gives " + std::string(kindName(value)) + " and not tensors alone");
    context_.emitter.output(context_.memory.read(value.tensor), found.size() == 1 ? "output" : name);
    any = true;
  }
  if (!any) fail("the program gives no tensor");
}

// Definitions
// ----------------------------------------------------------------------------------------------------------

const ScriptFile& ScriptProgram::file(const std::string& module) {
  const auto it = files_.find(module);
  if (it != files_.end()) return it->second;
  std::string entry = "code/" + module;
  std::ranges::replace(entry, '.', '/');
  entry += ".py";
  const ZipArchive& archive = tensors_.archive();
  if (!archive.has(entry)) throw Error(subject_, "the program lacks its part '" + module.substr(0, 120) + "'");
  return files_[module] = parseScript(archive.text(entry), subject_);
}

const ScriptFunction* ScriptProgram::findFunction(const std::string& qualified) {
  const std::size_t dot = qualified.rfind('.');
  if (dot == std::string::npos) return nullptr;
  const ScriptFile& f = file(qualified.substr(0, dot));
  const auto it = f.functions.find(std::string_view(qualified).substr(dot + 1));
  return it != f.functions.end() ? &it->second : nullptr;
}

const ScriptClass* ScriptProgram::findClass(const std::string& qualified) {
  const std::size_t dot = qualified.rfind('.');
  if (dot == std::string::npos) return nullptr;
  const ScriptFile& f = file(qualified.substr(0, dot));
  const auto it = f.classes.find(std::string_view(qualified).substr(dot + 1));
  return it != f.classes.end() ? &it->second : nullptr;
}

// Data
// -----------------------------------------------------------------------------------------------------------------

AtenValue ScriptProgram::fromPickle(const PickleValue& value, const std::string& path, const std::string& folder) {
  const Depth depth(*this);
  const auto list = [&] {
    AtenList items;
    for (std::size_t i = 0; i < value.items.size(); ++i)
      items.push_back(fromPickle(*value.items[i], path + "." + std::to_string(i), folder));
    return items;
  };
  switch (value.kind) {
    case PickleValue::Kind::None: return {};
    case PickleValue::Kind::Bool: return AtenValue::ofBool(value.boolean);
    case PickleValue::Kind::Int:
      if (isSymbol(value.integer)) break;
      return AtenValue::ofInt(value.integer);
    case PickleValue::Kind::Float: return AtenValue::ofFloat(value.number);
    case PickleValue::Kind::String: return AtenValue::ofString(std::string(value.text));
    case PickleValue::Kind::List: return AtenValue::ofList(list());
    case PickleValue::Kind::Tuple: return AtenValue::ofTuple(list());
    case PickleValue::Kind::Dict: {
      AtenValue made = AtenValue::ofTuple(list());
      made.kind = Kind::Dict;
      return made;
    }
    case PickleValue::Kind::Object: {
      AtenValue made;
      made.kind = Kind::Object;
      made.object = std::make_shared<ScriptObject>(ScriptObject{&value, std::string(value.text), path});
      return made;
    }
    case PickleValue::Kind::Tensor: {
      const auto [it, isNew] = loaded_.try_emplace(&value);
      if (isNew)
        it->second = AtenValue::ofTensor(
            context_.memory.fresh(context_.emitter.parameter(path, tensors_.fromPickle(*value.tensor, folder))));
      return it->second;
    }
    default: break;
  }
  fail("the attribute '" + path + "' is of a kind that is not supported");
}

AtenValue ScriptProgram::attribute(const ScriptObject& object, const std::string& name) {
  const PickleValue* value = object.data != nullptr ? object.data->find(name) : nullptr;
  if (value == nullptr) fail("the module '" + object.path + "' has no attribute '" + name.substr(0, 120) + "'");
  return fromPickle(*value, object.path.empty() ? name : object.path + "." + name, "data");
}

AtenValue ScriptProgram::constant(const std::string& name) {
  std::size_t index = 0;
  for (std::size_t i = 1; i < name.size(); ++i) {
    if (name[i] < '0' || name[i] > '9' || index > 10'000'000)
      fail("the constant '" + name.substr(0, 60) + "' is unknown");
    index = index * 10 + static_cast<std::size_t>(name[i] - '0');
  }
  if (!hasConstants_ || index >= constants_.root().items.size())
    fail("the constant '" + name.substr(0, 60) + "' is not in the file");
  const PickleValue& value = *constants_.root().items[index];
  if (value.is(PickleValue::Kind::Tensor) && value.tensor->shape.empty()) {
    // Numbers that a trace wrapped as tensors.
    const TensorData data = tensors_.fromPickle(*value.tensor, "constants");
    if (data.dtype() == DType::Bool) return AtenValue::ofBool(data.toInts().front() != 0);
    if (isInteger(data.dtype()) && !isSymbol(data.toInts().front())) return AtenValue::ofInt(data.toInts().front());
    if (isFloating(data.dtype())) return AtenValue::ofFloat(data.toDoubles().front());
  }
  return fromPickle(value, name, "constants");
}

AtenValue ScriptProgram::item(const AtenValue& container, const AtenValue& index) {
  if (container.is(Kind::Dict)) {
    for (std::size_t i = 0; i + 1 < container.items->size(); i += 2) {
      const AtenValue& key = (*container.items)[i];
      if (key.kind == index.kind && key.text == index.text && key.integer == index.integer)
        return (*container.items)[i + 1];
    }
    fail("a dictionary lacks the key '" + index.text.substr(0, 60) + "'");
  }
  if (!container.isSequence()) fail("takes an element of " + std::string(kindName(container)));
  if (!index.is(Kind::Int) || index.isSymbolic()) fail("takes an element at a place that is not known");
  const auto size = static_cast<std::int64_t>(container.items->size());
  const std::int64_t at = index.integer < 0 ? index.integer + size : index.integer;
  if (at < 0 || at >= size) fail("takes an element that a list does not have");
  return (*container.items)[static_cast<std::size_t>(at)];
}

// Statements
// -----------------------------------------------------------------------------------------------------------

bool ScriptProgram::truth(const AtenValue& value) {
  if (value.isSymbolic() || value.is(Kind::Tensor))
    fail(
        "the program goes one way or another depending on its input (control flow), which is not supported; "
        "torch.jit.trace or torch.export record one way");
  if (value.isNumber()) return value.asDouble() != 0.0;
  if (value.isNone()) return false;
  if (value.isSequence() || value.is(Kind::Dict)) return !value.items->empty();
  if (value.is(Kind::String)) return !value.text.empty();
  return true;
}

void ScriptProgram::assign(const ScriptStatement& s, Frame& frame) {
  wantedParts_ = s.unpacks ? s.targets.size() : 0;
  AtenValue value = evaluate(*s.value, frame);
  wantedParts_ = 0;
  if (!s.unpacks) {
    frame[s.targets.front()] = std::move(value);
    return;
  }
  if (!value.isSequence() || value.items->size() != s.targets.size())
    fail("takes apart " + std::string(kindName(value)) + " into " + std::to_string(s.targets.size()) + " parts");
  for (std::size_t i = 0; i < s.targets.size(); ++i) frame[s.targets[i]] = (*value.items)[i];
}

ScriptProgram::Outcome ScriptProgram::runFor(const ScriptStatement& s, Frame& frame) {
  const AtenValue range = evaluate(*s.value, frame);
  if (!range.isSequence()) fail("repeats over " + std::string(kindName(range)));
  const AtenList items = *range.items;
  for (const AtenValue& item : items) {
    const Depth depth(*this);
    frame[s.targets.front()] = item;
    if (Outcome outcome = runBlock(s.body, frame); outcome.returned) return outcome;
  }
  return {};
}

ScriptProgram::Outcome ScriptProgram::runStatement(const ScriptStatement& s, Frame& frame) {
  const Depth depth(*this);
  switch (s.kind) {
    case ScriptStatement::Kind::Assign: assign(s, frame); break;
    case ScriptStatement::Kind::Expression: evaluate(*s.value, frame); break;
    case ScriptStatement::Kind::Return: return {true, s.value ? evaluate(*s.value, frame) : AtenValue()};
    case ScriptStatement::Kind::If: return runBlock(truth(evaluate(*s.value, frame)) ? s.body : s.otherwise, frame);
    case ScriptStatement::Kind::For: return runFor(s, frame);
    case ScriptStatement::Kind::While:
      while (truth(evaluate(*s.value, frame)))
        if (Outcome outcome = runBlock(s.body, frame); outcome.returned) return outcome;
      break;
    case ScriptStatement::Kind::Pass: break;
  }
  return {};
}

ScriptProgram::Outcome ScriptProgram::runBlock(const std::vector<ScriptStatement>& block, Frame& frame) {
  const Depth depth(*this);
  for (const ScriptStatement& s : block)
    if (Outcome outcome = runStatement(s, frame); outcome.returned) return outcome;
  return {};
}

AtenValue ScriptProgram::callFunction(const ScriptFunction& function, std::vector<AtenArgument> given) {
  const Depth depth(*this);
  Frame frame;
  std::size_t position = 0;
  for (AtenArgument& argument : given) {
    if (argument.name.empty() && position >= function.parameters.size())
      fail("'" + function.name + "' is called with too many arguments");
    frame[argument.name.empty() ? function.parameters[position++].name : argument.name] = std::move(argument.value);
  }
  for (const ScriptParameter& p : function.parameters) {
    if (frame.contains(p.name)) continue;
    if (!p.fallback) fail("'" + function.name + "' is called without '" + p.name + "'");
    Frame none;
    frame[p.name] = evaluate(*p.fallback, none);
  }
  return runBlock(function.body, frame).value;
}

AtenValue ScriptProgram::callMethod(const std::shared_ptr<const ScriptObject>& object, const std::string& method,
                                    std::vector<AtenArgument> given) {
  const ScriptClass* definition = findClass(object->className);
  if (definition == nullptr) fail("the class '" + object->className.substr(0, 120) + "' is not in the file");
  const auto it = definition->methods.find(method);
  if (it == definition->methods.end())
    fail("the class '" + object->className.substr(0, 120) + "' has no method '" + method.substr(0, 60) + "'");
  AtenValue self;
  self.kind = Kind::Object;
  self.object = object;
  given.insert(given.begin(), {{}, self});
  const std::string outer = context_.emitter.scope();
  context_.emitter.setScope(object->path);
  AtenValue result = callFunction(it->second, std::move(given));
  context_.emitter.setScope(outer);
  return result;
}

}  // namespace unitscope::aten
