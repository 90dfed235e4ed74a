#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/model.h"

namespace unitscope {

/// Which pictures are shown to a network, and what is kept of its units.
struct ExamplesQuestion {
  std::string data = "scenes";      ///< as openPictures() takes it
  std::int64_t count = 1000;        ///< pictures at most; 0: all of a folder or file
  std::uint64_t seed = 3;           ///< series of the scenes, and of the random examples
  std::vector<std::string> layers;  ///< names; empty for exampleLayers()
  std::int64_t top = 9;             ///< examples of each kind for a unit
  /// This run looks at part `shard` of `shards` only, 0 <= shard < shards; mergeExamples() joins the parts.
  std::int64_t shard = 0, shards = 1;
  /// Also keeps the pictures in which a unit speaks most for this class: largest sum over its places of activation
  /// times gradient of the class' score. -1: none.
  std::int64_t relevanceClass = -1;
  /// Goes on from the checkpoint that a cancelled or killed run of the same question left beside the file; begins anew
  /// where there is none, or one of another question.
  bool resume = false;
  double checkpointSeconds = 60.0;  ///< between checkpoints
};

/// Layers worth collecting when nobody names any, in the order of evaluation: what has channels or units and is neither
/// plumbing, nor a mere pooling, nor goes on into nothing but an activation, a normalisation or a concatenation, which
/// then stands for it.
std::vector<std::string> exampleLayers(Model& model, const CancelToken& cancel = {});

/// Where the checkpoint of a run lies: "<file>.part".
std::filesystem::path examplesCheckpoint(const std::filesystem::path& file);

struct CollectReport {
  std::int64_t pictures = 0;            ///< seen in this part, those of the checkpoint included
  std::int64_t resumedAt = 0;           ///< of these, seen before the checkpoint
  std::int64_t units = 0;               ///< over all layers
  std::string passedOver;               ///< the checkpoint that was there and did not fit, and why
  std::vector<std::string> unreadable;  ///< files that were passed over, with the reason; 100 at most
  std::size_t stateBytes = 0;           ///< memory of what is kept of the units
  double seconds = 0.0;                 ///< of this run
};

/// Shows the pictures to the network once and writes what excites each unit to an HDF5 file, which ExampleStore opens.
/// Pictures go in blocks of fixed numbers, whatever the part, so that merged parts and resumed runs have exactly the
/// examples, counts and histograms of one run on the same kind of machine. Pictures that cannot be read are passed over
/// and named. Memory does not grow with the number of pictures but for their names. When cancelled it leaves a
/// checkpoint and throws Cancelled. Throws Error for unknown layers, data that cannot be read, an impossible part, and
/// a build without HDF5.
CollectReport collectExamples(Model& model, const ExamplesQuestion& question, const std::filesystem::path& file,
                              const Progress& progress = {}, const CancelToken& cancel = {});

/// Joins the parts of one question into `out`, in any order: all of them or some. Throws Error naming the file that
/// does not belong to the others, is no file of examples, or holds a part that another holds too.
void mergeExamples(const std::vector<std::filesystem::path>& files, const std::filesystem::path& out,
                   const Progress& progress = {}, const CancelToken& cancel = {});

}  // namespace unitscope
