#pragma once

#include <cstdint>
#include <vector>

#include <ATen/ATen.h>

#include "dissection/concepts.h"
#include "dissection/layer_maps.h"

namespace unitscope {

/// Information quality ratio of two yes-no variables: mutual information over joint entropy, 0 (independent) to 1 (the
/// same). `both` of `all` pixels have both, `a` the first, `b` the second.
double informationQualityRatio(double both, double a, double b, double all);

/// For the units of one layer: how often each activation meets each concept, from which thresholds are chosen.
class FiringTables {
 public:
  /// Activations are sorted into bins by quantiles of `first`, maps [B,units,h,w] of some pictures; finer towards the
  /// large ones. `concepts` are those of the planes.
  FiringTables(const at::Tensor& first, std::int64_t planeHeight, std::int64_t planeWidth, std::size_t concepts,
               int bins = 128);

  /// Maps [B,units,h,w] (float32, contiguous, CPU) and for each picture its planes of concepts.
  void add(const at::Tensor& maps, const std::vector<std::vector<std::vector<std::uint16_t>>>& planes);

  /// Of a unit and a concept that covers `pixels` of `all`.
  struct Match {
    double threshold = 0.0;  ///< it fires where its activation is larger; its maximum where no threshold tells anything
    double ratio = 0.0;
    double iou = 0.0;
    std::int64_t fired = 0;
    double high = 0.0;  ///< mean of the top tenth on the concept's pixels
  };
  Match match(std::int64_t unit, std::size_t index, std::int64_t pixels, std::int64_t all) const;
  bool dead(std::int64_t unit) const { return !(most_[at(unit)] > least_[at(unit)]); }
  std::int64_t units() const { return units_; }
  static std::int64_t bytesFor(std::int64_t units, std::size_t concepts, int bins);

 private:
  static std::size_t at(std::int64_t unit) { return static_cast<std::size_t>(unit); }
  void bin(const float* map, std::int64_t unit, std::uint8_t* bins, float* row, float* enlarged);

  /// For each pixel along an axis the place before it and the weight of the next one.
  struct Axis {
    std::vector<std::int32_t> first, next;
    std::vector<float> weight;
  };
  static Axis axisOf(std::int64_t from, std::int64_t to);

  std::int64_t units_ = 0, height_ = 0, width_ = 0, planeHeight_ = 0, planeWidth_ = 0;
  std::int64_t pictures_ = 0;
  std::size_t concepts_ = 0, bins_ = 0;
  Axis rows_, columns_;
  std::vector<float> origin_, scale_;  ///< [units] of the fine grid
  std::vector<std::uint8_t> table_;    ///< [units, cells] bin of each cell
  std::vector<float> thresholds_;      ///< [units, bins - 1] lower ends of the bins from the second on
  std::vector<float> least_, most_;    ///< [units]
  std::vector<std::uint32_t> counts_;  ///< [units, bins, concepts + 1] of pixels, the last for nothing known
  std::vector<std::uint32_t> pixels_;  ///< [units, bins]
  std::vector<std::uint32_t> meant_;   ///< [units, bins] pixels of the first pictures
  std::vector<double> sums_;           ///< [units, bins] of their activations
};

}  // namespace unitscope
