#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace unitscope {

/// A list of labels that is part of the program, one a class ("imagenet1k": ImageNet's thousand, in torchvision's
/// order); empty for an unknown name.
std::vector<std::string> builtInLabels(std::string_view name);

}  // namespace unitscope
