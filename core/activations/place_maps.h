#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/array.h"
#include "runtime/progress.h"

namespace unitscope {

class Model;

/// Activation of a layer for one picture as [C,h,w], whatever the layer's form: [1,C,H,W] as it is, [1,C] as one place
/// [C,1,1], tokens [1,T,C] as a square of places where T is one (a class token in front is left out then), else as a
/// row [C,1,T]. Throws Error naming the layer where it has no units. Engine thread.
Array layerMaps(Model& model, const Array& input, const std::string& layer, const CancelToken& cancel = {});

/// A unit at a place, or of a whole map.
struct UnitActivation {
  std::int64_t unit = 0;
  float activation = 0.0F;
  float share = 0.0F;  ///< of the sum of the magnitudes of all units there, 0..1
};

/// A layer's activations of several pictures, to be looked at place by place: which units make up the vector at a
/// place, and where else there are vectors like it. Plain memory: everything is quick enough for every move of the
/// mouse, and may be asked from any thread. After Olah et al., "The Building Blocks of Interpretability", 2018.
class PlaceMaps {
 public:
  PlaceMaps() = default;
  /// One [C,h,w] (or [1,C,h,w]) a picture; sizes may differ, C may not. Throws Error where they do not fit together.
  explicit PlaceMaps(std::vector<Array> maps);
  /// Runs the pictures through the network up to the layer. Engine thread.
  static PlaceMaps of(Model& model, const std::vector<Array>& inputs, const std::string& layer,
                      const Progress& progress = {}, const CancelToken& cancel = {});

  std::size_t pictures() const { return pictures_.size(); }
  std::int64_t units() const { return units_; }
  std::int64_t height(std::size_t picture) const { return pictures_.at(picture).height; }
  std::int64_t width(std::size_t picture) const { return pictures_.at(picture).width; }

  /// The vector [C] at a place. Throws Error where there is no such picture or place, as all of these do.
  std::vector<float> vectorAt(std::size_t picture, std::int64_t y, std::int64_t x) const;
  /// Cosine similarity of every place to the one pointed at, [h,w] of each picture, -1..1; 0 where nothing is active.
  std::vector<Array> similarity(std::size_t picture, std::int64_t y, std::int64_t x) const;
  /// The same to any vector [C].
  std::vector<Array> similarityTo(const std::vector<float>& vector) const;
  /// The most active units at a place, most active first, `n` at most; negative ones come last.
  std::vector<UnitActivation> topUnits(std::size_t picture, std::int64_t y, std::int64_t x, std::int64_t n) const;
  /// The units that are most active over the whole picture, by their mean.
  std::vector<UnitActivation> topUnits(std::size_t picture, std::int64_t n) const;
  /// One unit's map, [h,w].
  Array map(std::size_t picture, std::int64_t unit) const;
  std::size_t bytes() const;

 private:
  struct Picture {
    std::int64_t height = 0, width = 0;
    std::vector<float> vectors;  // [h*w,C], so that a place's vector lies in one piece
    std::vector<float> lengths;  // [h*w]
  };
  const float* at(std::size_t picture, std::int64_t y, std::int64_t x) const;

  std::vector<Picture> pictures_;
  std::int64_t units_ = 0;
};

}  // namespace unitscope
