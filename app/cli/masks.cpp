#include "app/cli/masks.h"

#include <string>

#include "app/cli/files.h"
#include "image/image.h"
#include "runtime/error.h"
#include "sources/picture_mask.h"

namespace unitscope::cli {

Array readMask(const std::filesystem::path& file, const Model& model) {
  if (file.extension() != ".npy") return maskAsSeen(loadImage(file), model.card());
  Array mask = readNpyFloats(file);
  while (mask.shape.size() > 2 && mask.shape.front() == 1) mask.shape.erase(mask.shape.begin());
  if (mask.shape.size() != 2 || mask.values.empty())
    throw Error(file.string(), "has the shape " + toString(mask.shape) + " where a mask [H,W] is needed");
  return mask;
}

}  // namespace unitscope::cli
