#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <ATen/ATen.h>

#include "graph/graph.h"

namespace unitscope {

/// Half-open rectangle of places in a map: rows [y0,y1), columns [x0,x1).
struct Region {
  std::int64_t y0 = 0, x0 = 0, y1 = 0, x1 = 0;
  bool operator==(const Region&) const = default;
};

/// A change made to a value on its way through the network.
struct Edit {
  enum class Kind {
    Scale,  ///< x * amount
    Set,    ///< amount
    Add,    ///< x + amount
    Mask,   ///< x * tensor + amount * (1 - tensor); the tensor broadcasts against x
  };
  ValueId value = kNoValue;
  Kind kind = Kind::Scale;
  double amount = 1.0;
  at::Tensor tensor;                   ///< replaces `amount` in Scale, Set and Add where defined; broadcasts
  std::vector<std::int64_t> channels;  ///< indices on the channel axis; empty means all
  std::optional<Region> region;        ///< places on the last two axes; absent means all
  std::int64_t channelAxis = 1;        ///< negative counts from the end (-1 for token layers [N,T,C])
};

/// The edited value; `x` itself is never changed. Differentiable. Throws Error for channels or regions that lie
/// outside x.
at::Tensor applyEdit(const Edit& edit, const at::Tensor& x);

/// Whether two edits do the same (tensors compared by identity).
bool sameEdit(const Edit& a, const Edit& b);

}  // namespace unitscope
