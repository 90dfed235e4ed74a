#include "training/recipes/classify.h"

#include "engine/devices.h"
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

class ClassifierRecipe final : public SingleNetworkRecipe {
 public:
  ClassifierRecipe(const TrainingOptions& options, const ResidualNetShape& shape, ModelCard card, PicturePool training,
                   PicturePool held)
      : SingleNetworkRecipe(options, makeResidualNet(shape, {options.seed, true}), {.rate = 3e-3, .weightDecay = 0.05}),
        shape_(shape),
        card_(std::move(card)),
        training_(std::move(training)),
        held_(std::move(held)) {}

  std::vector<std::string> losses() const override { return {"loss"}; }

  at::Tensor step(std::int64_t, double done) override {
    const at::Tensor indices = drawIndices(options_.batch, training_);
    at::Tensor pictures = flipAtRandom(training_.batch(indices)).pictures;
    if (!card_.multiLabel) pictures = shiftAtRandom(pictures, 2, -1.0);
    const at::Tensor labels = training_.labels.index_select(0, indices);
    const at::Tensor logits = forward(pictures, "logits");
    const at::Tensor loss = card_.multiLabel ? at::binary_cross_entropy_with_logits(logits, labels)
                                             : at::cross_entropy_loss(logits, labels);
    adam_.minimise(loss, cosineRate(done));
    return loss.detach().reshape({1});
  }

  std::vector<std::string> checks() const override {
    return {card_.multiLabel ? "mean average precision" : "test accuracy"};
  }
  std::vector<double> check() override {
    Evaluator evaluator(finished(), trainee_.device());
    const at::Tensor logits = evaluator.overBytes(held_.pictures, {"logits"}).front();
    const at::Tensor labels = held_.labels.cpu();
    return {card_.multiLabel ? meanAveragePrecision(logits, labels) : topOneAccuracy(logits, labels)};
  }

  Graph finished() const override {
    return withState(makeResidualNet(shape_, {options_.seed, false}).graph, trainee_.state());
  }
  ModelCard card() const override { return card_; }

 private:
  ResidualNetShape shape_;
  ModelCard card_;
  PicturePool training_, held_;
};

}  // namespace

std::unique_ptr<Recipe> makeSceneClassifierRecipe(const TrainingOptions& options, SceneBias bias,
                                                  const Progress& progress, const CancelToken& cancel) {
  ResidualNetShape shape;
  shape.classes = kSceneThings;
  ModelCard card = zooCard(bias == SceneBias::None ? "Scene classifier" : "Scene classifier, biased",
                           ModelCard::Task::Classifier, 3, shape.side);
  card.labels = sceneThingLabels();
  card.multiLabel = true;
  return std::make_unique<ClassifierRecipe>(options, shape, std::move(card),
                                            trainingScenes(options, bias, progress, cancel),
                                            checkScenes(options, kCheckPictures, cancel));
}

std::unique_ptr<Recipe> makeFashionClassifierRecipe(const TrainingOptions& options) {
  ResidualNetShape shape;
  shape.inputChannels = 1;
  shape.side = 28;
  shape.classes = 10;
  shape.firstStride = 1;
  shape.widths = {16, 32, 64};
  shape.blocks = {2, 2, 2};
  ModelCard card = zooCard("Fashion classifier", ModelCard::Task::Classifier, 1, shape.side);
  card.labels = fashionLabels();
  const at::Device device = deviceFrom(options.device);
  return std::make_unique<ClassifierRecipe>(options, shape, std::move(card), readPool(options.data, "train").to(device),
                                            readPool(options.data, "t10k").to(device));
}

}  // namespace unitscope
