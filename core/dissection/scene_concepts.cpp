#include <array>
#include <utility>

#include "data/scene.h"
#include "dissection/concept_planes.h"

namespace unitscope {
namespace {

// Classes of pixels that are no things of their own: the ground and sky between them, parts, and what several have in
// common.
constexpr std::array kBetween = {SceneClass::Sky,  SceneClass::Sun,  SceneClass::Grass, SceneClass::Tree,
                                 SceneClass::Wall, SceneClass::Roof, SceneClass::Door,  SceneClass::Window};

/// Scenes know exactly what each pixel shows.
class SceneConcepts final : public ConceptSource {
 public:
  SceneConcepts(const Model& model, std::uint64_t seed, bool biased, bool colors)
      : model_(model), seed_(seed), colors_(colors), size_(planeSizeFor(model.card())) {
    const ModelCard& card = model.card();
    options_.bias = biased ? SceneBias::Telltales : SceneBias::None;
    if (card.height == card.width && card.height >= 16 && card.height <= 1024) options_.size = card.height;
    for (const std::string_view name : sceneThingNames()) concepts_.push_back({std::string(name), categoryOf(name)});
    between_.fill(kNoConcept);
    for (const SceneClass kind : kBetween) {
      const auto k = static_cast<std::size_t>(kind);
      between_[k] = static_cast<std::uint16_t>(concepts_.size());
      concepts_.push_back({std::string(sceneClassNames()[k]), categoryOf(sceneClassNames()[k])});
    }
    firstColor_ = static_cast<std::uint16_t>(concepts_.size());
    if (colors) addColors(concepts_);
  }

  const std::vector<Concept>& concepts() const override { return concepts_; }
  std::int64_t count() const override { return -1; }
  int height() const override { return size_.height; }
  int width() const override { return size_.width; }

  ConceptPicture at(std::int64_t index) const override {
    const Scene scene = renderScene(seed_, static_cast<std::uint64_t>(index), options_);
    ConceptPicture picture;
    picture.name = "scene " + std::to_string(index);
    picture.input = model_.preprocess(scene.picture);
    const auto plane = [&](const auto& labelAt) {
      picture.planes.push_back(planeAsSeen(scene.picture.height, scene.picture.width, model_.card(), size_, labelAt));
    };
    plane([&](std::size_t i) {
      const std::uint16_t object = scene.instances[i];
      return object == 0 ? kNoConcept : static_cast<std::uint16_t>(scene.objects[object - 1u].thing);
    });
    plane([&](std::size_t i) { return between_[scene.classes[i]]; });
    if (colors_) picture.planes.push_back(colorPlane(model_.pictureOf(picture.input), size_, firstColor_));
    return picture;
  }

 private:
  const Model& model_;
  std::uint64_t seed_;
  bool colors_;
  PlaneSize size_;
  SceneOptions options_;
  std::vector<Concept> concepts_;
  std::array<std::uint16_t, kSceneClasses> between_{};
  std::uint16_t firstColor_ = 0;
};

}  // namespace

std::unique_ptr<ConceptSource> openSceneConcepts(const Model& model, std::uint64_t seed, bool biased, bool colors) {
  return std::make_unique<SceneConcepts>(model, seed, biased, colors);
}

}  // namespace unitscope
