#include <algorithm>

#include "formats/aten/export_program.h"
#include "formats/aten/readers.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::string_view kAgain =
    "; export it again with PyTorch 2.9 or newer: torch.export.save(torch.export.export(model.eval(), (x,)), FILE)";

bool anyEntry(const ZipArchive& archive, std::string_view part) {
  return std::ranges::any_of(archive.entries(),
                             [&](const ZipEntry& e) { return e.name.find(part) != std::string::npos; });
}

/// "model" of models/model.json; that one first where there are several.
std::string programName(const ZipArchive& archive) {
  std::vector<std::string> found;
  for (const ZipEntry& entry : archive.entries())
    if (entry.name.starts_with("models/") && entry.name.ends_with(".json"))
      found.push_back(entry.name.substr(7, entry.name.size() - 12));
  if (found.empty()) return {};
  std::ranges::sort(found);
  return std::ranges::find(found, "model") != found.end() ? "model" : found.front();
}

class ExportReader : public ModelReader {
 public:
  std::string formatName() const override { return "torch.export"; }

  bool recognises(const std::filesystem::path& file, std::string_view head) const override {
    if (!ZipArchive::recognises(head)) return false;
    try {
      const ZipArchive archive = ZipArchive::open(file);
      return archive.has("archive_format") || archive.has("serialized_exported_program.json") ||
             !programName(archive).empty();
    } catch (const Error&) {
      return false;  // whoever opens it as a last resort says what is wrong with it
    }
  }

  ModelFile read(const std::filesystem::path& file, const CancelToken& cancel) const override {
    const ZipArchive archive = ZipArchive::open(file);
    const std::string& subject = archive.subject();
    if (anyEntry(archive, "aotinductor/") || anyEntry(archive, ".wrapper.so"))
      throw Error(subject, "holds compiled code (AOTInductor), which is never run here; export the network itself" +
                               std::string(kAgain));
    if (archive.has("serialized_exported_program.json"))
      throw Error(subject, "was written by an early torch.export" + std::string(kAgain));
    if (archive.has("archive_format") && archive.text("archive_format").substr(0, 3) != "pt2")
      throw Error(subject, "is an archive of another kind than torch.export's");
    const std::string name = programName(archive);
    if (name.empty()) throw Error(subject, "holds no network: there is no models/*.json in it");
    try {
      return readProgram(archive, name, cancel);
    } catch (const aten::Json::exception&) {
      throw Error(subject, "its description of the network is damaged");
    }
  }

 private:
  static ModelFile readProgram(const ZipArchive& archive, const std::string& name, const CancelToken& cancel) {
    const std::string& subject = archive.subject();
    const aten::Json document = aten::parseJson(archive.text("models/" + name + ".json"), subject);
    const aten::Json& version = aten::member(document, "schema_version", subject);
    const auto major = aten::member(version, "major", subject).get<std::int64_t>();
    if (major != 8)
      throw Error(subject, "is written in version " + std::to_string(major) +
                               " of torch.export's format, and this reads 8" +
                               (major < 8 ? std::string(kAgain) : std::string()));
    aten::ArchiveTensors tensors(archive);
    tensors.checkByteOrder();
    if (!archive.has("data/weights/" + name + "_weights_config.json") &&
        anyEntry(archive, "data/weights/" + name + ".pt"))
      throw Error(subject, "keeps its weights as an older torch.export did" + std::string(kAgain));
    ModelFile model = translate(document, tensors, name, cancel);
    model.format = "torch.export";
    model.graph.name = name;
    const aten::Json* torch = aten::memberOrNull(document, "torch_version");
    model.graph.producer = "PyTorch" + (torch != nullptr && torch->is_string() ? " " + torch->get<std::string>() : "");
    return model;
  }

  /// The network for inputs of any batch, else, where its weights depend on the batch, for the exported one.
  static ModelFile translate(const aten::Json& document, aten::ArchiveTensors& tensors, const std::string& name,
                             const CancelToken& cancel) {
    const auto as = [&](aten::StatedSizes sizes) {
      aten::ExportWeights weights(tensors, name);
      aten::ExportProgram program(document, weights, tensors.archive().subject(), sizes);
      ModelFile model;
      model.graph = program.translate(cancel);
      model.notes = program.notes();
      return model;
    };
    try {
      return as(aten::StatedSizes::Open);
    } catch (const aten::UnknownSize& open) {
      try {
        return as(aten::StatedSizes::Literal);
      } catch (const Error&) {
        throw open;  // what the file lacks, not what one way of reading it lacks
      }
    }
  }
};

}  // namespace

std::unique_ptr<ModelReader> makeExportReader() {
  return std::make_unique<ExportReader>();
}

}  // namespace unitscope
