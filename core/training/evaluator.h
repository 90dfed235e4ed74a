#pragma once

#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "exec/executor.h"
#include "graph/graph.h"
#include "runtime/progress.h"

namespace unitscope {

/// A finished network, run over many pictures in batches.
class Evaluator {
 public:
  Evaluator(Graph graph, at::Device device);

  /// The named values for one batch that is fed to `input`, without gradients.
  std::vector<at::Tensor> run(const at::Tensor& input, const std::vector<std::string>& fetch);
  /// The same with gradients to the feed, for losses that look through a frozen network.
  std::vector<at::Tensor> see(const at::Tensor& input, const std::vector<std::string>& fetch);
  using Feeds = std::vector<std::pair<std::string, at::Tensor>>;
  /// The named values for tensors that are fed to any values by name.
  std::vector<at::Tensor> runFrom(const Feeds& feeds, const std::vector<std::string>& fetch);
  std::vector<at::Tensor> seeFrom(const Feeds& feeds, const std::vector<std::string>& fetch);
  /// A weight or constant of the network.
  at::Tensor weight(const std::string& name);
  /// The named values for pictures as bytes [N,C,H,W], on the CPU, one tensor a value.
  std::vector<at::Tensor> overBytes(const at::Tensor& pictures, const std::vector<std::string>& fetch,
                                    const CancelToken& cancel = {}, const Progress& progress = {});
  const Graph& graph() const { return executor_.graph(); }
  at::Device device() const { return executor_.options().device; }

 private:
  std::vector<at::Tensor> evaluate(const Feeds& feeds, const std::vector<std::string>& fetch, bool gradients);
  ValueId idOf(const std::string& name) const;

  Executor executor_;
  std::string input_;
};

}  // namespace unitscope
