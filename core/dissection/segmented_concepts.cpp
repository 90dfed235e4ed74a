#include <algorithm>

#include "dissection/concept_planes.h"
#include "engine/model_internal.h"
#include "engine/preprocess.h"
#include "runtime/error.h"
#include "sources/picture_source.h"

namespace unitscope {
namespace {

constexpr std::int64_t kMostChannels = 10'000;

/// A segmenter's answer as one number a place.
struct Labelled {
  int height = 0, width = 0;
  std::vector<std::uint16_t> labels;
};

/// Pictures that a segmentation network labels.
class SegmentedConcepts final : public ConceptSource {
 public:
  SegmentedConcepts(const std::string& data, const Model& model, std::uint64_t seed, const ConceptOptions& options)
      : model_(model),
        segmenter_(options.segmenter),
        colors_(options.colors),
        size_(planeSizeFor(model.card())),
        pictures_(openPictures(data, model, seed)) {
    // The whole of what the network sees is to be labelled, whatever is cut off pictures for the segmenter's own use.
    card_ = segmenter_->card();
    card_.resize = ModelCard::Resize::Stretch;
    const std::int64_t channels = channelCount();
    for (std::int64_t k = 0; k < channels; ++k) {
      const std::string name = segmenter_->label(k);
      concepts_.push_back({name, categoryOf(name)});
    }
    firstColor_ = static_cast<std::uint16_t>(concepts_.size());
    if (colors_) addColors(concepts_);
  }

  const std::vector<Concept>& concepts() const override { return concepts_; }
  std::int64_t count() const override { return pictures_->count(); }
  int height() const override { return size_.height; }
  int width() const override { return size_.width; }

  ConceptPicture at(std::int64_t index) const override {
    KnownPicture known = pictures_->at(index);
    ConceptPicture picture;
    picture.name = std::move(known.name);
    picture.input = std::move(known.input);
    const Image seen = model_.pictureOf(picture.input);
    const Labelled map = label(seen);
    ModelCard whole = model_.card();
    whole.resize = ModelCard::Resize::Stretch;
    picture.planes.push_back(
        planeAsSeen(map.height, map.width, whole, size_, [&](std::size_t i) { return map.labels[i]; }));
    if (colors_) picture.planes.push_back(colorPlane(seen, size_, firstColor_));
    return picture;
  }

 private:
  /// [K,h,w] of one picture.
  at::Tensor channelsOf(const Array& input) const {
    Model::Internal& inner = segmenter_->internal();
    const Array answer = segmenter_->activations(input, inner.outputValue());
    at::Tensor map = viewOf(answer).clone();
    if (map.dim() != 4 || map.size(0) != 1)
      throw Error(card_.title, "is no segmenter: for a picture it gives " + toString(answer.shape));
    const auto labels = static_cast<std::int64_t>(card_.labels.size());
    if (labels > 0 && map.size(3) == labels && map.size(1) != labels) map = map.permute({0, 3, 1, 2});
    if (map.size(1) > kMostChannels || map.size(2) > 16384 || map.size(3) > 16384)
      throw Error(card_.title, "its answer " + toString(answer.shape) + " is too large to name pixels by");
    return map[0];
  }

  std::int64_t channelCount() const {
    return channelsOf(toArray(segmenter_->internal().blankInput().to(at::kFloat))).size(0);
  }

  Labelled label(const Image& seen) const {
    const at::Tensor map = channelsOf(preprocessImage(seen, card_));
    Labelled answer{static_cast<int>(map.size(1)), static_cast<int>(map.size(2)), {}};
    at::Tensor best;
    if (map.size(0) == 1)  // one thing against all the rest
      best = at::where(map[0] > (card_.outputIsProbability ? 0.5 : 0.0), at::zeros({}, at::kLong),
                       at::full({}, static_cast<std::int64_t>(kNoConcept), at::kLong));
    else
      best = map.argmax(0);
    best = best.contiguous();
    const auto* first = best.data_ptr<std::int64_t>();
    answer.labels.assign(first, first + best.numel());
    return answer;
  }

  const Model& model_;
  std::shared_ptr<Model> segmenter_;
  bool colors_;
  PlaneSize size_;
  std::unique_ptr<PictureSource> pictures_;
  ModelCard card_;
  std::vector<Concept> concepts_;
  std::uint16_t firstColor_ = 0;
};

}  // namespace

std::unique_ptr<ConceptSource> openSegmentedConcepts(const std::string& data, const Model& model, std::uint64_t seed,
                                                     const ConceptOptions& options) {
  return std::make_unique<SegmentedConcepts>(data, model, seed, options);
}

}  // namespace unitscope
