#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "dissection/concepts.h"
#include "image/image.h"

namespace unitscope {

/// The first pictures of a source, for several passes: those that fit 768 MiB stay in memory as bytes, the others are
/// read anew each time.
class ConceptPictures {
 public:
  /// At most `most` pictures. Throws Error naming the data when there is none.
  ConceptPictures(const ConceptSource& source, const Model& model, std::int64_t most, const std::string& data);

  const ConceptSource& source() const { return source_; }
  std::int64_t count() const { return count_; }
  /// Throws Error naming the file that cannot be read, or whose size is not the network's.
  ConceptPicture at(std::int64_t index);

 private:
  struct Kept {
    std::string name;
    Image seen;  ///< what the network sees, from which its input follows
    std::vector<std::vector<std::uint16_t>> planes;
  };

  const ConceptSource& source_;
  const Model& model_;
  ModelCard whole_;  ///< the model's card, for pictures that have its size already
  std::int64_t count_ = 0;
  std::map<std::int64_t, Kept> kept_;
  std::size_t bytes_ = 0;
};

}  // namespace unitscope
