#include "formats/onnx/attribute_read.h"

#include "formats/onnx/tensor_read.h"
#include "runtime/error.h"

namespace unitscope::onnxfile {
namespace {

/// IR versions before 2 did not store the type.
onnx::AttributeProto::AttributeType typeOf(const onnx::AttributeProto& a) {
  if (a.has_type() && a.type() != onnx::AttributeProto::UNDEFINED) return a.type();
  if (a.has_f()) return onnx::AttributeProto::FLOAT;
  if (a.has_i()) return onnx::AttributeProto::INT;
  if (a.has_s()) return onnx::AttributeProto::STRING;
  if (a.has_t()) return onnx::AttributeProto::TENSOR;
  if (a.floats_size() > 0) return onnx::AttributeProto::FLOATS;
  if (a.ints_size() > 0) return onnx::AttributeProto::INTS;
  if (a.strings_size() > 0) return onnx::AttributeProto::STRINGS;
  return onnx::AttributeProto::UNDEFINED;
}

}  // namespace

Attribute readAttribute(const onnx::AttributeProto& attribute, const std::shared_ptr<const void>& owner,
                        ExternalData& external) {
  switch (typeOf(attribute)) {
    case onnx::AttributeProto::FLOAT: return static_cast<double>(attribute.f());
    case onnx::AttributeProto::INT: return static_cast<std::int64_t>(attribute.i());
    case onnx::AttributeProto::STRING: return attribute.s();
    case onnx::AttributeProto::TENSOR: return readTensor(attribute.t(), owner, external);
    case onnx::AttributeProto::FLOATS: return std::vector<double>(attribute.floats().begin(), attribute.floats().end());
    case onnx::AttributeProto::INTS: return std::vector<std::int64_t>(attribute.ints().begin(), attribute.ints().end());
    case onnx::AttributeProto::STRINGS:
      return std::vector<std::string>(attribute.strings().begin(), attribute.strings().end());
    case onnx::AttributeProto::GRAPH:
    case onnx::AttributeProto::GRAPHS: throw Error("is a graph of its own (control flow), which is not supported");
    default: throw Error("is of a kind that is not supported");
  }
}

AttributeBindings readAttributes(const onnx::NodeProto& node, const AttributeBindings& bindings,
                                 const std::shared_ptr<const void>& owner, ExternalData& external) {
  AttributeBindings read;
  for (const auto& attribute : node.attribute()) {
    if (!attribute.ref_attr_name().empty()) {
      if (const auto bound = bindings.find(attribute.ref_attr_name()); bound != bindings.end())
        read.insert_or_assign(attribute.name(), bound->second);
      continue;
    }
    try {
      read.insert_or_assign(attribute.name(), readAttribute(attribute, owner, external));
    } catch (const Error& e) {
      throw Error("the attribute " + attribute.name().substr(0, 100), e.what());
    }
  }
  return read;
}

}  // namespace unitscope::onnxfile
