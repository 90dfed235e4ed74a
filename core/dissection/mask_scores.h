#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <ATen/ATen.h>

#include "dissection/concept_training.h"

namespace unitscope {

/// How well predicted masks agree with concepts, for any probability to cut them at: a histogram of the sums before the
/// sigmoid, of all pixels and of those that show the concept.
class MaskScores {
 public:
  /// Vector r is compared with the (r modulo K)-th of K concepts, each named by its number in the source.
  MaskScores(std::int64_t vectors, std::vector<std::size_t> concepts);

  /// `sums` [R,H,W] of one picture, enlarged to the planes' size.
  void add(const at::Tensor& sums, const ConceptPicture& picture, bool validation);

  struct Best {
    double cut = 0.5;  ///< probability
    double train = 0.0, validation = 0.0;
  };
  /// The cut with the highest IoU on the training pictures, and what it gives.
  Best best(std::int64_t vector) const;

 private:
  struct Counts {
    std::vector<std::int64_t> all, with;  ///< [vectors, bins]
  };
  double iouFrom(const Counts& counts, std::int64_t vector, std::int64_t bin) const;

  std::int64_t vectors_;
  std::vector<std::size_t> concepts_;
  std::array<Counts, 2> splits_;  ///< training, validation
};

}  // namespace unitscope
