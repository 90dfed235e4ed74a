#include "exec/windowed/windowed_run.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "exec/evaluate_node.h"
#include "exec/windowed/local_step.h"
#include "exec/windowed/region.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

// A window that covers this part of a map saves less than its gathering costs.
constexpr double kMostOfAMap = 0.8;

/// Values that lie between the picture and the fetched value: they change when the picture does.
std::vector<bool> valuesBetween(const Graph& graph, ValueId picture, ValueId fetch) {
  std::vector<bool> changes(graph.values().size(), false), needed(graph.values().size(), false);
  const auto at = [](ValueId id) { return static_cast<std::size_t>(id); };
  changes[at(picture)] = true;
  needed[at(fetch)] = true;
  const auto any = [&](const std::vector<ValueId>& ids, const std::vector<bool>& set) {
    return std::ranges::any_of(ids, [&](ValueId id) { return id != kNoValue && set[at(id)]; });
  };
  for (const Node& node : graph.nodes())
    if (any(node.inputs, changes))
      for (const ValueId id : node.outputs)
        if (id != kNoValue && id != picture) changes[at(id)] = true;
  for (auto node = graph.nodes().rbegin(); node != graph.nodes().rend(); ++node)
    if (any(node->outputs, needed))
      for (const ValueId id : node->inputs)
        if (id != kNoValue) needed[at(id)] = true;
  for (std::size_t v = 0; v < changes.size(); ++v) changes[v] = changes[v] && needed[v];
  return changes;
}

/// Nodes computed together, in order of evaluation. Without a local step they are left to the Executor.
struct Step {
  std::vector<ValueId> reads;  // of what changes
  std::optional<LocalStep> local;
};

}  // namespace

struct WindowedRun::State {
  State(Executor& e, ValueId p, RequestFor r) : executor(e), picture(p), requestFor(std::move(r)) {}

  void prepare();
  std::vector<std::pair<NodeId, const Fusion*>> plan(const Fusions& fusions, const std::vector<bool>& changes) const;
  void keepOnlySources();
  const at::Tensor& base(ValueId id) const { return bases.at(id); }

  Executor& executor;
  ValueId picture;
  ValueId fetch = kNoValue;
  RequestFor requestFor;
  std::vector<Step> steps;
  std::vector<int> lastReader;                    // by ValueId: index of a step
  std::unordered_map<ValueId, at::Tensor> bases;  // maps of the base picture
  at::Tensor output;
  std::int64_t stride = 1;  // of the coarsest map, in pixels
  bool local = false;
};

/// The steps by their first node. A chain whose inner values are asked for is no chain.
std::vector<std::pair<NodeId, const Fusion*>> WindowedRun::State::plan(const Fusions& fusions,
                                                                       const std::vector<bool>& changes) const {
  const Graph& graph = executor.graph();
  std::vector<std::pair<NodeId, const Fusion*>> found;
  std::set<NodeId> inside;
  for (std::size_t n = 0; n < graph.nodes().size(); ++n) {
    const auto id = static_cast<NodeId>(n);
    const Node& node = graph.node(id);
    const auto changing = [&](ValueId v) { return v != kNoValue && changes[static_cast<std::size_t>(v)]; };
    if (inside.contains(id) || std::ranges::none_of(node.outputs, changing)) continue;
    const Fusion* fusion = fusions.startingAt(id);
    if (fusion != nullptr && std::ranges::any_of(fusion->nodes, [&](NodeId inner) {
          const ValueId out = graph.node(inner).outputs.front();
          return out == fetch && out != fusion->output;
        }))
      fusion = nullptr;
    if (fusion != nullptr) inside.insert(fusion->nodes.begin(), fusion->nodes.end());
    found.emplace_back(id, fusion);
  }
  return found;
}

void WindowedRun::State::prepare() {
  const Graph& graph = executor.graph();
  RunRequest request = requestFor(1);
  if (request.fetch.size() != 1) throw Error("windows", "one value must be asked for");
  fetch = request.fetch.front();
  const std::vector<bool> changes = valuesBetween(graph, picture, fetch);
  const auto changing = [&](ValueId id) { return id != kNoValue && changes[static_cast<std::size_t>(id)]; };
  const Fusions fusions(graph);
  const auto planned = plan(fusions, changes);

  // Before sizes are known: what the operators allow, as long as everything before it is local too.
  std::set<ValueId> onWindows{picture}, wanted;
  std::vector<bool> hopeful;
  for (const auto& [id, fusion] : planned) {
    const Node& node = graph.node(id);
    const auto windowed = [&](ValueId v) { return !changing(v) || onWindows.contains(v); };
    const bool one = std::ranges::none_of(node.outputs.begin() + 1, node.outputs.end(), changing);
    hopeful.push_back(localityOf(node) != Locality::None && one && std::ranges::all_of(node.inputs, windowed));
    if (!hopeful.back()) continue;
    const ValueId out = fusion != nullptr ? fusion->output : node.outputs.front();
    if (localityOf(node) != Locality::Mean) onWindows.insert(out);
    wanted.insert(out);
    for (const ValueId v : node.inputs)
      if (v != kNoValue && !graph.value(v).data) wanted.insert(v);
  }
  wanted.insert(fetch);
  request.fetch.assign(wanted.begin(), wanted.end());
  const std::vector<at::Tensor> values = executor.run(request);
  for (std::size_t i = 0; i < values.size(); ++i) {
    at::Tensor value = values[i].detach();
    if (value.dim() == 4 && value.scalar_type() == at::kFloat)
      value = value.contiguous(layoutOfWindows(value.device()));
    bases.emplace(request.fetch[i], std::move(value));
  }
  output = bases.at(fetch);
  for (const auto& [id, tensor] : request.feeds)
    if (id == picture)
      bases.insert_or_assign(id, tensor.detach()
                                     .to(executor.options().device, at::kFloat)
                                     .contiguous(layoutOfWindows(executor.options().device)));

  const StepSource source{graph,
                          [&](ValueId id) {
                            const auto it = bases.find(id);
                            return it != bases.end() ? it->second : executor.parameter(id);
                          },
                          changing, executor.options().device};
  onWindows = {picture};
  std::unordered_map<ValueId, std::int64_t> strides{{picture, 1}};
  for (std::size_t i = 0; i < planned.size(); ++i) {
    const auto& [id, fusion] = planned[i];
    const Node& node = graph.node(id);
    Step step;
    for (const ValueId v : node.inputs)
      if (changing(v)) step.reads.push_back(v);
    if (hopeful[i] && std::ranges::all_of(step.reads, [&](ValueId v) { return onWindows.contains(v); }))
      step.local = prepareStep(source, node, fusion);
    if (step.local && step.local->locality != Locality::Mean) {
      onWindows.insert(step.local->output);
      std::int64_t& here = strides[step.local->output];
      for (const ValueId v : step.reads) here = std::max(here, strides[v]);
      here *= std::max(step.local->down.stride, step.local->across.stride);
      stride = std::max(stride, here);
    }
    local = local || step.local.has_value();
    steps.push_back(std::move(step));
  }
  keepOnlySources();
}

void WindowedRun::State::keepOnlySources() {
  lastReader.assign(executor.graph().values().size(), -1);
  std::set<ValueId> sources{picture, fetch};
  for (std::size_t s = 0; s < steps.size(); ++s) {
    for (const ValueId v : steps[s].reads) lastReader[static_cast<std::size_t>(v)] = static_cast<int>(s);
    if (!steps[s].local) continue;
    sources.insert(steps[s].local->output);
    sources.insert(steps[s].reads.begin(), steps[s].reads.end());
  }
  std::erase_if(bases, [&](const auto& entry) { return !sources.contains(entry.first); });
}

namespace {

/// One batch of windows on its way through the network.
class Batch {
 public:
  Batch(const std::unordered_map<ValueId, at::Tensor>& bases, std::int64_t count) : bases_(bases), count_(count) {}

  void put(ValueId id, Patch patch) { patches_.insert_or_assign(id, std::move(patch)); }
  bool onWindows(ValueId id) const { return patches_.contains(id); }
  void drop(ValueId id) { patches_.erase(id); }
  bool has(ValueId id) const { return patches_.contains(id) || wholes_.contains(id); }

  /// Whole values [B,...]: computed as such, or a patch put on copies of the base.
  at::Tensor whole(ValueId id) const {
    if (const auto it = wholes_.find(id); it != wholes_.end()) return it->second;
    const at::Tensor& base = bases_.at(id);
    return gather(base, &patches_.at(id), {wholeSpan(count_, base.size(2)), wholeSpan(count_, base.size(3))});
  }

  /// Computes a step on windows; false where they would cover most of the map.
  bool compute(const LocalStep& step) {
    if (step.locality == Locality::Mean) return computeMean(step), true;
    const at::Tensor& base = bases_.at(step.output);
    const BatchRegion region = regionOf(step, base.size(2), base.size(3));
    const double part =
        static_cast<double>(region.y.size * region.x.size) / static_cast<double>(base.size(2) * base.size(3));
    if (part >= kMostOfAMap) return false;
    const BatchRegion needed = step.locality == Locality::Sliding
                                   ? BatchRegion{inputsOf(region.y, step.down), inputsOf(region.x, step.across)}
                                   : region;
    std::vector<at::Tensor> inputs;
    for (const StepInput& input : step.inputs)
      inputs.push_back(input.gathered ? cut(input, needed, step.fill) : input.base);
    at::Tensor y = inputs.front();
    if (step.function != nullptr)
      y = evaluateNode({step.node, inputs, base.device()}, step.function, ReluRule::Standard, {}).front();
    if (step.correction.defined()) y = y * gather(step.correction, nullptr, region);
    // A fused convolution's result is nobody else's yet.
    if (step.relu) y.relu_();
    put(step.output, {region, y.contiguous(layoutOfWindows(y.device()))});
    return true;
  }

 private:
  at::Tensor cut(const StepInput& input, const BatchRegion& region, double fill) const {
    const auto patch = patches_.find(input.value);
    return gather(input.base, patch != patches_.end() ? &patch->second : nullptr, region, fill);
  }

  BatchRegion regionOf(const LocalStep& step, std::int64_t height, std::int64_t width) const {
    std::optional<BatchRegion> all;
    for (const StepInput& input : step.inputs) {
      const auto patch = patches_.find(input.value);
      if (!input.gathered || patch == patches_.end()) continue;
      const BatchRegion& in = patch->second.region;
      if (step.locality == Locality::Sliding)
        return {outputsOf(in.y, step.down, height), outputsOf(in.x, step.across, width)};
      all = all ? BatchRegion{united(all->y, in.y, height), united(all->x, in.x, width)} : in;
    }
    return *all;
  }

  void computeMean(const LocalStep& step) {
    const StepInput& input = step.inputs.front();
    const Patch& patch = patches_.at(input.value);
    const at::Tensor before = gather(input.base, nullptr, patch.region);
    const auto places = static_cast<double>(input.base.size(2) * input.base.size(3));
    const at::Tensor change = (patch.values - before).sum(at::IntArrayRef{2, 3}) / places;
    std::vector<std::int64_t> sizes = bases_.at(step.output).sizes().vec();
    sizes.front() = count_;
    wholes_.insert_or_assign(step.output, (bases_.at(step.output).reshape({1, -1}) + change).reshape(sizes));
  }

  const std::unordered_map<ValueId, at::Tensor>& bases_;
  std::int64_t count_;
  std::unordered_map<ValueId, Patch> patches_;
  std::unordered_map<ValueId, at::Tensor> wholes_;
};

/// The base picture's windows, replaced.
Patch occluded(const at::Tensor& base, const std::vector<PictureWindow>& windows, const at::Tensor& replacement) {
  std::vector<Range> rows, columns;
  for (const PictureWindow& w : windows) {
    rows.push_back({w.top, w.bottom - 1});
    columns.push_back({w.left, w.right - 1});
  }
  Patch patch{{fitted(rows, base.size(2)), fitted(columns, base.size(3))}, {}};
  patch.values = gather(base, nullptr, patch.region);
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const PictureWindow& w = windows[i];
    const auto item = static_cast<std::int64_t>(i);
    const std::int64_t y = patch.region.y.start[i], x = patch.region.x.start[i];
    patch.values[item]
        .slice(1, w.top - y, w.bottom - y)
        .slice(2, w.left - x, w.right - x)
        .copy_(replacement[replacement.size(0) == 1 ? 0 : item].slice(1, w.top, w.bottom).slice(2, w.left, w.right));
  }
  return patch;
}

}  // namespace

void checkWindows(const std::vector<PictureWindow>& windows, const at::Tensor& picture, const at::Tensor& replacement) {
  const auto count = static_cast<std::int64_t>(windows.size());
  if (replacement.dim() != 4 || replacement.sizes().slice(1) != picture.sizes().slice(1) ||
      (replacement.size(0) != 1 && replacement.size(0) != count))
    throw Error("windows", "what is shown in them must be one picture, or one for each, of the whole picture's size");
  for (const PictureWindow& w : windows)
    if (w.top < 0 || w.left < 0 || w.height() < 1 || w.width() < 1 || w.bottom > picture.size(2) ||
        w.right > picture.size(3))
      throw Error("windows", "one is empty or leaves the picture");
}

WindowedRun::WindowedRun(Executor& executor, ValueId picture, RequestFor requestFor)
    : state_(std::make_unique<State>(executor, picture, std::move(requestFor))) {
  const at::NoGradGuard noGradients;
  state_->prepare();
}
WindowedRun::~WindowedRun() = default;
WindowedRun::WindowedRun(WindowedRun&&) noexcept = default;
WindowedRun& WindowedRun::operator=(WindowedRun&&) noexcept = default;

bool WindowedRun::local() const noexcept {
  return state_->local;
}

std::size_t WindowedRun::bytes() const noexcept {
  std::size_t sum = 0;
  for (const auto& [id, tensor] : state_->bases) sum += tensor.nbytes();
  return sum;
}

const at::Tensor& WindowedRun::baseOutput() const noexcept {
  return state_->output;
}

std::vector<std::size_t> WindowedRun::order(const std::vector<PictureWindow>& windows) const {
  std::vector<std::size_t> indices(windows.size());
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  std::ranges::stable_sort(indices, {}, [&](std::size_t i) {
    const PictureWindow& w = windows[i];
    return std::tuple(w.height(), w.width(), w.top % state_->stride, w.left % state_->stride);
  });
  return indices;
}

at::Tensor WindowedRun::evaluate(const std::vector<PictureWindow>& windows, const at::Tensor& replacement) {
  const at::NoGradGuard noGradients;
  const at::Tensor& base = state_->base(state_->picture);
  checkWindows(windows, base, replacement);
  const auto count = static_cast<std::int64_t>(windows.size());
  RunRequest request = state_->requestFor(count);
  Batch batch(state_->bases, count);
  batch.put(state_->picture, occluded(base, windows, replacement));
  std::set<ValueId> boundary;  // whole values that the Executor goes on from
  for (std::size_t s = 0; s < state_->steps.size(); ++s) {
    request.cancel.check();
    const Step& step = state_->steps[s];
    const bool windowed = step.local && std::ranges::all_of(step.reads, [&](ValueId v) { return batch.onWindows(v); });
    if (!windowed || !batch.compute(*step.local))
      for (const ValueId v : step.reads)
        if (batch.has(v)) boundary.insert(v);
    for (const ValueId v : step.reads)
      if (state_->lastReader[static_cast<std::size_t>(v)] == static_cast<int>(s) && !boundary.contains(v) &&
          v != state_->fetch)
        batch.drop(v);
  }
  if (batch.has(state_->fetch)) return batch.whole(state_->fetch);
  std::erase_if(request.feeds, [&](const auto& feed) { return feed.first == state_->picture; });
  for (const ValueId v : boundary) request.feeds.emplace_back(v, batch.whole(v));
  return state_->executor.run(request).front();
}

}  // namespace unitscope
