#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "dissection/concept_pictures.h"
#include "engine/model.h"
#include "runtime/progress.h"

namespace unitscope {

/// A layer's value as a map for each unit: [B,C,h,w] as it is, [B,C] as [B,C,1,1], tokens [B,T,C] as the square that
/// they form, a class token in front left out. Throws Error naming the layer for other shapes, and for a value that
/// does not have a row for each picture.
at::Tensor unitMaps(const at::Tensor& value, std::int64_t pictures, const std::string& layer);

/// Size of a layer's maps for one picture.
struct MapSize {
  std::int64_t units = 0, height = 0, width = 0;
  std::int64_t places() const { return height * width; }
};

/// Runs pictures through the network as far as some layers need, in batches that fit.
class LayerMaps {
 public:
  /// Names as resolveLayer() takes them. Throws Error for unknown ones and for those without maps.
  LayerMaps(Model& model, const std::vector<std::string>& layers, const CancelToken& cancel);

  const std::vector<std::string>& layers() const { return layers_; }
  const std::vector<MapSize>& sizes() const { return sizes_; }

  /// What a batch gave: pictures first.. of the set, and of each layer [B,C,h,w] float32, contiguous, on the CPU.
  struct Batch {
    std::int64_t first = 0;
    std::vector<ConceptPicture> pictures;
    std::vector<at::Tensor> maps;
  };
  /// All pictures in order. Throws Cancelled between batches.
  void forEach(ConceptPictures& pictures, const std::string& what, const Progress& progress,
               const std::function<void(const Batch&)>& take);
  /// Of inputs as the network takes them, [B,...].
  std::vector<at::Tensor> mapsOf(const at::Tensor& inputs);

 private:
  std::int64_t batchSize() const;

  Model& model_;
  CancelToken cancel_;
  std::vector<std::string> layers_;
  std::vector<ValueId> values_;
  std::vector<MapSize> sizes_;
};

}  // namespace unitscope
