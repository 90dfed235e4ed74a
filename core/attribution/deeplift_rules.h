#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <ATen/ATen.h>

#include "attribution/rescale.h"
#include "exec/executor.h"

namespace unitscope {

/// DeepLIFT's rules for the operators of a graph: run the network on the baseline with recording(), then on the picture
/// with rules(); the gradient of that run are the multipliers. Both runs need gradients switched on (and no batch
/// effects), so that neither takes another precision. Must outlive the runs.
class DeepLiftRules {
 public:
  /// `likeCaptum` leaves out what Captum leaves out: of several overlapping windows with the same maximum only the last
  /// counts, and where one of its rules follows directly on another (a max-pooling on a ReLU) the second passes its
  /// plain gradient. Otherwise the changes are complete.
  DeepLiftRules(const Graph& graph, bool likeCaptum) : graph_(graph), likeCaptum_(likeCaptum) {}

  OpOverride recording();
  OpOverride rules();
  /// "InstanceNormalization (2)": operators that are not linear and that no rule is known for, by how often they were
  /// met. They passed on their gradient.
  std::vector<std::string> withoutRule() const;

 private:
  std::optional<std::vector<at::Tensor>> apply(const OpCall& call);
  bool followsARule(const Node& node) const;

  std::unordered_map<const Node*, std::vector<at::Tensor>> before_;  // inputs of each node on the baseline
  std::unordered_map<std::string, int> withoutRule_;
  const Graph& graph_;
  bool likeCaptum_;
};

}  // namespace unitscope
