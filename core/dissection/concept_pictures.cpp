#include "dissection/concept_pictures.h"

#include <algorithm>

#include "engine/preprocess.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::size_t kMostBytes = std::size_t{768} << 20;

}  // namespace

ConceptPictures::ConceptPictures(const ConceptSource& source, const Model& model, std::int64_t most,
                                 const std::string& data)
    : source_(source), model_(model), whole_(model.card()) {
  whole_.resize = ModelCard::Resize::Stretch;
  const std::int64_t there = source.count();
  count_ = there < 0 ? most : std::min(there, most);
  if (count_ < 1) throw Error(data, "there is no picture to look at");
}

ConceptPicture ConceptPictures::at(std::int64_t index) {
  if (const auto found = kept_.find(index); found != kept_.end())
    return {found->second.name, preprocessImage(found->second.seen, whole_), found->second.planes};
  ConceptPicture picture = source_.at(index);
  Kept kept{picture.name, model_.pictureOf(picture.input), picture.planes};
  std::size_t bytes = kept.seen.pixels.size() + sizeof(Kept);
  for (const auto& plane : kept.planes) bytes += plane.size() * sizeof(plane.front());
  if (bytes_ + bytes <= kMostBytes) {
    bytes_ += bytes;
    kept_.emplace(index, std::move(kept));
  }
  return picture;
}

}  // namespace unitscope
