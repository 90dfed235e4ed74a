#include "exec/executor.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <new>
#include <set>
#include <utility>

#include "exec/demand.h"
#include "exec/evaluate_node.h"
#include "exec/fusion.h"
#include "exec/layout_choice.h"
#include "exec/parameter_store.h"
#include "exec/tensors.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using Clock = std::chrono::steady_clock;

// Below this the clock and the rest of the machine say more than the layout does.
constexpr double kShortestTimedRun = 1e-3;

bool drawsRandomly(const Node& node) {
  return node.op.starts_with("Random") || node.op == "Bernoulli" || node.op == "Multinomial";
}

std::vector<bool> findConstants(const Graph& graph) {
  std::vector<bool> constant(graph.values().size(), false);
  for (std::size_t v = 0; v < constant.size(); ++v) constant[v] = graph.values()[v].data.has_value();
  // An initializer may also be declared as an input that callers can set.
  for (const ValueId id : graph.inputs()) constant[static_cast<std::size_t>(id)] = false;
  for (const Node& node : graph.nodes()) {
    const bool fixed = !drawsRandomly(node) && std::ranges::all_of(node.inputs, [&](ValueId id) {
      return id == kNoValue || constant[static_cast<std::size_t>(id)];
    });
    for (const ValueId id : node.outputs)
      if (id != kNoValue) constant[static_cast<std::size_t>(id)] = fixed;
  }
  return constant;
}

bool isImageBatch(const at::Tensor& t) {
  return t.dim() == 4 && t.is_floating_point();
}

}  // namespace

struct Executor::State {
  State(std::shared_ptr<const Graph> g, ExecutorOptions o)
      : graph(std::move(g)), options(o), parameters(graph, o.device), fusions(*graph), constant(findConstants(*graph)) {
    for (const Node& node : graph->nodes()) functions.push_back(standardOperators().find(node.op, node.domain));
  }

  std::shared_ptr<const Graph> graph;
  ExecutorOptions options;
  ParameterStore parameters;
  Fusions fusions;
  LayoutChoice layouts;
  std::vector<bool> constant;  // by ValueId: depends on no input
  std::vector<const OpFunction*> functions;
  std::array<std::unordered_map<ValueId, at::Tensor>, 2> folded;  // without and with bfloat16
  std::uint64_t foldedVersion = 0;
};

/// One evaluation: the working state of Executor::run.
class Evaluation {
 public:
  Evaluation(Executor::State& state, const RunRequest& request) : state_(state), request_(request) {}

  std::vector<at::Tensor> run();

 private:
  void chooseForm();
  void placeFeeds();
  void evaluate(const Demand& demand);
  bool runFused(const Fusion& fusion, const Demand& demand);
  void runNode(NodeId id);
  at::Tensor input(ValueId id);
  void store(ValueId id, at::Tensor value);
  void release(ValueId id);
  bool available(ValueId id) const;
  at::Tensor edited(ValueId id, at::Tensor value) const;
  bool observed(ValueId id) const { return observed_.contains(id); }
  at::Tensor prepared(const at::Tensor& feed) const;

  Executor::State& state_;
  const RunRequest& request_;
  ParameterStore::Form form_;
  bool plain_ = false;  // nothing looks inside: the optimised path may be taken
  RunCache* cache_ = nullptr;
  std::vector<at::Tensor> values_;
  std::vector<int> uses_;
  std::vector<bool> tainted_;  // by ValueId: a constant that is fed or edited, or changed by one before it
  std::set<ValueId> edited_;
  std::set<ValueId> observed_;  // fed, fetched or edited: must exist as themselves
  std::int64_t batch_ = 1;
  bool fromInput_ = false;
};

void Evaluation::chooseForm() {
  const ExecutorOptions& options = state_.options;
  form_.bfloat16 = options.precision == Precision::BFloat16 && !request_.gradients;
  bool images = false;
  for (const auto& [id, tensor] : request_.feeds) {
    if (!isImageBatch(tensor)) continue;
    images = true;
    batch_ = std::max(batch_, tensor.size(0));
    fromInput_ = fromInput_ || state_.graph->value(id).producer == kNoNode;
  }
  if (!images || !options.device.is_cpu()) {
    form_.channelsLast = images && options.layout == MemoryLayout::ChannelsLast;
    return;
  }
  // The gradient of one image is compared with other programs' to the last digits; another order of summation flips
  // ReLUs and pooling winners that are nearly tied, for little gain at this size.
  const bool exact = request_.gradients && batch_ <= 1;
  form_.channelsLast = options.layout == MemoryLayout::ChannelsLast ||
                       (options.layout == MemoryLayout::Automatic && !exact &&
                        state_.layouts.channelsLast(LayoutChoice::kindOf(batch_, request_.gradients, form_.bfloat16)));
}

at::Tensor Evaluation::prepared(const at::Tensor& feed) const {
  at::Tensor t = feed;
  if (t.is_floating_point()) {
    t = t.to(state_.options.device);
    if (form_.bfloat16 && t.scalar_type() == at::kFloat) t = t.to(at::kBFloat16);
    if (form_.channelsLast && isImageBatch(t)) t = t.contiguous(at::MemoryFormat::ChannelsLast);
  }
  return t;
}

void Evaluation::placeFeeds() {
  for (const auto& [id, tensor] : request_.feeds) {
    if (!tensor.defined()) throw Error(state_.graph->value(id).name, "was fed nothing");
    if (cache_ != nullptr && cache_->has(id)) continue;
    store(id, prepared(tensor));
  }
}

bool Evaluation::available(ValueId id) const {
  const auto v = static_cast<std::size_t>(id);
  if (values_[v].defined()) return true;
  if (cache_ != nullptr && cache_->has(id)) return true;
  if (state_.graph->value(id).data) return true;
  return state_.constant[v] && !tainted_[v] && state_.folded[form_.bfloat16 ? 1 : 0].contains(id);
}

at::Tensor Evaluation::edited(ValueId id, at::Tensor value) const {
  if (!edited_.contains(id)) return value;
  for (const Edit& edit : request_.edits) {
    if (edit.value != id) continue;
    try {
      value = applyEdit(edit, value);
    } catch (const c10::Error& e) {
      throw Error(state_.graph->value(id).name, "the edit does not fit this value: " + firstLine(e.what()));
    } catch (const Error& e) {
      throw Error(state_.graph->value(id).name, e.reason());
    }
  }
  return value;
}

at::Tensor Evaluation::input(ValueId id) {
  if (id == kNoValue) return {};
  const auto v = static_cast<std::size_t>(id);
  if (values_[v].defined()) return values_[v];
  if (cache_ != nullptr && cache_->has(id)) return values_[v] = cache_->get(id);
  if (state_.graph->value(id).data) return values_[v] = edited(id, state_.parameters.get(id, form_));
  if (!tainted_[v]) {
    const auto& folded = state_.folded[form_.bfloat16 ? 1 : 0];
    if (const auto it = folded.find(id); it != folded.end()) return values_[v] = edited(id, it->second);
  }
  throw Error(state_.graph->value(id).name, "was not computed");
}

void Evaluation::store(ValueId id, at::Tensor value) {
  const auto v = static_cast<std::size_t>(id);
  if (state_.constant[v] && !tainted_[v] && !value.requires_grad())
    state_.folded[form_.bfloat16 ? 1 : 0].insert_or_assign(id, value);
  at::Tensor after = edited(id, value);
  if (cache_ != nullptr) cache_->put(id, edited_.contains(id) ? value : at::Tensor(), after);
  values_[v] = std::move(after);
}

void Evaluation::release(ValueId id) {
  if (id == kNoValue) return;
  int& uses = uses_[static_cast<std::size_t>(id)];
  if (uses > 0 && --uses == 0) values_[static_cast<std::size_t>(id)].reset();
}

void Evaluation::runNode(NodeId id) {
  const Node& node = state_.graph->node(id);
  std::vector<at::Tensor> inputs;
  inputs.reserve(node.inputs.size());
  for (const ValueId v : node.inputs) inputs.push_back(input(v));
  const OpCall call{node, inputs, state_.options.device};
  std::vector<at::Tensor> outputs =
      evaluateNode(call, state_.functions[static_cast<std::size_t>(id)], request_.relu, request_.override);
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    if (node.outputs[i] == kNoValue) continue;
    if (i >= outputs.size() || !outputs[i].defined())
      call.fail("output " + std::to_string(i) + " cannot be computed by this build");
    store(node.outputs[i], std::move(outputs[i]));
  }
  inputs.clear();
  for (const ValueId v : node.inputs) release(v);
  for (const ValueId v : node.outputs)
    if (v != kNoValue && uses_[static_cast<std::size_t>(v)] == 0) values_[static_cast<std::size_t>(v)].reset();
}

bool Evaluation::runFused(const Fusion& fusion, const Demand&) {
  const Graph& graph = *state_.graph;
  for (const NodeId inner : fusion.nodes) {
    const ValueId out = graph.node(inner).outputs.front();
    if (out != fusion.output && observed(out)) return false;
    if (out != fusion.output && uses_[static_cast<std::size_t>(out)] != 1) return false;
    for (const ValueId v : graph.node(inner).inputs)
      if (v != kNoValue && observed(v) && graph.value(v).data) return false;
  }
  const Node& conv = graph.node(fusion.nodes.front());
  at::Tensor result;
  try {
    result = state_.fusions.run(fusion, input(conv.input(0)), state_.parameters, form_);
  } catch (const c10::Error& e) {
    throw Error(conv.label(), firstLine(e.what()));
  }
  if (!result.defined()) return false;
  store(fusion.output, std::move(result));
  release(conv.input(0));
  return true;
}

void Evaluation::evaluate(const Demand& demand) {
  std::vector<bool> done(state_.graph->nodes().size(), false);
  std::vector<bool> wanted(state_.graph->nodes().size(), false);
  for (const NodeId id : demand.nodes) wanted[static_cast<std::size_t>(id)] = true;
  std::size_t evaluated = 0;
  for (const NodeId id : demand.nodes) {
    if (done[static_cast<std::size_t>(id)]) continue;
    request_.cancel.check();
    const Fusion* fusion = plain_ ? state_.fusions.startingAt(id) : nullptr;
    if (fusion != nullptr &&
        std::ranges::all_of(fusion->nodes, [&](NodeId n) { return wanted[static_cast<std::size_t>(n)]; }) &&
        runFused(*fusion, demand)) {
      for (const NodeId n : fusion->nodes) done[static_cast<std::size_t>(n)] = true;
      evaluated += fusion->nodes.size();
      continue;
    }
    runNode(id);
    ++evaluated;
  }
  if (cache_ != nullptr) cache_->setNodesEvaluated(evaluated);
}

std::vector<at::Tensor> Evaluation::run() {
  const Graph& graph = *state_.graph;
  const auto known = [&](ValueId id) { return id >= 0 && static_cast<std::size_t>(id) < graph.values().size(); };
  for (const ValueId id : request_.fetch)
    if (!known(id)) throw Error("a value that does not exist was asked for");
  for (const auto& [id, tensor] : request_.feeds)
    if (!known(id)) throw Error("a value that does not exist was fed");
  for (const Edit& edit : request_.edits) {
    if (!known(edit.value)) throw Error("a value that does not exist was edited");
    edited_.insert(edit.value);
  }
  if (state_.foldedVersion != state_.parameters.version()) {
    for (auto& folded : state_.folded) folded.clear();
    state_.foldedVersion = state_.parameters.version();
  }

  chooseForm();
  // A cache holds detached values in one form, so it neither serves gradients nor may the layout change under it.
  cache_ = request_.gradients || request_.override ? nullptr : request_.cache;
  if (cache_ != nullptr) {
    form_.channelsLast =
        cache_->prepare(graph, request_.feeds, request_.edits, state_.parameters.version(), form_.channelsLast);
  }
  observed_ = edited_;
  observed_.insert(request_.fetch.begin(), request_.fetch.end());
  for (const auto& feed : request_.feeds) observed_.insert(feed.first);
  plain_ = state_.options.optimise && !request_.gradients && !request_.override &&
           request_.relu == ReluRule::Standard && state_.options.device.is_cpu();

  values_.resize(graph.values().size());
  tainted_.assign(graph.values().size(), false);
  bool changed = false;
  const auto taint = [&](ValueId id) {
    if (state_.constant[static_cast<std::size_t>(id)]) changed = tainted_[static_cast<std::size_t>(id)] = true;
  };
  for (const ValueId id : edited_) taint(id);
  for (const auto& feed : request_.feeds) taint(feed.first);
  if (changed) {
    for (const Node& node : graph.nodes())
      if (std::ranges::any_of(node.inputs,
                              [&](ValueId id) { return id != kNoValue && tainted_[static_cast<std::size_t>(id)]; }))
        for (const ValueId id : node.outputs)
          if (id != kNoValue) tainted_[static_cast<std::size_t>(id)] = true;
  }

  const at::AutoGradMode gradients(request_.gradients);
  placeFeeds();
  const Demand demand = demandFor(graph, request_.fetch, [&](ValueId id) { return available(id); });
  uses_ = demand.uses;
  const auto start = Clock::now();
  evaluate(demand);

  std::vector<at::Tensor> results;
  results.reserve(request_.fetch.size());
  for (const ValueId id : request_.fetch) {
    at::Tensor result = input(id);
    if (form_.bfloat16 && result.scalar_type() == at::kBFloat16) result = result.to(at::kFloat);
    results.push_back(std::move(result));
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  const bool whole = fromInput_ && cache_ == nullptr && demand.nodes.size() * 2 > graph.nodes().size();
  if (whole && seconds > kShortestTimedRun && state_.options.layout == MemoryLayout::Automatic &&
      state_.options.device.is_cpu())
    state_.layouts.measured(LayoutChoice::kindOf(batch_, request_.gradients, form_.bfloat16), form_.channelsLast,
                            seconds / static_cast<double>(batch_));
  return results;
}

Executor::Executor(std::shared_ptr<const Graph> graph, ExecutorOptions options)
    : state_(std::make_unique<State>(std::move(graph), options)) {}
Executor::~Executor() = default;
Executor::Executor(Executor&&) noexcept = default;
Executor& Executor::operator=(Executor&&) noexcept = default;

const Graph& Executor::graph() const noexcept {
  return *state_->graph;
}
const ExecutorOptions& Executor::options() const noexcept {
  return state_->options;
}

void Executor::setOptions(const ExecutorOptions& options) {
  state_->options = options;
  state_->parameters.setDevice(options.device);
}

std::vector<at::Tensor> Executor::run(const RunRequest& request) {
  try {
    return Evaluation(*state_, request).run();
  } catch (const std::bad_alloc&) {
    throw OutOfMemory("not enough memory for this run");
  }
}

at::Tensor Executor::run(const at::Tensor& input, ValueId fetch) {
  if (graph().inputs().empty()) throw Error("the network has no input");
  RunRequest request;
  request.feeds = {{graph().inputs().front(), input}};
  request.fetch = {fetch};
  return run(request).front();
}

at::Tensor Executor::parameter(ValueId id) {
  return state_->parameters.get(id, {});
}
void Executor::setParameter(ValueId id, at::Tensor value) {
  state_->parameters.replace(id, std::move(value));
}
void Executor::resetParameter(ValueId id) {
  state_->parameters.reset(id);
}

std::unordered_map<ValueId, Executor::ValueInfo> Executor::describe(
    const std::vector<std::pair<ValueId, at::Tensor>>& feeds) {
  std::unordered_map<ValueId, ValueInfo> infos;
  RunRequest request;
  request.feeds = feeds;
  request.fetch = graph().outputs();
  // The override sees every node's inputs without keeping them, so memory stays that of a plain run.
  request.override = [&](const OpCall& call) -> std::optional<std::vector<at::Tensor>> {
    for (std::size_t i = 0; i < call.node.inputs.size(); ++i) {
      const at::Tensor& t = call.inputs[i];
      if (t.defined()) infos[call.node.inputs[i]] = {t.sizes().vec(), toDType(t.scalar_type())};
    }
    return std::nullopt;
  };
  const std::vector<at::Tensor> outputs = run(request);
  for (std::size_t i = 0; i < outputs.size(); ++i)
    infos[graph().outputs()[i]] = {outputs[i].sizes().vec(), toDType(outputs[i].scalar_type())};
  return infos;
}

std::vector<std::string> unknownOperators(const Graph& graph) {
  std::set<std::string> missing;
  for (const Node& node : graph.nodes())
    if (standardOperators().find(node.op, node.domain) == nullptr)
      missing.insert(node.domain.empty() ? node.op : node.domain + "::" + node.op);
  return {missing.begin(), missing.end()};
}

}  // namespace unitscope
