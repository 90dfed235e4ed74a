#pragma once

#include <vector>

#include "architectures/architecture.h"

namespace unitscope {

void addAlexNet(std::vector<Architecture>& all);      // alexnet
void addVgg(std::vector<Architecture>& all);          // vgg11 to vgg19, with and without batch norm
void addResNets(std::vector<Architecture>& all);      // resnet18 to resnet152, resnext and wide ones
void addSqueezeNets(std::vector<Architecture>& all);  // squeezenet1_0, squeezenet1_1
void addDenseNets(std::vector<Architecture>& all);    // densenet121, 161, 169, 201
void addGoogLeNet(std::vector<Architecture>& all);    // googlenet
void addMobileNet(std::vector<Architecture>& all);    // mobilenet_v2

}  // namespace unitscope
