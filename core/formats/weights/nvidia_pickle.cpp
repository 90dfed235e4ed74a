#include "formats/weights/nvidia_pickle.h"

#include <string>
#include <utility>

#include "architectures/gans/nvidia.h"
#include "formats/archive/mapped_file.h"
#include "formats/weights/module_tree.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using Kind = PickleValue::Kind;

constexpr std::string_view kMark = "_reconstruct_persistent_obj";

/// The generator among what training saved, and what the file calls it.
std::pair<const PickleValue*, std::string> generatorIn(const PickleValue& root) {
  if (isStoredModule(root)) return {&root, ""};
  for (const char* name : {"G_ema", "G"})
    if (const PickleValue* found = root.find(name); found != nullptr && isStoredModule(*found)) return {found, name};
  return {nullptr, ""};
}

class NvidiaReader : public ModelReader {
 public:
  std::string formatName() const override { return "PyTorch weights (stylegan2-ada, stylegan3)"; }

  bool recognises(const std::filesystem::path& /*file*/, std::string_view head) const override {
    return head.size() > 2 && head[0] == '\x80' && head[1] >= 2 && head[1] <= 5 &&
           head.find(kMark) != std::string_view::npos;
  }

  ModelFile read(const std::filesystem::path& file, const CancelToken& cancel) const override {
    const MappedFile mapped = MappedFile::open(file);
    const PickleDocument document = readPickle(mapped.bytes(), mapped.owner(), nvidiaPicklePolicy(), file.string());
    cancel.check();
    const auto [generator, name] = generatorIn(document.root());
    if (generator == nullptr)
      throw Error(file.string(), "it holds networks of NVIDIA's code, but no generator (G_ema or G)");
    const StoredModule module = readModuleTree(document, *generator, file.string(), cancel);
    if (module.className != "Generator")
      throw Error(file.string(), "it holds a network of the class '" + module.className.substr(0, 100) +
                                     "', which is not a generator of stylegan2-ada or stylegan3");
    NvidiaGenerator made = buildNvidiaGenerator(module);
    ModelFile result;
    result.format = "PyTorch weights (" + made.architecture + ")";
    result.graph = std::move(made.graph);
    result.tensors = tensorsOf(module);
    if (!name.empty()) result.notes.push_back("the generator is the file's " + name);
    result.notes.push_back("computed in float32; the file's source text was not run");
    return result;
  }
};

}  // namespace

std::unique_ptr<ModelReader> makeNvidiaReader() {
  return std::make_unique<NvidiaReader>();
}

}  // namespace unitscope
