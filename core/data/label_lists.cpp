#include "data/label_lists.h"

#include <algorithm>

#include "data/embedded_labels.h"

namespace unitscope {

std::vector<std::string> builtInLabels(std::string_view name) {
  std::vector<std::string> labels;
  for (std::string_view text = embeddedLabelText(name); !text.empty();) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    labels.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return labels;
}

}  // namespace unitscope
