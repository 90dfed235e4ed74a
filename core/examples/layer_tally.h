#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "examples/activation_bins.h"
#include "examples/best_list.h"
#include "examples/example_store.h"

namespace unitscope {

/// What is known of the units of one layer so far. Plain sums, counts and lists: tallies of different pictures add up
/// to that of all of them.
struct LayerTally : ExampleStore::LayerInfo {
  // By unit.
  std::vector<std::uint64_t> places, positive, notFinite;
  std::vector<float> minimum, maximum;
  std::vector<double> sum, squares;  ///< over places
  std::vector<double> relevance;     ///< sum over pictures; zeros where no class was asked for
  std::vector<ActivationBins> bins;
  std::array<BestLists, kListKinds> lists;  ///< by ListKind; those of the relevant are empty where nobody asked
  /// [units, classes] sums over pictures of each class of the mean rectified activation; empty where there are no
  /// labels.
  std::vector<double> classSums;
  std::int64_t classes = 0;

  /// Gives the arrays above their sizes.
  void prepare(std::int64_t top, std::uint64_t seed, bool relevant, std::int64_t classCount);
  /// Throws Error naming `from` where the other is no tally of the same layer.
  void add(const LayerTally& other, const std::string& from);
  std::size_t bytes() const;
  BestLists& list(ListKind kind) { return lists[static_cast<std::size_t>(kind)]; }
  const BestLists& list(ListKind kind) const { return lists[static_cast<std::size_t>(kind)]; }
};

/// One picture's values at a unit, [places], and what they do to a layer's tally.
class UnitRow {
 public:
  /// Counts `values` in; `relevance` (may be null) are the same places' shares in a class' score.
  static void count(LayerTally& tally, std::int64_t unit, std::int64_t picture, const float* values,
                    const float* relevance, std::int64_t places, const std::vector<std::int64_t>& classes);
};

}  // namespace unitscope
