#include <algorithm>
#include <optional>
#include <utility>

#include "engine/devices.h"
#include "gan/generator_internal.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

bool same(const Array& a, const Array& b) {
  return a.shape == b.shape && a.values == b.values;
}

bool same(const UnitEdit& a, const UnitEdit& b) {
  return a.change.layer == b.change.layer && a.change.units == b.change.units && a.change.kind == b.change.kind &&
         a.change.amount == b.change.amount && same(a.where, b.where);
}

/// Whether the same goes into the network, edits aside.
bool sameInputs(const SynthesisQuestion& a, const SynthesisQuestion& b) {
  return a.space == b.space && a.truncation == b.truncation && a.noise == b.noise && a.noiseSeed == b.noiseSeed &&
         same(a.latents, b.latents) && same(a.classes, b.classes);
}

}  // namespace

struct LivePicture::State {
  std::shared_ptr<Generator> generator;
  std::optional<SynthesisQuestion> last;
  RunCache cache;
  RunCache::Feeds feeds;                         // the cache knows them by identity
  std::vector<std::pair<UnitEdit, Edit>> edits;  // and the tensors of edits too

  at::Tensor run(const SynthesisQuestion& question, ValueId fetch, const CancelToken& cancel);
  std::vector<Edit> editsOf(const std::vector<UnitEdit>& changes);
};

std::vector<Edit> LivePicture::State::editsOf(const std::vector<UnitEdit>& changes) {
  std::vector<std::pair<UnitEdit, Edit>> next;
  std::vector<Edit> all;
  for (const UnitEdit& change : changes) {
    const auto kept = std::ranges::find_if(edits, [&](const auto& known) { return same(known.first, change); });
    const std::vector<Edit> made =
        kept != edits.end() ? std::vector<Edit>{kept->second} : generator->internal().edits({change});
    for (const Edit& edit : made) {
      all.push_back(edit);
      next.emplace_back(change, edit);
    }
  }
  edits = std::move(next);
  return all;
}

at::Tensor LivePicture::State::run(const SynthesisQuestion& question, ValueId fetch, const CancelToken& cancel) {
  if (rowsOf(question) != 1) throw Error("live picture", "takes one latent at a time");
  Generator::Internal& own = generator->internal();
  prepareComputeThread(own.model->settings());
  const at::NoGradGuard noGradients;
  if (!last || !sameInputs(*last, question)) {
    feeds = own.feeds(*generator, question, 0, 1, cancel);
    // The question's memory is the caller's.
    for (auto& [id, tensor] : feeds) tensor = tensor.clone();
    last = question;
  }
  RunRequest request;
  request.feeds = feeds;
  request.fetch = {fetch};
  request.edits = editsOf(question.edits);
  request.cancel = cancel;
  request.cache = &cache;
  return own.inner().executor.run(request).front().to(at::kFloat);
}

LivePicture::LivePicture(std::shared_ptr<Generator> generator) : state_(std::make_unique<State>()) {
  state_->generator = std::move(generator);
}
LivePicture::~LivePicture() = default;
LivePicture::LivePicture(LivePicture&&) noexcept = default;
LivePicture& LivePicture::operator=(LivePicture&&) noexcept = default;

Array LivePicture::picture(const SynthesisQuestion& question, const CancelToken& cancel) {
  return toArray(state_->run(question, state_->generator->internal().image, cancel));
}

Array LivePicture::activations(const SynthesisQuestion& question, const std::string& layer, const CancelToken& cancel) {
  const std::shared_ptr<Model>& model = state_->generator->model();
  return toArray(state_->run(question, resolveLayer(model->graph(), model->layers(), layer), cancel));
}

std::size_t LivePicture::nodesEvaluated() const {
  return state_->cache.nodesEvaluated();
}

}  // namespace unitscope
