#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/model.h"

namespace unitscope {

/// A picture to try a network on, and what is known about it.
struct KnownPicture {
  std::string name;  ///< its file, or "scene 17"
  Array input;       ///< as the network takes it, [1,C,H,W] or [1,H,W,C]
  bool labelled = false;
  std::vector<std::int64_t> classes;    ///< of the network's, that it shows; sorted
  std::map<std::int64_t, Array> masks;  ///< [H,W] of 0 and 1: where a class is, as far as that is known
};

/// Pictures by number.
class PictureSource {
 public:
  virtual ~PictureSource() = default;
  /// How many there are; -1 where there is no end.
  virtual std::int64_t count() const = 0;
  /// Throws Error naming the file that cannot be read.
  virtual KnownPicture at(std::int64_t index) const = 0;
  /// Whether masks are known for some classes of the network.
  virtual bool masked() const = 0;
  virtual bool labelled() const = 0;
};

/// Names of sources that are drawn instead of read.
inline constexpr const char* kScenes = "scenes";
inline constexpr const char* kBiasedScenes = "scenes-biased";

/// "scenes" or "scenes-biased": procedural scenes of the series `seed`, with labels and exact masks where the network
/// knows their things by name. Else a folder: images/ and masks/ with classes.txt (and scenes.csv where there is one),
/// or a sub-folder for each class, or plain pictures, or IDX files as of MNIST; or one such file. The names of classes
/// are compared with the network's labels, case and a plural's s aside. Throws Error naming the folder or file.
std::unique_ptr<PictureSource> openPictures(const std::string& data, const Model& model, std::uint64_t seed);

}  // namespace unitscope
