#include "features/objective.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "engine/model_internal.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using Kind = FeatureGoal::Kind;

constexpr double kSmall = 1e-12;
/// Below this the cosine no longer counts, so that a picture which points the wrong way still gets a gradient.
constexpr double kLeastCosine = 0.1;

bool hasPlace(const FeatureGoal& goal) {
  return goal.place.has_value() || goal.kind == Kind::Neuron;
}

bool takesVector(const FeatureGoal& goal) {
  return goal.kind == Kind::Direction || goal.kind == Kind::Activation;
}

void checkUnit(const FeatureGoal& goal, std::int64_t unit, std::int64_t channels) {
  if (unit < 0 || unit >= channels)
    throw Error(goal.layer + ":" + std::to_string(unit),
                "the layer has no such unit; it has " + std::to_string(channels) + ", numbered from 0");
}

void checkVector(const FeatureGoal& goal, at::IntArrayRef maps) {
  const Shape& shape = goal.vector.shape;
  const std::int64_t channels = maps[1], height = maps[2], width = maps[3];
  const bool whole = goal.kind == Kind::Activation && shape == Shape{channels, height, width};
  if (!(shape == Shape{channels} || whole))
    throw Error(goal.layer, "the vector has the shape " + toString(shape) + "; the layer takes " +
                                toString(Shape{channels}) +
                                (goal.kind == Kind::Activation
                                     ? " or " + toString(Shape{channels, height, width}) + " at this size of picture"
                                     : ""));
  if (static_cast<std::int64_t>(goal.vector.values.size()) != elementCount(shape))
    throw Error(goal.layer, "the vector has fewer values than its shape says");
  if (!std::ranges::all_of(goal.vector.values, [](float v) { return std::isfinite(v); }))
    throw Error(goal.layer, "the vector has values that are no numbers");
  if (std::ranges::all_of(goal.vector.values, [](float v) { return v == 0.0F; }) && goal.kind == Kind::Direction)
    throw Error(goal.layer, "the vector is 0 everywhere, which is no direction");
  if (whole && goal.place) throw Error(goal.layer, "a whole map has no place to be matched at; give one vector");
}

/// [h,w] from maps [C,h,w] and a vector [C,1,1].
at::Tensor projection(const at::Tensor& maps, const at::Tensor& vector) {
  return (maps * vector).sum(0);
}

at::Tensor cosine(const at::Tensor& maps, const at::Tensor& vector) {
  const at::Tensor lengths = (maps * maps).sum(0).clamp_min(kSmall).sqrt();
  const at::Tensor length = (vector * vector).sum(0).clamp_min(kSmall).sqrt();
  return projection(maps, vector) / (lengths * length);
}

}  // namespace

void checkGoal(const FeatureGoal& goal, at::IntArrayRef maps) {
  switch (goal.kind) {
    case Kind::Between:
      checkUnit(goal, goal.other, maps[1]);
      if (!(goal.mix >= 0.0 && goal.mix <= 1.0)) throw Error("mix", "it must lie between 0 and 1");
      [[fallthrough]];
    case Kind::Channel:
    case Kind::Neuron: checkUnit(goal, goal.unit, maps[1]); break;
    case Kind::Layer: break;
    case Kind::Direction:
    case Kind::Activation: checkVector(goal, maps); break;
  }
  if (goal.place && (goal.place->y < 0 || goal.place->y >= maps[2] || goal.place->x < 0 || goal.place->x >= maps[3]))
    throw Error("place " + std::to_string(goal.place->y) + "," + std::to_string(goal.place->x),
                "lies outside the layer's map, which has " + std::to_string(maps[2]) + " x " + std::to_string(maps[3]) +
                    " places at this size of picture");
}

Objective::Objective(std::vector<FeatureGoal> goals, at::IntArrayRef maps, double cosinePower, at::Device device)
    : goals_(std::move(goals)), height_(maps[2]), width_(maps[3]), cosinePower_(cosinePower) {
  std::vector<std::int64_t> units;
  for (const FeatureGoal& goal : goals_) {
    checkGoal(goal, maps);
    at::Tensor vector;
    if (takesVector(goal)) {
      vector = viewOf(goal.vector).clone().to(device);
      if (vector.dim() == 1) vector = vector.reshape({-1, 1, 1});
    }
    vectors_.push_back(std::move(vector));
    if (goal.kind == Kind::Channel && !goal.place) units.push_back(goal.unit);
  }
  if (units.size() == goals_.size()) {
    units_ = at::tensor(units, at::kLong).to(device);
    rows_ = at::arange(static_cast<std::int64_t>(units.size()), at::TensorOptions(at::kLong).device(device));
  }
}

at::Tensor Objective::atPlace(const FeatureGoal& goal, const at::Tensor& maps) const {
  if (!hasPlace(goal)) return maps;
  const FeaturePlace place = goal.place.value_or(FeaturePlace{height_ / 2, width_ / 2});
  const std::int64_t h = maps.size(-2), w = maps.size(-1);
  const std::int64_t y = std::min(place.y * h / height_, h - 1), x = std::min(place.x * w / width_, w - 1);
  return maps.narrow(-2, y, 1).narrow(-1, x, 1);
}

at::Tensor Objective::valueOf(std::size_t i, const at::Tensor& all) const {
  const FeatureGoal& goal = goals_[i];
  const at::Tensor maps = atPlace(goal, all);
  switch (goal.kind) {
    case Kind::Channel:
    case Kind::Neuron: return maps[goal.unit].mean();
    case Kind::Layer: return maps.square().mean();
    case Kind::Between: return maps[goal.unit].mean() * (1.0 - goal.mix) + maps[goal.other].mean() * goal.mix;
    case Kind::Direction: {
      const at::Tensor along = projection(maps, vectors_[i]);
      if (cosinePower_ <= 0.0) return along.mean();
      return (along * cosine(maps, vectors_[i]).clamp_min(kLeastCosine).pow(cosinePower_)).mean();
    }
    case Kind::Activation: {
      at::Tensor wanted = vectors_[i];
      if (wanted.size(1) > 1 || wanted.size(2) > 1)
        if (wanted.sizes().slice(1) != maps.sizes().slice(1))
          wanted = at::adaptive_avg_pool2d(wanted.unsqueeze(0), maps.sizes().slice(1)).squeeze(0);
      return -(maps - wanted).square().sum(0).mean() / wanted.square().sum(0).mean().clamp_min(kSmall);
    }
  }
  return maps.mean();
}

at::Tensor Objective::values(const at::Tensor& activations) const {
  if (units_.defined()) {
    // One look-up for all: only the wanted channels get a gradient.
    const at::Tensor values = activations.index({rows_, units_}).flatten(1).mean(1);
    const bool negative = !goals_.empty() && goals_.front().negative;
    if (std::ranges::all_of(goals_, [negative](const FeatureGoal& g) { return g.negative == negative; }))
      return negative ? values.neg() : values;
  }
  std::vector<at::Tensor> values;
  for (std::size_t i = 0; i < goals_.size(); ++i) {
    const at::Tensor value = valueOf(i, activations[static_cast<std::int64_t>(i)]);
    values.push_back(goals_[i].negative ? value.neg() : value);
  }
  return at::stack(values);
}

at::Tensor Objective::responseOf(std::size_t i, const at::Tensor& maps) const {
  const FeatureGoal& goal = goals_[i];
  switch (goal.kind) {
    case Kind::Channel:
    case Kind::Neuron: return maps[goal.unit];
    case Kind::Layer: return maps.square().mean(0);
    case Kind::Between: return maps[goal.unit] * (1.0 - goal.mix) + maps[goal.other] * goal.mix;
    case Kind::Direction: return projection(maps, vectors_[i]) / vectors_[i].norm().clamp_min(kSmall);
    case Kind::Activation: return cosine(maps, vectors_[i]);
  }
  return maps.mean(0);
}

at::Tensor Objective::responses(const at::Tensor& activations) const {
  std::vector<at::Tensor> responses;
  for (std::size_t i = 0; i < goals_.size(); ++i)
    responses.push_back(responseOf(i, activations[static_cast<std::int64_t>(i)]));
  return at::stack(responses);
}

at::Tensor likeness(const std::vector<FeatureGoal>& goals, const at::Tensor& activations) {
  std::map<std::int64_t, std::vector<std::int64_t>> groups;
  for (std::size_t i = 0; i < goals.size(); ++i)
    if (goals[i].group >= 0) groups[goals[i].group].push_back(static_cast<std::int64_t>(i));
  std::vector<at::Tensor> alike(goals.size(), at::zeros({}, activations.options()));
  for (const auto& [group, members] : groups) {
    if (members.size() < 2) continue;
    const at::Tensor index = at::tensor(members, at::kLong).to(activations.device());
    const at::Tensor flat = activations.index_select(0, index).flatten(2);
    const at::Tensor grams = at::matmul(flat, flat.transpose(1, 2)).flatten(1);
    const at::Tensor unit = grams / grams.norm(2, {1}, /*keepdim=*/true).clamp_min(kSmall);
    const at::Tensor cosines = at::matmul(unit, unit.t());
    const at::Tensor others = (cosines.sum(1) - 1.0) / static_cast<double>(members.size() - 1);
    for (std::size_t k = 0; k < members.size(); ++k)
      alike[static_cast<std::size_t>(members[k])] = others[static_cast<std::int64_t>(k)];
  }
  return at::stack(alike);
}

}  // namespace unitscope
