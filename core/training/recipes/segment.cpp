#include "training/recipes/segment.h"

#include "engine/devices.h"
#include "training/augment.h"
#include "training/autocast.h"
#include "training/checkpoint.h"
#include "training/evaluator.h"
#include "training/measures.h"
#include "training/optimiser.h"
#include "training/picture_pool.h"
#include "training/recipes/cards.h"
#include "training/recipes/scene_data.h"
#include "zoo/networks/networks.h"

namespace unitscope {
namespace {

class SegmenterRecipe final : public Recipe {
 public:
  SegmenterRecipe(const TrainingOptions& options, PicturePool training, PicturePool held)
      : options_(options),
        training_(std::move(training)),
        held_(std::move(held)),
        trainee_(makeUNet(shape(), {options.seed, true}), deviceFrom(options.device)),
        adam_(trainee_, {.rate = 4e-3, .weightDecay = 0.02}) {}

  std::vector<std::string> losses() const override { return {"loss"}; }

  at::Tensor step(std::int64_t, double done) override {
    const at::Tensor indices = drawIndices(options_.batch, training_);
    const Flipped flipped = flipAtRandom(training_.batch(indices));
    const at::Tensor classes = flipLike(training_.classes.index_select(0, indices), flipped.mask).to(at::kLong);
    at::Tensor logits;
    {
      const Autocast half(trainee_.device(), options_.bfloat16);
      logits = trainee_.run({{"input", flipped.pictures}}, {"logits"}).front();
    }
    const at::Tensor loss = at::cross_entropy_loss(logits.to(at::kFloat), classes);
    adam_.minimise(loss, cosineRate(done));
    return loss.detach().reshape({1});
  }

  NamedTensors state() const override {
    NamedTensors state;
    addPrefixed(state, "net.", trainee_.state());
    adam_.save(state, "adam.");
    return state;
  }
  void load(const NamedTensors& state) override {
    trainee_.load(takePrefixed(state, "net."));
    adam_.load(state, "adam.");
  }

  void startFrom(const NamedTensors& weights) override { trainee_.load(weights); }

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

  TrainingOptions options_;
  PicturePool training_, held_;
  Trainee trainee_;
  Adam adam_;
};

}  // namespace

std::unique_ptr<Recipe> makeSegmenterRecipe(const TrainingOptions& options, const Progress& progress,
                                            const CancelToken& cancel) {
  // Class maps as logits take much memory: a quarter of the pictures tells enough.
  return std::make_unique<SegmenterRecipe>(options, trainingScenes(options, SceneBias::None, progress, cancel),
                                           checkScenes(options, kCheckPictures / 4, cancel));
}

}  // namespace unitscope
