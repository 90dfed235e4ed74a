#include "gan/generator_internal.h"

#include <algorithm>
#include <cmath>

#include <ATen/CPUGeneratorImpl.h>

#include "activations/layer_form.h"
#include "engine/devices.h"
#include "exec/tensors.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using Feed = std::pair<ValueId, at::Tensor>;

/// One of 32 bits, all that the random generator takes, that a neighbouring number does not share.
std::uint64_t mixed(std::uint64_t x) {
  // splitmix64 (Steele et al. 2014).
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return (x ^ (x >> 31U)) & 0xffffffffULL;
}

void checkFinite(const at::Tensor& values, const std::string& what) {
  if (!values.isfinite().all().item<bool>()) throw Error(what, "contain values that are no numbers");
}

/// How much of a change happens at each place of a layer, [1,1,h,w].
at::Tensor placesFor(const Array& where, at::IntArrayRef sizes, const std::string& layer) {
  if (sizes.size() != 4) throw Error(layer, "has no places, so that its units can only be changed everywhere");
  at::Tensor mask = viewOf(where);
  if (mask.dim() != 2 || mask.numel() == 0) throw Error(layer, "places are given as [h,w]");
  checkFinite(mask, layer + ": the places");
  mask = mask.clamp(0.0, 1.0).unsqueeze(0).unsqueeze(0);
  if (mask.size(2) != sizes[2] || mask.size(3) != sizes[3])
    // Averages where the layer is coarser, so that a thin stroke counts for what it covers.
    mask = mask.size(2) >= sizes[2] && mask.size(3) >= sizes[3]
               ? at::adaptive_avg_pool2d(mask, {sizes[2], sizes[3]})
               : at::upsample_bilinear2d(mask, {sizes[2], sizes[3]}, false);
  return mask.contiguous();
}

}  // namespace

std::int64_t rowsOf(const SynthesisQuestion& question) {
  if (question.latents.shape.empty() || question.latents.shape.front() < 1) throw Error("latents", "there are none");
  return question.latents.shape.front();
}

void Generator::Internal::resolve() {
  const Graph& graph = model->graph();
  const auto find = [&](const std::string& name) { return name.empty() ? kNoValue : graph.find(name); };
  z = find(plan.z);
  classes = find(plan.classes);
  truncation = find(plan.truncation);
  styles = find(plan.styles);
  image = find(plan.image);
  noises.clear();
  for (const std::string& name : plan.noises) noises.push_back(graph.find(name));
}

Shape Generator::Internal::zSizes(std::int64_t count) const {
  Shape sizes{count};
  sizes.insert(sizes.end(), plan.zShape.begin(), plan.zShape.end());
  return sizes;
}

at::Tensor Generator::Internal::latents(const SynthesisQuestion& question, std::int64_t first,
                                        std::int64_t count) const {
  at::Tensor rows = viewOf(question.latents);
  const auto wrong = [&](const std::string& wanted) {
    throw Error("latents", "are " + toString(question.latents.shape) + ", but " + nameOf(question.space) +
                               " of this network is " + wanted);
  };
  checkFinite(rows, "latents");
  rows = rows.narrow(0, first, count);
  if (question.space == LatentSpace::Z) {
    const std::int64_t size = plan.zSize();
    if (rows.numel() != count * size) wrong("[N," + std::to_string(size) + "]");
    return rows.reshape(zSizes(count));
  }
  if (!plan.hasStyles()) throw Error("latents", "this network takes z as it is: it has no " + nameOf(question.space));
  const std::string size = std::to_string(plan.styleSize);
  if (question.space == LatentSpace::W) {
    if (rows.dim() != 2 || rows.size(1) != plan.styleSize) wrong("[N," + size + "]");
    return rows.unsqueeze(1).expand({count, plan.styleCount, plan.styleSize});
  }
  if (rows.dim() != 3 || rows.size(1) != plan.styleCount || rows.size(2) != plan.styleSize)
    wrong("[N," + std::to_string(plan.styleCount) + "," + size + "]");
  return rows;
}

std::vector<Feed> Generator::Internal::classFeeds(const SynthesisQuestion& question, std::int64_t first,
                                                  std::int64_t count) const {
  if (classes == kNoValue) {
    if (!question.classes.shape.empty()) throw Error("classes", "the network has none");
    return {};
  }
  const std::int64_t width = std::max<std::int64_t>(plan.classCount, 1);
  at::Tensor rows = at::zeros({count, width});
  if (question.classes.shape.empty()) {
    rows.select(1, 0).fill_(1.0);
  } else {
    const at::Tensor given = viewOf(question.classes);
    const bool fits = given.dim() == 2 && (plan.classCount == 0 || given.size(1) == plan.classCount) &&
                      (given.size(0) == 1 || given.size(0) == rowsOf(question));
    if (!fits)
      throw Error("classes", "are " + toString(question.classes.shape) + ", but the network takes [N," +
                                 (plan.classCount > 0 ? std::to_string(plan.classCount) : std::string("K")) + "]");
    checkFinite(given, "classes");
    rows = given.size(0) == 1 ? given.expand({count, given.size(1)}) : given.narrow(0, first, count);
  }
  if (!plan.classNumbers) return {{classes, rows.contiguous()}};
  const Value& value = model->graph().value(classes);
  at::Tensor numbers = rows.argmax(1);
  if (value.shape && value.shape->size() == 2) numbers = numbers.unsqueeze(1);
  if (value.shape && value.shape->empty()) numbers = numbers[0];
  return {{classes, value.dtype == DType::Int32 ? numbers.to(at::kInt) : numbers}};
}

void Generator::Internal::noiseFeeds(const SynthesisQuestion& question, std::int64_t first, std::int64_t count,
                                     std::vector<Feed>& into) const {
  const auto& shapes = inner().shapesFor(at::zeros(zSizes(1)));
  for (std::size_t n = 0; n < noises.size(); ++n) {
    const Value& value = model->graph().value(noises[n]);
    if (question.noise == NoiseMode::Constant && value.data) continue;
    const auto known = shapes.find(noises[n]);
    Shape shape = known != shapes.end() ? known->second.shape : value.shape.value_or(Shape{});
    if (shape.size() < 2) continue;
    const std::int64_t height = shape[shape.size() - 2], width = shape.back();
    if (question.noise == NoiseMode::None) {
      into.emplace_back(noises[n], at::zeros(shape));
      continue;
    }
    std::vector<at::Tensor> maps;
    for (std::int64_t i = 0; i < count; ++i) {
      // The same for every picture where noise is constant but the file draws it.
      const std::uint64_t row = question.noise == NoiseMode::Random ? static_cast<std::uint64_t>(first + i) + 1 : 0;
      const std::uint64_t seed = mixed(mixed(mixed(question.noiseSeed) + row) + n);
      maps.push_back(at::randn({1, 1, height, width}, at::detail::createCPUGenerator(seed), at::kFloat));
    }
    into.emplace_back(noises[n], count == 1 ? maps.front().reshape(shape) : at::cat(maps));
  }
}

std::vector<Feed> Generator::Internal::feeds(Generator& self, const SynthesisQuestion& question, std::int64_t first,
                                             std::int64_t count, const CancelToken& cancel) {
  if (!std::isfinite(question.truncation)) throw Error("truncation", "must be a number");
  std::vector<Feed> all = classFeeds(question, first, count);
  at::Tensor given = latents(question, first, count);
  const bool drawn = question.space == LatentSpace::Z;
  const bool truncated = drawn && question.truncation != 1.0;
  if (truncation != kNoValue) {
    const Value& value = model->graph().value(truncation);
    if (truncated || !value.data)
      all.emplace_back(truncation,
                       at::full(value.shape.value_or(Shape{}), drawn ? question.truncation : 1.0, at::kFloat));
  } else if (truncated && styles != kNoValue) {
    SynthesisQuestion untruncated = question;
    untruncated.truncation = 1.0;
    untruncated.edits.clear();
    const at::Tensor mean = viewOf(self.meanStyle(cancel)).clone();
    const at::Tensor mapped = run(self, untruncated, styles, first, count, cancel).cpu();
    all.emplace_back(styles, mean + (mapped - mean) * question.truncation);
    noiseFeeds(question, first, count, all);
    return all;
  } else if (truncated) {
    given = given * question.truncation;
  }
  all.emplace_back(drawn ? z : styles, given.contiguous());
  noiseFeeds(question, first, count, all);
  return all;
}

std::vector<Edit> Generator::Internal::edits(const std::vector<UnitEdit>& changes) {
  std::vector<Edit> all;
  const auto& shapes = inner().shapesFor(at::zeros(zSizes(1)));
  for (const auto& [change, where] : changes) {
    if (!std::isfinite(change.amount)) throw Error(change.layer, "a unit can only be set to a number");
    const ValueId value = unitLayer(inner(), change.layer);
    const auto shape = shapes.find(value);
    if (shape == shapes.end()) throw Error(change.layer, "the picture does not depend on this layer");
    const LayerForm form = layerForm(shape->second.shape, change.layer);
    for (const std::int64_t unit : change.units)
      if (unit < 0 || unit >= form.units)
        throw Error(change.layer,
                    "has no unit " + std::to_string(unit) + "; they go from 0 to " + std::to_string(form.units - 1));
    if (change.units.empty()) continue;
    Edit edit;
    edit.value = value;
    edit.kind = change.kind == UnitSwitch::Kind::Set ? Edit::Kind::Set : Edit::Kind::Scale;
    edit.amount = change.amount;
    edit.channels = change.units;
    edit.channelAxis = form.unitAxis();
    if (!where.shape.empty()) {
      const at::Tensor places = placesFor(where, shape->second.shape, change.layer);
      if (edit.kind == Edit::Kind::Scale) {
        edit.tensor = places * (change.amount - 1.0) + 1.0;
      } else {
        edit.kind = Edit::Kind::Mask;
        edit.tensor = 1.0 - places;
      }
    }
    all.push_back(std::move(edit));
  }
  return all;
}

at::Tensor Generator::Internal::run(Generator& self, const SynthesisQuestion& question, ValueId fetch,
                                    std::int64_t first, std::int64_t count, const CancelToken& cancel) {
  prepareComputeThread(model->settings());
  const at::NoGradGuard noGradients;
  RunRequest request;
  request.feeds = feeds(self, question, first, count, cancel);
  request.edits = edits(question.edits);
  request.fetch = {fetch};
  request.cancel = cancel;
  at::Tensor result = inner().executor.run(request).front().to(at::kFloat);
  // A value that was fed or expanded from one row.
  if (result.dim() > 0 && result.size(0) == 1 && count > 1) {
    Shape whole = result.sizes().vec();
    whole.front() = count;
    result = result.expand(whole);
  }
  return result;
}

void Generator::Internal::findRange(Generator& self) {
  const ModelCard& card = model->card();
  if (!card.guessed && !card.mean.empty() && !card.std.empty() && card.std.front() > 0.0) {
    constexpr double kBrightest = 255.0;
    black = -card.mean.front() / card.std.front();
    white = (kBrightest * card.scale - card.mean.front()) / card.std.front();
    return;
  }
  SynthesisQuestion question;
  question.latents = self.drawLatents({0, 1, 2, 3, 4, 5, 6, 7});
  const Array pictures = self.synthesise(question);
  const at::Tensor values = viewOf(pictures).flatten();
  const double least = values.min().item<double>();
  const double most = values.max().item<double>();
  constexpr double kSlack = 0.02;
  if (least >= -kSlack && most > 2.0) {
    black = 0.0;
    white = 255.0;
  } else if (least >= -kSlack && most <= 1.0 + kSlack) {
    black = 0.0;
    white = 1.0;
  }
}

}  // namespace unitscope
