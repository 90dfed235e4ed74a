#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/array.h"
#include "engine/model.h"
#include "runtime/progress.h"

namespace unitscope {

struct CorrelationsQuestion {
  std::string data = "scenes";  ///< as openPictures() takes it
  std::int64_t count = 300;
  std::uint64_t seed = 0;
  std::string layer;
};

struct CorrelatedUnit {
  std::int64_t unit = 0;
  double correlation = 0.0;  ///< -1..1
};

/// How the units of a layer go together over pictures, by the mean of their activation over each.
struct UnitCorrelations {
  std::string layer;
  std::int64_t pictures = 0;
  std::vector<double> means;       ///< [C]
  std::vector<double> covariance;  ///< [C,C], of the pictures looked at

  std::int64_t units() const { return static_cast<std::int64_t>(means.size()); }
  /// Of two units; 0 where one never changes. Throws Error for units that do not exist.
  double correlation(std::int64_t a, std::int64_t b) const;
  /// Units that go with this one, closest first, itself left out; `n` at most.
  std::vector<CorrelatedUnit> mostCorrelated(std::int64_t unit, std::int64_t n) const;
};

/// One pass over the data; memory is that of [C,C] numbers. Throws Error for data that cannot be read, for layers
/// without units or with more than 8192 of them; Cancelled.
UnitCorrelations correlateUnits(Model& model, const CorrelationsQuestion& question, const Progress& progress = {},
                                const CancelToken& cancel = {});

}  // namespace unitscope
