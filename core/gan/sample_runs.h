#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "gan/generator_internal.h"
#include "runtime/progress.h"

namespace unitscope {

/// Samples by seed: firstSeed, firstSeed + 1... Throws Error for counts that make no sense.
SynthesisQuestion samplesFrom(const Generator& generator, std::int64_t count, std::uint64_t firstSeed,
                              double truncation, const Array& classes);

/// How many samples fit one run when each takes this many floats that are held.
std::int64_t sampleBatch(const Generator& generator, std::int64_t floats, std::int64_t most = 32);

/// Values for rows [first, first + count) of the question, each [count,...] float32 on the network's device.
std::vector<at::Tensor> runSamples(Generator& generator, const SynthesisQuestion& question,
                                   const std::vector<ValueId>& fetch, std::int64_t first, std::int64_t count,
                                   const CancelToken& cancel);

/// Runs the part of a generator behind one layer again and again, with other changes of that layer's units: what comes
/// before it is computed once a batch.
class BehindLayer {
 public:
  /// Throws Error for names that are no layers, and layers that the picture does not depend on.
  BehindLayer(Generator& generator, const std::string& layer);

  /// Starts with these rows; returns their pictures as they are, [count,C,H,W].
  at::Tensor start(const SynthesisQuestion& question, std::int64_t first, std::int64_t count,
                   const CancelToken& cancel);
  /// Pictures of the same rows with the layer changed. With gradients: differentiable by what the edit's tensor is made
  /// of.
  at::Tensor pictures(const std::vector<Edit>& edits, bool gradients, const CancelToken& cancel) const;
  /// The layer's value of the same rows, and what is known of its form.
  const at::Tensor& value() const { return feeds_.front().second; }
  ValueId layer() const { return values_.front(); }
  std::int64_t units() const { return units_; }
  std::int64_t unitAxis() const { return unitAxis_; }

 private:
  Generator& generator_;
  std::vector<ValueId> values_;  ///< the layer first, then what else is used behind it
  std::vector<std::pair<ValueId, at::Tensor>> feeds_;
  std::int64_t units_ = 0, unitAxis_ = 1, count_ = 0;
};

}  // namespace unitscope
