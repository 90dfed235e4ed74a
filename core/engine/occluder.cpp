#include "engine/occluder.h"

#include <algorithm>
#include <utility>

#include <ATen/ATen.h>

#include "attribution/baseline.h"
#include "attribution/occluded_scores.h"
#include "engine/devices.h"
#include "engine/model_internal.h"
#include "graph/layers.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

// Beyond any picture, and small enough that sums of two such numbers fit.
constexpr std::int64_t kFar = std::int64_t{1} << 40;

AttributionQuery queryOf(Model::Internal& inner, const Array& input, const std::string& unitLayer) {
  const ValueId output = unitLayer.empty() ? inner.outputValue() : resolveLayer(*inner.graph, inner.layers, unitLayer);
  AttributionQuery query{inner.executor, viewOf(input).clone(), inner.inputValue(), output, 0, kNoValue, {}};
  inner.describeTo(query);
  return query;
}

}  // namespace

struct Occluder::State {
  State(std::shared_ptr<Model> m, const Array& input, const std::string& unitLayer)
      : model(std::move(m)),
        query(queryOf(model->internal(), input, unitLayer)),
        score(query, query.input, CancelToken()),
        scores(prepared()) {}

  OccludedScores prepared() const {
    score.requirePicture("occluder");
    if (score.image().size(0) != 1) throw Error("occluder", "takes one picture at a time");
    prepareComputeThread(model->settings());
    return OccludedScores(score);
  }
  /// The part of the box inside the picture; empty where there is none.
  PictureWindow inside(const OccluderBox& box) const {
    const std::int64_t height = score.image().size(2), width = score.image().size(3);
    const std::int64_t x = std::clamp(box.x, -kFar, kFar), y = std::clamp(box.y, -kFar, kFar);
    const auto end = [](std::int64_t from, std::int64_t size, std::int64_t length) {
      return std::min(from + std::clamp<std::int64_t>(size, 0, kFar), length);
    };
    return {std::max<std::int64_t>(y, 0), std::max<std::int64_t>(x, 0), end(y, box.height, height),
            end(x, box.width, width)};
  }
  /// As the method sees pictures: [1,C,H,W] on the network's device.
  at::Tensor pictureOf(const Array& array) const {
    at::Tensor picture = viewOf(array).to(score.image().device(), at::kFloat);
    if (query.channelsLast && picture.dim() == 4) picture = picture.permute({0, 3, 1, 2});
    if (picture.sizes() != score.image().sizes()) throw Error("occluder", "the two pictures differ in size");
    return picture;
  }

  std::shared_ptr<Model> model;
  AttributionQuery query;
  ScoreFunction score;
  OccludedScores scores;
  at::Tensor cover;
};

Occluder::Occluder(std::shared_ptr<Model> model, const Array& input, const std::string& cover,
                   const std::string& unitLayer)
    : state_(std::make_unique<State>(std::move(model), input, unitLayer)) {
  setCover(cover);
}
Occluder::~Occluder() = default;
Occluder::Occluder(Occluder&&) noexcept = default;
Occluder& Occluder::operator=(Occluder&&) noexcept = default;

std::vector<std::string> Occluder::covers() {
  return baselineParameter().choices;
}

void Occluder::setCover(const std::string& cover) {
  const std::vector<std::string> known = covers();
  if (std::ranges::find(known, cover) == known.end()) throw Error("occluder", "there is no cover '" + cover + "'");
  state_->cover = baselineFor(state_->score, cover);
}

Array Occluder::scores() const {
  return toArray(state_->scores.whole());
}

Array Occluder::covered(const OccluderBox& box) const {
  return covered(std::vector{box});
}

Array Occluder::covered(const std::vector<OccluderBox>& boxes) const {
  const State& state = *state_;
  prepareComputeThread(state.model->settings());
  const at::NoGradGuard noGradients;
  const at::Tensor whole = state.scores.whole();
  at::Tensor all = whole.repeat({static_cast<std::int64_t>(boxes.size()), 1});
  std::vector<PictureWindow> windows;
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const PictureWindow window = state.inside(boxes[i]);
    if (window.height() < 1 || window.width() < 1) continue;
    windows.push_back(window);
    rows.push_back(static_cast<std::int64_t>(i));
  }
  const std::vector<std::size_t> order = state.scores.order(windows);
  const auto total = static_cast<std::int64_t>(windows.size());
  inBatches(total, total > 1 ? state.scores.batchSize(total) : 1, {}, CancelToken(), "Covering",
            [&](std::int64_t first, std::int64_t count) {
              std::vector<PictureWindow> batch;
              for (std::int64_t i = first; i < first + count; ++i)
                batch.push_back(windows[order[static_cast<std::size_t>(i)]]);
              const at::Tensor scores = state.scores.rows(batch, state.cover);
              for (std::int64_t i = 0; i < count; ++i)
                all[rows[order[static_cast<std::size_t>(first + i)]]].copy_(scores[i]);
            });
  return toArray(all);
}

Array Occluder::painted(const Array& picture, const OccluderBox& box) const {
  const State& state = *state_;
  prepareComputeThread(state.model->settings());
  const PictureWindow window = state.inside(box);
  const at::Tensor other = state.pictureOf(picture);
  if (window.height() < 1 || window.width() < 1) return scores();
  return toArray(state.scores.rows({window}, other));
}

OccluderBox Occluder::difference(const Array& picture) const {
  const at::Tensor differs = (state_->pictureOf(picture) != state_->score.image()).any(1)[0].to(at::kCPU);
  const auto ends = [&](std::int64_t axis) {
    const at::Tensor places = differs.any(axis).nonzero();
    if (places.size(0) == 0) return std::pair<std::int64_t, std::int64_t>{0, 0};
    return std::pair{places[0].item<std::int64_t>(), places[-1].item<std::int64_t>() + 1};
  };
  const auto [top, bottom] = ends(1);
  const auto [left, right] = ends(0);
  return {left, top, right - left, bottom - top};
}

bool Occluder::incremental() const {
  return state_->scores.incremental();
}

std::size_t Occluder::bytes() const {
  return state_->scores.bytes();
}

}  // namespace unitscope
