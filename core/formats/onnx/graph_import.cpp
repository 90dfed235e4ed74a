#include "formats/onnx/graph_import.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <google/protobuf/unknown_field_set.h>

#include "formats/onnx/attribute_read.h"
#include "formats/onnx/node_order.h"
#include "formats/onnx/node_scope.h"
#include "formats/onnx/refused.h"
#include "formats/onnx/tensor_read.h"
#include "formats/onnx/trainable.h"
#include "formats/onnx/upgrade.h"
#include "graph/layers.h"
#include "runtime/error.h"

namespace unitscope::onnxfile {
namespace {

constexpr int kDeepestCall = 32;
constexpr std::size_t kMostNodes = 300'000;  // functions that call functions grow exponentially
constexpr std::size_t kLongestPrefix = 256;  // names repeat it for every node of a body
constexpr int kFunctionDefaultsField = 11;
constexpr int kFunctionOverloadField = 13;
constexpr int kNodeOverloadField = 8;

using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;
using Opsets = google::protobuf::RepeatedPtrField<onnx::OperatorSetIdProto>;

int opsetIn(const Opsets& imports) {
  for (const auto& entry : imports)
    if (normalDomain(entry.domain()).empty()) {
      if (entry.version() < 1 || entry.version() > kNewestOpset)
        throw Error("it is written for ONNX operator set " + std::to_string(entry.version()) +
                    "; this program reads 1 to " + std::to_string(kNewestOpset) +
                    ", so export the model again with an older one (20 is a good choice)");
      return static_cast<int>(entry.version());
    }
  return 1;
}

std::string labelOf(const onnx::NodeProto& node) {
  std::string name = node.name();
  if (name.empty() && node.output_size() > 0) name = node.output(0);
  return name.empty() ? node.op_type() : node.op_type() + " '" + name.substr(0, 200) + "'";
}

std::string functionKey(std::string_view domain, std::string_view name, std::string_view overload) {
  return std::string(normalDomain(domain)) + '\n' + std::string(name) + '\n' + std::string(overload);
}

/// Names of one graph or function body.
struct Frame {
  std::unordered_map<std::string, ValueId> names;
  AttributeBindings bindings;
  int opset = 1;
  int depth = 0;
  std::string scope;   ///< of the call that a body is inlined for
  std::string prefix;  ///< of the names of values and nodes
};

class Importer {
 public:
  Importer(std::shared_ptr<const OnnxFile> file, const std::filesystem::path& folder, const CancelToken& cancel)
      : file_(std::move(file)), external_(folder), cancel_(cancel) {}

  Graph run() {
    const onnx::GraphProto& proto = file_->model.graph();
    graph_.name = proto.name();
    graph_.producer = file_->model.producer_name();
    if (!file_->model.producer_version().empty()) graph_.producer += " " + file_->model.producer_version();
    for (const auto& function : file_->model.functions())
      functions_.emplace(functionKey(function.domain(), function.name(), unknownText(function, kFunctionOverloadField)),
                         &function);
    refuseEarly(proto);

    Frame frame;
    frame.opset = opsetIn(file_->model.opset_import());
    for (const auto& info : proto.value_info()) declared_.emplace(info.name(), &info);
    for (const auto& info : proto.output()) declared_.emplace(info.name(), &info);
    addInitialisers(proto, frame);
    addInputs(proto, frame);
    // Outputs get their names before inner values can take them.
    for (const auto& info : proto.output())
      if (!info.name().empty() && !frame.names.contains(info.name())) {
        ValueId id = graph_.addValue(valueOf(info.name()));
        frame.names.emplace(info.name(), id);
        pending_.insert(id);
      }
    scopesFromParameters_ = std::ranges::none_of(proto.node(), saysItsModule);
    importNodes(proto.node(), frame);
    for (const auto& info : proto.output()) {
      const auto found = frame.names.find(info.name());
      if (found == frame.names.end() || pending_.contains(found->second))
        throw Error("the output '" + info.name() + "' is computed by no node");
      graph_.addOutput(found->second);
    }
    if (proto.output_size() == 0) throw Error("the model has no outputs");
    markWeights(graph_, initialisers_);
    graph_.check();
    return std::move(graph_);
  }

 private:
  /// Control flow and the like by name, before anything else can fail because of it.
  void refuseEarly(const onnx::GraphProto& proto) const {
    for (const auto& node : proto.node()) refuse(node);
    for (const auto& function : file_->model.functions())
      for (const auto& node : function.node()) refuse(node);
    if (proto.sparse_initializer_size() > 0) throw Error("sparse initialisers are not supported");
    for (const auto& info : proto.input())
      if (const std::string problem = typeProblem(info); !problem.empty())
        throw Error("the input '" + info.name().substr(0, 200) + "'" + readBy(proto, info.name()) + " " + problem);
  }

  void refuse(const onnx::NodeProto& node) const {
    if (!normalDomain(node.domain()).empty()) return;
    if (functions_.contains(functionKey("", node.op_type(), unknownText(node, kNodeOverloadField)))) return;
    if (const std::string why = whyRefused(node.op_type()); !why.empty()) throw Error(labelOf(node), why);
    if (node.op_type() == "Cast")
      for (const auto& attribute : node.attribute())
        if (attribute.name() == "to" && attribute.i() == onnx::TensorProto::STRING)
          throw Error(labelOf(node), "the operator Cast makes text here, which is not supported");
  }

  static bool saysItsModule(const onnx::NodeProto& node) {
    return !nodeMetadata(node, kScopesKey).empty() || !scopeOf(node).empty();
  }

  static std::string readBy(const onnx::GraphProto& proto, const std::string& name) {
    for (const auto& node : proto.node())
      if (std::ranges::find(node.input(), name) != node.input().end()) return " (read by " + labelOf(node) + ")";
    return {};
  }

  static std::string typeProblem(const onnx::ValueInfoProto& info) {
    if (!info.has_type()) return {};
    if (info.type().value_case() != onnx::TypeProto::kTensorType &&
        info.type().value_case() != onnx::TypeProto::VALUE_NOT_SET)
      return "is no tensor but a sequence, map or optional, which is not supported";
    const std::int32_t type = info.type().tensor_type().elem_type();
    if (type == onnx::TensorProto::UNDEFINED) return {};
    try {
      dtypeOf(type);
    } catch (const Error& e) {
      return std::string("cannot be used: ") + e.what();
    }
    return {};
  }

  /// A value with what the file declares about it.
  Value valueOf(const std::string& name) const {
    Value value{name};
    const auto found = declared_.find(name);
    if (found == declared_.end() || !found->second->type().has_tensor_type()) return value;
    describe(value, *found->second);
    return value;
  }

  static void describe(Value& value, const onnx::ValueInfoProto& info) {
    const auto& type = info.type().tensor_type();
    if (type.elem_type() != onnx::TensorProto::UNDEFINED && typeProblem(info).empty())
      value.dtype = dtypeOf(type.elem_type());
    if (!type.has_shape() || type.shape().dim_size() > 64) return;
    Shape shape;
    for (const auto& dim : type.shape().dim())
      shape.push_back(dim.has_dim_value() && dim.dim_value() >= 0 ? dim.dim_value() : -1);
    value.shape = std::move(shape);
  }

  void addInitialisers(const onnx::GraphProto&, Frame& frame) {
    for (const StoredTensor& stored : file_->initialisers) {
      cancel_.check();
      const std::string& name = stored.header.name();
      if (name.empty() || frame.names.contains(name))
        throw Error("initialiser '" + name.substr(0, 200) + "'", "its name is empty or used twice");
      Value value{name};
      value.data = readTensor(stored, file_, external_);
      const ValueId id = graph_.addValue(std::move(value));
      frame.names.emplace(name, id);
      initialisers_.insert(id);
    }
  }

  void addInputs(const onnx::GraphProto& proto, Frame& frame) {
    for (const auto& info : proto.input()) {
      // Up to IR 3 the initialisers are listed among the inputs, as their defaults.
      if (const auto known = frame.names.find(info.name()); known != frame.names.end()) {
        if (graph_.value(known->second).data) continue;
        throw Error("the input '" + info.name().substr(0, 200) + "' is listed twice");
      }
      if (info.name().empty()) throw Error("an input has no name");
      Value value{info.name()};
      if (info.type().has_tensor_type()) describe(value, info);
      const ValueId id = graph_.addValue(std::move(value));
      frame.names.emplace(info.name(), id);
      graph_.addInput(id);
    }
  }

  void importNodes(const Nodes& nodes, Frame& frame) {
    for (const int index : evaluationOrder(nodes)) {
      cancel_.check();
      const onnx::NodeProto& node = nodes[index];
      try {
        importNode(node, frame);
      } catch (const Error& e) {
        // What a rule or a function body said is complete already.
        if (!e.subject().empty()) throw;
        throw Error(labelOf(node), e.what());
      }
    }
  }

  void importNode(const onnx::NodeProto& proto, Frame& frame) {
    if (graph_.nodes().size() >= kMostNodes) throw Error("the network has more nodes than can be handled");
    const std::string key = functionKey(proto.domain(), proto.op_type(), unknownText(proto, kNodeOverloadField));
    if (const auto function = functions_.find(key); function != functions_.end()) {
      inlineCall(proto, *function->second, frame);
      return;
    }
    Node node;
    node.op = proto.op_type();
    node.domain = normalDomain(proto.domain());
    node.name = proto.name().empty() ? std::string() : frame.prefix + proto.name();
    for (const std::string& name : proto.input()) node.inputs.push_back(lookUp(name, frame));
    while (!node.inputs.empty() && node.inputs.back() == kNoValue) node.inputs.pop_back();
    node.scope = scopeFor(proto, node, frame);
    if (node.domain.empty() && node.op == "Constant") {
      define(proto, constantOf(proto, frame), frame);
      return;
    }
    node.attributes = readAttributes(proto, frame.bindings, file_, external_);
    if (isCopyOfConstant(node, proto, frame)) return;
    for (const std::string& name : proto.output()) node.outputs.push_back(declare(name, frame));
    while (!node.outputs.empty() && node.outputs.back() == kNoValue) node.outputs.pop_back();
    if (node.outputs.empty()) return;
    if (node.domain.empty())
      Upgrade(graph_, std::move(node), frame.opset).run();
    else
      graph_.addNode(std::move(node));
  }

  std::string scopeFor(const onnx::NodeProto& proto, const Node& node, const Frame& frame) const {
    std::string scope = scopeOf(proto);
    if (scope.empty() && scopesFromParameters_)
      for (const ValueId id : node.inputs)
        if (id != kNoValue && graph_.value(id).data && scope.empty())
          scope = scopeFromParameterName(graph_.value(id).name);
    return scope.empty() ? frame.scope : scope;
  }

  ValueId lookUp(const std::string& name, const Frame& frame) const {
    if (name.empty()) return kNoValue;
    const auto found = frame.names.find(name);
    if (found == frame.names.end() || pending_.contains(found->second))
      throw Error("reads '" + name.substr(0, 200) + "', which nothing computes");
    return found->second;
  }

  /// The value that a node is about to write.
  ValueId declare(const std::string& name, Frame& frame) {
    if (name.empty()) return kNoValue;
    if (const auto known = frame.names.find(name); known != frame.names.end()) {
      if (pending_.erase(known->second) == 0) throw Error("writes '" + name.substr(0, 200) + "', which is set already");
      return known->second;
    }
    Value value = frame.depth == 0 ? valueOf(name) : Value{frame.prefix + name};
    const ValueId id = graph_.addValue(std::move(value));
    frame.names.emplace(name, id);
    return id;
  }

  void define(const onnx::NodeProto& proto, TensorData data, Frame& frame) {
    if (proto.output_size() != 1) throw Error("has not exactly one output");
    graph_.setData(declare(proto.output(0), frame), std::move(data));
  }

  TensorData constantOf(const onnx::NodeProto& proto, const Frame& frame) {
    const AttributeBindings attributes = readAttributes(proto, frame.bindings, file_, external_);
    if (attributes.size() != 1) throw Error("has not exactly one value");
    const auto& [key, value] = *attributes.begin();
    if (key == "value" && std::holds_alternative<TensorData>(value)) return std::get<TensorData>(value);
    if (key == "value_int" && std::holds_alternative<std::int64_t>(value))
      return TensorData::scalar(std::get<std::int64_t>(value));
    if (key == "value_float" && std::holds_alternative<double>(value))
      return TensorData::scalar(static_cast<float>(std::get<double>(value)));
    if (const auto* list = std::get_if<std::vector<std::int64_t>>(&value); list != nullptr && key == "value_ints")
      return TensorData::fromInts({static_cast<std::int64_t>(list->size())}, *list);
    if (const auto* list = std::get_if<std::vector<double>>(&value); list != nullptr && key == "value_floats")
      return TensorData::fromFloats({static_cast<std::int64_t>(list->size())}, {list->begin(), list->end()});
    throw Error("a Constant given as " + key.substr(0, 40) + " is not supported");
  }

  /// Exporters write Identity where several parameters hold the same numbers; each becomes a value of its own again.
  bool isCopyOfConstant(const Node& node, const onnx::NodeProto& proto, Frame& frame) {
    if (!node.domain.empty() || node.op != "Identity" || node.inputs.size() != 1 || proto.output_size() != 1)
      return false;
    const ValueId source = node.inputs[0];
    if (source == kNoValue || !graph_.value(source).data) return false;
    const ValueId copy = declare(proto.output(0), frame);
    graph_.setData(copy, TensorData(*graph_.value(source).data));
    if (initialisers_.contains(source)) initialisers_.insert(copy);
    return true;
  }

  void inlineCall(const onnx::NodeProto& call, const onnx::FunctionProto& function, Frame& outer) {
    if (outer.depth >= kDeepestCall) throw Error("its functions call each other too deeply");
    if (call.input_size() > function.input_size()) throw Error("is called with too many inputs");
    if (call.output_size() > function.output_size()) throw Error("is asked for too many outputs");
    Frame inner;
    inner.depth = outer.depth + 1;
    inner.opset = opsetIn(function.opset_import());
    inner.prefix = outer.prefix + (call.name().empty() ? call.op_type() : call.name()) + "/";
    if (inner.prefix.size() > kLongestPrefix) inner.prefix = outer.prefix;
    bindDefaults(function, inner);
    for (auto& [name, value] : readAttributes(call, outer.bindings, file_, external_))
      inner.bindings.insert_or_assign(name, std::move(value));
    Node seen;
    for (int i = 0; i < function.input_size(); ++i) {
      const ValueId id = i < call.input_size() ? lookUp(call.input(i), outer) : kNoValue;
      inner.names.emplace(function.input(i), id);
      seen.inputs.push_back(id);
    }
    inner.scope = scopeFor(call, seen, outer);
    // The body writes the caller's values where it can, so that they keep their names.
    for (int i = 0; i < call.output_size(); ++i) {
      if (call.output(i).empty() || inner.names.contains(function.output(i))) continue;
      const ValueId id = declare(call.output(i), outer);
      inner.names.emplace(function.output(i), id);
      pending_.insert(id);
    }
    importNodes(function.node(), inner);
    for (int i = 0; i < call.output_size(); ++i) {
      if (call.output(i).empty()) continue;
      const auto found = inner.names.find(function.output(i));
      if (found == inner.names.end() || found->second == kNoValue || pending_.contains(found->second))
        throw Error("the function does not compute its output '" + function.output(i).substr(0, 200) + "'");
      passOn(found->second, call.output(i), outer);
    }
  }

  /// Default values of a function's attributes (ONNX 1.13).
  void bindDefaults(const onnx::FunctionProto& function, Frame& inner) {
    const auto& unknown = function.unknown_fields();
    for (int i = 0; i < unknown.field_count(); ++i) {
      const auto& field = unknown.field(i);
      if (field.number() != kFunctionDefaultsField ||
          field.type() != google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED)
        continue;
      auto attribute = std::make_shared<onnx::AttributeProto>();
      if (!attribute->ParsePartialFromString(field.length_delimited()))
        throw Error("a default attribute of the function is damaged");
      inner.bindings.insert_or_assign(attribute->name(), readAttribute(*attribute, attribute, external_));
    }
  }

  /// A function may hand an input, or one value twice, straight out.
  void passOn(ValueId inside, const std::string& name, Frame& outer) {
    if (const auto known = outer.names.find(name); known != outer.names.end() && known->second == inside) return;
    Node copy;
    copy.op = "Identity";
    copy.inputs = {inside};
    copy.outputs = {declare(name, outer)};
    graph_.addNode(std::move(copy));
  }

  std::shared_ptr<const OnnxFile> file_;
  ExternalData external_;
  CancelToken cancel_;
  Graph graph_;
  std::unordered_map<std::string, const onnx::FunctionProto*> functions_;
  std::unordered_map<std::string, const onnx::ValueInfoProto*> declared_;
  std::unordered_set<ValueId> initialisers_;
  std::unordered_set<ValueId> pending_;  ///< declared, but not written by any node yet
  bool scopesFromParameters_ = false;
};

}  // namespace

int declaredOpset(const onnx::ModelProto& model) {
  return opsetIn(model.opset_import());
}

Graph importGraph(const std::shared_ptr<const OnnxFile>& file, const std::filesystem::path& folder,
                  const CancelToken& cancel) {
  return Importer(file, folder, cancel).run();
}

}  // namespace unitscope::onnxfile
