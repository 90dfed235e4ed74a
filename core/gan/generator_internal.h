#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "engine/model_internal.h"
#include "exec/edit.h"
#include "exec/run_cache.h"
#include "gan/generator.h"

namespace unitscope {

/// The LibTorch side of a Generator.
struct Generator::Internal {
  std::shared_ptr<Model> model;
  GeneratorPlan plan;
  double black = -1.0, white = 1.0;
  std::optional<Array> mean;

  ValueId z = kNoValue, classes = kNoValue, truncation = kNoValue, styles = kNoValue, image = kNoValue;
  std::vector<ValueId> noises;

  Model::Internal& inner() const { return model->internal(); }
  void resolve();
  /// Of z in the network's own form, with this many rows.
  Shape zSizes(std::int64_t count) const;
  /// Tensors of the latents of rows [first, first + count), checked: z in the network's own form, or w+ [n,L,D].
  at::Tensor latents(const SynthesisQuestion& question, std::int64_t first, std::int64_t count) const;
  /// What to feed for these rows: latents, classes, truncation and noise. With `mean`, truncation that the network
  /// does not do itself is done here, which takes a run of the mapping.
  std::vector<std::pair<ValueId, at::Tensor>> feeds(Generator& self, const SynthesisQuestion& question,
                                                    std::int64_t first, std::int64_t count, const CancelToken& cancel);
  /// Edits of the layers' values. Throws Error for layers and units that do not exist.
  std::vector<Edit> edits(const std::vector<UnitEdit>& changes);
  at::Tensor run(Generator& self, const SynthesisQuestion& question, ValueId fetch, std::int64_t first,
                 std::int64_t count, const CancelToken& cancel);
  std::vector<std::pair<ValueId, at::Tensor>> classFeeds(const SynthesisQuestion& question, std::int64_t first,
                                                         std::int64_t count) const;
  void noiseFeeds(const SynthesisQuestion& question, std::int64_t first, std::int64_t count,
                  std::vector<std::pair<ValueId, at::Tensor>>& into) const;
  void findRange(Generator& self);
};

/// Rows of a question. Throws Error for latents that are no rows.
std::int64_t rowsOf(const SynthesisQuestion& question);

}  // namespace unitscope
