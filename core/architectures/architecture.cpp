#include "architectures/architecture.h"

#include <utility>

#include "architectures/families.h"

namespace unitscope {

std::vector<Architecture> knownArchitectures() {
  std::vector<Architecture> all;
  addAlexNet(all);
  addVgg(all);
  addResNets(all);
  addSqueezeNets(all);
  addDenseNets(all);
  addGoogLeNet(all);
  addMobileNet(all);
  return all;
}

Graph buildArchitecture(const Architecture& architecture, const ArchitectureSizes& sizes,
                        const ParameterSource& source) {
  LayerBuilder b(architecture.name, source);
  const ValueId logits = architecture.layers(b, sizes.channels, sizes.classes);
  return b.finish(logits, sizes.classes);
}

std::vector<ParameterShape> parametersOf(const Architecture& architecture, const ArchitectureSizes& sizes) {
  std::vector<ParameterShape> all;
  const TensorData placeholder = TensorData::scalar(0.0f);
  buildArchitecture(architecture, sizes, [&](const std::string& name, const Shape& shape) {
    all.push_back({name, shape});
    return placeholder;
  });
  return all;
}

}  // namespace unitscope
