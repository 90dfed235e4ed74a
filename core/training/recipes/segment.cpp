#include "training/recipes/segment.h"

#include "training/augment.h"
#include "training/evaluator.h"
#include "training/measures.h"
#include "training/picture_pool.h"
#include "training/recipes/cards.h"
#include "training/recipes/scene_data.h"
#include "training/recipes/single_network.h"
#include "zoo/networks/networks.h"

namespace unitscope {
namespace {

class SegmenterRecipe final : public SingleNetworkRecipe {
 public:
  SegmenterRecipe(const TrainingOptions& options, PicturePool training, PicturePool held)
      : SingleNetworkRecipe(options, makeUNet(shape(), {options.seed, true}), {.rate = 4e-3, .weightDecay = 0.02}),
        training_(std::move(training)),
        held_(std::move(held)) {}

  std::vector<std::string> losses() const override { return {"loss"}; }

  at::Tensor step(std::int64_t, double done) override {
    const at::Tensor indices = drawIndices(options_.batch, training_);
    const Flipped flipped = flipAtRandom(training_.batch(indices));
    const at::Tensor classes = flipLike(training_.classes.index_select(0, indices), flipped.mask).to(at::kLong);
    const at::Tensor loss = at::cross_entropy_loss(forward(flipped.pictures, "logits"), classes);
    adam_.minimise(loss, cosineRate(done));
    return loss.detach().reshape({1});
  }

  std::vector<std::string> checks() const override { return {"mean IoU"}; }
  std::vector<double> check() override {
    Evaluator evaluator(finished(), trainee_.device());
    const at::Tensor logits = evaluator.overBytes(held_.pictures, {"logits"}).front();
    return {meanOfKnown(intersectionOverUnion(confusionMatrix(held_.classes.cpu(), logits.argmax(1), kSceneClasses)))};
  }

  Graph finished() const override {
    return withState(makeUNet(shape(), {options_.seed, false}).graph, trainee_.state());
  }
  ModelCard card() const override {
    ModelCard card = zooCard("Scene segmenter", ModelCard::Task::Segmenter, 3, shape().side);
    card.labels = sceneClassLabels();
    return card;
  }

 private:
  static UNetShape shape() {
    UNetShape shape;
    shape.classes = kSceneClasses;
    return shape;
  }

  PicturePool training_, held_;
};

}  // namespace

std::unique_ptr<Recipe> makeSegmenterRecipe(const TrainingOptions& options, const Progress& progress,
                                            const CancelToken& cancel) {
  // Class maps as logits take much memory: a quarter of the pictures tells enough.
  return std::make_unique<SegmenterRecipe>(options, trainingScenes(options, SceneBias::None, progress, cancel),
                                           checkScenes(options, kCheckPictures / 4, cancel));
}

}  // namespace unitscope
