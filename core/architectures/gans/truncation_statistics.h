#pragma once

#include <cstdint>

#include "graph/graph_builder.h"

namespace unitscope {

/// BigGAN keeps the batch norms' statistics for truncations 0, 1/(n-1) .. 1; the graph input "truncation" [1] (default
/// 1) chooses among them, so that another one needs no other graph.
class TruncationStatistics {
 public:
  /// Adds the input and what chooses: nodes in the scope "truncation". n >= 2.
  TruncationStatistics(GraphBuilder& b, std::int64_t n);
  /// Rows of a table [n,C] for the truncation, [1,C]. Between two of them Hugging Face's code mixes with the weights
  /// the other way round (the nearer has the smaller); that is what its pictures are made with, and so it is kept.
  ValueId rowOf(GraphBuilder& b, ValueId table) const;

 private:
  ValueId low_ = kNoValue, high_ = kNoValue;              // numbers of rows
  ValueId lowWeight_ = kNoValue, highWeight_ = kNoValue;  // [1,1]
};

}  // namespace unitscope
