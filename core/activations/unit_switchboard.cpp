#include "activations/unit_switchboard.h"

#include <optional>
#include <utility>

#include "activations/layer_form.h"
#include "activations/unit_edits.h"
#include "engine/devices.h"
#include "engine/model_internal.h"
#include "exec/run_cache.h"
#include "runtime/error.h"

namespace unitscope {

struct UnitSwitchboard::State {
  State(std::shared_ptr<Model> m, const Array& array)
      : model(std::move(m)), input(viewOf(array).clone()), edits(model->internal(), input) {
    if (input.dim() == 0 || input.size(0) != 1) throw Error("unit switches", "take one picture at a time");
    // The cache knows its feeds by identity.
    feeds = model->internal().feedsFor(input);
  }

  at::Tensor run(ValueId fetch, std::vector<Edit> changes, const CancelToken& cancel) {
    prepareComputeThread(model->settings());
    const at::NoGradGuard noGradients;
    RunRequest request;
    request.feeds = feeds;
    request.fetch = {fetch};
    request.edits = std::move(changes);
    request.cancel = cancel;
    request.cache = &cache;
    return model->internal().executor.run(request).front().to(at::kFloat);
  }

  std::shared_ptr<Model> model;
  at::Tensor input;
  UnitEdits edits;
  RunCache cache;
  RunCache::Feeds feeds;
  std::optional<Array> unchanged;
};

UnitSwitchboard::UnitSwitchboard(std::shared_ptr<Model> model, const Array& input)
    : state_(std::make_unique<State>(std::move(model), input)) {}
UnitSwitchboard::~UnitSwitchboard() = default;
UnitSwitchboard::UnitSwitchboard(UnitSwitchboard&&) noexcept = default;
UnitSwitchboard& UnitSwitchboard::operator=(UnitSwitchboard&&) noexcept = default;

void UnitSwitchboard::set(const UnitSwitch& change) {
  prepareComputeThread(state_->model->settings());
  state_->edits.set(change);
}

void UnitSwitchboard::setAll(const std::vector<UnitSwitch>& changes) {
  prepareComputeThread(state_->model->settings());
  UnitEdits edits(state_->model->internal(), state_->input);
  for (const UnitSwitch& change : changes) edits.set(change);
  const std::vector<UnitSwitch> checked = edits.switches();
  state_->edits.clear();
  for (const UnitSwitch& change : checked) state_->edits.set(change);
}

void UnitSwitchboard::scale(const std::string& layer, const std::vector<std::int64_t>& units, double factor) {
  set({layer, units, UnitSwitch::Kind::Scale, factor});
}

void UnitSwitchboard::hold(const std::string& layer, const std::vector<std::int64_t>& units, double value) {
  set({layer, units, UnitSwitch::Kind::Set, value});
}

void UnitSwitchboard::clear() {
  state_->edits.clear();
}

std::vector<UnitSwitch> UnitSwitchboard::switches() const {
  return state_->edits.switches();
}

Array UnitSwitchboard::scores(const CancelToken& cancel) {
  const ValueId output = state_->model->internal().outputValue();
  // The first run fills the cache with the picture as it is, which the scores to compare with come from, too.
  if (!state_->unchanged) {
    Array plain = unchanged(cancel);
    if (state_->edits.empty()) return plain;
  }
  return toArray(scoreRows(state_->run(output, state_->edits.edits(), cancel)));
}

Array UnitSwitchboard::unchanged(const CancelToken& cancel) {
  if (!state_->unchanged)
    state_->unchanged = toArray(scoreRows(state_->run(state_->model->internal().outputValue(), {}, cancel)));
  return *state_->unchanged;
}

Array UnitSwitchboard::activations(const std::string& layer, const CancelToken& cancel) {
  Model::Internal& inner = state_->model->internal();
  const at::Tensor value = state_->run(unitLayer(inner, layer), state_->edits.edits(), cancel);
  return toArray(layerForm(value.sizes(), layer).maps(value)[0]);
}

std::size_t UnitSwitchboard::nodesEvaluated() const {
  return state_->cache.nodesEvaluated();
}

std::size_t UnitSwitchboard::bytes() const {
  return state_->cache.bytes();
}

}  // namespace unitscope
