#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "exec/edit.h"
#include "graph/graph.h"

namespace unitscope {

/// Values kept between runs of the same Executor on the same feeds, so that a run with other edits computes only
/// what lies behind the edits that changed. Hand the same cache to consecutive runs; clear() drops the memory.
class RunCache {
 public:
  void clear();
  /// Memory held by the kept values (views counted in full).
  std::size_t bytes() const;
  /// Nodes evaluated by the last run that used this cache.
  std::size_t nodesEvaluated() const noexcept { return nodesEvaluated_; }

  // What follows is for the Executor.

  using Feeds = std::vector<std::pair<ValueId, at::Tensor>>;
  /// Drops what the new feeds, edits or weights make stale and re-applies changed edits to kept values. Returns the
  /// memory layout to use: that of the kept values if any are left, else `channelsLast`.
  bool prepare(const Graph& graph, const Feeds& feeds, const std::vector<Edit>& edits, std::uint64_t version,
               bool channelsLast);
  bool has(ValueId id) const { return values_.contains(id); }
  const at::Tensor& get(ValueId id) const { return values_.at(id); }
  /// Keeps a value after its edits; `before` is the value without them, undefined where there were none.
  void put(ValueId id, at::Tensor before, at::Tensor after);
  void setNodesEvaluated(std::size_t count) noexcept { nodesEvaluated_ = count; }

 private:
  Feeds feeds_;
  std::vector<Edit> edits_;
  std::unordered_map<ValueId, at::Tensor> values_;
  std::unordered_map<ValueId, at::Tensor> beforeEdits_;
  std::uint64_t version_ = 0;
  bool channelsLast_ = false;
  std::size_t nodesEvaluated_ = 0;
};

}  // namespace unitscope
