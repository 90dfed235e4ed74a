#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "activations/unit_switchboard.h"
#include "engine/array.h"
#include "gan/generator_plan.h"
#include "image/image.h"
#include "runtime/progress.h"

namespace unitscope {

class Model;

/// Which latent a vector belongs to: z that is drawn, w behind the mapping, w+ where each layer has its own w.
enum class LatentSpace { Z, W, WPlus };
enum class NoiseMode { Constant, Random, None };

std::string nameOf(LatentSpace space);  ///< "z", "w", "w+"
/// Throws Error for other names.
LatentSpace latentSpaceFrom(const std::string& name);

/// A change of a layer's units while a picture is made.
struct UnitEdit {
  UnitSwitch change;
  /// How much of the change happens at each place, [h,w] in 0..1, resized to the layer's places; empty: everywhere.
  Array where;
};

/// What pictures are made of.
struct SynthesisQuestion {
  Array latents;  ///< z [N,D], w [N,D], w+ [N,L,D]
  LatentSpace space = LatentSpace::Z;
  /// [N,K], or one row for all; empty: nothing for networks without classes, else class 0. Of networks that take class
  /// numbers the largest entry's index.
  Array classes;
  /// 1 leaves the latents alone. Applies to z only: w and w+ are taken as they are. StyleGAN: w_mean + psi (w - w_mean)
  /// by the network's own truncation where it has one, else with the mean of 4,096 samples. BigGAN: which statistics.
  /// Networks with neither: z is scaled.
  double truncation = 1.0;
  NoiseMode noise = NoiseMode::Constant;
  std::uint64_t noiseSeed = 0;  ///< of NoiseMode::Random: picture i has the same noise in whatever batch it is made
  std::vector<UnitEdit> edits;
};

/// A generator network that makes pictures from latents. Belongs on the engine thread, like all that computes.
class Generator {
 public:
  /// Finds the parts of the network (planGenerator()) and, where layers share one w, gives each its own. Throws Error
  /// for networks that are no generators.
  static std::shared_ptr<Generator> from(const std::shared_ptr<Model>& model, const LatentHints& hints = {});
  /// Mapping network and synthesis network in two files.
  static std::shared_ptr<Generator> from(const std::shared_ptr<Model>& mapping, const std::shared_ptr<Model>& synthesis,
                                         const LatentHints& hints = {});
  ~Generator();

  const GeneratorPlan& plan() const;
  /// The network that computes: the given one, or its copy with styles split or joined.
  const std::shared_ptr<Model>& model() const;
  /// The values of black and white in the network's pictures. Those of the card where a person confirmed it, else as
  /// eight samples tell: 0..1, 0..255, or -1..1.
  double black() const;
  double white() const;

  /// Normal z, [N,D]. Each row has its seed, so that a sample is the same in whatever company it is drawn.
  Array drawLatents(const std::vector<std::uint64_t>& seeds) const;
  /// One row of class vectors, [1,K]: 1 at this class. Throws Error for classes that do not exist.
  Array oneClass(std::int64_t index) const;
  /// What the layers take for these latents, w+ [N,L,D] (L is 1 where styles are not split): mapping and truncation.
  /// Throws Error where the network has no styles.
  Array styles(const SynthesisQuestion& question, const CancelToken& cancel = {});
  /// Mean of w over 4,096 samples of the first class, [D]; computed once.
  Array meanStyle(const CancelToken& cancel = {});

  /// Pictures in the network's own range, [N,C,H,W]. Throws Error for shapes that do not fit, edits of layers and units
  /// that do not exist, values that are no numbers.
  Array synthesise(const SynthesisQuestion& question, const Progress& progress = {}, const CancelToken& cancel = {});
  /// A layer's values for the same pictures, [N,...], float32.
  Array activations(const SynthesisQuestion& question, const std::string& layer, const CancelToken& cancel = {});
  /// Pictures from the range of the network, [N,C,H,W], to 8 bits.
  std::vector<Image> picturesOf(const Array& images) const;

  /// LibTorch side, for the core: see gan/generator_internal.h.
  struct Internal;
  Internal& internal();

 private:
  Generator();
  std::unique_ptr<Internal> internal_;
};

/// One picture that follows sliders: what earlier runs computed is kept, and a changed unit computes only what lies
/// behind it (newest first; the caller drops what is out of date). Belongs on the engine thread.
class LivePicture {
 public:
  explicit LivePicture(std::shared_ptr<Generator> generator);
  ~LivePicture();
  LivePicture(LivePicture&&) noexcept;
  LivePicture& operator=(LivePicture&&) noexcept;

  /// The picture [1,C,H,W] of a question of one row. As Generator::synthesise().
  Array picture(const SynthesisQuestion& question, const CancelToken& cancel = {});
  /// A layer of it, [1,...].
  Array activations(const SynthesisQuestion& question, const std::string& layer, const CancelToken& cancel = {});
  std::size_t nodesEvaluated() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace unitscope
