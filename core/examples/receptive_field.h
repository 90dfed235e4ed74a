#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.h"

namespace unitscope {

/// A rectangle of the network's input in pixels.
struct FieldBox {
  std::int64_t x = 0, y = 0, width = 0, height = 0;
  bool operator==(const FieldBox&) const = default;
};

/// What a place of a feature map can see of the input, along one axis: pixels [start + place * stride, ... + size).
struct FieldAxis {
  double start = 0.0, stride = 1.0, size = 1.0;
  bool operator==(const FieldAxis&) const = default;
};

/// The part of the input that a unit can see from each of its places, as the graph's windows say it: convolutions and
/// poolings with strides, dilations and padding, joined over branches. An upper bound: weights may use less of it.
struct ReceptiveField {
  /// Every place sees the whole input (behind a dense layer or a global mean), or the graph does not tell.
  bool whole = true;
  FieldAxis y, x;  ///< of no meaning where whole

  /// The box of the place (row, column), cut to an input of height x width pixels; the whole input where `whole`.
  FieldBox box(std::int64_t row, std::int64_t column, std::int64_t height, std::int64_t width) const;
  /// The same before it is cut: it may hang over the input's rim.
  FieldBox uncutBox(std::int64_t row, std::int64_t column, std::int64_t height, std::int64_t width) const;
};

/// The receptive field of each value of the graph, by ValueId, on the input value `input` (a picture, [N,C,H,W] or
/// [N,H,W,C]). One pass over the nodes.
std::vector<ReceptiveField> receptiveFields(const Graph& graph, ValueId input);
/// Of one value.
ReceptiveField receptiveField(const Graph& graph, ValueId input, ValueId value);

}  // namespace unitscope
