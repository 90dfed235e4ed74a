#include "attribution/perturbation/extremal_search.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "attribution/gradients_of.h"
#include "attribution/perturbation/area_penalty.h"
#include "attribution/perturbation/compute_form.h"
#include "attribution/perturbation/descent.h"

namespace unitscope {
namespace {

// As TorchRay has them.
constexpr double kRate = 0.01;
constexpr double kMomentum = 0.9;
constexpr double kGrowth = 1.0035;  // of the penalty's weight, per step

// The last part of the search is about the picture as it is, without mirroring and in full precision, since that is
// what a mask is judged by. It takes longer steps there, and longest towards the reward. With TorchRay's schedule to
// the end, 300 steps leave masks that hide little; so they get nearer to their area, with a higher reward. Rewards
// still jump from step to step, so that a mask is chosen among those that it passes.
constexpr double kLate = 0.8;
constexpr double kLateRate = 3.0 * kRate;
constexpr double kLateWeight = 0.5;
constexpr double kAllowedPenalty = 1.1;

class Search {
 public:
  Search(const ExtremalSubject& subject, const ExtremalOptions& options, const CancelToken& cancel)
      : subject_(subject),
        options_(options),
        cancel_(cancel),
        count_(static_cast<std::int64_t>(options.areas.size())),
        descent_(kRate, kMomentum),
        weight_(options.weight),
        lateFrom_(static_cast<std::int64_t>(kLate * static_cast<double>(options.steps))) {
    const std::int64_t sides = options.variant == ExtremalVariant::Dual ? 2 : 1;
    batch_ = std::max<std::int64_t>(subject.score.batchSize(count_ * sides, true) / sides, 1);
    cells_ = subject.field.start(count_);
  }

  /// The step with which the last part begins.
  std::int64_t lateFrom() const noexcept { return lateFrom_; }

  /// One step; returns the masks that it began with.
  at::Tensor step(std::int64_t index) {
    const at::Tensor masks = subject_.field.masks(cells_);
    const at::Tensor visible = subject_.field.visible(masks);
    const AreaPenalty penalty = areaPenalty(masks, options_.areas);
    const bool late = index >= lateFrom_;
    if (index == lateFrom_) {
      descent_.setRate(kLateRate);
      weight_ *= kLateWeight;
    }
    const bool mirrored = options_.flip && !late && index % 2 == 0;
    const Rewards rewards = rewardsOf(visible, mirrored);
    if (late) candidates_.push_back({cells_.clone(), rewards.values, penalty.values});

    at::Tensor gradient = penalty.gradient * weight_;
    subject_.field.visible(gradient).sub_(rewards.slopes);
    descent_.step(cells_, subject_.field.pull(gradient));
    cells_.clamp_(0, 1);
    weight_ *= kGrowth;
    return visible;
  }

  at::Tensor finish() {
    const at::Tensor masks = subject_.field.masks(cells_);
    const at::Tensor visible = subject_.field.visible(masks);
    candidates_.push_back({cells_, rewardsOf(visible, false).values, areaPenalty(masks, options_.areas).values});
    return subject_.field.visible(subject_.field.masks(chosen()));
  }

 private:
  struct Candidate {
    at::Tensor cells;
    std::vector<double> rewards, penalties;
  };
  struct Rewards {
    std::vector<double> values;
    at::Tensor slopes;  // by the masks
  };

  /// [B], those of the variant.
  at::Tensor rewardOf(const at::Tensor& masks, bool mirrored) const {
    const auto judged = [&](const at::Tensor& kept) {
      const at::Tensor shown = subject_.perturbation.apply(kept);
      const at::Tensor seen = subject_.shape ? subject_.shape(shown) : mirrored ? shown.flip({3}) : shown;
      return subject_.reward.of(subject_.score.rowsWithGradient(seen, subject_.from));
    };
    if (options_.variant == ExtremalVariant::Preserve) return judged(masks);
    if (options_.variant == ExtremalVariant::Delete) return -judged(1 - masks);
    const std::vector<at::Tensor> sides = judged(at::cat({masks, 1 - masks})).chunk(2);
    return sides[0] - sides[1];
  }

  Rewards rewardsOf(const at::Tensor& masks, bool mirrored) {
    const at::AutoGradMode gradients(true);
    Rewards result{std::vector<double>(static_cast<std::size_t>(count_)), at::empty_like(masks)};
    std::int64_t largest = 1;
    inBatches(count_, batch_, {}, cancel_, {}, [&](std::int64_t first, std::int64_t count) {
      const at::Tensor leaf =
          masks.narrow(0, first, count).detach().to(subject_.score.image().device()).requires_grad_(true);
      const at::Tensor rewards = rewardOf(leaf, mirrored);
      result.slopes.narrow(0, first, count).copy_(gradientsOf(rewards, {leaf}).front());
      const at::Tensor values = rewards.detach().to(at::kCPU, at::kDouble).contiguous();
      std::copy_n(values.data_ptr<double>(), count, result.values.begin() + first);
      largest = std::max(largest, count);
    });
    batch_ = largest;  // what memory allowed
    return result;
  }

  /// The cells of the mask of each area with the highest reward among those that fit their area about as well as the
  /// last one.
  at::Tensor chosen() const {
    at::Tensor cells = candidates_.back().cells.clone();
    for (std::int64_t i = 0; i < count_; ++i) {
      const auto at = static_cast<std::size_t>(i);
      const double allowed = kAllowedPenalty * candidates_.back().penalties[at];
      double best = -std::numeric_limits<double>::infinity();
      for (const Candidate& candidate : candidates_) {
        if (candidate.penalties[at] > allowed || candidate.rewards[at] <= best) continue;
        best = candidate.rewards[at];
        cells[i].copy_(candidate.cells[i]);
      }
    }
    return cells;
  }

  const ExtremalSubject& subject_;
  const ExtremalOptions& options_;
  const CancelToken& cancel_;
  std::int64_t count_;
  std::int64_t batch_ = 1;
  at::Tensor cells_;
  MomentumDescent descent_;
  double weight_;
  std::int64_t lateFrom_;
  std::vector<Candidate> candidates_;
};

}  // namespace

at::Tensor searchExtremalMasks(const ExtremalSubject& subject, const ExtremalOptions& options,
                               const std::function<void(const at::Tensor&)>& show, const Progress& progress,
                               const CancelToken& cancel) {
  Search search(subject, options, cancel);
  std::optional<FastGradients> form(std::in_place, subject.score.query().executor, options.bfloat16);
  for (std::int64_t step = 0; step < options.steps; ++step) {
    cancel.check();
    progress.report(static_cast<double>(step) / static_cast<double>(options.steps), "Searching for masks");
    if (step == search.lateFrom()) {
      form.reset();
      form.emplace(subject.score.query().executor, /*bfloat16=*/false);
    }
    show(search.step(step));
  }
  cancel.check();
  return search.finish();
}

at::Tensor perturbedBy(const ExtremalSubject& subject, ExtremalVariant variant, const at::Tensor& masks) {
  const at::NoGradGuard noGradients;
  const at::Tensor here = masks.to(subject.score.image().device());
  return subject.perturbation.apply(variant == ExtremalVariant::Delete ? 1 - here : here);
}

}  // namespace unitscope
