#include "formats/onnx/onnx_reader.h"

#include <exception>
#include <new>
#include <string>

#include "formats/archive/mapped_file.h"
#include "formats/onnx/graph_import.h"
#include "formats/onnx/onnx_file.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

ModelFile readParsed(const std::shared_ptr<const onnxfile::OnnxFile>& parsed, const std::filesystem::path& folder,
                     const CancelToken& cancel) {
  const onnx::ModelProto& model = parsed->model;
  if (!model.has_graph()) throw Error("holds no network (no graph)");
  const std::int64_t ir = model.ir_version();
  if (ir < onnxfile::kOldestIr || ir > onnxfile::kNewestIr)
    throw Error("has ONNX format version (IR) " + std::to_string(ir) + "; versions " +
                std::to_string(onnxfile::kOldestIr) + " to " + std::to_string(onnxfile::kNewestIr) + " can be read");
  ModelFile result;
  result.format = "ONNX";
  result.graph = onnxfile::importGraph(parsed, folder, cancel);
  std::string note =
      "ONNX operator set " + std::to_string(onnxfile::declaredOpset(model)) + ", IR " + std::to_string(ir);
  if (!result.graph.producer.empty()) note += ", written by " + result.graph.producer;
  result.notes.push_back(std::move(note));
  return result;
}

/// Whatever goes wrong in `read` comes out as an Error about `name`.
template <class Read>
ModelFile checked(const std::string& name, const Read& read) {
  try {
    return read();
  } catch (const Cancelled&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw OutOfMemory(name, "not enough memory to read it");
  } catch (const Error& e) {
    if (e.subject() == name) throw;
    throw Error(name, e.what());
  } catch (const std::exception& e) {
    throw Error(name, std::string("cannot be read as ONNX: ") + e.what());
  }
}

class OnnxReader : public ModelReader {
 public:
  std::string formatName() const override { return "ONNX"; }

  bool recognises(const std::filesystem::path&, std::string_view head) const override {
    return onnxfile::looksLikeOnnx(head);
  }

  ModelFile read(const std::filesystem::path& file, const CancelToken& cancel) const override {
    return checked(file.string(), [&] {
      const MappedFile mapped = MappedFile::open(file);
      return readParsed(onnxfile::parseOnnx(mapped.bytes(), mapped.owner()), file.parent_path(), cancel);
    });
  }
};

}  // namespace

std::unique_ptr<ModelReader> makeOnnxReader() {
  return std::make_unique<OnnxReader>();
}

ModelFile readOnnx(std::span<const std::byte> bytes, const std::string& name) {
  return checked(name, [&] { return readParsed(onnxfile::parseOnnx(bytes, nullptr), {}, {}); });
}

}  // namespace unitscope
