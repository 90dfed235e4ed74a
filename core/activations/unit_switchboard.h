#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/array.h"
#include "runtime/progress.h"

namespace unitscope {

class Model;

/// What is done to some units of a layer.
struct UnitSwitch {
  enum class Kind {
    Scale,  ///< times `amount`: 0 is off, 1 as it is
    Set,    ///< `amount` at every place
  };
  std::string layer;                ///< as resolveLayer() takes it
  std::vector<std::int64_t> units;  ///< channels of [N,C,H,W] and [N,C], features of tokens [N,T,C]
  Kind kind = Kind::Scale;
  double amount = 0.0;
};

/// Scores of one picture with units switched off, turned up or held, fast enough to follow a slider: what the network
/// made of the picture is kept, and a change computes only what lies behind the first layer in which something changed.
/// Belongs on the engine thread, like all that computes. Make it anew for another picture.
class UnitSwitchboard {
 public:
  /// `input` is the preprocessed picture, [1,C,H,W] (or as the card says). Computes nothing yet.
  UnitSwitchboard(std::shared_ptr<Model> model, const Array& input);
  ~UnitSwitchboard();
  UnitSwitchboard(UnitSwitchboard&&) noexcept;
  UnitSwitchboard& operator=(UnitSwitchboard&&) noexcept;

  /// Changes units; what was set for them before is replaced, other units stay as they are. A factor of 1 releases
  /// them. Throws Error for layers that do not exist, units that the layer does not have, amounts that are no numbers,
  /// and layers whose values have no units; the switches stay as they were then.
  void set(const UnitSwitch& change);
  /// All of them, instead of what was set before. Throws Error as set() does.
  void setAll(const std::vector<UnitSwitch>& changes);
  /// Units by a factor: 0 off, 1 as they are, 5 five times as strong.
  void scale(const std::string& layer, const std::vector<std::int64_t>& units, double factor);
  /// Units held at a value, at every place.
  void hold(const std::string& layer, const std::vector<std::int64_t>& units, double value);
  /// Every unit as it is.
  void clear();
  /// What is set, layer by layer, units with the same amount together.
  std::vector<UnitSwitch> switches() const;

  /// Scores [1,K] of the card's output with the switches as they are; Cancelled leaves everything usable.
  Array scores(const CancelToken& cancel = {});
  /// Scores [1,K] without any switch; computed once.
  Array unchanged(const CancelToken& cancel = {});
  /// A layer's activation [C,h,w] with the switches as they are (its own included); see layerMaps().
  Array activations(const std::string& layer, const CancelToken& cancel = {});

  /// Nodes of the graph that the last scores() or activations() evaluated.
  std::size_t nodesEvaluated() const;
  /// Memory that is kept.
  std::size_t bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace unitscope
