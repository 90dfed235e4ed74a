#pragma once

#include <cstdint>
#include <vector>

#include <ATen/ATen.h>

#include "dissection/concept_pictures.h"
#include "dissection/layer_maps.h"
#include "dissection/net2vec.h"

namespace unitscope {

/// Which pictures are learned from and which are kept aside, the same for the same numbers.
std::vector<bool> validationPictures(std::int64_t count, double share, std::uint64_t seed);

/// Places of a layer to learn from: which units fire there, and how much of the place shows each concept.
class TrainingPlaces {
 public:
  /// `concepts` are the source's numbers of those to learn. A sample of the places of `pictures` pictures is taken
  /// where they are too many.
  TrainingPlaces(const MapSize& size, std::int64_t pictures, std::vector<std::size_t> concepts, std::size_t known);

  /// `firing` [C,h,w] bytes of 0 and 1 of one picture.
  void add(const at::Tensor& firing, const ConceptPicture& picture, std::int64_t number, int planeHeight,
           int planeWidth);
  /// After the last picture.
  void finish();

  const at::Tensor& firing() const { return firing_; }    ///< [places, C] bytes
  const at::Tensor& targets() const { return targets_; }  ///< [places, K] float
  double placesPerPicture() const;

 private:
  MapSize size_;
  std::vector<std::int64_t> column_;  ///< of each concept of the source; -1 for those not learned
  std::int64_t concepts_, stride_;
  std::int64_t rows_ = 0, pictures_ = 0;
  at::Tensor firing_, targets_;
};

/// Weights of several vectors over the same units.
struct LinearMasks {
  at::Tensor weights;  ///< [R, C]
  at::Tensor biases;   ///< [R]
};

/// Learns R = targets' columns times `subsets` vectors at once, those of one subset behind one another. `allowed`
/// [R, C] is 1 where a vector may use a unit, undefined for everywhere.
LinearMasks trainMasks(const TrainingPlaces& places, const Net2VecQuestion& question, std::int64_t subsets,
                       const at::Tensor& allowed, const Progress& progress, const CancelToken& cancel);

}  // namespace unitscope
