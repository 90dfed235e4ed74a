#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "engine/model_internal.h"
#include "runtime/progress.h"
#include "sources/picture_source.h"

namespace unitscope {

/// Pictures [B,...] that are run together, and what is known of each.
struct PictureBatch {
  at::Tensor input;
  std::vector<KnownPicture> pictures;  ///< without their inputs and masks
};

/// Hands `count` pictures, evenly spread over the source (whose folders may be sorted by class), to `take` in batches
/// as large as memory and the network allow, 16 at most, counting that all values of a run are kept. Pictures whose
/// size differs begin a new batch. Returns how many there were. Throws Error where there is none.
std::int64_t forEachBatch(Model& model, const PictureSource& source, const std::string& data, std::int64_t count,
                          const Progress& progress, const CancelToken& cancel,
                          const std::function<void(const PictureBatch&)>& take);

}  // namespace unitscope
