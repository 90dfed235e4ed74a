#include "architectures/gans/nvidia.h"

#include "architectures/gans/nvidia_parts.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

/// A network with a part that has no place in it would compute something else.
void refuseLeftOver(const StoredModule& generator, const Graph& graph) {
  for (const NamedTensor& tensor : tensorsOf(generator)) {
    if (tensor.name == "mapping.w_avg" || tensor.name.ends_with("_filter")) continue;
    if (graph.find(tensor.name) == kNoValue)
      throw Error(tensor.name, "there is no place for this parameter in the network that the file describes");
  }
}

}  // namespace

NvidiaGenerator buildNvidiaGenerator(const StoredModule& generator) {
  const StoredModule& mapping = generator.part("mapping", "MappingNetwork");
  const StoredModule& synthesis = generator.part("synthesis", "SynthesisNetwork");
  NvidiaGenerator made;
  made.architecture = synthesis.findPart("input") != nullptr ? "stylegan3" : "stylegan2-ada";
  GraphBuilder b(made.architecture + " generator");
  b.graph().producer = "PyTorch";
  const ValueId wPlus = nvidia::mapping(b, mapping);
  const FeatureMap picture = made.architecture == "stylegan3" ? nvidia::synthesis3(b, synthesis, wPlus)
                                                              : nvidia::synthesis2(b, synthesis, wPlus);
  b.output(picture.value, "image");
  b.graph().value(picture.value).dtype = DType::Float32;
  b.graph().value(picture.value).shape = Shape{-1, picture.channels, picture.height, picture.width};
  refuseLeftOver(generator, b.graph());
  made.graph = b.take();
  return made;
}

}  // namespace unitscope
