#include "examples/examples_state.h"

#include <algorithm>
#include <cmath>

#include "runtime/error.h"
#include "sources/picture_source.h"

namespace unitscope {

const std::vector<double>& exampleLevels() {
  static const std::vector<double> levels{0.001, 0.005, 0.01, 0.05, 0.1,   0.25,  0.5,  0.75,
                                          0.9,   0.95,  0.98, 0.99, 0.995, 0.998, 0.999};
  return levels;
}

const char* listName(ListKind kind) {
  switch (kind) {
    case ListKind::Top: return "top";
    case ListKind::Lowest: return "lowest";
    case ListKind::Random: return "random";
    case ListKind::Relevant: return "relevant";
  }
  return "";
}

std::string layerPath(std::size_t layer) {
  std::string digits = std::to_string(layer);
  if (digits.size() < 4) digits.insert(0, 4 - digits.size(), '0');
  return "/layers/" + digits;
}

std::int64_t ExamplesHeader::blocksOf(std::int64_t part) const {
  const std::int64_t all = (total + block - 1) / block;
  return (all + shards - 1 - part) / shards;
}

std::string ExamplesHeader::differenceFrom(const ExamplesHeader& other) const {
  const auto drawn = [](const std::string& name) { return name == kScenes || name == kBiasedScenes; };
  if (modelHash != other.modelHash) return "was made with another network";
  if (data != other.data && (drawn(data) || drawn(other.data))) return "was made with other data";
  if (total != other.total) return "was made with another number of pictures";
  if (seed != other.seed) return "was made with another seed";
  if (shards != other.shards || block != other.block) return "was divided into other parts";
  if (top != other.top) return "keeps another number of examples";
  if (relevanceClass != other.relevanceClass) return "was made for the relevance to another class";
  if (labels != other.labels) return "has other classes";
  if (inputHeight != other.inputHeight || inputWidth != other.inputWidth) return "was made with another input size";
  return {};
}

void ExamplesState::add(const ExamplesState& other, const std::string& from) {
  if (const std::string why = other.header.differenceFrom(header); !why.empty()) throw Error(from, why);
  for (std::size_t i = 0; i < other.header.parts.size(); ++i) {
    const auto at = std::ranges::lower_bound(header.parts, other.header.parts[i]);
    if (at != header.parts.end() && *at == other.header.parts[i])
      throw Error(from, "holds part " + std::to_string(*at) + ", which another file holds too");
    header.blocksDone.insert(header.blocksDone.begin() + (at - header.parts.begin()), other.header.blocksDone[i]);
    header.parts.insert(at, other.header.parts[i]);
  }
  if (other.layers.size() != layers.size()) throw Error(from, "was made for other layers");
  for (std::size_t i = 0; i < layers.size(); ++i) layers[i].add(other.layers[i], from);
  for (std::size_t k = 0; k < header.classPictures.size(); ++k)
    header.classPictures[k] += other.header.classPictures[k];
  header.unreadable.insert(header.unreadable.end(), other.header.unreadable.begin(), other.header.unreadable.end());
  const auto middle = static_cast<std::ptrdiff_t>(pictures.size());
  pictures.insert(pictures.end(), other.pictures.begin(), other.pictures.end());
  std::ranges::inplace_merge(pictures, pictures.begin() + middle, {}, &SeenPicture::number);
}

std::size_t ExamplesState::bytes() const {
  std::size_t bytes = 0;
  for (const LayerTally& layer : layers) bytes += layer.bytes();
  for (const SeenPicture& picture : pictures)
    bytes += sizeof(picture) + picture.name.capacity() + picture.classes.capacity() * sizeof(std::int64_t);
  return bytes;
}

}  // namespace unitscope
