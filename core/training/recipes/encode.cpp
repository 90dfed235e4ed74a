#include "training/recipes/encode.h"

#include <memory>
#include <string>
#include <vector>

#include "engine/devices.h"
#include "exec/autocast.h"
#include "runtime/error.h"
#include "training/augment.h"
#include "training/evaluator.h"
#include "training/finished_models.h"
#include "training/measures.h"
#include "training/recipes/cards.h"
#include "training/recipes/generator_data.h"
#include "training/recipes/scene_data.h"
#include "training/recipes/single_network.h"
#include "zoo/networks/networks.h"

namespace unitscope {
namespace {

constexpr double kSeenWeight = 0.5, kStyleWeight = 0.1;

EncoderShape shapeFor(Evaluator& generator) {
  EncoderShape shape;
  shape.latent = static_cast<int>(generator.weight("w_mean").size(0));
  const at::Tensor drawn = samplePictures(generator, 1, 1);
  shape.side = static_cast<int>(drawn.size(2));
  shape.layers = static_cast<int>(
      generator.run(at::zeros({1, shape.latent}, generator.weight("w_mean").options()), {"w_plus"}).front().size(1));
  return shape;
}

class EncoderRecipe final : public SingleNetworkRecipe {
 public:
  EncoderRecipe(const TrainingOptions& options, PicturePool training, PicturePool held, const EncoderShape& shape,
                std::unique_ptr<Evaluator> generator, Graph lens)
      : SingleNetworkRecipe(options, makeEncoder(shape, {options.seed, true}), {.rate = 2e-3}),
        training_(std::move(training)),
        held_(std::move(held)),
        generator_(std::move(generator)),
        lens_(std::move(lens), deviceFrom(options.device)),
        shape_(shape) {
    trainee_.buffers().at("w_mean").copy_(generator_->weight("w_mean"));
  }

  std::vector<std::string> losses() const override { return {"pixels", "features", "styles"}; }
  at::Tensor step(std::int64_t step, double done) override;

  std::vector<std::string> checks() const override { return {"PSNR of held-out scenes (dB)"}; }
  std::vector<double> check() override {
    const at::Tensor pictures = held_.pictures.cpu(), again = redraw(pictures);
    return {meanSignalToNoise(pictures, again)};
  }
  /// Each scene with its inversion beside it.
  Image picture() override {
    const at::Tensor pictures = held_.pictures.slice(0, 0, 32).cpu();
    return sheetOf(at::stack({pictures, redraw(pictures)}, 1).flatten(0, 1), 8);
  }

  Graph finished() const override {
    return withState(makeEncoder(shape_, {options_.seed, false}).graph, trainee_.state());
  }
  ModelCard card() const override {
    ModelCard card = zooCard("Scene encoder", ModelCard::Task::Features, 3, shape_.side);
    card.output = "w_plus";
    return card;
  }

 private:
  at::Tensor redraw(const at::Tensor& bytes) {
    Evaluator encoder(finished(), trainee_.device());
    return redrawn(encoder, *generator_, bytes);
  }

  PicturePool training_, held_;
  std::unique_ptr<Evaluator> generator_;
  Evaluator lens_;
  EncoderShape shape_;
};

at::Tensor EncoderRecipe::step(std::int64_t, double done) {
  const std::int64_t n = options_.batch, drawn = n / 2;
  const at::TensorOptions on = trainee_.parameters().front().options().requires_grad(false);
  at::Tensor pictures = flipAtRandom(training_.batch(drawIndices(n - drawn, training_))).pictures;
  const std::vector<at::Tensor> known = generator_->run(at::randn({drawn, shape_.latent}, on), {"w_plus", "image"});
  pictures = at::cat({pictures, known[1].to(at::kFloat).clamp(-1, 1)}).contiguous(at::MemoryFormat::ChannelsLast);

  at::Tensor pixels, seen, styles;
  {
    const Autocast half(trainee_.device(), options_.bfloat16);
    const at::Tensor found = trainee_.run({{"input", pictures}}, {"w_plus"}).front().to(at::kFloat);
    const at::Tensor again = generator_->seeFrom({{"w_plus", found}}, {"image"}).front().to(at::kFloat);
    const std::vector<std::string> stages{"stage1", "stage2", "stage3"};
    const std::vector<at::Tensor> before = lens_.run(pictures, stages), after = lens_.see(again, stages);
    pixels = (again - pictures).square().mean();
    for (std::size_t i = 0; i < stages.size(); ++i) {
      const at::Tensor target = before[i].to(at::kFloat);
      const at::Tensor off = (after[i].to(at::kFloat) - target).square().mean() / (target.square().mean() + 1e-6);
      seen = seen.defined() ? seen + off : off;
    }
    styles = (found.slice(0, n - drawn) - known[0].to(at::kFloat)).square().mean();
  }
  adam_.minimise(pixels + seen * kSeenWeight + styles * kStyleWeight, cosineRate(done));
  return at::stack({pixels.detach(), seen.detach(), styles.detach()});
}

}  // namespace

std::unique_ptr<Recipe> makeEncoderRecipe(const TrainingOptions& options, const Progress& progress,
                                          const CancelToken& cancel) {
  auto generator =
      std::make_unique<Evaluator>(finishedModel("scene-generator", options.models), deviceFrom(options.device));
  Graph lens = finishedModel("scene-classifier", options.models);
  const EncoderShape shape = shapeFor(*generator);
  return std::make_unique<EncoderRecipe>(options, trainingScenes(options, SceneBias::None, progress, cancel),
                                         checkScenes(options, kCheckPictures / 4, cancel), shape, std::move(generator),
                                         std::move(lens));
}

}  // namespace unitscope
