#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "examples/layer_tally.h"
#include "formats/hdf5/hdf5_file.h"
#include "runtime/progress.h"

namespace unitscope {

/// A picture that was shown.
struct SeenPicture {
  std::int64_t number = 0;
  std::string name;
  std::vector<std::int64_t> classes;
};

/// What a file of examples says besides what it says of units and pictures.
struct ExamplesHeader {
  std::string data, model, modelHash;
  std::uint64_t seed = 0;
  std::int64_t total = 0;  ///< pictures of all parts together
  std::int64_t block = 1;  ///< pictures that go through the network together
  std::int64_t shards = 1, top = 0, relevanceClass = -1;
  std::int64_t inputHeight = 0, inputWidth = 0;
  std::vector<std::string> labels;           ///< empty where the data has none
  std::vector<std::int64_t> parts;           ///< shards that are in here, rising
  std::vector<std::int64_t> blocksDone;      ///< of each of them
  std::vector<std::uint64_t> classPictures;  ///< seen of each class
  std::vector<std::string> unreadable;
  std::int64_t pictures = 0;
  std::vector<ExampleStore::LayerInfo> layers;

  /// Blocks of a part when it is whole.
  std::int64_t blocksOf(std::int64_t part) const;
  /// Why the other is of another question; empty where it is the same. Folders may lie elsewhere on another machine.
  std::string differenceFrom(const ExamplesHeader& other) const;
};

/// All of it: what a run has gathered, and what parts are joined in. `layers` of the header is only filled when read.
struct ExamplesState {
  ExamplesHeader header;
  std::vector<SeenPicture> pictures;  ///< numbers rising
  std::vector<LayerTally> layers;

  /// Throws Error naming `from` where it does not belong here or a part is here already.
  void add(const ExamplesState& other, const std::string& from);
  std::size_t bytes() const;
};

/// Levels of the quantiles that are stored.
const std::vector<double>& exampleLevels();
/// "top", "lowest", "random", "relevant".
const char* listName(ListKind kind);
/// Group of a layer.
std::string layerPath(std::size_t layer);

void writeExamples(const ExamplesState& state, const std::filesystem::path& file);
/// Throws Error naming the file: no file of examples, another version, sizes that do not agree.
ExamplesHeader readHeader(const Hdf5Reader& reader);
ExamplesState readExamples(const std::filesystem::path& file);
/// Bins of units [first, first + count) of a layer of `units`.
std::vector<std::vector<BinCount>> readBins(const Hdf5Reader& reader, const std::string& layer, std::int64_t units,
                                            std::int64_t first, std::int64_t count);
/// A list of units [first, first + count), `length` entries each, places checked.
std::vector<ListedPicture> readList(const Hdf5Reader& reader, const std::string& layer,
                                    const ExampleStore::LayerInfo& info, ListKind kind, std::int64_t length,
                                    std::int64_t first, std::int64_t count);

}  // namespace unitscope
