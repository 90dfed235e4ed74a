#include "formats/model_reader.h"

#include <algorithm>
#include <exception>
#include <fstream>
#include <new>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "architectures/gans/generators.h"
#include "architectures/recognise.h"
#include "formats/aten/readers.h"
#include "formats/generator_hints.h"
#include "formats/guess_format.h"
#include "formats/weights/nvidia_pickle.h"
#include "formats/weights/safetensors.h"
#include "formats/weights/state_dict.h"
#include "runtime/error.h"

#ifdef UNITSCOPE_HAS_ONNX
#include "formats/onnx/onnx_reader.h"
#endif

namespace unitscope {
namespace {

constexpr std::size_t kHeadBytes = 64 * 1024;

std::string headOf(const std::filesystem::path& file) {
  std::error_code problem;
  const auto status = std::filesystem::status(file, problem);
  if (!std::filesystem::exists(status)) throw Error(file.string(), "there is no such file");
  if (std::filesystem::is_directory(status)) throw Error(file.string(), describeFolder(file));
  if (!std::filesystem::is_regular_file(status))
    throw Error(file.string(), "this is a device or pipe, not a model file");
  std::ifstream in(file, std::ios::binary);
  if (!in) throw Error(file.string(), "the file may not be read (permission denied)");
  std::string head(kHeadBytes, '\0');
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(in.gcount()));
  if (head.empty()) throw Error(file.string(), "the file is empty");
  return head;
}

bool isBigGan(const ModelFile& file) {
  return std::ranges::any_of(file.tensors, [](const auto& t) { return t.name.ends_with("generator.gen_z.bias"); });
}

/// Weights of a known architecture become the network that they belong to.
void recognise(const std::filesystem::path& path, ModelFile& file) {
  GeneratorHints hints;
  try {
    if (isBigGan(file)) hints = bigGanHintsBeside(path);
  } catch (const Error& error) {
    file.obstacle = "they resemble those of biggan-deep, but " + std::string(error.what());
    return;
  }
  RecognisedNetwork found = recogniseGenerator(file.tensors, hints);
  if (found.architecture.empty() && found.obstacle.empty()) found = recogniseNetwork(file.tensors);
  file.obstacle = std::move(found.obstacle);
  if (found.architecture.empty()) return;
  file.format += " (" + found.architecture + ")";
  file.graph = std::move(found.graph);
  file.notes.insert(file.notes.end(), found.notes.begin(), found.notes.end());
}

/// Readers check what they read themselves; this is for what their libraries may still throw.
ModelFile readWith(const ModelReader& reader, const std::filesystem::path& file, const CancelToken& cancel) {
  ModelFile result = reader.read(file, cancel);
  if (result.isNetwork()) return result;
  if (result.tensors.empty()) throw Error(file.string(), "it holds neither a network nor weights");
  recognise(file, result);
  return result;
}

}  // namespace

std::vector<std::unique_ptr<ModelReader>> makeModelReaders() {
  std::vector<std::unique_ptr<ModelReader>> readers;
  readers.push_back(makeSafetensorsReader());
  readers.push_back(makeExportReader());
  readers.push_back(makeTorchScriptReader());
  readers.push_back(makeNvidiaReader());
  readers.push_back(makeStateDictReader());
#ifdef UNITSCOPE_HAS_ONNX
  readers.push_back(makeOnnxReader());  // last: protobuf has no mark of its own
#endif
  return readers;
}

ModelFile readModelFile(const std::filesystem::path& file, const CancelToken& cancel) {
  try {
    if (isBigGanFolder(file)) return readModelFile(file / "pytorch_model.bin", cancel);
    const std::string head = headOf(file);
    for (const auto& reader : makeModelReaders())
      if (reader->recognises(file, head)) return readWith(*reader, file, cancel);
    throw Error(file.string(), describeUnknownFile(file, head));
  } catch (const Cancelled&) {
    throw;
  } catch (const OutOfMemory&) {
    throw;
  } catch (const Error& error) {
    // A part of the file ("model.pth (data.pkl)") names it well enough; anything else gets its name put in front.
    if (error.subject().starts_with(file.string())) throw;
    throw Error(file.string(), error.what());
  } catch (const std::bad_alloc&) {
    throw OutOfMemory(file.string(), "there is not enough memory to open it");
  } catch (const std::length_error&) {
    throw Error(file.string(), "the file is damaged: it claims an impossible size");
  } catch (const std::exception&) {
    throw Error(file.string(), "the file is damaged or of a kind that is not supported");
  }
}

}  // namespace unitscope
