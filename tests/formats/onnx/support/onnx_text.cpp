#include "onnx_text.h"

#include <stdexcept>

#include <google/protobuf/unknown_field_set.h>
#include <onnx/defs/parser.h>
#include <onnx/onnx_pb.h>

namespace onnxtext {
namespace {

std::string changed(const std::string& bytes, const std::function<void(onnx::ModelProto&)>& change) {
  onnx::ModelProto model;
  if (!model.ParseFromString(bytes)) throw std::runtime_error("not a model");
  change(model);
  return model.SerializeAsString();
}

onnx::TensorProto& addInitialiser(onnx::ModelProto& model, const std::string& name, int type,
                                  const std::vector<std::int64_t>& shape) {
  auto& tensor = *model.mutable_graph()->add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(type);
  for (const std::int64_t dim : shape) tensor.add_dims(dim);
  return tensor;
}

}  // namespace

std::string model(std::string_view text) {
  onnx::ModelProto model;
  const std::string kept(text);
  const auto status = onnx::OnnxParser::Parse(model, kept.c_str());
  if (!status.IsOK()) throw std::runtime_error(status.ErrorMessage());
  return model.SerializeAsString();
}

std::string withNodeMetadata(const std::string& bytes, int node, const std::string& key, const std::string& value) {
  return changed(bytes, [&](onnx::ModelProto& model) {
    onnx::StringStringEntryProto entry;
    entry.set_key(key);
    entry.set_value(value);
    model.mutable_graph()->mutable_node(node)->mutable_unknown_fields()->AddLengthDelimited(9,
                                                                                            entry.SerializeAsString());
  });
}

std::string withNodeNames(const std::string& bytes, const std::vector<std::string>& names) {
  return changed(bytes, [&](onnx::ModelProto& model) {
    for (std::size_t i = 0; i < names.size(); ++i)
      model.mutable_graph()->mutable_node(static_cast<int>(i))->set_name(names[i]);
  });
}

std::string withExternal(const std::string& bytes, const std::string& name, const std::vector<std::int64_t>& shape,
                         const std::string& location, const std::string& offset, const std::string& length) {
  return changed(bytes, [&](onnx::ModelProto& model) {
    auto& tensor = addInitialiser(model, name, onnx::TensorProto::FLOAT, shape);
    tensor.set_data_location(onnx::TensorProto::EXTERNAL);
    for (const auto& [key, value] :
         {std::pair{"location", location}, std::pair{"offset", offset}, std::pair{"length", length}}) {
      if (value.empty()) continue;
      auto* entry = tensor.add_external_data();
      entry->set_key(key);
      entry->set_value(value);
    }
  });
}

std::string withRaw(const std::string& bytes, const std::string& name, int type, const std::vector<std::int64_t>& shape,
                    const std::string& raw) {
  return changed(bytes, [&](onnx::ModelProto& model) { addInitialiser(model, name, type, shape).set_raw_data(raw); });
}

std::string withRenamed(const std::string& bytes, const std::string& from, const std::string& to) {
  return changed(bytes, [&](onnx::ModelProto& model) {
    for (auto& tensor : *model.mutable_graph()->mutable_initializer())
      if (tensor.name() == from) tensor.set_name(to);
    for (auto& info : *model.mutable_graph()->mutable_input())
      if (info.name() == from) info.set_name(to);
    for (auto& node : *model.mutable_graph()->mutable_node())
      for (auto& input : *node.mutable_input())
        if (input == from) input = to;
  });
}

std::string withReversedNodes(const std::string& bytes) {
  return changed(bytes, [&](onnx::ModelProto& model) {
    auto& nodes = *model.mutable_graph()->mutable_node();
    for (int i = 0; i < nodes.size() / 2; ++i) nodes.SwapElements(i, nodes.size() - 1 - i);
  });
}

std::string withSequenceInput(const std::string& bytes, int input) {
  return changed(bytes, [&](onnx::ModelProto& model) {
    auto* type = model.mutable_graph()->mutable_input(input)->mutable_type();
    type->mutable_sequence_type()->mutable_elem_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
  });
}

std::string withDeepNesting(const std::string& bytes, int depth) {
  // A graph in an attribute of a node of a graph in an attribute...
  return changed(bytes, [&](onnx::ModelProto& model) {
    onnx::GraphProto* graph = model.mutable_graph();
    for (int i = 0; i < depth; ++i) {
      auto* node = graph->add_node();
      node->set_op_type("If");
      auto* attribute = node->add_attribute();
      attribute->set_name("then_branch");
      attribute->set_type(onnx::AttributeProto::GRAPH);
      graph = attribute->mutable_g();
    }
  });
}

Facts facts(const std::string& bytes) {
  onnx::ModelProto model;
  if (!model.ParseFromString(bytes)) throw std::runtime_error("not a model");
  Facts found;
  found.ir = model.ir_version();
  for (const auto& entry : model.opset_import())
    if (entry.domain().empty()) found.opset = entry.version();
  found.initialisers = model.graph().initializer_size();
  for (const auto& tensor : model.graph().initializer())
    if (tensor.data_location() == onnx::TensorProto::EXTERNAL) ++found.external;
  for (const auto& node : model.graph().node())
    if (node.op_type() != "Constant") found.operators.push_back(node.op_type());
  return found;
}

}  // namespace onnxtext
