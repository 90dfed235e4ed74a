#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"
#include "graph/named_tensor.h"
#include "runtime/progress.h"

namespace unitscope {

/// What a file turned out to hold.
struct ModelFile {
  /// "ONNX", "torch.export", "TorchScript", "PyTorch weights", "safetensors"; of weights whose architecture is known
  /// "PyTorch weights (resnet18)".
  std::string format;
  Graph graph;                       ///< empty (no nodes) when the file holds weights alone, of no known architecture
  std::vector<NamedTensor> tensors;  ///< of a file of weights, also where the network was recognised from them
  std::vector<std::string> notes;    ///< what a user should know (declared opset, things left out)
  std::string obstacle;              ///< of weights that resemble a known architecture: why they are not it
  bool isNetwork() const { return !graph.nodes().empty() || !graph.outputs().empty(); }
};

/// One file format. Readers never trust what they read: every size is checked before it is used, nothing from
/// the file is executed, and whatever is wrong comes out as Error.
class ModelReader {
 public:
  virtual ~ModelReader() = default;
  virtual std::string formatName() const = 0;
  /// Whether the file is of this format, judged by its contents only. `head` holds its first 64 KiB at most.
  virtual bool recognises(const std::filesystem::path& file, std::string_view head) const = 0;
  virtual ModelFile read(const std::filesystem::path& file, const CancelToken& cancel) const = 0;
};

/// The readers compiled into this build, most specific first.
std::vector<std::unique_ptr<ModelReader>> makeModelReaders();

/// Opens a model file with whichever reader recognises it. Throws Error that names the file: not found, a folder,
/// of no known format (saying what it looks like), or refused by its reader. std::bad_alloc and every other
/// exception of a library underneath come out as Error too.
ModelFile readModelFile(const std::filesystem::path& file, const CancelToken& cancel = {});

}  // namespace unitscope
