#include "training/finished_models.h"

#include <system_error>

#include "formats/model_reader.h"
#include "runtime/error.h"
#include "zoo/embedded_models.h"

namespace unitscope {

Graph finishedModel(const std::string& name, const std::filesystem::path& folder) {
  if (!folder.empty()) {
    const std::filesystem::path file = folder / (name + ".onnx");
    std::error_code problem;
    if (std::filesystem::exists(file, problem)) {
      ModelFile read = readModelFile(file);
      if (!read.isNetwork()) throw Error(file.string(), "holds no network");
      return std::move(read.graph);
    }
  }
  return readEmbeddedModel(name).graph;
}

}  // namespace unitscope
