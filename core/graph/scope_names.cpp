#include <string>
#include <string_view>

#include "graph/layers.h"

namespace unitscope {

std::string scopeFromNodeName(std::string_view nodeName) {
  if (nodeName.empty() || nodeName.front() != '/') return {};
  std::string scope;
  std::string_view previous;
  nodeName.remove_prefix(1);
  // The last component is the operator; children of containers repeat their parent's name ("features.3").
  for (std::size_t slash = nodeName.find('/'); slash != std::string_view::npos; slash = nodeName.find('/')) {
    const std::string_view part = nodeName.substr(0, slash);
    nodeName.remove_prefix(slash + 1);
    if (part.empty()) continue;
    const bool repeats = !previous.empty() && part.size() > previous.size() + 1 && part.starts_with(previous) &&
                         part[previous.size()] == '.';
    const std::string_view own = repeats ? part.substr(previous.size() + 1) : part;
    if (!scope.empty()) scope += '.';
    scope += own;
    previous = part;
  }
  return scope;
}

std::string scopeFromParameterName(std::string_view parameterName) {
  const std::size_t dot = parameterName.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {};
  const std::string_view last = parameterName.substr(dot + 1);
  const bool isParameter = last == "weight" || last == "bias" || last == "running_mean" || last == "running_var" ||
                           last == "in_proj_weight" || last == "in_proj_bias" || last == "gamma" || last == "beta";
  return isParameter ? std::string(parameterName.substr(0, dot)) : std::string();
}

}  // namespace unitscope
