#include <algorithm>
#include <utility>

#include "dissection/colors.h"
#include "engine/model_internal.h"
#include "gan/attributes.h"
#include "gan/generator.h"
#include "gan/picture_network.h"
#include "gan/picture_statistics.h"
#include "runtime/error.h"
#include "zoo/embedded_models.h"

namespace unitscope {
namespace {

using Kind = PictureAttribute::Kind;
using Band = PictureAttribute::Band;

constexpr std::int64_t kChunk = 32;

std::shared_ptr<Model> orEmbedded(const std::shared_ptr<Model>& model, std::string_view name) {
  if (model) return model;
  ReadModel read = readEmbeddedModel(name);
  return Model::fromGraph(std::move(read.graph), std::move(read.card));
}

bool isClass(Kind kind) {
  return kind == Kind::ClassProbability || kind == Kind::ClassScore;
}

at::Tensor probabilities(const at::Tensor& scores, const ModelCard& card) {
  if (card.outputIsProbability) return scores;
  return card.multiLabel || scores.size(1) == 1 ? scores.sigmoid() : scores.softmax(1);
}

}  // namespace

struct AttributeScorer::State {
  std::vector<PictureAttribute> attributes;
  std::vector<std::int64_t> numbers;  ///< output of the network that each attribute is, -1 for statistics
  std::unique_ptr<PictureNetwork> classifier, segmenter;

  /// [n,K] of pictures with black at 0 and white at 1.
  at::Tensor columns(const at::Tensor& pictures, const CancelToken& cancel);
};

AttributeScorer::AttributeScorer(std::vector<PictureAttribute> attributes, const AttributeModels& models)
    : state_(std::make_unique<State>()) {
  if (attributes.empty()) throw Error("attributes", "are needed; none was given");
  std::vector<std::string> classes, concepts;
  for (PictureAttribute& attribute : attributes) {
    const std::string text = textOf(attribute);
    std::int64_t number = -1;
    if (attribute.kind == Kind::HandLabels) throw Error(text, "is known to a person only: nothing can score it");
    if (isClass(attribute.kind)) {
      if (!state_->classifier) {
        state_->classifier = std::make_unique<PictureNetwork>(orEmbedded(models.classifier, "scene-classifier"));
        classes = state_->classifier->labels({});
      }
      number = labelNumber(classes, attribute.name, text);
      attribute.name = classes[static_cast<std::size_t>(number)];
    } else if (attribute.kind == Kind::ConceptArea) {
      if (!state_->segmenter) {
        state_->segmenter = std::make_unique<PictureNetwork>(orEmbedded(models.segmenter, "scene-segmenter"));
        concepts = state_->segmenter->labels({});
      }
      number = labelNumber(concepts, attribute.name, text);
      attribute.name = concepts[static_cast<std::size_t>(number)];
    } else if (attribute.kind == Kind::ColorArea) {
      const auto& known = basicColorNames();
      number = labelNumber({known.begin(), known.end()}, attribute.name, text);
      attribute.name = known[static_cast<std::size_t>(number)];
    }
    state_->numbers.push_back(number);
  }
  state_->attributes = std::move(attributes);
}

AttributeScorer::~AttributeScorer() = default;
AttributeScorer::AttributeScorer(AttributeScorer&&) noexcept = default;
AttributeScorer& AttributeScorer::operator=(AttributeScorer&&) noexcept = default;

const std::vector<PictureAttribute>& AttributeScorer::attributes() const {
  return state_->attributes;
}

at::Tensor AttributeScorer::State::columns(const at::Tensor& pictures, const CancelToken& cancel) {
  at::Tensor scores, shares, concepts;
  if (classifier) {
    scores = classifier->scores(pictures, cancel);
    shares = probabilities(scores, classifier->model().card());
  }
  if (segmenter) concepts = segmenter->concepts(pictures, cancel);
  std::vector<at::Tensor> all;
  for (std::size_t k = 0; k < attributes.size(); ++k) {
    const PictureAttribute& attribute = attributes[k];
    if (isClass(attribute.kind)) {
      const at::Tensor& source = attribute.kind == Kind::ClassScore ? scores : shares;
      if (numbers[k] >= source.size(1))
        throw Error(textOf(attribute), "is a label that the network has no answer for; it gives " +
                                           std::to_string(source.size(1)) + " numbers");
      all.push_back(source.select(1, numbers[k]));
    } else if (attribute.kind == Kind::ConceptArea) {
      // A network of one channel knows its thing as 0, as one of many.
      all.push_back(bandOf(concepts, attribute.band).eq(numbers[k]).to(at::kFloat).flatten(1).mean(1));
    } else {
      all.push_back(statisticOf(pictures, attribute));
    }
  }
  return at::stack(all, 1).to(at::kFloat);
}

Array AttributeScorer::score(const Generator& generator, const Array& pictures, const Progress& progress,
                             const CancelToken& cancel) {
  if (pictures.shape.size() != 4 || (pictures.shape[1] != 1 && pictures.shape[1] != 3) || pictures.values.empty())
    throw Error("pictures", "must be of the form [N,1,H,W] or [N,3,H,W], not " + toString(pictures.shape));
  const double range = generator.white() - generator.black();
  const at::NoGradGuard noGradients;
  const at::Tensor all = viewOf(pictures);
  std::vector<at::Tensor> parts;
  inBatches(all.size(0), kChunk, progress, cancel, "scoring pictures", [&](std::int64_t first, std::int64_t count) {
    // As they would be shown.
    const at::Tensor shown = all.narrow(0, first, count).sub(generator.black()).div(range).clamp(0.0, 1.0);
    parts.push_back(state_->columns(shown, cancel));
  });
  return toArray(at::cat(parts));
}

std::vector<PictureAttribute> availableAttributes(const AttributeModels& models) {
  std::vector<PictureAttribute> all;
  PictureNetwork classifier(orEmbedded(models.classifier, "scene-classifier"));
  const std::vector<std::string> classes = classifier.labels({});
  for (const Kind kind : {Kind::ClassProbability, Kind::ClassScore})
    for (const std::string& label : classes) all.push_back({kind, label, Band::Whole});
  PictureNetwork segmenter(orEmbedded(models.segmenter, "scene-segmenter"));
  for (const std::string& label : segmenter.labels({})) all.push_back({Kind::ConceptArea, label, Band::Whole});
  for (const std::string_view color : basicColorNames())
    all.push_back({Kind::ColorArea, std::string(color), Band::Whole});
  for (const Kind kind : {Kind::Brightness, Kind::Contrast, Kind::Saturation, Kind::Warmth})
    for (const Band band : {Band::Whole, Band::Top, Band::Middle, Band::Bottom}) all.push_back({kind, {}, band});
  return all;
}

}  // namespace unitscope
