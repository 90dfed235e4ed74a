#pragma once

#include <cstdint>
#include <string>

#include <ATen/ATen.h>

#include "engine/model_internal.h"

namespace unitscope {

/// Where a layer's values have their units and places.
struct LayerForm {
  enum class Kind { Map, Vector, Tokens };
  Kind kind = Kind::Map;    ///< [N,C,H,W], [N,C], [N,T,C]
  std::int64_t units = 0;   ///< C
  std::int64_t height = 1;  ///< places; tokens lie in a square where they fit, else in a row
  std::int64_t width = 1;
  std::int64_t skipped = 0;  ///< tokens in front that belong to no place (a class token)

  std::int64_t unitAxis() const { return kind == Kind::Tokens ? -1 : 1; }
  /// Places, [N,C,h,w].
  at::Tensor maps(const at::Tensor& value) const;
  /// All there is, as [N,C,1,T] for tokens, [N,C,1,1] for vectors: what whole() undoes.
  at::Tensor flat(const at::Tensor& value) const;
  at::Tensor whole(const at::Tensor& flat) const;
};

/// Throws Error naming the layer where values of these sizes have no units.
LayerForm layerForm(at::IntArrayRef sizes, const std::string& layer);

/// The value that a layer puts out. Throws Error for names that mean nothing and for weights.
ValueId unitLayer(const Model::Internal& inner, const std::string& layer);

/// The value for one input or a batch of them, float32, without gradient, on the Executor's device.
at::Tensor layerValue(Model::Internal& inner, const at::Tensor& input, ValueId layer, const CancelToken& cancel);

}  // namespace unitscope
