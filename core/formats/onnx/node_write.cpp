#include "formats/onnx/node_write.h"

#include <string>
#include <type_traits>

#include <google/protobuf/unknown_field_set.h>
#include <onnx/defs/schema.h>

#include "formats/onnx/node_scope.h"
#include "formats/onnx/value_facts.h"
#include "runtime/error.h"

namespace unitscope::onnxfile {
namespace {

constexpr int kNodeMetadataField = 9;
constexpr std::size_t kMostBytes = 2'000'000'000;

/// Printed as Python prints a string in a list.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

/// "['', 'features', 'features.12', 'Conv']": every enclosing module, then the operator.
std::string nameList(const Node& node) {
  std::string list = "[''";
  if (!node.scope.empty())
    for (std::size_t end = node.scope.find('.');; end = node.scope.find('.', end + 1)) {
      list += ", " + quoted(node.scope.substr(0, end));
      if (end == std::string::npos) break;
    }
  return list + ", " + quoted(node.op) + "]";
}

void writeScope(const Node& node, onnx::NodeProto& into) {
  onnx::StringStringEntryProto entry;
  entry.set_key(std::string(kScopesKey));
  entry.set_value(nameList(node));
  into.mutable_unknown_fields()->AddLengthDelimited(kNodeMetadataField, entry.SerializeAsString());
}

/// Graphs take an integer where a number is wanted; ONNX does not.
bool wantsFloat(const Node& node, const std::string& key, int opset) {
  const onnx::OpSchema* schema = onnx::OpSchemaRegistry::Schema(node.op, opset, node.domain);
  if (schema == nullptr) return false;
  const auto known = schema->attributes().find(key);
  return known != schema->attributes().end() && known->second.type == onnx::AttributeProto::FLOAT;
}

void writeAttribute(const Node& node, const std::string& key, const Attribute& value, int opset,
                    onnx::AttributeProto& into) {
  into.set_name(key);
  std::visit(
      [&](const auto& v) {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, std::int64_t>) {
          if (wantsFloat(node, key, opset)) {
            into.set_type(onnx::AttributeProto::FLOAT);
            into.set_f(static_cast<float>(v));
          } else {
            into.set_type(onnx::AttributeProto::INT);
            into.set_i(v);
          }
        } else if constexpr (std::is_same_v<T, double>) {
          into.set_type(onnx::AttributeProto::FLOAT);
          into.set_f(static_cast<float>(v));
        } else if constexpr (std::is_same_v<T, std::string>) {
          into.set_type(onnx::AttributeProto::STRING);
          into.set_s(v);
        } else if constexpr (std::is_same_v<T, TensorData>) {
          into.set_type(onnx::AttributeProto::TENSOR);
          writeTensor(v, true, *into.mutable_t());
        } else if constexpr (std::is_same_v<T, std::vector<std::int64_t>>) {
          into.set_type(onnx::AttributeProto::INTS);
          for (const std::int64_t i : v) into.add_ints(i);
        } else if constexpr (std::is_same_v<T, std::vector<double>>) {
          into.set_type(onnx::AttributeProto::FLOATS);
          for (const double f : v) into.add_floats(static_cast<float>(f));
        } else {
          into.set_type(onnx::AttributeProto::STRINGS);
          for (const std::string& s : v) into.add_strings(s);
        }
      },
      value);
}

}  // namespace

std::int32_t onnxTypeOf(DType type) {
  switch (type) {
    case DType::Float32: return onnx::TensorProto::FLOAT;
    case DType::Float16: return onnx::TensorProto::FLOAT16;
    case DType::BFloat16: return onnx::TensorProto::BFLOAT16;
    case DType::Float64: return onnx::TensorProto::DOUBLE;
    case DType::Int8: return onnx::TensorProto::INT8;
    case DType::Int16: return onnx::TensorProto::INT16;
    case DType::Int32: return onnx::TensorProto::INT32;
    case DType::Int64: return onnx::TensorProto::INT64;
    case DType::UInt8: return onnx::TensorProto::UINT8;
    case DType::UInt16: return onnx::TensorProto::UINT16;
    case DType::UInt32: return onnx::TensorProto::UINT32;
    case DType::UInt64: return onnx::TensorProto::UINT64;
    case DType::Bool: return onnx::TensorProto::BOOL;
    case DType::Complex64: return onnx::TensorProto::COMPLEX64;
    case DType::Complex128: return onnx::TensorProto::COMPLEX128;
    case DType::Undefined: break;
  }
  return onnx::TensorProto::UNDEFINED;
}

void writeTensor(const TensorData& data, bool withBytes, onnx::TensorProto& into) {
  into.set_data_type(onnxTypeOf(data.dtype()));
  for (const std::int64_t dim : data.shape()) into.add_dims(dim);
  if (!withBytes) return;
  if (data.bytes().size() > kMostBytes) throw Error("a tensor of 2 GiB or more cannot lie inside an ONNX file");
  into.set_raw_data(data.bytes().data(), data.bytes().size());
}

void writeNode(const Graph& graph, const Node& node, int opset, onnx::NodeProto& into) {
  into.set_op_type(node.op);
  into.set_domain(node.domain);
  into.set_name(node.name);
  for (const ValueId id : node.inputs) into.add_input(id == kNoValue ? std::string() : graph.value(id).name);
  for (const ValueId id : node.outputs) into.add_output(id == kNoValue ? std::string() : graph.value(id).name);
  for (const auto& [key, value] : node.attributes) {
    try {
      writeAttribute(node, key, value, opset, *into.add_attribute());
    } catch (const Error& e) {
      throw Error(node.label(), "the attribute " + key + ": " + e.what());
    }
  }
  writeScope(node, into);
}

void writeValueInfo(const Graph& graph, ValueId id, onnx::ValueInfoProto& into) {
  const Value& value = graph.value(id);
  into.set_name(value.name);
  auto* type = into.mutable_type()->mutable_tensor_type();
  const DType known = knownType(graph, id);
  type->set_elem_type(onnxTypeOf(known == DType::Undefined ? DType::Float32 : known));
  if (value.shape) {
    auto* shape = type->mutable_shape();
    for (std::size_t i = 0; i < value.shape->size(); ++i) {
      auto* dim = shape->add_dim();
      const std::int64_t size = (*value.shape)[i];
      if (size >= 0)
        dim->set_dim_value(size);
      else
        dim->set_dim_param(i == 0 ? "batch" : value.name + "_dim_" + std::to_string(i));
    }
  } else if (const auto rank = knownRank(graph, id)) {
    auto* shape = type->mutable_shape();
    for (std::size_t i = 0; i < *rank; ++i) shape->add_dim();
  }
}

}  // namespace unitscope::onnxfile
