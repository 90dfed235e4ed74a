#include "architectures/families.h"

namespace unitscope {
namespace {

/// The one-column network of Krizhevsky 2014 (arXiv:1404.5997), without local response normalisation.
ValueId alexNet(LayerBuilder& b, std::int64_t channels, std::int64_t classes) {
  ValueId x = b.conv("features.0", b.input(channels), channels, 64, 11, {.stride = 4, .pad = 2});
  x = b.maxPool("features.2", b.relu("features.1", x), 3, {});
  x = b.conv("features.3", x, 64, 192, 5, {.pad = 2});
  x = b.maxPool("features.5", b.relu("features.4", x), 3, {});
  x = b.relu("features.7", b.conv("features.6", x, 192, 384, 3, {.pad = 1}));
  x = b.relu("features.9", b.conv("features.8", x, 384, 256, 3, {.pad = 1}));
  x = b.relu("features.11", b.conv("features.10", x, 256, 256, 3, {.pad = 1}));
  x = b.maxPool("features.12", x, 3, {});
  x = b.flatten(b.adaptiveAverage("avgpool", x, 6));
  x = b.relu("classifier.2", b.linear("classifier.1", x, std::int64_t{256} * 6 * 6, 4096));
  x = b.relu("classifier.5", b.linear("classifier.4", x, 4096, 4096));
  return b.linear("classifier.6", x, 4096, classes);
}

}  // namespace

void addAlexNet(std::vector<Architecture>& all) {
  all.push_back({"alexnet", "features.0", "classifier.6", alexNet, {}});
}

}  // namespace unitscope
