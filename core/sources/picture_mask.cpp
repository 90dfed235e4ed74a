#include "sources/picture_mask.h"

#include "engine/preprocess.h"

namespace unitscope {

Array maskAsSeen(const Image& mask, const ModelCard& card) {
  ModelCard plain = card;
  plain.channels = 1;
  plain.bgr = plain.channelsLast = false;
  plain.scale = 1.0 / 255.0;
  plain.mean = {0.0};
  plain.std = {1.0};
  Array seen = preprocessImage(mask, plain);
  seen.shape.erase(seen.shape.begin(), seen.shape.begin() + 2);
  for (float& value : seen.values) value = value > 0.5F ? 1.0F : 0.0F;
  return seen;
}

}  // namespace unitscope
