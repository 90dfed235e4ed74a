#include "formats/aten/export_program.h"

#include <algorithm>
#include <cmath>

#include "runtime/error.h"

namespace unitscope::aten {
namespace {

constexpr int kMaxDepth = 16;

std::int64_t boundedInt(const Json& n, const std::string& subject) {
  if (!n.is_number_integer()) throw Error(subject, "holds something else where an integer is expected");
  const auto value = n.get<std::int64_t>();
  if (isSymbol(value)) throw Error(subject, "holds an integer that is out of range");
  return value;
}

double anyFloat(const Json& f, const std::string& subject) {
  if (f.is_number()) return f.get<double>();
  if (f == "Infinity") return INFINITY;
  if (f == "-Infinity") return -INFINITY;
  if (f == "NaN") return NAN;
  throw Error(subject, "holds something else where a number is expected");
}

/// "torch.ops.aten.conv2d.default" -> "conv2d"; empty for what is no such operator.
std::string atenName(std::string_view target) {
  constexpr std::string_view kPrefix = "torch.ops.aten.";
  if (target.starts_with(kPrefix)) {
    target.remove_prefix(kPrefix.size());
    return std::string(target.substr(0, target.rfind('.')));
  }
  static const std::map<std::string_view, std::string> python{
      {"_operator.add", "add"},     {"_operator.sub", "sub"},
      {"_operator.mul", "mul"},     {"_operator.floordiv", "floordiv"},
      {"_operator.mod", "mod"},     {"_operator.truediv", "truediv"},
      {"_operator.pow", "pow"},     {"_operator.neg", "neg"},
      {"_operator.eq", "eq"},       {"_operator.ne", "ne"},
      {"_operator.lt", "lt"},       {"_operator.le", "le"},
      {"_operator.gt", "gt"},       {"_operator.ge", "ge"},
      {"math.ceil", "ceil"},        {"math.floor", "floor"},
      {"math.trunc", "Int"},        {"torch.sym_float", "Float"},
      {"torch.sym_int", "Int"},     {"torch.sym_max", "sym_max"},
      {"torch.sym_min", "sym_min"}, {"torch._sym_sqrt", "sqrt"},
      {"torch.sym_not", "__not__"}};
  const auto it = python.find(target);
  return it != python.end() ? it->second : std::string();
}

}  // namespace

std::string scopeOfModuleStack(std::string_view stack) {
  // "key,path,class;key,path,class": classes may hold commas of their own, so the second field counts.
  const std::size_t last = stack.rfind(';');
  std::string_view entry = last == std::string_view::npos ? stack : stack.substr(last + 1);
  const std::size_t comma = entry.find(',');
  if (comma == std::string_view::npos) return {};
  entry.remove_prefix(comma + 1);
  std::string path(entry.substr(0, entry.find(',')));
  for (const std::string_view prefix : {"L['self'].", "L__self___", "L__self__"})
    if (path.starts_with(prefix)) path.erase(0, prefix.size());
  if (path == "L['self']") path.clear();
  // A module called again is "name@1".
  std::string scope;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '@') {
      while (i + 1 < path.size() && path[i + 1] >= '0' && path[i + 1] <= '9') ++i;
      continue;
    }
    scope += path[i];
  }
  return scope;
}

ExportProgram::ExportProgram(const Json& document, ExportWeights& weights, std::string subject, StatedSizes sizes)
    : document_(document), weights_(weights), subject_(std::move(subject)), context_(subject_) {
  if (sizes == StatedSizes::Literal) context_.emitter.takeSizesLiterally();
}

Graph ExportProgram::translate(const CancelToken& cancel) {
  const Json& graphModule = member(document_, "graph_module", subject_);
  const Json& graph = member(graphModule, "graph", subject_);
  readSignature(graphModule);
  Environment environment;
  for (const auto& [name, value] : inputs_) environment[name] = value;
  runGraph(graph, environment, 0, cancel);
  addOutputs(graphModule, environment);
  return context_.emitter.take();
}

std::int64_t ExportProgram::inputSize(const Json& size) {
  if (const Json* known = memberOrNull(size, "as_int")) {
    const std::int64_t n = boundedInt(*known, subject_);
    if (n < 0) throw Error(subject_, "has an input of negative size");
    return n;
  }
  const Json& expression = member(size, "as_expr", subject_);
  const std::string text = member(expression, "expr_str", subject_).get<std::string>();
  if (context_.emitter.literal())
    if (const Json* hint = memberOrNull(expression, "hint"); hint != nullptr && hint->is_object())
      if (const Json* known = memberOrNull(*hint, "as_int")) {
        const std::int64_t n = boundedInt(*known, subject_);
        if (n > 0) return n;
      }
  // The sizes of the example are not used otherwise: the exporter kept apart what may differ.
  const auto [it, isNew] = symbols_.try_emplace(text, 0);
  if (isNew) it->second = context_.emitter.newSymbol();
  return it->second;
}

std::optional<Dims> ExportProgram::inputDims(const Json& meta, DType type) {
  const Json& sizes = member(meta, "sizes", subject_);
  if (!sizes.is_array() || sizes.size() > 64) throw Error(subject_, "has an input without sizes");
  Dims dims;
  for (const Json& size : sizes) dims.push_back(inputSize(size));
  if (context_.emitter.literal()) {
    std::string text;
    for (const std::int64_t n : dims) text += (text.empty() ? "" : ", ") + (isSymbol(n) ? "?" : std::to_string(n));
    notes_.push_back("takes inputs of exactly [" + text + "]: its weights depend on their sizes");
    return dims;
  }
  if (symbolic_ || dims.size() < 2 || !isFloating(type) || dims.front() <= 0) return dims;
  Emitter& e = context_.emitter;
  if (!e.batch()) {
    e.setBatch(e.newSymbol(dims.front()));
    notes_.push_back("exported for a batch of exactly " + std::to_string(dims.front()) +
                     "; read so that other batches work where the network allows it");
  }
  if (e.hint(*e.batch()) == dims.front()) dims.front() = *e.batch();
  return dims;
}

void ExportProgram::addInput(const Json& argument) {
  const Json* tensor = memberOrNull(argument, "as_tensor");
  if (tensor == nullptr) {
    if (memberOrNull(argument, "as_custom_obj") != nullptr)
      throw Error(subject_, "takes an object of a class of its own as input");
    if (const Json* sym = memberOrNull(argument, "as_sym_int"))
      throw Error(subject_, "takes a number as input ('" + sym->dump().substr(0, 60) + "')");
    return;  // a constant that the program was specialised for
  }
  const std::string name = member(*tensor, "name", subject_).get<std::string>();
  const Json& graph = member(member(document_, "graph_module", subject_), "graph", subject_);
  const Json& meta = member(member(graph, "tensor_values", subject_), name.c_str(), subject_);
  const auto type = dtypeFromExport(boundedInt(member(meta, "dtype", subject_), subject_));
  if (!type) throw Error(subject_, "the input '" + name + "' holds numbers of a type that is not supported");
  const ValueId v = context_.emitter.input(name, *type, inputDims(meta, *type));
  inputs_[name] = AtenValue::ofTensor(context_.memory.fresh(v));
}

void ExportProgram::readSignature(const Json& graphModule) {
  const Json& specs = member(member(graphModule, "signature", subject_), "input_specs", subject_);
  const Json& values = member(member(graphModule, "graph", subject_), "tensor_values", subject_);
  for (const Json& spec : specs)
    if (const Json* input = memberOrNull(spec, "user_input"))
      if (const Json* tensor = memberOrNull(member(*input, "arg", subject_), "as_tensor")) {
        const Json& meta = member(values, member(*tensor, "name", subject_).get<std::string>().c_str(), subject_);
        for (const Json& size : member(meta, "sizes", subject_))
          symbolic_ = symbolic_ || memberOrNull(size, "as_expr") != nullptr;
      }
  for (const Json& spec : specs) {
    if (const Json* input = memberOrNull(spec, "user_input")) {
      addInput(member(*input, "arg", subject_));
      continue;
    }
    for (const auto& [kind, key] : {std::pair{"parameter", "parameter_name"}, std::pair{"buffer", "buffer_name"},
                                    std::pair{"tensor_constant", "tensor_constant_name"}})
      if (const Json* held = memberOrNull(spec, kind))
        weightOf_[member(member(*held, "arg", subject_), "name", subject_).get<std::string>()] =
            member(*held, key, subject_).get<std::string>();
  }
}

AtenValue ExportProgram::lookUp(const std::string& name, Environment& environment) {
  if (const auto it = environment.find(name); it != environment.end()) return it->second;
  const auto weight = weightOf_.find(name);
  if (weight == weightOf_.end()) throw Error(subject_, "its program uses '" + name + "' before it is computed");
  const auto [held, isNew] = loaded_.try_emplace(weight->second);
  if (isNew)
    held->second = AtenValue::ofTensor(
        context_.memory.fresh(context_.emitter.parameter(weight->second, weights_.load(weight->second))));
  environment[name] = held->second;
  return held->second;
}

AtenValue ExportProgram::convert(const Json& argument, Environment& environment) {
  if (!argument.is_object() || argument.size() != 1) throw Error(subject_, "its program has a damaged argument");
  const auto it = argument.begin();
  const std::string& kind = it.key();
  const Json& value = it.value();
  const auto named = [&](const Json& v) { return lookUp(member(v, "name", subject_).get<std::string>(), environment); };
  const auto symbol = [&](const Json& v) {
    if (const Json* known = memberOrNull(v, "as_int")) return AtenValue::ofInt(boundedInt(*known, subject_));
    if (const Json* known = memberOrNull(v, "as_bool")) return AtenValue::ofBool(known->get<bool>());
    if (const Json* known = memberOrNull(v, "as_float")) return AtenValue::ofFloat(anyFloat(*known, subject_));
    return lookUp(member(v, "as_name", subject_).get<std::string>(), environment);
  };
  const auto list = [&](auto&& each) {
    AtenList items;
    for (const Json& v : value) items.push_back(each(v));
    return AtenValue::ofList(std::move(items));
  };
  if (kind == "as_none") return {};
  if (kind == "as_tensor") return named(value);
  if (kind == "as_tensors") return list(named);
  if (kind == "as_optional_tensors" || kind == "as_optional_tensor") {
    const auto maybe = [&](const Json& v) {
      const Json* tensor = memberOrNull(v, "as_tensor");
      return tensor != nullptr ? named(*tensor) : AtenValue();
    };
    return kind == "as_optional_tensor" ? maybe(value) : list(maybe);
  }
  if (kind == "as_int") return AtenValue::ofInt(boundedInt(value, subject_));
  if (kind == "as_ints") return list([&](const Json& v) { return AtenValue::ofInt(boundedInt(v, subject_)); });
  if (kind == "as_float") return AtenValue::ofFloat(anyFloat(value, subject_));
  if (kind == "as_floats") return list([&](const Json& v) { return AtenValue::ofFloat(anyFloat(v, subject_)); });
  if (kind == "as_bool") return AtenValue::ofBool(value.get<bool>());
  if (kind == "as_bools") return list([](const Json& v) { return AtenValue::ofBool(v.get<bool>()); });
  if (kind == "as_string") return AtenValue::ofString(value.get<std::string>());
  if (kind == "as_strings") return list([](const Json& v) { return AtenValue::ofString(v.get<std::string>()); });
  if (kind == "as_sym_int" || kind == "as_sym_bool" || kind == "as_sym_float") return symbol(value);
  if (kind == "as_sym_ints" || kind == "as_sym_bools" || kind == "as_sym_floats") return list(symbol);
  if (kind == "as_scalar_type") {
    const auto type = dtypeFromExport(boundedInt(value, subject_));
    if (!type) throw Error(subject_, "its program uses numbers of a type that is not supported");
    return AtenValue::ofInt(dtypeToTorch(*type));
  }
  if (kind == "as_device") return AtenValue::ofString("device");
  if (kind == "as_memory_format" || kind == "as_layout") return {};
  throw Error(subject_, "its program has an argument of a kind that is not supported: " + kind.substr(0, 60));
}

void ExportProgram::runGraph(const Json& graph, Environment& environment, int depth, const CancelToken& cancel) {
  if (depth > kMaxDepth) throw Error(subject_, "its program is nested too deeply");
  for (const Json& node : member(graph, "nodes", subject_)) {
    cancel.check();
    runNode(node, graph, environment, depth, cancel);
  }
}

void ExportProgram::runNode(const Json& node, const Json& graph, Environment& environment, int depth,
                            const CancelToken& cancel) {
  const std::string target = member(node, "target", subject_).get<std::string>();
  if (const Json* metadata = memberOrNull(node, "metadata")) {
    const Json* stack = memberOrNull(*metadata, "nn_module_stack");
    context_.emitter.setScope(stack != nullptr && stack->is_string() ? scopeOfModuleStack(stack->get<std::string>())
                                                                     : std::string());
  }
  if (target.starts_with("torch.ops.higher_order.")) return runNested(target, node, environment, depth, cancel);
  const std::string op = atenName(target);
  if (op.empty()) context_.emitter.fail("the operator " + target.substr(0, 120) + " is not one that this build knows");
  std::vector<AtenArgument> arguments;
  for (const Json& input : member(node, "inputs", subject_)) {
    const Json* name = memberOrNull(input, "name");
    // Python's own operators have no schema: their arguments go by position.
    const bool named = name != nullptr && name->is_string() && target.starts_with("torch.ops.");
    arguments.push_back(
        {named ? name->get<std::string>() : std::string(), convert(member(input, "arg", subject_), environment)});
  }
  bind(member(node, "outputs", subject_), atenTable().call(context_, op, arguments), graph, environment);
}

void ExportProgram::runNested(const std::string& target, const Json& node, Environment& environment, int depth,
                              const CancelToken& cancel) {
  // Wrappers that only change how gradients or types are handled while training; what they wrap is plain.
  if (target != "torch.ops.higher_order.wrap_with_set_grad_enabled" &&
      target != "torch.ops.higher_order.wrap_with_autocast")
    context_.emitter.fail("the operator " + target.substr(0, 120) + " (control flow) is not supported");
  const Json* body = nullptr;
  std::vector<AtenValue> arguments;
  for (const Json& input : member(node, "inputs", subject_)) {
    const Json& argument = member(input, "arg", subject_);
    if (const Json* nested = memberOrNull(argument, "as_graph"))
      body = &member(*nested, "graph", subject_);
    else if (body != nullptr)
      arguments.push_back(convert(argument, environment));
  }
  if (body == nullptr) context_.emitter.fail("the operator " + target + " wraps nothing");
  const Json& inputs = member(*body, "inputs", subject_);
  if (inputs.size() != arguments.size())
    context_.emitter.fail("the operator " + target + " has other arguments than its body");
  Environment inner;
  for (std::size_t i = 0; i < arguments.size(); ++i)
    if (const Json* tensor = memberOrNull(inputs[i], "as_tensor"))
      inner[member(*tensor, "name", subject_).get<std::string>()] = arguments[i];
  runGraph(*body, inner, depth + 1, cancel);
  AtenList results;
  for (const Json& output : member(*body, "outputs", subject_)) results.push_back(convert(output, inner));
  bind(member(node, "outputs", subject_), AtenValue::ofTuple(std::move(results)),
       member(member(document_, "graph_module", subject_), "graph", subject_), environment);
}

void ExportProgram::bindOne(const Json& output, const AtenValue& result, const Json& graph, Environment& environment) {
  for (const char* kind : {"as_tensor", "as_sym_int", "as_sym_bool", "as_sym_float"})
    if (const Json* single = memberOrNull(output, kind)) {
      const Json* name = memberOrNull(*single, "name");
      if (name == nullptr) name = memberOrNull(*single, "as_name");
      if (name == nullptr || !name->is_string()) return;
      environment[name->get<std::string>()] = result;
      checkSizes(name->get<std::string>(), result, graph);
      return;
    }
  if (const Json* many = memberOrNull(output, "as_tensors")) {
    if (!result.isSequence() || result.items->size() < many->size())
      context_.emitter.fail("an operator gives fewer results than its program uses");
    for (std::size_t i = 0; i < many->size(); ++i) {
      const std::string name = member((*many)[i], "name", subject_).get<std::string>();
      environment[name] = (*result.items)[i];
      checkSizes(name, (*result.items)[i], graph);
    }
  }
}

void ExportProgram::bind(const Json& outputs, const AtenValue& result, const Json& graph, Environment& environment) {
  if (outputs.size() == 1) {
    const bool wrapped = result.is(AtenValue::Kind::Tuple) && memberOrNull(outputs[0], "as_tensors") == nullptr;
    if (!wrapped) return bindOne(outputs[0], result, graph, environment);
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (!result.isSequence() || i >= result.items->size())
      context_.emitter.fail("an operator gives fewer results than its program uses");
    bindOne(outputs[i], (*result.items)[i], graph, environment);
  }
}

void ExportProgram::checkSizes(const std::string& name, const AtenValue& value, const Json& graph) {
  if (!value.is(AtenValue::Kind::Tensor)) return;
  const Json* values = memberOrNull(graph, "tensor_values");
  const Json* meta = values != nullptr ? memberOrNull(*values, name.c_str()) : nullptr;
  const Json* sizes = meta != nullptr ? memberOrNull(*meta, "sizes") : nullptr;
  if (sizes == nullptr) return;
  Emitter& e = context_.emitter;
  const ValueId v = context_.memory.read(value.tensor);
  Dims recorded;
  for (const Json& size : *sizes) {
    const Json* known = memberOrNull(size, "as_int");
    recorded.push_back(known != nullptr ? boundedInt(*known, subject_) : e.newSymbol());
  }
  if (!e.dims(v)) {
    if (!recorded.empty() && e.batch() && e.hint(*e.batch()) == recorded.front()) recorded.front() = *e.batch();
    return e.setDims(v, std::move(recorded));
  }
  const Dims& own = *e.dims(v);
  bool same = own.size() == recorded.size();
  for (std::size_t i = 0; same && i < own.size(); ++i)
    same = isSymbol(recorded[i]) || e.hint(own[i]) <= 0 || e.hint(own[i]) == recorded[i];
  if (!same) e.fail("'" + name + "' does not have the size that the file says it has");
}

std::vector<std::string> ExportProgram::outputNames(const Json& graphModule, std::size_t count) const {
  std::vector<std::string> names;
  if (const Json* calls = memberOrNull(graphModule, "module_call_graph"); calls != nullptr && !calls->empty()) {
    const Json* signature = memberOrNull(calls->front(), "signature");
    const Json* text = signature != nullptr ? memberOrNull(*signature, "out_spec") : nullptr;
    if (text != nullptr && text->is_string()) {
      // "[1, {type, context, children_spec}]": of a dictionary the context lists the keys.
      const Json spec = parseJson(text->get<std::string>(), subject_);
      const Json* top = spec.is_array() && spec.size() == 2 ? &spec[1] : nullptr;
      const Json* context = top != nullptr ? memberOrNull(*top, "context") : nullptr;
      const Json* type = top != nullptr ? memberOrNull(*top, "type") : nullptr;
      if (context != nullptr && context->is_string() && type != nullptr && type->is_string() &&
          type->get<std::string>().find("ict") != std::string::npos) {
        const Json keys = parseJson(context->get<std::string>(), subject_);
        if (keys.is_array())
          for (const Json& key : keys)
            if (key.is_string()) names.push_back(key.get<std::string>());
      }
    }
  }
  if (names.size() == count) return names;
  names.clear();
  for (std::size_t i = 0; i < count; ++i) names.push_back(count == 1 ? "output" : "output_" + std::to_string(i));
  return names;
}

void ExportProgram::addOutputs(const Json& graphModule, Environment& environment) {
  std::vector<const Json*> wanted;
  for (const Json& spec : member(member(graphModule, "signature", subject_), "output_specs", subject_))
    if (const Json* output = memberOrNull(spec, "user_output")) {
      const Json& argument = member(*output, "arg", subject_);
      if (memberOrNull(argument, "as_tensor") != nullptr) wanted.push_back(&argument);
    }
  if (wanted.empty()) throw Error(subject_, "its program gives no tensors");
  const std::vector<std::string> names = outputNames(graphModule, wanted.size());
  context_.emitter.setScope({});
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const AtenValue value = convert(*wanted[i], environment);
    if (!value.is(AtenValue::Kind::Tensor)) throw Error(subject_, "its program gives something else than tensors");
    context_.emitter.output(context_.memory.read(value.tensor), names[i]);
  }
}

}  // namespace unitscope::aten
