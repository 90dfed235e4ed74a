#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/array.h"

namespace unitscope {

class Model;

/// A rectangle of the network's input in pixels.
struct OccluderBox {
  std::int64_t x = 0, y = 0, width = 0, height = 0;
};

/// Scores of one picture while a part of it is covered or painted over, fast enough to follow the mouse: what the
/// network made of the picture is kept, and only what the part changes is computed anew. Networks that do not allow
/// this are run whole. Belongs on the engine thread, like all that computes. Weights edited after it was made are not
/// seen; make it anew then, and for another picture.
class Occluder {
 public:
  /// `input` is the preprocessed picture, [1,C,H,W]. `cover` is what hides a part: one of covers(). `unitLayer` names a
  /// layer whose units are asked for instead of the network's classes; empty for the classes. Throws Error where the
  /// network takes no such picture, or the cover is unknown or not to be had.
  Occluder(std::shared_ptr<Model> model, const Array& input, const std::string& cover = "zero",
           const std::string& unitLayer = {});
  ~Occluder();
  Occluder(Occluder&&) noexcept;
  Occluder& operator=(Occluder&&) noexcept;

  /// "zero", "black", "white", "mean", "blur", "uniform".
  static std::vector<std::string> covers();
  /// Throws Error as the constructor does, leaving the cover as it was.
  void setCover(const std::string& cover);

  /// Scores of the picture itself, [1,K].
  Array scores() const;
  /// Scores [1,K] with the box covered. The part of a box that leaves the picture is cut off; a box outside covers
  /// nothing.
  Array covered(const OccluderBox& box) const;
  /// The same for many boxes, [N,K].
  Array covered(const std::vector<OccluderBox>& boxes) const;
  /// Scores [1,K] of another picture, [1,C,H,W], that differs from this one within the box only: a brush's strokes and
  /// what they enclose. Pixels outside the box are not looked at.
  Array painted(const Array& picture, const OccluderBox& box) const;
  /// The smallest box outside of which `picture` equals this one; of width 0 where both are equal.
  OccluderBox difference(const Array& picture) const;

  /// Whether only what changes is computed.
  bool incremental() const;
  /// Memory that is kept for it.
  std::size_t bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace unitscope
