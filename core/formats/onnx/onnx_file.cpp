#include "formats/onnx/onnx_file.h"

#include <limits>
#include <string>
#include <utility>

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "runtime/error.h"

namespace unitscope::onnxfile {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

constexpr int kGraphOfModel = onnx::ModelProto::kGraphFieldNumber;
constexpr int kInitialiserOfGraph = onnx::GraphProto::kInitializerFieldNumber;
constexpr int kRawOfTensor = onnx::TensorProto::kRawDataFieldNumber;
// A two-byte field can cost hundreds of bytes once parsed, so their number is bounded before anything is parsed.
constexpr std::size_t kMostFields = 4'000'000;

[[noreturn]] void failCut() {
  throw Error("the file is cut off or damaged: it is not a complete ONNX message");
}

/// Walks the fields of one message without parsing what is in them.
class FieldWalk {
 public:
  explicit FieldWalk(std::span<const std::byte> bytes)
      : bytes_(bytes), input_(reinterpret_cast<const std::uint8_t*>(bytes.data()), static_cast<int>(bytes.size())) {}

  bool next() {
    start_ = static_cast<std::size_t>(input_.CurrentPosition());
    if (start_ == bytes_.size()) return false;
    const std::uint32_t tag = input_.ReadTag();
    number_ = WireFormatLite::GetTagFieldNumber(tag);
    if (tag == 0 || number_ == 0) failCut();
    payload_ = {};
    hasPayload_ = WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
    if (hasPayload_) {
      std::uint32_t length = 0;
      if (!input_.ReadVarint32(&length)) failCut();
      const auto from = static_cast<std::size_t>(input_.CurrentPosition());
      if (length > bytes_.size() - from) failCut();
      payload_ = bytes_.subspan(from, length);
      if (!input_.Skip(static_cast<int>(length))) failCut();
    } else if (!WireFormatLite::SkipField(&input_, tag)) {
      failCut();
    }
    return true;
  }

  bool is(int number) const { return hasPayload_ && number_ == number; }
  std::span<const std::byte> payload() const { return payload_; }
  std::span<const std::byte> whole() const {
    return bytes_.subspan(start_, static_cast<std::size_t>(input_.CurrentPosition()) - start_);
  }

 private:
  std::span<const std::byte> bytes_;
  CodedInputStream input_;
  std::size_t start_ = 0;
  int number_ = 0;
  bool hasPayload_ = false;
  std::span<const std::byte> payload_;
};

void append(std::string& text, std::span<const std::byte> bytes) {
  text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

template <class Message>
void parse(Message& message, const std::string& bytes) {
  if (!message.ParsePartialFromString(bytes))
    throw Error("the file is damaged or nested too deeply: it cannot be parsed as ONNX");
}

StoredTensor parseTensor(std::span<const std::byte> bytes) {
  StoredTensor tensor;
  std::string rest;
  for (FieldWalk field(bytes); field.next();) {
    if (field.is(kRawOfTensor))
      tensor.raw = field.payload();
    else
      append(rest, field.whole());
  }
  parse(tensor.header, rest);
  return tensor;
}

}  // namespace

std::shared_ptr<const OnnxFile> parseOnnx(std::span<const std::byte> bytes, std::shared_ptr<const void> owner) {
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    throw Error("an ONNX message of 2 GiB or more is not valid; save the model with external data");
  auto file = std::make_shared<OnnxFile>();
  file->owner = std::move(owner);
  std::string model;
  std::string graph;
  bool hasGraph = false;
  std::size_t fields = 0;
  for (FieldWalk outer(bytes); outer.next();) {
    if (++fields > kMostFields) throw Error("the file lists too many items to be a network");
    if (!outer.is(kGraphOfModel)) {
      append(model, outer.whole());
      continue;
    }
    hasGraph = true;
    for (FieldWalk inner(outer.payload()); inner.next();) {
      if (++fields > kMostFields) throw Error("the file lists too many items to be a network");
      if (inner.is(kInitialiserOfGraph))
        file->initialisers.push_back(parseTensor(inner.payload()));
      else
        append(graph, inner.whole());
    }
  }
  parse(file->model, model);
  if (hasGraph) parse(*file->model.mutable_graph(), graph);
  return file;
}

bool looksLikeOnnx(std::string_view head) {
  CodedInputStream input(reinterpret_cast<const std::uint8_t*>(head.data()), static_cast<int>(head.size()));
  bool typical = false;
  while (static_cast<std::size_t>(input.CurrentPosition()) < head.size()) {
    const std::uint32_t tag = input.ReadTag();
    const int number = WireFormatLite::GetTagFieldNumber(tag);
    const bool isNumber = WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_VARINT;
    const bool isBlock = WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
    switch (number) {
      case onnx::ModelProto::kIrVersionFieldNumber:
      case onnx::ModelProto::kModelVersionFieldNumber:
        if (!isNumber) return false;
        typical = typical || number == onnx::ModelProto::kIrVersionFieldNumber;
        break;
      case onnx::ModelProto::kProducerNameFieldNumber:
      case onnx::ModelProto::kProducerVersionFieldNumber:
      case onnx::ModelProto::kDomainFieldNumber:
      case onnx::ModelProto::kDocStringFieldNumber:
      case onnx::ModelProto::kGraphFieldNumber:
      case onnx::ModelProto::kOpsetImportFieldNumber:
      case onnx::ModelProto::kMetadataPropsFieldNumber:
      case onnx::ModelProto::kTrainingInfoFieldNumber:
      case onnx::ModelProto::kFunctionsFieldNumber:
        if (!isBlock) return false;
        break;
      default:
        if (number < 8 || number > 100 || !(isNumber || isBlock)) return false;  // later versions may add fields
    }
    if (isNumber) {
      std::uint64_t value = 0;
      if (!input.ReadVarint64(&value)) return typical;
      if (number == onnx::ModelProto::kIrVersionFieldNumber && (value == 0 || value > 1000)) return false;
      continue;
    }
    std::uint32_t length = 0;
    if (!input.ReadVarint32(&length)) return typical;
    const auto left = head.size() - static_cast<std::size_t>(input.CurrentPosition());
    if (length >= left) return typical;  // the rest lies beyond the head
    if (!input.Skip(static_cast<int>(length))) return typical;
  }
  return typical;
}

}  // namespace unitscope::onnxfile
