#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include <ATen/ATen.h>

#include "engine/model_internal.h"
#include "exec/executor.h"
#include "features/wake_relu.h"
#include "runtime/progress.h"

namespace unitscope {

/// Runs the part of a network before a layer on pictures as colours between 0 and 1, [N,C,H,W] (RGB or grey), whatever
/// the network takes. Activations are [N,C,h,w] here: tokens [N,T,C] are a map of one column, and scores [N,K] one of
/// a single place. Values are computed in one memory layout for as long as this lives, so that a run can be repeated
/// exactly.
class LayerRun {
 public:
  /// Throws Error for a layer that does not exist and a network that takes no picture.
  LayerRun(Model& model, const std::string& layer, CancelToken cancel);
  ~LayerRun();
  LayerRun(const LayerRun&) = delete;
  LayerRun& operator=(const LayerRun&) = delete;

  const std::string& layer() const noexcept { return layer_; }
  std::int64_t pictureChannels() const noexcept { return channels_; }
  at::Device device() const;
  /// Height and width that the network's card or file names.
  std::pair<std::int64_t, std::int64_t> ownSize() const noexcept { return {height_, width_}; }

  /// Activations of grey pictures of this size; throws Error where the network does not take them.
  at::Tensor probe(std::int64_t height, std::int64_t width, std::int64_t count = 1);
  /// How many pictures of this size may run at once, with gradients: `wanted`, or fewer where memory or the network do
  /// not allow it.
  std::int64_t batchLimit(std::int64_t height, std::int64_t width, std::int64_t wanted);

  at::Tensor activations(const at::Tensor& pictures);
  /// With the autograd graph kept. `wake` is that of ReluTreatment; where `open` is set, the layer's last ReLUs
  /// are its open ones.
  at::Tensor activationsWithGradient(const at::Tensor& pictures, bool wake, bool open);

 private:
  at::Tensor run(const at::Tensor& pictures, bool gradients, const ReluTreatment& relus);
  at::Tensor asInput(const at::Tensor& pictures) const;
  at::Tensor asMaps(const at::Tensor& value, std::int64_t count) const;

  Model::Internal& inner_;
  CancelToken cancel_;
  std::string layer_;
  ValueId value_ = kNoValue;
  std::set<const Node*> lastRelus_;
  std::int64_t channels_ = 3, height_ = 0, width_ = 0;
  at::Tensor gain_, offset_;  ///< input = picture * gain + offset, [1,C,1,1]
  ExecutorOptions before_;
};

}  // namespace unitscope
