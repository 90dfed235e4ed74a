#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "dissection/concepts.h"
#include "engine/model.h"
#include "gan/generator.h"

namespace unitscope {

/// Pictures of a generator, [N,C,H,W] in its own range, as another network takes them: the whole of each picture is
/// stretched to that network's size. Differentiable where `exact` is false; else values are rounded as those of a
/// picture file are.
at::Tensor inputFor(const Generator& generator, const at::Tensor& images, const ModelCard& card, bool exact = true);

/// A segmentation network that looks at a generator's pictures.
class SampleSegmenter {
 public:
  /// Null: the embedded scene-segmenter, on the generator's device. Throws Error for networks whose answer has no
  /// places, and where the build has no embedded one.
  SampleSegmenter(const Generator& generator, std::shared_ptr<Model> segmenter);

  const std::vector<Concept>& concepts() const { return concepts_; }
  std::int64_t count() const { return static_cast<std::int64_t>(concepts_.size()); }
  std::string title() const { return segmenter_->card().title; }
  /// Index of a concept by name. Throws Error saying which there are.
  std::int64_t indexOf(const std::string& name) const;

  /// What each place shows, [N,h,w] int64 on the CPU, count() where it is nothing known; in the segmenter's size.
  at::Tensor labels(const at::Tensor& images, const CancelToken& cancel) const;
  /// Log-probability of each concept at each place, [N,K,h,w], differentiable by the images; K is count(), and one more
  /// (nothing) where that is 1.
  at::Tensor logProbabilities(const at::Tensor& images, const CancelToken& cancel) const;

 private:
  at::Tensor answer(const at::Tensor& input, bool gradients, const CancelToken& cancel) const;

  const Generator& generator_;
  std::shared_ptr<Model> segmenter_;
  std::vector<Concept> concepts_;
};

/// Labels [N,h,w] at the middle of each of height x width pixels, as planes of concepts.
std::vector<std::vector<std::uint16_t>> planesOf(const at::Tensor& labels, std::int64_t height, std::int64_t width,
                                                 std::int64_t concepts);

}  // namespace unitscope
