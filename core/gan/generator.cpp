#include "gan/generator.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <ATen/CPUGeneratorImpl.h>

#include "attribution/score.h"
#include "engine/devices.h"
#include "gan/generator_internal.h"
#include "gan/graph_surgery.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::int64_t kSamplesForMean = 4096;
constexpr std::int64_t kBatch = 32;

/// Generators read their range and classes off the network, so that a plan needs no card; unit switches look where the
/// card's input is.
std::shared_ptr<Model> withLatentInput(const std::shared_ptr<Model>& model, Graph graph, const GeneratorPlan& plan) {
  ModelCard card = model->card();
  card.input = plan.z;
  card.output = plan.image;
  card.task = ModelCard::Task::Generator;
  return Model::fromGraph(std::move(graph), std::move(card), model->settings());
}

}  // namespace

std::string nameOf(LatentSpace space) {
  switch (space) {
    case LatentSpace::Z: return "z";
    case LatentSpace::W: return "w";
    case LatentSpace::WPlus: return "w+";
  }
  return {};
}

LatentSpace latentSpaceFrom(const std::string& name) {
  for (const LatentSpace space : {LatentSpace::Z, LatentSpace::W, LatentSpace::WPlus})
    if (nameOf(space) == name) return space;
  throw Error(name, "is no latent space; there are z, w and w+");
}

Generator::Generator() : internal_(std::make_unique<Internal>()) {}
Generator::~Generator() = default;

std::shared_ptr<Generator> Generator::from(const std::shared_ptr<Model>& model, const LatentHints& hints) {
  std::shared_ptr<Generator> generator(new Generator);
  Internal& own = *generator->internal_;
  own.model = model;
  own.plan = planGenerator(*model, hints);
  const ValueId styles = model->graph().find(own.plan.styles);
  const bool shared = styles != kNoValue && own.plan.styleCount == 1;
  if (shared) {
    own.model = withLatentInput(model, splitStyles(model->graph(), own.plan.styles), own.plan);
    LatentHints known = hints;
    known.z = own.plan.z;
    known.classes = own.plan.classes;
    known.image = own.plan.image;
    known.styles = "w_plus";
    own.plan = planGenerator(*own.model, known);
  } else if (model->card().input != own.plan.z) {
    own.model = withLatentInput(model, model->graph(), own.plan);
  }
  own.resolve();
  own.findRange(*generator);
  return generator;
}

std::shared_ptr<Generator> Generator::from(const std::shared_ptr<Model>& mapping,
                                           const std::shared_ptr<Model>& synthesis, const LatentHints& hints) {
  ModelCard card = synthesis->card();
  card.task = ModelCard::Task::Generator;
  card.input.clear();
  card.output.clear();
  // Exporters rarely say what form an output has.
  Graph first = mapping->graph();
  if (!first.outputs().empty() && !first.value(first.outputs().front()).shape) {
    Model::Internal& inner = mapping->internal();
    prepareComputeThread(mapping->settings());
    const auto& shapes = inner.shapesFor(inner.blankInput());
    if (const auto known = shapes.find(first.outputs().front()); known != shapes.end()) {
      Shape shape = known->second.shape;
      if (!shape.empty()) shape.front() = -1;
      first.value(first.outputs().front()).shape = shape;
    }
  }
  return from(Model::fromGraph(joinGraphs(first, synthesis->graph()), std::move(card), synthesis->settings()), hints);
}

const GeneratorPlan& Generator::plan() const {
  return internal_->plan;
}
const std::shared_ptr<Model>& Generator::model() const {
  return internal_->model;
}
double Generator::black() const {
  return internal_->black;
}
double Generator::white() const {
  return internal_->white;
}
Generator::Internal& Generator::internal() {
  return *internal_;
}

Array Generator::drawLatents(const std::vector<std::uint64_t>& seeds) const {
  const std::int64_t size = plan().zSize();
  Array all{{static_cast<std::int64_t>(seeds.size()), size}, {}};
  all.values.reserve(seeds.size() * static_cast<std::size_t>(size));
  for (const std::uint64_t seed : seeds) {
    const at::Tensor row = at::randn({size}, at::detail::createCPUGenerator(seed), at::kFloat);
    const auto* values = row.data_ptr<float>();
    all.values.insert(all.values.end(), values, values + size);
  }
  return all;
}

Array Generator::oneClass(std::int64_t index) const {
  if (plan().classes.empty()) throw Error("class " + std::to_string(index), "the network has no classes");
  if (index < 0 || (plan().classCount > 0 && index >= plan().classCount))
    throw Error("class " + std::to_string(index),
                "does not exist; they go from 0 to " + std::to_string(plan().classCount - 1));
  const std::int64_t count = std::max(plan().classCount, index + 1);
  Array row{{1, count}, std::vector<float>(static_cast<std::size_t>(count), 0.0F)};
  row.values[static_cast<std::size_t>(index)] = 1.0F;
  return row;
}

Array Generator::styles(const SynthesisQuestion& question, const CancelToken& cancel) {
  Internal& own = *internal_;
  if (!own.plan.hasStyles()) throw Error(own.plan.z, "the network takes z as it is: it has no styles");
  const std::int64_t rows = rowsOf(question);
  std::vector<at::Tensor> parts;
  inBatches(rows, own.plan.batches ? 1024 : 1, {}, cancel, "mapping", [&](std::int64_t first, std::int64_t count) {
    SynthesisQuestion plain = question;
    plain.edits.clear();
    parts.push_back(own.run(*this, plain, own.styles, first, count, cancel));
  });
  return toArray(at::cat(parts));
}

Array Generator::meanStyle(const CancelToken& cancel) {
  Internal& own = *internal_;
  if (own.mean) return *own.mean;
  SynthesisQuestion question;
  std::vector<std::uint64_t> seeds(kSamplesForMean);
  // Seeds that no sample of the user's is likely to have.
  for (std::size_t i = 0; i < seeds.size(); ++i) seeds[i] = 0x6d650000ULL + i;
  question.latents = drawLatents(seeds);
  const Array all = styles(question, cancel);
  own.mean = toArray(viewOf(all).mean(std::vector<std::int64_t>{0, 1}));
  return *own.mean;
}

Array Generator::synthesise(const SynthesisQuestion& question, const Progress& progress, const CancelToken& cancel) {
  Internal& own = *internal_;
  const std::int64_t rows = rowsOf(question);
  const std::int64_t pixels = own.plan.imageShape[1] * own.plan.imageShape[2];
  const std::int64_t batch = own.plan.batches ? std::clamp<std::int64_t>((1 << 18) / pixels, 1, kBatch) : 1;
  std::vector<at::Tensor> parts;
  inBatches(rows, batch, progress, cancel, "making pictures", [&](std::int64_t first, std::int64_t count) {
    parts.push_back(own.run(*this, question, own.image, first, count, cancel).cpu());
  });
  return toArray(at::cat(parts));
}

Array Generator::activations(const SynthesisQuestion& question, const std::string& layer, const CancelToken& cancel) {
  Internal& own = *internal_;
  const ValueId value = resolveLayer(own.model->graph(), own.model->layers(), layer);
  std::vector<at::Tensor> parts;
  inBatches(rowsOf(question), own.plan.batches ? kBatch : 1, {}, cancel, "making pictures",
            [&](std::int64_t first, std::int64_t count) {
              parts.push_back(own.run(*this, question, value, first, count, cancel).cpu());
            });
  return toArray(at::cat(parts));
}

std::vector<Image> Generator::picturesOf(const Array& images) const {
  if (images.shape.size() != 4 || (images.shape[1] != 1 && images.shape[1] != 3))
    throw Error("pictures", "must be of the form [N,1,H,W] or [N,3,H,W]");
  constexpr double kBrightest = 255.0;
  const at::Tensor bytes = viewOf(images)
                               .sub(black())
                               .mul(kBrightest / (white() - black()))
                               .round()
                               .clamp(0.0, kBrightest)
                               .to(at::kByte)
                               .permute({0, 2, 3, 1})
                               .contiguous();
  std::vector<Image> pictures;
  for (std::int64_t i = 0; i < bytes.size(0); ++i) {
    Image picture;
    picture.height = static_cast<int>(bytes.size(1));
    picture.width = static_cast<int>(bytes.size(2));
    picture.channels = static_cast<int>(bytes.size(3));
    const at::Tensor one = bytes[i];
    picture.pixels.assign(one.data_ptr<std::uint8_t>(), one.data_ptr<std::uint8_t>() + one.numel());
    pictures.push_back(std::move(picture));
  }
  return pictures;
}

}  // namespace unitscope
