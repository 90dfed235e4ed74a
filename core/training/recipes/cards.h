#pragma once

#include <string>

#include "engine/model_card.h"

namespace unitscope {

/// Card of a network whose input `input` takes a square picture in -1..1, as all of the zoo's do.
ModelCard zooCard(const std::string& title, ModelCard::Task task, int channels, int side);
std::vector<std::string> sceneThingLabels();
std::vector<std::string> sceneClassLabels();
/// The ten articles of Fashion-MNIST (Xiao et al. 2017).
std::vector<std::string> fashionLabels();

}  // namespace unitscope
