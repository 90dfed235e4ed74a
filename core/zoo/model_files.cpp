#include "zoo/model_files.h"

#include "runtime/error.h"

#ifdef UNITSCOPE_HAS_ONNX
#include "formats/onnx/onnx_writer.h"
#endif

namespace unitscope {

void saveZooModel([[maybe_unused]] const Graph& graph, [[maybe_unused]] const ModelCard& card,
                  const std::filesystem::path& file) {
#ifdef UNITSCOPE_HAS_ONNX
  writeOnnx(graph, file);
  saveCard(card, cardPathFor(file));
#else
  throw Error(file.string(), "this build cannot write ONNX (it was made without libonnx)");
#endif
}

}  // namespace unitscope
