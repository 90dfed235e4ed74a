#include "formats/onnx/onnx_writer.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <unordered_set>
#include <utility>

#include <onnx/onnx_pb.h>

#include "formats/onnx/node_write.h"
#include "formats/onnx/plain_operators.h"
#include "formats/onnx/required_opset.h"
#include "runtime/atomic_file.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using namespace onnxfile;

constexpr std::size_t kAlignment = 64;      // offsets that other programs can map
constexpr std::size_t kSmallTensor = 1024;  // stays in the model whatever happens to the large ones

/// The second file of a model whose weights do not fit into one.
class SideFile {
 public:
  explicit SideFile(const std::filesystem::path& model)
      : path_(model.string() + ".data"), location_(path_.filename().string()), file_(path_) {}

  void put(const TensorData& data, onnx::TensorProto& tensor) {
    static constexpr std::array<std::byte, kAlignment> kZeros{};
    const std::size_t past = static_cast<std::size_t>(file_.size()) % kAlignment;
    if (past != 0) file_.write(std::span<const std::byte>(kZeros).first(kAlignment - past));
    tensor.set_data_location(onnx::TensorProto::EXTERNAL);
    note(tensor, "location", location_);
    note(tensor, "offset", std::to_string(file_.size()));
    note(tensor, "length", std::to_string(data.bytes().size()));
    file_.write(data.bytes());
  }
  void commit() { file_.commit(); }

 private:
  static void note(onnx::TensorProto& tensor, const std::string& key, const std::string& value) {
    auto* entry = tensor.add_external_data();
    entry->set_key(key);
    entry->set_value(value);
  }

  std::filesystem::path path_;
  std::string location_;
  AtomicFile file_;
};

/// Whether the value is written as an initialiser; floating-point constants become nodes, so that they are not taken
/// for weights when the file is read again.
bool isInitialiser(const Value& value) {
  return value.trainable || !isFloating(value.dtype);
}

void writeConstant(const Graph& graph, ValueId id, SideFile* side, onnx::GraphProto& into) {
  const Value& value = graph.value(id);
  try {
    const bool outside = side != nullptr && value.data->bytes().size() > kSmallTensor;
    // Other programs look for external data among the initialisers only.
    if (isInitialiser(value) || outside) {
      auto* tensor = into.add_initializer();
      writeTensor(*value.data, !outside, *tensor);
      tensor->set_name(value.name);
      if (outside) side->put(*value.data, *tensor);
      return;
    }
    auto* node = into.add_node();
    node->set_op_type("Constant");
    node->add_output(value.name);
    auto* attribute = node->add_attribute();
    attribute->set_name("value");
    attribute->set_type(onnx::AttributeProto::TENSOR);
    writeTensor(*value.data, true, *attribute->mutable_t());
  } catch (const Error& e) {
    throw Error(value.name, e.what());
  }
}

/// Parameters and constants that anything reads, in their order.
std::vector<ValueId> usedConstants(const Graph& graph) {
  std::unordered_set<ValueId> used(graph.outputs().begin(), graph.outputs().end());
  for (const Node& node : graph.nodes()) used.insert(node.inputs.begin(), node.inputs.end());
  std::vector<ValueId> list;
  for (std::size_t i = 0; i < graph.values().size(); ++i)
    if (graph.values()[i].data && used.contains(static_cast<ValueId>(i))) list.push_back(static_cast<ValueId>(i));
  return list;
}

std::size_t bytesOf(const Graph& graph, const std::vector<ValueId>& constants) {
  std::size_t sum = 0;
  for (const ValueId id : constants) sum += graph.value(id).data->bytes().size();
  return sum;
}

onnx::ModelProto toProto(const Graph& graph, const std::vector<ValueId>& constants, SideFile* side) {
  const int opset = requiredOpset(graph);
  onnx::ModelProto model;
  model.set_ir_version(irVersionFor(opset));
  model.set_producer_name("unitscope");
  auto* own = model.add_opset_import();
  own->set_domain("");
  own->set_version(opset);
  std::unordered_set<std::string> domains;
  onnx::GraphProto& proto = *model.mutable_graph();
  proto.set_name(graph.name.empty() ? "network" : graph.name);
  for (const ValueId id : constants) writeConstant(graph, id, side, proto);
  for (const ValueId id : graph.inputs())
    if (!graph.value(id).data) writeValueInfo(graph, id, *proto.add_input());
  for (const Node& node : graph.nodes()) {
    writeNode(graph, node, opset, *proto.add_node());
    if (!node.domain.empty() && domains.insert(node.domain).second) {
      auto* import = model.add_opset_import();
      import->set_domain(node.domain);
      import->set_version(1);
    }
  }
  const std::unordered_set<ValueId> outputs(graph.outputs().begin(), graph.outputs().end());
  for (const ValueId id : graph.outputs()) writeValueInfo(graph, id, *proto.add_output());
  for (std::size_t i = 0; i < graph.values().size(); ++i) {
    const auto id = static_cast<ValueId>(i);
    const Value& value = graph.values()[i];
    if (value.producer != kNoNode && value.shape && value.dtype != DType::Undefined && !outputs.contains(id))
      writeValueInfo(graph, id, *proto.add_value_info());
  }
  return model;
}

std::string serialised(const onnx::ModelProto& model) {
  if (model.ByteSizeLong() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    throw Error("the network is too large for one ONNX message (2 GiB)");
  std::string bytes;
  if (!model.SerializePartialToString(&bytes)) throw Error("the network cannot be written as ONNX");
  return bytes;
}

}  // namespace

void writeOnnx(const Graph& graph, const std::filesystem::path& file, const OnnxWriteOptions& options) {
  const Graph plain = withPlainOperators(graph);
  const std::vector<ValueId> constants = usedConstants(plain);
  std::optional<SideFile> side;
  if (bytesOf(plain, constants) > options.mostInlineBytes) side.emplace(file);
  const std::string bytes = serialised(toProto(plain, constants, side ? &*side : nullptr));
  AtomicFile out(file);
  out.write(bytes);
  if (side) side->commit();
  out.commit();
}

std::string toOnnxBytes(const Graph& graph) {
  const Graph plain = withPlainOperators(graph);
  return serialised(toProto(plain, usedConstants(plain), nullptr));
}

}  // namespace unitscope
