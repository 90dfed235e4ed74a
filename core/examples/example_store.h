#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "examples/receptive_field.h"

namespace unitscope {

/// A picture in which a unit was found doing something, and where.
struct Example {
  std::int64_t picture = 0;  ///< its number in the data
  std::string name;          ///< its file, or "scene 17"
  double activation = 0.0;   ///< at the place
  double relevance = 0.0;    ///< summed over the picture; only of examples by relevance, else 0
  std::int64_t row = 0, column = 0;
  FieldBox box;  ///< of the network's input that the place can see
};

/// How often a unit's activations fell into each of a few equally wide bins: counts are exact.
struct UnitHistogram {
  std::vector<double> edges;          ///< counts.size() + 1, rising
  std::vector<std::uint64_t> counts;  ///< of places over all pictures
};

/// What is known of a unit without its pictures.
struct UnitStatistics {
  std::uint64_t places = 0;  ///< over all pictures
  double mean = 0.0, deviation = 0.0;
  double minimum = 0.0, maximum = 0.0;
  double positive = 0.0;  ///< share of places above zero
  bool dead = false;      ///< never above zero, or the same at every place
  /// Class selectivity (Morcos et al. 2018): (m - o) / (m + o) of the mean rectified activation m on the pictures of
  /// the class where it is highest and o, the mean of those of all other classes. NaN where the data has no labels or
  /// the unit is never above zero.
  double selectivity = 0.0;
  std::int64_t preferredClass = -1;  ///< -1 where selectivity is NaN
  double meanRelevance = 0.0;        ///< over pictures, for the class that was asked for; else 0
};

struct UnitExamples {
  UnitStatistics statistics;
  std::vector<Example> top;     ///< highest activation first; ties by number. A picture comes once, with its best place
  std::vector<Example> lowest;  ///< lowest activation first; among equals those in which the unit fires least anywhere
  std::vector<Example> random;  ///< pictures drawn at random, with their best place, in the order of their numbers
  std::vector<Example> relevant;   ///< most relevant for the class first; empty where no class was asked for
  std::vector<double> quantiles;   ///< at ExampleStore::levels()
  std::vector<double> classMeans;  ///< mean rectified activation on pictures of each class, NaN without any; or empty
};

/// The statistics of all units of a layer, by unit, for sorting and for a gallery's tiles.
struct LayerStatistics {
  std::vector<UnitStatistics> units;
  std::vector<std::vector<double>> quantiles;  ///< [levels][units]
};

/// One file of examples, opened for reading. Whatever was opened may be used from one thread at a time; several stores
/// may be used at once. Only what is asked for is read: opening takes milliseconds however many units there are.
class ExampleStore {
 public:
  struct LayerInfo {
    std::string name;
    std::string value;                 ///< name of the graph's value
    std::vector<std::string> aliases;  ///< other layers that end in this value: "features" beside "features.12"
    std::int64_t units = 0;
    std::int64_t height = 1, width = 1;  ///< of its map; 1 x 1 for a dense layer, 1 x T for tokens
    ReceptiveField field;
  };

  /// Every size in the file is checked before anything is read. Throws Error naming the file: unreadable, damaged, of
  /// another kind or version; or a build without HDF5.
  static ExampleStore open(const std::filesystem::path& file);
  ~ExampleStore();
  ExampleStore(ExampleStore&&) noexcept;
  ExampleStore& operator=(ExampleStore&&) noexcept;

  const std::filesystem::path& file() const;
  const std::vector<LayerInfo>& layers() const;
  /// Index into layers() of the layer of this name, alias or value name, -1 for none.
  std::int64_t find(std::string_view layer) const;

  // What was shown to the network.
  const std::string& data() const;  ///< as openPictures() takes it
  std::uint64_t seed() const;
  const std::string& model() const;  ///< name of the network's file
  /// modelFingerprint() of the network: whether the file belongs to one.
  const std::string& modelHash() const;
  std::int64_t pictures() const;                     ///< how many were seen
  std::int64_t pictureNumber(std::int64_t i) const;  ///< number in the data of the i-th
  std::string pictureName(std::int64_t i) const;
  std::vector<std::int64_t> pictureClasses(std::int64_t i) const;
  std::int64_t shards() const;       ///< parts of the whole that was asked for
  std::int64_t shardsHere() const;   ///< of these, in this file
  std::int64_t inputHeight() const;  ///< pixels
  std::int64_t inputWidth() const;
  const std::vector<std::string>& labels() const;  ///< names of the classes; empty where the data has none
  std::int64_t relevanceClass() const;             ///< -1: none
  std::int64_t top() const;                        ///< examples of a kind that were asked for

  /// Levels of the stored quantiles, rising: 0.001 ... 0.5 ... 0.999.
  const std::vector<double>& levels() const;
  /// All of a layer at once. Throws Error for an index outside, and for a damaged file, as do all below.
  LayerStatistics statistics(std::int64_t layer) const;
  UnitExamples unit(std::int64_t layer, std::int64_t unit) const;
  /// Top examples alone, of units [first, first + count): for a page of a gallery. Sorted as UnitExamples::top.
  std::vector<std::vector<Example>> top(std::int64_t layer, std::int64_t first, std::int64_t count) const;
  UnitHistogram histogram(std::int64_t layer, std::int64_t unit, int bins = 64) const;
  /// The activation that the share `level` of all places does not exceed: the place of this rank among all is between
  /// it and the next bound. Off by less than kQuantileError of the value itself (see docs/examples.md). The top 0.5 %
  /// of Network Dissection is level 0.995. `level` in [0,1].
  double quantile(std::int64_t layer, std::int64_t unit, double level) const;
  /// The same for all units of a layer.
  std::vector<double> quantiles(std::int64_t layer, double level) const;

 private:
  struct State;
  explicit ExampleStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Largest error of a quantile, as a share of its magnitude; values nearer to zero than 2^-24 count as zero.
inline constexpr double kQuantileError = 1.0 / 128.0;

}  // namespace unitscope
