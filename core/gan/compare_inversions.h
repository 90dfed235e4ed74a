#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/array.h"
#include "gan/direction.h"
#include "gan/generator.h"
#include "gan/inversion.h"
#include "runtime/progress.h"

namespace unitscope {

class Model;

/// An edit whose effect is measured: a step in a direction, changed units, or both.
struct EditProbe {
  std::string name;
  LatentDirection direction;  ///< none where its vector is empty
  double amount = 0.0;        ///< lengths of the direction's vector
  std::vector<UnitEdit> units;
  /// What is measured of a picture: the score of this class of a classifier, or, where the output has places (a
  /// segmenter's), the share of the pixels at which this class is the highest.
  std::shared_ptr<Model> judge;
  std::int64_t target = 0;
};

struct CompareInversionsQuestion {
  InversionQuestion inversion;
  std::vector<EditProbe> edits;
  std::int64_t samples = 32;  ///< generated pictures on which the edits show what they should do
  std::uint64_t seed = 0x6369;
};

/// An edit on one picture.
struct EditEffect {
  double before = 0.0, after = 0.0;
  Image picture;  ///< after
  /// The change as a share of the mean change of generated pictures: 1 is as strong, 0 nothing, below 0 the wrong way.
  double share = 0.0;
};

struct EditComparison {
  std::string name;
  double meanChange = 0.0, deviation = 0.0;  ///< of the change over the generated pictures
  EditEffect with, without;
};

/// The same picture inverted with and without the domain term.
struct InversionComparison {
  InversionAnswer with, without;
  std::vector<EditComparison> edits;
};

/// Inverts twice, and tries whether edits still work on what was found: a code far from the domain draws the picture
/// but does not follow. Throws Error as invert() does, where there is no encoder (then there is no domain term), and
/// for edits that do not fit; Cancelled.
InversionComparison compareInversions(Generator& generator, const CompareInversionsQuestion& question,
                                      const Progress& progress = {}, const CancelToken& cancel = {});

}  // namespace unitscope
