#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/model.h"

namespace unitscope {

/// Something that pixels can show.
struct Concept {
  std::string name;      ///< "roof"
  std::string category;  ///< "object", "part", "land", "sky", "color"; "class" where nothing more is known
  bool operator==(const Concept&) const = default;
};

/// Number of a pixel that shows nothing known.
inline constexpr std::uint16_t kNoConcept = 0xFFFF;

/// A picture as the network takes it, and the concepts of its pixels.
struct ConceptPicture {
  std::string name;  ///< its file, or "scene 17"
  Array input;       ///< [1,C,H,W] or [1,H,W,C]
  /// Index into the source's concepts for each of height * width pixels, row-major; a pixel shows at most one concept
  /// of each plane (a house in one, its roof in the next, red in the last).
  std::vector<std::vector<std::uint16_t>> planes;
};

/// Pictures by number whose pixels are labelled.
class ConceptSource {
 public:
  virtual ~ConceptSource() = default;
  /// All that pictures of this source may show.
  virtual const std::vector<Concept>& concepts() const = 0;
  /// How many pictures there are; -1 where there is no end.
  virtual std::int64_t count() const = 0;
  /// Size of the concept maps: that of the network's input, halved until no side is over 128 (Broden's maps are 112 for
  /// inputs of 224).
  virtual int height() const = 0;
  virtual int width() const = 0;
  /// Throws Error naming the file that cannot be read.
  virtual ConceptPicture at(std::int64_t index) const = 0;
};

/// What openConcepts() should look for besides what the data says of its pixels.
struct ConceptOptions {
  /// Eleven basic colours, told by hue, saturation and value (Bau et al. 2017 have them as a category too).
  bool colors = true;
  /// Labels the pixels of any pictures: the channel of its output that is largest at each place. Null: the data's own
  /// maps are used. It computes on the thread that calls at(), so it must be idle.
  std::shared_ptr<Model> segmenter;
};

/// Concepts of "scenes" or "scenes-biased" (procedural scenes of the series `seed`: things, parts, land and sky,
/// exact), of a folder with images/ and masks/ (and classes.txt, which names the values of the masks), or of any
/// pictures that openPictures() takes when there is a segmenter. The model says how pictures are prepared; model and
/// segmenter must outlive the source. Throws Error naming the data, saying that a segmenter is needed where there are
/// no maps.
std::unique_ptr<ConceptSource> openConcepts(const std::string& data, const Model& model, std::uint64_t seed,
                                            const ConceptOptions& options = {});

}  // namespace unitscope
