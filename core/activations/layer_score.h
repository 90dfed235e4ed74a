#pragma once

#include <cstdint>
#include <string>

#include <ATen/ATen.h>

#include "activations/layer_form.h"
#include "attribution/method.h"
#include "attribution/score.h"
#include "engine/model_internal.h"

namespace unitscope {

/// A class's score of one picture, as a function of a layer's activation. Stays where it is: its parts refer to one
/// another.
class LayerScore {
 public:
  /// `target` of -1 is the first choice. Throws Error for inputs that are not one picture, for layers without units,
  /// for the input itself, and for classes that do not exist.
  LayerScore(Model& model, const Array& input, const std::string& layer, std::int64_t target,
             const CancelToken& cancel);
  LayerScore(const LayerScore&) = delete;
  LayerScore& operator=(const LayerScore&) = delete;

  const ScoreFunction& score() const { return score_; }
  AttributionQuery& query() { return query_; }
  const LayerForm& form() const { return form_; }
  /// As the network has it, float32.
  const at::Tensor& activation() const { return activation_; }
  /// The network's scores of the picture, [1,K].
  const at::Tensor& rows() const { return rows_; }
  /// Of the score by the activation. Throws Error where it does not depend on it.
  at::Tensor gradient() const;

 private:
  AttributionQuery query_;
  ScoreFunction score_;
  at::Tensor activation_, rows_;
  LayerForm form_;
};

}  // namespace unitscope
