#include "training/recipes/generate.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <torch/csrc/autograd/autograd.h>

#include "engine/devices.h"
#include "exec/autocast.h"
#include "training/augment.h"
#include "training/checkpoint.h"
#include "training/finished_models.h"
#include "training/optimiser.h"
#include "training/recipes/cards.h"
#include "training/recipes/generator_data.h"
#include "training/recipes/scene_data.h"
#include "zoo/networks/networks.h"

namespace unitscope {
namespace {

constexpr double kRate = 0.0025;
constexpr double kBeta1 = 0.0, kBeta2 = 0.99;
/// R1 on every sixteenth step, as much stronger (Karras et al. 2020).
constexpr std::int64_t kPenaltyEvery = 16;
constexpr double kPenalty = 1.0;
/// Of the heads on features beside that on the picture.
constexpr double kHeadsWeight = 1.0;
constexpr double kMixing = 0.5;
/// The running mean forgets half in this many pictures.
constexpr double kMemory = 20'000.0;
constexpr std::int64_t kGaugePictures = 2000;

at::Tensor softplusMean(const at::Tensor& x) {
  return at::softplus(x).mean();
}

class GeneratorRecipe final : public Recipe {
 public:
  GeneratorRecipe(const TrainingOptions& options, const GeneratorShape& generator,
                  const DiscriminatorShape& discriminator, ModelCard card, GeneratorData data, Graph lens)
      : options_(options),
        shape_(generator),
        card_(std::move(card)),
        data_(std::move(data)),
        lens_(std::move(lens), deviceFrom(options.device)),
        generator_(makeGenerator(generator, {options.seed, true}), lens_.device()),
        discriminator_(makeDiscriminator(discriminator, {options.seed + 1, true}), lens_.device()),
        adamG_(generator_, {.rate = kRate, .beta1 = kBeta1, .beta2 = kBeta2}),
        adamD_(discriminator_, {.rate = kRate, .beta1 = kBeta1, .beta2 = kBeta2}),
        mean_(generator_) {
    for (std::size_t i = 0; i < discriminator.featureChannels.size(); ++i)
      stages_.push_back("stage" + std::to_string(i + 1));
    const at::Tensor some = data_.training.pictures.slice(0, 0, std::min<std::int64_t>(256, data_.training.count()));
    for (const at::Tensor& seen : lens_.run(asInput(some), stages_)) {
      const at::Tensor channels = seen.transpose(0, 1).flatten(1);
      means_.push_back(channels.mean(1).view({1, -1, 1, 1}));
      scales_.push_back(channels.std(1).clamp_min(1e-3).reciprocal().view({1, -1, 1, 1}));
    }
  }

  std::vector<std::string> losses() const override { return {"generator loss", "discriminator loss", "R1 penalty"}; }
  at::Tensor step(std::int64_t step, double done) override;

  NamedTensors state() const override;
  void load(const NamedTensors& state) override;
  void startFrom(const NamedTensors& weights) override {
    generator_.load(weights);
    mean_.load(weights);
  }

  std::vector<std::string> checks() const override {
    return {"Frechet distance: generated", "Frechet distance: real, blurred (sigma 1.5)", "Frechet distance: real"};
  }
  std::vector<double> check() override {
    if (!gauge_) {
      const at::Tensor held = data_.held.pictures.cpu();
      gauge_.emplace(lens_, held.slice(0, 0, held.size(0) / 2), held.slice(0, held.size(0) / 2));
    }
    Evaluator evaluator(finished(), generator_.device());
    return {gauge_->ofPictures(samplePictures(evaluator, kGaugePictures, 7)), gauge_->ofBlurred(), gauge_->ofReal()};
  }
  Image picture() override {
    Evaluator evaluator(finished(), generator_.device());
    return sheetOf(samplePictures(evaluator, 64, 1), 8);
  }

  Graph finished() const override {
    return withState(makeGenerator(shape_, {options_.seed, false}).graph, mean_.state());
  }
  ModelCard card() const override { return card_; }

 private:
  at::Tensor draw();
  std::vector<at::Tensor> look(const at::Tensor& pictures);
  Trainee::Feeds feedsOf(const at::Tensor& pictures, const std::vector<at::Tensor>& features) const;
  at::Tensor judge(const at::Tensor& pictures, const std::vector<at::Tensor>& features, bool real);
  at::Tensor penalise(const at::Tensor& pictures, double factor);

  TrainingOptions options_;
  GeneratorShape shape_;
  ModelCard card_;
  GeneratorData data_;
  Evaluator lens_;
  Trainee generator_, discriminator_;
  Adam adamG_, adamD_;
  MovingAverage mean_;
  std::vector<std::string> stages_;
  std::vector<at::Tensor> means_, scales_;  ///< of each channel of the stages, over real pictures
  std::optional<FrechetGauge> gauge_;
  at::Tensor lastPenalty_;
};

/// Pictures from fresh latents, half of them with the styles of two latents mixed at a random layer, with gradients.
at::Tensor GeneratorRecipe::draw() {
  const std::int64_t n = options_.batch, layers = shape_.layers();
  const at::TensorOptions on = data_.training.labels.options().dtype(at::kFloat);
  const at::Tensor w = generator_.run({{"z", at::randn({2 * n, shape_.latent}, on)}}, {"w"}).front().to(at::kFloat);
  {
    const at::NoGradGuard still;
    // Per picture, so that the mean does not depend on the batch.
    const double keep = std::pow(0.998, static_cast<double>(n) / 8.0);
    at::Tensor mean = generator_.buffers().at("w_mean");
    mean.lerp_(w.detach().mean(0), 1.0 - keep);
  }
  const at::Tensor crossing = at::randint(1, layers, {n, 1}, on);
  const at::Tensor mixes = at::rand({n, 1}, on).lt(kMixing);
  const at::Tensor second = at::arange(layers, on).unsqueeze(0).ge(crossing).logical_and(mixes).unsqueeze(2);
  const at::Tensor styles = at::where(second, w.slice(0, n).unsqueeze(1), w.slice(0, 0, n).unsqueeze(1));
  Trainee::Feeds feeds{{"w_plus", styles}};
  int side = shape_.firstSide, noise = 0;
  for (std::size_t i = 0; i < shape_.widths.size(); ++i, side *= 2)
    for (int k = i == 0 ? 1 : 0; k < 2; ++k)
      feeds.emplace_back("noise." + std::to_string(noise++), at::randn({n, 1, side, side}, on));
  return generator_.run(feeds, {"image"}).front().to(at::kFloat);
}

/// What the classifier sees in pictures, each channel with mean zero and deviation one over the real ones: as trained,
/// some are a hundred times as large as others, and would drown them when they are mixed.
std::vector<at::Tensor> GeneratorRecipe::look(const at::Tensor& pictures) {
  std::vector<at::Tensor> features = lens_.see(pictures, stages_);
  for (std::size_t i = 0; i < features.size(); ++i) features[i] = (features[i] - means_[i]) * scales_[i];
  return features;
}

Trainee::Feeds GeneratorRecipe::feedsOf(const at::Tensor& pictures, const std::vector<at::Tensor>& features) const {
  Trainee::Feeds feeds{{"image", pictures}};
  for (std::size_t i = 0; i < features.size(); ++i) feeds.emplace_back("feature." + std::to_string(i), features[i]);
  return feeds;
}

at::Tensor GeneratorRecipe::judge(const at::Tensor& pictures, const std::vector<at::Tensor>& features, bool real) {
  const std::vector<at::Tensor> logits = discriminator_.run(feedsOf(pictures, features), {"pixel", "heads"});
  const double sign = real ? -1.0 : 1.0;
  return softplusMean(logits[0].to(at::kFloat) * sign) + softplusMean(logits[1].to(at::kFloat) * sign) * kHeadsWeight;
}

/// R1 of the whole discriminator, through the classifier down to the pixels: left alone, the heads on features reward
/// patterns that no eye sees but that move the classifier far.
at::Tensor GeneratorRecipe::penalise(const at::Tensor& pictures, double factor) {
  const at::Tensor leaf = pictures.detach().requires_grad_(true);
  const std::vector<at::Tensor> logits = discriminator_.run(feedsOf(leaf, look(leaf)), {"pixel", "heads"});
  const at::Tensor whole = logits[0].sum() + logits[1].mean(1).sum() * kHeadsWeight;
  const at::Tensor slope = torch::autograd::grad({whole}, {leaf}, {}, true, /*create_graph=*/true).front();
  const at::Tensor penalty = slope.square().sum({1, 2, 3}).mean();
  adamD_.minimise(penalty * (0.5 * kPenalty * static_cast<double>(kPenaltyEvery)), factor);
  return penalty.detach();
}

at::Tensor GeneratorRecipe::step(std::int64_t step, double done) {
  // Constant, then to zero over the last fifth.
  const double factor = std::clamp((1.0 - done) / 0.2, 0.0, 1.0);
  at::Tensor real = data_.training.batch(drawIndices(options_.batch, data_.training));
  if (data_.mirrored) real = flipAtRandom(real).pictures.contiguous(at::MemoryFormat::ChannelsLast);
  at::Tensor lossD, lossG;
  {
    std::optional<Autocast> half(std::in_place, generator_.device(), options_.bfloat16);
    const at::Tensor fake = draw();
    std::vector<at::Tensor> seenReal;
    {
      const at::NoGradGuard still;
      seenReal = look(real);
    }
    const std::vector<at::Tensor> seenFake = look(fake);
    std::vector<at::Tensor> apart;
    for (const at::Tensor& seen : seenFake) apart.push_back(seen.detach());
    lossD = judge(real, seenReal, true) + judge(fake.detach(), apart, false);
    half.reset();
    adamD_.minimise(lossD, factor);
    half.emplace(generator_.device(), options_.bfloat16);
    lossG = judge(fake, seenFake, true);
    half.reset();
    adamG_.minimise(lossG, factor);
  }
  // In full precision: it is a derivative of a derivative.
  if (step % kPenaltyEvery == 0) lastPenalty_ = penalise(real, factor);
  if (!lastPenalty_.defined()) lastPenalty_ = at::zeros_like(lossG.detach());
  const double pictures = static_cast<double>((step + 1) * options_.batch);
  mean_.update(std::exp2(-options_.batch / std::min(kMemory, 0.05 * pictures + 1.0)));
  return at::stack({lossG.detach(), lossD.detach(), lastPenalty_});
}

NamedTensors GeneratorRecipe::state() const {
  NamedTensors state;
  addPrefixed(state, "g.", generator_.state());
  addPrefixed(state, "d.", discriminator_.state());
  addPrefixed(state, "mean.", mean_.state());
  adamG_.save(state, "adam.g.");
  adamD_.save(state, "adam.d.");
  return state;
}

void GeneratorRecipe::load(const NamedTensors& state) {
  generator_.load(takePrefixed(state, "g."));
  discriminator_.load(takePrefixed(state, "d."));
  mean_.load(takePrefixed(state, "mean."));
  adamG_.load(state, "adam.g.");
  adamD_.load(state, "adam.d.");
}

ModelCard generatorCard(const std::string& title, const GeneratorShape& shape) {
  ModelCard card = zooCard(title, ModelCard::Task::Generator, shape.channels, shape.side());
  card.input = "z";
  card.output = "image";
  return card;
}

}  // namespace

std::unique_ptr<Recipe> makeSceneGeneratorRecipe(const TrainingOptions& options, const Progress& progress,
                                                 const CancelToken& cancel) {
  GeneratorData data;
  data.training = trainingScenes(options, SceneBias::None, progress, cancel);
  data.held = checkScenes(options, 2 * kGaugePictures, cancel);
  data.mirrored = true;
  const GeneratorShape shape;
  return std::make_unique<GeneratorRecipe>(options, shape, DiscriminatorShape{},
                                           generatorCard("Scene generator", shape), std::move(data),
                                           finishedModel("scene-classifier", options.models));
}

std::unique_ptr<Recipe> makeFashionGeneratorRecipe(const TrainingOptions& options) {
  GeneratorData data;
  const at::Device device = deviceFrom(options.device);
  data.training = readPool(options.data, "train").to(device);
  data.held = readPool(options.data, "t10k").to(device);
  data.held.pictures = data.held.pictures.slice(0, 0, 2 * kGaugePictures);
  GeneratorShape shape;
  shape.latent = 64;
  shape.channels = 1;
  shape.firstSide = 7;
  shape.widths = {64, 48, 24};
  DiscriminatorShape discriminator;
  discriminator.channels = 1;
  discriminator.side = 28;
  discriminator.widths = {32, 64, 96};
  discriminator.featureSide = 28;
  discriminator.featureChannels = {16, 32, 64};
  return std::make_unique<GeneratorRecipe>(options, shape, discriminator, generatorCard("Fashion generator", shape),
                                           std::move(data), finishedModel("fashion-classifier", options.models));
}

}  // namespace unitscope
