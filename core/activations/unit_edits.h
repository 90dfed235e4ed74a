#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "activations/unit_switchboard.h"
#include "engine/model_internal.h"
#include "exec/edit.h"

namespace unitscope {

/// Switches of units, and the edits that they are for the Executor.
class UnitEdits {
 public:
  /// `input` is a picture, or a batch, that tells the layers' sizes.
  UnitEdits(Model::Internal& inner, const at::Tensor& input) : inner_(inner), input_(input) {}

  /// As UnitSwitchboard::set().
  void set(const UnitSwitch& change);
  void clear() { layers_.clear(); }
  bool empty() const { return layers_.empty(); }
  std::vector<UnitSwitch> switches() const;
  /// One for each amount in each layer, in the same order whenever the switches are the same.
  std::vector<Edit> edits() const;

 private:
  using Setting = std::pair<UnitSwitch::Kind, double>;
  struct LayerSwitches {
    std::string name;  // as it was called first
    std::int64_t unitAxis = 1;
    std::map<std::int64_t, Setting> units;
  };
  static std::map<Setting, std::vector<std::int64_t>> byAmount(const LayerSwitches& layer);

  Model::Internal& inner_;
  at::Tensor input_;
  std::map<ValueId, LayerSwitches> layers_;
};

}  // namespace unitscope
