#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include <ATen/ATen.h>

#include "exec/executor.h"
#include "graph/layers.h"

namespace unitscope {

/// The weights that are drawn anew together: those of a convolution or matrix product with its bias and with the
/// normalisation behind it.
struct WeightGroup {
  std::string layer;
  std::vector<ValueId> weights;
};

/// All trainable weights between `input` and `output`, from the output to the input.
std::vector<WeightGroup> weightGroups(const Graph& graph, const std::vector<Layer>& layers, ValueId output);

/// Puts random weights into an Executor for as long as it lives, then the former ones back.
class RandomWeights {
 public:
  RandomWeights(Executor& executor, std::uint64_t seed) : executor_(executor), seed_(seed) {}
  ~RandomWeights();
  RandomWeights(const RandomWeights&) = delete;
  RandomWeights& operator=(const RandomWeights&) = delete;

  /// Matrices and kernels are drawn from a normal distribution with their own mean and deviation, so that activations
  /// keep their scale; vectors (biases, statistics, which may have to be positive) are shuffled. The numbers depend on
  /// the seed and the weight alone.
  void draw(const WeightGroup& group);
  /// All as they were.
  void restore();

 private:
  Executor& executor_;
  std::uint64_t seed_;
  std::unordered_map<ValueId, at::Tensor> former_;
};

}  // namespace unitscope
