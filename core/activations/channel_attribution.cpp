#include "activations/channel_attribution.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <utility>

#include <ATen/ATen.h>

#include "activations/layer_score.h"
#include "attribution/image_method.h"
#include "attribution/perturbation/extremal_search.h"
#include "engine/model_internal.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr const char* kExtremal = "extremal";
constexpr const char* kGradientXActivation = "gradient_x_activation";
constexpr const char* kConductance = "conductance";

constexpr std::int64_t kScoredAtOnce = 16;
// Both for memory: each number is a row of the batch.
constexpr std::size_t kMostNumbers = 64;
// The area's border is rounded down; a little less makes sure that it falls where it should.
constexpr double kBelow = 1e-9;

/// 1, 2, 5, 10, 20, 50... below the layer's number of channels.
std::vector<std::int64_t> usualNumbers(std::int64_t channels) {
  std::vector<std::int64_t> numbers;
  for (std::int64_t ten = 1; ten < channels; ten *= 10)
    for (const std::int64_t n : {1, 2, 5})
      if (n * ten < channels) numbers.push_back(n * ten);
  if (numbers.empty()) numbers.push_back(1);
  return numbers;
}

std::vector<std::int64_t> numbersOf(const ChannelsQuestion& question, std::int64_t channels) {
  std::vector<std::int64_t> numbers = question.numbers;
  std::ranges::sort(numbers);
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  if (!numbers.empty() && numbers.front() < 1) throw Error("numbers", "at least one channel must be kept");
  if (numbers.size() > kMostNumbers)
    throw Error("numbers", "there can be " + std::to_string(kMostNumbers) + " at most");
  std::erase_if(numbers, [&](std::int64_t n) { return n > channels; });
  if (!question.numbers.empty() && numbers.empty())
    throw Error("numbers", "the layer " + question.layer + " has only " + std::to_string(channels) + " channels");
  return numbers.empty() ? usualNumbers(channels) : numbers;
}

/// The first `number` by falling importance; `second` decides between equal ones.
std::vector<std::int64_t> firstChannels(const float* importance, const std::vector<float>& second,
                                        std::int64_t number) {
  std::vector<std::int64_t> order(second.size());
  std::iota(order.begin(), order.end(), std::int64_t{0});
  const auto secondOf = [&](std::int64_t c) { return second[static_cast<std::size_t>(c)]; };
  std::ranges::stable_sort(order, [&](std::int64_t a, std::int64_t b) {
    return importance[a] != importance[b] ? importance[a] > importance[b] : secondOf(a) > secondOf(b);
  });
  order.resize(static_cast<std::size_t>(std::min<std::int64_t>(number, static_cast<std::int64_t>(order.size()))));
  return order;
}

class ChannelSearch {
 public:
  ChannelSearch(Model& model, const ChannelsQuestion& question, const Progress& progress, const CancelToken& cancel)
      : model_(model),
        question_(question),
        progress_(progress),
        cancel_(cancel),
        at_(model, question.input, question.layer, question.target, cancel) {}

  ChannelAttribution run() {
    const auto start = std::chrono::steady_clock::now();
    const std::vector<std::int64_t> numbers = numbersOf(question_, at_.form().units);
    result_.method = question_.method;
    result_.layer = question_.layer;
    result_.target = at_.query().target;
    result_.targetLabel = model_.label(result_.target);
    result_.activation = toArray(at_.form().maps(at_.activation())[0]);
    if (question_.method == kExtremal)
      extremal(numbers);
    else
      ranked(numbers);
    measure();
    describe();
    result_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    progress_.report(1.0);
    return std::move(result_);
  }

 private:
  std::vector<float> gradientXActivation() const {
    const at::NoGradGuard noGradients;
    const at::Tensor product = at_.form().flat(at_.gradient() * at_.activation());
    return toArray(product[0].sum(at::IntArrayRef{1, 2})).values;
  }

  void extremal(const std::vector<std::int64_t>& numbers) {
    if (question_.steps < 1) throw Error("steps", "at least one is needed");
    const at::Tensor original = at_.form().flat(at_.activation()).contiguous();
    const std::int64_t channels = original.size(1);
    ExtremalOptions options;
    options.areas.clear();
    for (const std::int64_t n : numbers)
      options.areas.push_back(static_cast<double>(n) / static_cast<double>(channels) - kBelow);
    options.steps = question_.steps;
    options.weight = question_.weight;
    options.flip = false;
    Perturbation::Options faded;
    faded.kind = PerturbationKind::Fade;
    const Perturbation perturbation(original, faded);
    ChannelMask field(channels);
    const Reward reward(at_.score(), question_.contrastive);
    const ExtremalSubject subject{at_.score(),       reward,
                                  perturbation,      field,
                                  at_.query().layer, [&](const at::Tensor& shown) { return at_.form().whole(shown); }};
    const std::vector<float> second = gradientXActivation();
    const at::Tensor masks = searchExtremalMasks(
        subject, options, [](const at::Tensor&) {}, progress_.part(0.0, 0.95), cancel_);
    result_.scores = toArray(masks.mean(0).flatten()).values;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      KeptChannels kept;
      kept.number = numbers[i];
      kept.mask = toArray(masks[static_cast<std::int64_t>(i)].flatten()).values;
      kept.channels = firstChannels(kept.mask.data(), second, kept.number);
      result_.kept.push_back(std::move(kept));
    }
    if (question_.contrastive && !reward.contrastive())
      result_.notes.emplace_back("this score has no other classes to contrast with: the plain score was the reward");
  }

  void ranked(const std::vector<std::int64_t>& numbers) {
    result_.scores = question_.method == kConductance ? conductance() : gradientXActivation();
    for (const std::int64_t n : numbers)
      result_.kept.push_back({n, firstChannels(result_.scores.data(), result_.scores, n), {}, 0.0, 0.0});
  }

  std::vector<float> conductance() {
    const AttributionMethod& method = model_.internal().methods.find(kConductance);
    AttributionQuery query = at_.query();
    query.parameters = ParameterValues(method.info());
    query.parameters.set(method.info(), "steps", ParameterValue(question_.pieces));
    const Attribution found = method.run(query, progress_.part(0.0, 0.95), cancel_);
    result_.notes = found.notes;
    return found.channelScores;
  }

  /// Scores of what is kept, of everything and of nothing.
  void measure() {
    const at::NoGradGuard noGradients;
    const ScoreFunction& score = at_.score();
    const at::Tensor flat = at_.form().flat(at_.activation());
    const auto fill = [&](const at::Tensor& rows, double& plain, double& probability) {
      plain = score.target(rows).item<double>();
      probability = score.probability(rows).item<double>();
    };
    fill(at_.rows(), result_.score, result_.probability);
    const auto count = static_cast<std::int64_t>(result_.kept.size()) + 1;
    inBatches(count, score.batchSize(std::min(count, kScoredAtOnce), false), progress_.part(0.95, 1.0), cancel_,
              "Scores", [&](std::int64_t first, std::int64_t n) {
                at::Tensor masks = at::zeros({n, flat.size(1), 1, 1}, at::kFloat);
                for (std::int64_t i = 0; i < n; ++i)
                  for (const std::int64_t c : keptIn(first + i)) masks[i][c] = 1.0F;
                const at::Tensor rows = score.rows(at_.form().whole(flat * masks.to(flat.device())), at_.query().layer);
                for (std::int64_t i = 0; i < n; ++i) {
                  const auto at = static_cast<std::size_t>(first + i);
                  if (at < result_.kept.size())
                    fill(rows.narrow(0, i, 1), result_.kept[at].score, result_.kept[at].probability);
                  else
                    fill(rows.narrow(0, i, 1), result_.emptyScore, result_.emptyProbability);
                }
              });
  }

  const std::vector<std::int64_t>& keptIn(std::int64_t row) const {
    static const std::vector<std::int64_t> kNone;
    const auto at = static_cast<std::size_t>(row);
    return at < result_.kept.size() ? result_.kept[at].channels : kNone;
  }

  void describe() {
    const auto enough = std::ranges::find_if(
        result_.kept, [&](const KeptChannels& kept) { return kept.probability >= result_.probability; });
    if (enough != result_.kept.end())
      result_.notes.push_back(std::to_string(enough->number) + " of " + std::to_string(at_.form().units) +
                              " channels do as well as all: probability " + shown(enough->probability) + " against " +
                              shown(result_.probability));
    else
      result_.notes.push_back("no number of channels that was tried reaches the probability of all, " +
                              shown(result_.probability));
    if (at_.form().skipped > 0)
      result_.notes.emplace_back("the class token counts as a place, but is not among the maps");
  }

  Model& model_;
  const ChannelsQuestion& question_;
  const Progress& progress_;
  const CancelToken& cancel_;
  LayerScore at_;
  ChannelAttribution result_;
};

}  // namespace

const std::vector<std::string>& channelMethods() {
  static const std::vector<std::string> methods{kExtremal, kGradientXActivation, kConductance};
  return methods;
}

ChannelAttribution attributeChannels(Model& model, const ChannelsQuestion& question, const Progress& progress,
                                     const CancelToken& cancel) {
  if (std::ranges::find(channelMethods(), question.method) == channelMethods().end()) {
    std::string known;
    for (const std::string& id : channelMethods()) known += (known.empty() ? "" : ", ") + id;
    throw Error("method '" + question.method + "'", "there is none of this name for channels; known are " + known);
  }
  return ChannelSearch(model, question, progress, cancel).run();
}

Array keptActivation(const Array& activation, const std::vector<std::int64_t>& channels) {
  if (activation.shape.size() != 3 || elementCount(activation.shape) < 1)
    throw Error("kept channels", "the activation must be [C,h,w], not " + toString(activation.shape));
  Array kept{activation.shape, std::vector<float>(activation.values.size(), 0.0F)};
  const std::int64_t places = activation.shape[1] * activation.shape[2];
  for (const std::int64_t c : channels) {
    if (c < 0 || c >= activation.shape[0])
      throw Error("kept channels", "there is no channel " + std::to_string(c) + "; they go from 0 to " +
                                       std::to_string(activation.shape[0] - 1));
    std::copy_n(activation.values.begin() + c * places, places, kept.values.begin() + c * places);
  }
  return kept;
}

}  // namespace unitscope
