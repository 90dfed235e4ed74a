#pragma once

#include <cstdint>
#include <filesystem>

#include <ATen/ATen.h>

#include "data/scene.h"
#include "runtime/progress.h"

namespace unitscope {

/// Pictures held as bytes, so that a large set fits, with what is known about each. Batches come as floats in -1..1,
/// channels-last.
struct PicturePool {
  at::Tensor pictures;  ///< [N,C,H,W] uint8
  at::Tensor labels;    ///< [N] int64 class, or [N,K] float 0/1 of a multi-label set
  at::Tensor classes;   ///< [N,H,W] uint8 class of each pixel, where there is one

  std::int64_t count() const { return pictures.size(0); }
  /// [n,C,H,W] of the pictures at `indices` [n].
  at::Tensor batch(const at::Tensor& indices) const;
  PicturePool to(at::Device device) const;
};

/// `count` scenes of a series from number `first` on, rendered on every core; the labels are 0/1 for each SceneThing.
PicturePool renderPool(std::uint64_t seed, std::int64_t first, std::int64_t count, const SceneOptions& options,
                       const Progress& progress, const CancelToken& cancel);
/// An MNIST-like pair of files, "train" or "t10k".
PicturePool readPool(const std::filesystem::path& folder, const std::string& prefix);

/// Bytes [N,C,H,W] as floats in -1..1, channels-last.
at::Tensor asInput(const at::Tensor& bytes);
/// Floats in -1..1 (clamped) as bytes.
at::Tensor asBytes(const at::Tensor& pictures);

/// Seeds of the scene series that never mix: trained on, judged while training, and held out for the final figures.
inline constexpr std::uint64_t kTrainingScenes = 1, kCheckScenes = 2, kHeldOutScenes = 3;

}  // namespace unitscope
