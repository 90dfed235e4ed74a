#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "exec/edit.h"
#include "exec/operator.h"
#include "exec/run_cache.h"
#include "graph/graph.h"
#include "runtime/progress.h"

namespace unitscope {

/// How gradients pass ReLUs. Guided: only where both the activation and the gradient are positive (Springenberg
/// et al. 2015). Deconvnet: only where the gradient is positive (Zeiler & Fergus 2014).
enum class ReluRule { Standard, Guided, Deconvnet };

enum class Precision { Float32, BFloat16 };
enum class MemoryLayout { Automatic, Contiguous, ChannelsLast };

struct ExecutorOptions {
  at::Device device = at::kCPU;
  Precision precision = Precision::Float32;  ///< BFloat16 is never used when gradients are asked for
  MemoryLayout layout = MemoryLayout::Automatic;
  bool optimise = true;  ///< fold, fuse and pre-pack where no gradient, override or inner value forbids it
};

/// Replaces what a node computes; returns nothing to leave the node alone. For LRP, excitation backprop and the
/// like: the function returns tensors whose backward pass follows the rule.
using OpOverride = std::function<std::optional<std::vector<at::Tensor>>(const OpCall&)>;

struct RunRequest {
  /// Tensors for graph inputs, or for any other value: what lies before a fed value is not computed.
  std::vector<std::pair<ValueId, at::Tensor>> feeds;
  std::vector<ValueId> fetch;  ///< values to return, in this order
  std::vector<Edit> edits;     ///< applied to each value right after it is computed or fed, in this order
  bool gradients = false;      ///< keep the autograd graph (feeds say what requires a gradient)
  ReluRule relu = ReluRule::Standard;
  OpOverride override;
  CancelToken cancel;  ///< looked at between nodes
  RunCache* cache = nullptr;
};

/// Evaluates a Graph on demand: only the nodes between the feeds and the fetched values run. Keeps the weights as
/// tensors on its device. Not thread-safe: one thread at a time.
class Executor {
 public:
  explicit Executor(std::shared_ptr<const Graph> graph, ExecutorOptions options = {});
  ~Executor();
  Executor(Executor&&) noexcept;
  Executor& operator=(Executor&&) noexcept;

  const Graph& graph() const noexcept;
  const ExecutorOptions& options() const noexcept;
  void setOptions(const ExecutorOptions& options);

  /// The fetched values, on the Executor's device. Throws Error naming the node for missing feeds, unknown
  /// operators and shapes that do not fit; Cancelled when the token says so.
  std::vector<at::Tensor> run(const RunRequest& request);
  /// One input, one fetched value.
  at::Tensor run(const at::Tensor& input, ValueId fetch);

  /// Weight or constant as the tensor in use, shared, not copied.
  at::Tensor parameter(ValueId id);
  /// Replaces a weight until resetParameter(); what was folded from it is made anew. Shape must match.
  void setParameter(ValueId id, at::Tensor value);
  void resetParameter(ValueId id);

  /// Shapes and types of the values that these feeds lead to, found by evaluating on them; values that no output
  /// needs are left out.
  struct ValueInfo {
    Shape shape;
    DType dtype;
  };
  std::unordered_map<ValueId, ValueInfo> describe(const std::vector<std::pair<ValueId, at::Tensor>>& feeds);

 private:
  friend class Evaluation;
  struct State;
  std::unique_ptr<State> state_;
};

/// Names (with domain) of the operators in the graph that this build cannot evaluate; empty when all is well.
std::vector<std::string> unknownOperators(const Graph& graph);

}  // namespace unitscope
