#include <algorithm>

#include "formats/aten/readers.h"
#include "formats/aten/script_program.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

bool hasCode(const ZipArchive& archive) {
  return archive.has("data.pkl") && std::ranges::any_of(archive.entries(), [](const ZipEntry& e) {
           return e.name.starts_with("code/") && e.name.ends_with(".py");
         });
}

class ScriptReader : public ModelReader {
 public:
  std::string formatName() const override { return "TorchScript"; }

  bool recognises(const std::filesystem::path& file, std::string_view head) const override {
    if (!ZipArchive::recognises(head)) return false;
    try {
      return hasCode(ZipArchive::open(file));
    } catch (const Error&) {
      return false;  // whoever opens it as a last resort says what is wrong with it
    }
  }

  ModelFile read(const std::filesystem::path& file, const CancelToken& cancel) const override {
    const ZipArchive archive = ZipArchive::open(file);
    if (!hasCode(archive)) throw Error(archive.subject(), "holds no TorchScript program");
    aten::ArchiveTensors tensors(archive);
    tensors.checkByteOrder();
    aten::ScriptProgram program(tensors);
    ModelFile model;
    model.format = "TorchScript";
    model.graph = program.translate(cancel);
    model.graph.producer = "PyTorch (TorchScript)";
    model.notes.push_back("TorchScript does not say the size of its input");
    return model;
  }
};

}  // namespace

std::unique_ptr<ModelReader> makeTorchScriptReader() {
  return std::make_unique<ScriptReader>();
}

}  // namespace unitscope
