#include "gan/inversion_run.h"

#include <algorithm>
#include <cmath>

#include "attribution/gradients_of.h"
#include "engine/devices.h"
#include "runtime/error.h"
#include "zoo/embedded_models.h"

namespace unitscope {
namespace {

constexpr double kBrightest = 255.0, kSmall = 1e-12;
constexpr double kRest = 0.25;
constexpr std::int64_t kStepsFromEncoder = 100, kStepsFromMean = 1000, kMostSteps = 1'000'000;
/// Latents drawn to find a start where there is no mean one: what is drawn as a picture costs more.
constexpr std::int64_t kDrawnPictures = 64, kDrawnStyles = 4096, kStylesOfSpread = 4096;
constexpr std::uint64_t kStartSeed = 0x696e0000;

/// Mean of the squares over all but the first axis.
at::Tensor meanSquare(const at::Tensor& x) {
  return x.square().flatten(1).mean(1);
}

void checkNumbers(const InversionQuestion& question) {
  const auto weight = [](double value, const char* name) {
    if (!std::isfinite(value) || value < 0.0) throw Error(name, "must be a number that is not below 0");
  };
  weight(question.pixelWeight, "pixel weight");
  weight(question.perceptualWeight, "perceptual weight");
  weight(question.domainWeight, "domain weight");
  if (!(question.learningRate > 0.0) || !std::isfinite(question.learningRate))
    throw Error("learning rate", "must be above 0");
  if (!(question.togetherShare >= 0.0 && question.togetherShare <= 1.0))
    throw Error("share of steps in w", "must be from 0 to 1");
  if (question.steps < 0 || question.steps > kMostSteps) throw Error("steps", "must be from 0 to a million");
}

/// Colours as they show next to the target: what is darker than black where the target is black is no fault. Elsewhere
/// they stay as they are, since what is cut off has no gradient that could lead it back.
at::Tensor shown(const at::Tensor& colours, const at::Tensor& target) {
  const at::Tensor beyond =
      (colours > 1.0).logical_and(target >= 1.0).logical_or((colours < 0.0).logical_and(target <= 0.0));
  return at::where(beyond, target, colours);
}

at::Tensor rowsLike(const at::Tensor& values, const at::Tensor& rows) {
  Shape shape(static_cast<std::size_t>(values.dim()), 1);
  shape.front() = rows.size(0);
  return rows.reshape(shape);
}

}  // namespace

at::Tensor coloursOf(const std::vector<Image>& pictures) {
  std::vector<at::Tensor> all;
  for (const Image& picture : pictures) {
    const at::Tensor bytes = at::empty({picture.height, picture.width, picture.channels}, at::kByte);
    std::copy(picture.pixels.begin(), picture.pixels.end(), bytes.data_ptr<std::uint8_t>());
    all.push_back(bytes.permute({2, 0, 1}).to(at::kFloat) / kBrightest);
  }
  return at::stack(all);
}

InversionRun::InversionRun(Generator& generator, const InversionQuestion& question, CancelToken cancel)
    : generator_(generator), cancel_(std::move(cancel)), question_(question) {
  question_.picture = {};
  checkNumbers(question);
  prepareComputeThread(generator.model()->settings());
  const GeneratorPlan& plan = generator.plan();
  space_ = question.space.value_or(plan.hasStyles() ? LatentSpace::WPlus : LatentSpace::Z);
  if (space_ != LatentSpace::Z && !plan.hasStyles())
    throw Error("space " + nameOf(space_), "this network takes z as it is; look in z");
  if (space_ == LatentSpace::Z && plan.z.empty()) throw Error("space z", "this network begins at its styles");
  findEncoder();
  findLens();
  if (space_ != LatentSpace::Z) spread_ = spreadOfStyles(generator, kStylesOfSpread, question.classes, cancel_);
  const bool coded =
      hasEncoder() && question_.start.shape.empty() && (space_ != LatentSpace::Z || encoderForm_ == EncoderForm::Z);
  steps_ = question.steps > 0 ? question.steps : (coded ? kStepsFromEncoder : kStepsFromMean);
}

void InversionRun::findEncoder() {
  if (!question_.useEncoder) return;
  std::shared_ptr<Model> model = question_.encoder ? question_.encoder : embeddedEncoderFor(generator_);
  if (!model) return;
  Model::Internal& inner = model->internal();
  const ValueId output = inner.outputValue();
  encoder_.emplace(model, std::vector<ValueId>{output});
  const auto& shapes = inner.shapesFor(inner.blankInput());
  const auto known = shapes.find(output);
  const Shape shape = known != shapes.end() ? known->second.shape : Shape{};
  const std::string& name = inner.graph->value(output).name;
  const std::int64_t size = shape.empty() ? 0 : elementCount(shape) / std::max<std::int64_t>(1, shape.front());
  const GeneratorPlan& plan = generator_.plan();
  const bool styles = plan.hasStyles();
  if (styles && size == plan.styleCount * plan.styleSize && plan.styleCount > 1)
    encoderForm_ = EncoderForm::WPlus;
  else if (size == plan.zSize() && (!styles || name == "z"))
    encoderForm_ = EncoderForm::Z;
  else if (styles && size == plan.styleSize)
    encoderForm_ = EncoderForm::W;
  else
    throw Error(model->card().title.empty() ? name : model->card().title,
                "is no encoder for this generator: it makes " + std::to_string(size) + " numbers of a picture, not " +
                    std::to_string(plan.zSize()) +
                    (styles ? " (z), " + std::to_string(plan.styleSize) + " (w) or " +
                                  std::to_string(plan.styleCount * plan.styleSize) + " (w+)"
                            : std::string()));
}

void InversionRun::findLens() {
  std::shared_ptr<Model> model = question_.perceptual;
  if (!model) {
    const bool grey = generator_.plan().imageShape.front() == 1;
    ReadModel own = readEmbeddedModel(grey ? "fashion-classifier" : "scene-classifier");
    model = Model::fromGraph(std::move(own.graph), std::move(own.card), generator_.model()->settings());
  }
  std::vector<std::string> layers = question_.perceptualLayers;
  if (layers.empty()) layers = lensLayersOf(*model, cancel_);
  std::vector<ValueId> values;
  for (const std::string& layer : layers) values.push_back(resolveLayer(model->graph(), model->layers(), layer));
  lens_.emplace(std::move(model), std::move(values));
}

bool InversionRun::batches() const {
  return generator_.plan().batches && lens_->batches() && (!encoder_ || encoder_->batches());
}

at::Tensor InversionRun::asColours(const at::Tensor& images) const {
  return (images - generator_.black()) / (generator_.white() - generator_.black());
}

RunRequest InversionRun::requestFor(const at::Tensor& codes, LatentSpace space, std::vector<ValueId> fetch,
                                    bool gradients) {
  Generator::Internal& own = generator_.internal();
  const std::int64_t count = codes.size(0);
  const GeneratorPlan& plan = own.plan;
  // What stands beside the latents (classes, truncation, noise) as for any picture; then the latents themselves, which
  // must stay part of the gradient's way.
  SynthesisQuestion beside;
  beside.space = space;
  beside.classes = question_.classes;
  const std::int64_t width = space == LatentSpace::Z ? plan.zSize() : plan.styleSize;
  beside.latents = {space == LatentSpace::WPlus ? Shape{count, plan.styleCount, width} : Shape{count, width},
                    std::vector<float>(
                        static_cast<std::size_t>(count * width * (space == LatentSpace::WPlus ? plan.styleCount : 1)))};
  RunRequest request;
  request.feeds = own.feeds(generator_, beside, 0, count, cancel_);
  const ValueId door = space == LatentSpace::Z ? own.z : own.styles;
  for (auto& [id, tensor] : request.feeds) {
    // It may share its memory with the question, which ends here.
    if (id == own.classes) tensor = tensor.clone();
    if (id != door) continue;
    if (space == LatentSpace::Z) tensor = codes.reshape(own.zSizes(count));
    if (space == LatentSpace::W) tensor = codes.unsqueeze(1).expand({count, plan.styleCount, width});
    if (space == LatentSpace::WPlus) tensor = codes;
  }
  request.fetch = std::move(fetch);
  request.gradients = gradients;
  request.cancel = cancel_;
  return request;
}

at::Tensor InversionRun::encoded(const at::Tensor& colours, bool gradients) {
  const at::AutoGradMode mode(gradients);
  Generator::Internal& own = generator_.internal();
  const GeneratorPlan& plan = own.plan;
  const std::int64_t count = colours.size(0);
  const at::Tensor raw = encoder_->look(colours, gradients, cancel_).front();
  if (encoderForm_ == EncoderForm::WPlus) return raw.reshape({count, plan.styleCount, plan.styleSize});
  if (encoderForm_ == EncoderForm::W)
    return raw.reshape({count, 1, plan.styleSize}).expand({count, plan.styleCount, plan.styleSize});
  const at::Tensor z = raw.reshape({count, plan.zSize()});
  if (comparesZ()) return z;
  return own.inner()
      .executor.run(requestFor(z, LatentSpace::Z, {own.styles}, gradients))
      .front()
      .to(colours.device(), at::kFloat)
      .expand({count, plan.styleCount, plan.styleSize});
}

at::Tensor InversionRun::manyDrawn(std::int64_t count) const {
  std::vector<std::uint64_t> seeds;
  for (std::int64_t i = 0; i < count; ++i) seeds.push_back(kStartSeed + static_cast<std::uint64_t>(i));
  return viewOf(generator_.drawLatents(seeds)).clone();
}

at::Tensor InversionRun::bestDrawn() {
  const at::Tensor all = manyDrawn(kDrawnPictures);
  SynthesisQuestion drawn;
  drawn.latents = toArray(all);
  drawn.classes = question_.classes;
  const Array images = generator_.synthesise(drawn, {}, cancel_);
  const at::Tensor colours = asColours(viewOf(images)).clamp(0.0, 1.0).flatten(1);
  return all.index_select(0, at::cdist(targets_.flatten(1), colours).argmin(1));
}

at::Tensor InversionRun::nearestDrawn(const at::Tensor& styles) {
  const at::Tensor all = manyDrawn(kDrawnStyles);
  SynthesisQuestion drawn;
  drawn.latents = toArray(all);
  drawn.classes = question_.classes;
  const Array rows = generator_.styles(drawn, cancel_);
  return all.index_select(0, at::cdist(styles.mean(1), viewOf(rows).select(1, 0).contiguous()).argmin(1));
}

at::Tensor InversionRun::givenStart() const {
  const GeneratorPlan& plan = generator_.plan();
  Shape wanted{1, space_ == LatentSpace::Z ? plan.zSize() : plan.styleSize};
  if (space_ == LatentSpace::WPlus) wanted.insert(wanted.begin() + 1, plan.styleCount);
  const at::Tensor given = viewOf(question_.start);
  if (given.numel() != elementCount(wanted))
    throw Error("start", "is " + toString(question_.start.shape) + ", but one latent in " + nameOf(space_) + " is " +
                             toString(wanted));
  if (!given.isfinite().all().item<bool>()) throw Error("start", "contains values that are no numbers");
  Shape all = wanted;
  all.front() = targets_.size(0);
  return given.reshape(wanted).expand(all);
}

at::Tensor InversionRun::firstCodes() {
  const std::int64_t count = targets_.size(0);
  const GeneratorPlan& plan = generator_.plan();
  if (!question_.start.shape.empty()) return givenStart();
  if (encoder_) {
    const at::Tensor code = encoded(targets_, false);
    if (comparesZ()) return code;
    if (space_ == LatentSpace::Z) return nearestDrawn(code);
    return space_ == LatentSpace::W ? code.mean(1) : code;
  }
  if (space_ == LatentSpace::Z) return bestDrawn();
  if (space_ == LatentSpace::W) return spread_->mean.expand({count, plan.styleSize});
  return spread_->mean.expand({count, plan.styleCount, plan.styleSize});
}

void InversionRun::begin(const std::vector<Image>& targets) {
  const at::NoGradGuard still;
  targets_ = coloursOf(targets);
  targetFeatures_ = lens_->look(targets_, false, cancel_);
  featurePower_.clear();
  for (const at::Tensor& features : targetFeatures_) featurePower_.push_back(meanSquare(features).clamp_min(kSmall));
  const at::Tensor codes = firstCodes();
  place_ = (spread_ ? spread_->toStandard(codes) : codes).contiguous().clone();
  adam_.emplace(question_.learningRate);
  best_ = {};
  bestShared_ = {};
  done_ = 0;
  together_ = false;
}

at::Tensor InversionRun::featuresOff(const at::Tensor& colours, bool relative, bool gradients) {
  const std::vector<at::Tensor> seen = lens_->look(colours, gradients, cancel_);
  at::Tensor sum;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    at::Tensor off = meanSquare(seen[i] - targetFeatures_[i]);
    if (relative) off = off / featurePower_[i];
    sum = sum.defined() ? sum + off : off;
  }
  return sum;
}

at::Tensor InversionRun::featureDifference(const at::Tensor& images) {
  const at::NoGradGuard still;
  return featuresOff(asColours(images).clamp(0.0, 1.0), true, false) / static_cast<double>(lens_->count());
}

InversionRun::Losses InversionRun::evaluate(const at::Tensor& codes, bool gradients) {
  Generator::Internal& own = generator_.internal();
  const bool codesAreCompared = encoder_ && question_.domainWeight > 0.0;
  const bool needsStyles = codesAreCompared && space_ == LatentSpace::Z && !comparesZ();
  std::vector<ValueId> fetch{own.image};
  if (needsStyles) fetch.push_back(own.styles);
  std::vector<at::Tensor> made = own.inner().executor.run(requestFor(codes, space_, std::move(fetch), gradients));
  for (at::Tensor& value : made) value = value.to(codes.device(), at::kFloat);
  drawn_ = made.front().detach();

  const at::Tensor colours = asColours(made.front());
  Losses losses;
  // Pictures count in -1..1, twice as wide.
  losses.pixels = meanSquare((shown(colours, targets_) - targets_) * 2.0);
  losses.perceptual = question_.perceptualWeight > 0.0 ? featuresOff(colours, question_.relativeFeatures, gradients)
                                                       : at::zeros_like(losses.pixels);
  losses.domain = at::zeros_like(losses.pixels);
  if (codesAreCompared) {
    at::Tensor mine = codes;
    if (needsStyles) mine = made[1];
    if (space_ == LatentSpace::W) mine = codes.unsqueeze(1);
    losses.domain = meanSquare(encoded(colours, gradients) - mine);
  }
  losses.total = losses.pixels * question_.pixelWeight + losses.perceptual * question_.perceptualWeight +
                 losses.domain * question_.domainWeight;
  return losses;
}

void InversionRun::keepBest(Best& best, const at::Tensor& codes, const Losses& losses) const {
  if (!best.codes.defined()) {
    if (!losses.total.isfinite().all().item<bool>())
      throw Error(generator_.plan().image, "the loss of the first picture is no number; does the generator work?");
    best = {codes.clone(), drawn_.clone(), losses, at::full({codes.size(0)}, done_, at::kLong)};
    return;
  }
  const at::Tensor better = losses.total < best.losses.total;
  const auto choose = [&](const at::Tensor& now, const at::Tensor& before) {
    return at::where(rowsLike(now, better), now, before);
  };
  best.codes = choose(codes, best.codes);
  best.images = choose(drawn_, best.images);
  best.step = choose(at::full_like(best.step, done_), best.step);
  best.losses = {choose(losses.total, best.losses.total), choose(losses.pixels, best.losses.pixels),
                 choose(losses.perceptual, best.losses.perceptual), choose(losses.domain, best.losses.domain)};
}

at::Tensor InversionRun::codesAt(const at::Tensor& place) const {
  if (!spread_) return place;
  const at::Tensor codes = spread_->fromStandard(place);
  return together_ ? codes.expand({codes.size(0), generator_.plan().styleCount, codes.size(2)}) : codes;
}

std::int64_t InversionRun::switchStep() const {
  if (space_ != LatentSpace::WPlus || generator_.plan().styleCount < 2) return 0;
  return std::clamp<std::int64_t>(std::llround(question_.togetherShare * static_cast<double>(steps_)), 0, steps_);
}

void InversionRun::enterW() {
  together_ = true;
  place_ = place_.mean(1, true).contiguous();
  adam_.emplace(question_.learningRate);
}

void InversionRun::enterWPlus() {
  together_ = false;
  // Not from the best so far, which may be the encoder's code, far from all latents.
  place_ = place_.expand({place_.size(0), generator_.plan().styleCount, place_.size(2)}).contiguous();
  adam_.emplace(question_.learningRate);
}

double InversionRun::rateNow() const {
  // Falls to nothing over the last quarter, so that the code comes to rest.
  const double left = static_cast<double>(steps_ - done_) / static_cast<double>(steps_);
  return question_.learningRate * std::min(1.0, left / kRest);
}

InversionRun::Losses InversionRun::step() {
  const std::int64_t change = switchStep();
  // The start is only looked at where the walk begins elsewhere.
  const bool moves = done_ < steps_ && (change == 0 || done_ > 0);
  if (change > 0 && done_ == 1) enterW();
  if (change > 0 && done_ == change + 1) enterWPlus();
  const at::AutoGradMode mode(moves);
  at::Tensor place = place_.detach();
  if (moves) place.requires_grad_(true);
  const at::Tensor codes = codesAt(place);
  Losses losses = evaluate(codes, moves);
  at::Tensor gradient;
  // Pictures do not know of one another, so the sum's gradient is each one's own.
  if (moves) gradient = gradientsOf(losses.total, {place}).front();
  for (at::Tensor* part : {&losses.total, &losses.pixels, &losses.perceptual, &losses.domain}) *part = part->detach();
  const at::NoGradGuard still;
  keepBest(best_, codes.detach(), losses);
  if (together_ || space_ == LatentSpace::W) keepBest(bestShared_, codes.detach(), losses);
  if (moves) {
    adam_->setRate(rateNow());
    adam_->step(place_, gradient);
  }
  ++done_;
  return losses;
}

}  // namespace unitscope
