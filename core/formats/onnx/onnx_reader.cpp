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

class OnnxReader : public ModelReader {
 public:
  std::string formatName() const override { return "ONNX"; }

  bool recognises(const std::filesystem::path&, std::string_view head) const override {
    return onnxfile::looksLikeOnnx(head);
  }

  ModelFile read(const std::filesystem::path& file, const CancelToken& cancel) const override {
    try {
      return readChecked(file, cancel);
    } catch (const Cancelled&) {
      throw;
    } catch (const std::bad_alloc&) {
      throw OutOfMemory(file.string(), "not enough memory to read it");
    } catch (const Error& e) {
      if (e.subject() == file.string()) throw;
      throw Error(file.string(), e.what());
    } catch (const std::exception& e) {
      throw Error(file.string(), std::string("cannot be read as ONNX: ") + e.what());
    }
  }

 private:
  static ModelFile readChecked(const std::filesystem::path& file, const CancelToken& cancel) {
    const MappedFile mapped = MappedFile::open(file);
    const auto parsed = onnxfile::parseOnnx(mapped.bytes(), mapped.owner());
    const onnx::ModelProto& model = parsed->model;
    if (!model.has_graph()) throw Error("holds no network (no graph)");
    const std::int64_t ir = model.ir_version();
    if (ir < onnxfile::kOldestIr || ir > onnxfile::kNewestIr)
      throw Error("has ONNX format version (IR) " + std::to_string(ir) + "; versions " +
                  std::to_string(onnxfile::kOldestIr) + " to " + std::to_string(onnxfile::kNewestIr) + " can be read");
    ModelFile result;
    result.format = "ONNX";
    result.graph = onnxfile::importGraph(parsed, file.parent_path(), cancel);
    std::string note =
        "ONNX operator set " + std::to_string(onnxfile::declaredOpset(model)) + ", IR " + std::to_string(ir);
    if (!result.graph.producer.empty()) note += ", written by " + result.graph.producer;
    result.notes.push_back(std::move(note));
    return result;
  }
};

}  // namespace

std::unique_ptr<ModelReader> makeOnnxReader() {
  return std::make_unique<OnnxReader>();
}

}  // namespace unitscope
