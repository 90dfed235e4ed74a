#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "architectures/layer_builder.h"

namespace unitscope {

/// A classifier that torchvision defines, with torchvision's names for its modules and parameters, so that published
/// and fine-tuned weights fit.
struct Architecture {
  std::string name;  ///< torchvision's function: "resnet18"
  /// The layers whose weights tell the number of input channels (second dimension) and of classes (first).
  std::string stem;
  std::string head;
  /// Adds all layers from the picture [N,channels,H,W] to the logits [N,classes].
  std::function<ValueId(LayerBuilder& b, std::int64_t channels, std::int64_t classes)> layers;
  /// Beginnings of the names of parameters that only training uses.
  std::vector<std::string> trainingOnly;
};

/// What of an architecture may differ from one file of weights to another.
struct ArchitectureSizes {
  std::int64_t channels = 3;
  std::int64_t classes = 1000;
};

struct ParameterShape {
  std::string name;
  Shape shape;
};

/// All that this build knows: AlexNet, VGG, ResNet, SqueezeNet, DenseNet, GoogLeNet, MobileNetV2.
std::vector<Architecture> knownArchitectures();

/// The network with the parameters that `source` gives; input "input", output "logits". Throws what `source` throws.
Graph buildArchitecture(const Architecture& architecture, const ArchitectureSizes& sizes,
                        const ParameterSource& source);

/// Names and shapes of its parameters, in the order of evaluation.
std::vector<ParameterShape> parametersOf(const Architecture& architecture, const ArchitectureSizes& sizes);

}  // namespace unitscope
