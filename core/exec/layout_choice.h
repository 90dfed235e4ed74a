#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <tuple>

namespace unitscope {

/// Finds out whether channels-last memory is faster for a network, by timing the first runs of each kind (batch
/// size class, with or without gradients) in both layouts, the likelier first, and keeping the faster. No run is
/// repeated for the measurement.
class LayoutChoice {
 public:
  struct Kind {
    int batchClass = 0;  ///< 0: one image, 1: a few, 2: many
    bool gradients = false;
    bool bfloat16 = false;
    auto operator<=>(const Kind&) const = default;
  };
  static Kind kindOf(std::int64_t batch, bool gradients, bool bfloat16);

  /// Whether the next run of this kind should use channels-last.
  bool channelsLast(Kind kind) const;
  /// Reports how long a whole run of that kind took an image.
  void measured(Kind kind, bool channelsLast, double secondsPerImage);
  bool decided(Kind kind) const;

 private:
  struct Timing {
    int runs[2] = {0, 0};
    double best[2] = {1e30, 1e30};
  };
  std::map<Kind, Timing> timings_;
};

}  // namespace unitscope
