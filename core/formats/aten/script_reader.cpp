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
    ModelFile model;
    model.format = "TorchScript";
    translate(model, tensors, cancel);
    model.graph.producer = "PyTorch (TorchScript)";
    model.notes.push_back("TorchScript does not say the size of its input");
    return model;
  }

 private:
  /// A traced network does not say what its inputs look like. Where its operators do not tell either, they are taken to
  /// be pictures, else vectors, else sequences: whatever the whole program can be followed with, for any batch or at
  /// least, where its weights depend on the batch, for one.
  static void translate(ModelFile& model, aten::ArchiveTensors& tensors, const CancelToken& cancel) {
    try {
      model.graph = aten::ScriptProgram(tensors, {}).translate(cancel);
    } catch (const aten::UnknownSize& unknown) {
      for (const bool oneAtATime : {false, true})
        for (const std::size_t rank : {4, 2, 3}) {
          try {
            model.graph = aten::ScriptProgram(tensors, {rank, oneAtATime}).translate(cancel);
          } catch (const Error&) {
            continue;
          }
          model.notes.push_back("its inputs are taken to have " + std::to_string(rank) + " dimensions" +
                                (oneAtATime ? ", and its weights depend on the batch, which is taken to be 1" : ""));
          return;
        }
      throw unknown;
    }
  }
};

}  // namespace

std::unique_ptr<ModelReader> makeTorchScriptReader() {
  return std::make_unique<ScriptReader>();
}

}  // namespace unitscope
