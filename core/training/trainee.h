#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "exec/executor.h"
#include "zoo/networks/net_builder.h"

namespace unitscope {

using NamedTensors = std::map<std::string, at::Tensor>;

/// A network that is being trained: its Graph, the Executor that runs it, and its weights as leaves of autograd that an
/// optimiser changes in place. Batch norms in training mode keep their running statistics up to date here.
class Trainee {
 public:
  Trainee(Network network, at::Device device);

  using Feeds = std::vector<std::pair<std::string, at::Tensor>>;
  /// The named values, with the autograd graph from the weights (and from feeds that ask for it) to them. Throws Error
  /// for names that the network does not have.
  std::vector<at::Tensor> run(const Feeds& feeds, const std::vector<std::string>& fetch);

  const std::vector<std::string>& names() const noexcept { return names_; }
  /// In the order of names(). Changed in place by the optimiser.
  const std::vector<at::Tensor>& parameters() const noexcept { return parameters_; }
  /// Factor on the learning rate of each.
  const std::vector<double>& rates() const noexcept { return rates_; }
  /// What is learned without gradients: running statistics, mean styles.
  const NamedTensors& buffers() const noexcept { return buffers_; }
  /// Parameters and buffers by name, shared, not copied.
  NamedTensors state() const;
  /// Copies values into parameters and buffers. Throws Error naming the one that is missing or of another shape.
  void load(const NamedTensors& state);
  at::Device device() const { return executor_.options().device; }

 private:
  struct Statistic {
    ValueId updated;     ///< output of the batch norm
    at::Tensor running;  ///< where it goes
  };
  std::shared_ptr<const Graph> graph_;
  Executor executor_;
  std::vector<std::string> names_;
  std::vector<at::Tensor> parameters_;
  std::vector<double> rates_;
  NamedTensors buffers_;
  std::vector<Statistic> statistics_;
};

/// `graph` with the weights of these names replaced; those that are not in the graph are passed over.
Graph withState(Graph graph, const NamedTensors& state);

}  // namespace unitscope
