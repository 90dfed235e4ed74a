#include "attribution/relevance/relevance_pass.h"

#include <algorithm>
#include <cstddef>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "attribution/image_method.h"
#include "attribution/relevance/pull_back.h"
#include "attribution/relevance/step_rules.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

/// The nodes of one evaluation in their order, with what they read.
struct Evaluated {
  std::vector<RelevanceStep> steps;
  at::Tensor output;
};

Evaluated evaluate(const ScoreFunction& score, const at::Tensor& batch) {
  const AttributionQuery& query = score.query();
  Evaluated result;
  std::unordered_set<ValueId> varying{query.inputValue};
  RunRequest request = score.request(batch);
  // Keeps the arithmetic that gradients are computed with (single precision, the order of summation); nothing that is
  // fed asks for a gradient, so none is recorded.
  request.gradients = true;
  request.override = [&](const OpCall& call) -> std::optional<std::vector<at::Tensor>> {
    RelevanceStep step{&call.node, {call.inputs.begin(), call.inputs.end()}, {}};
    bool any = false;
    for (std::size_t i = 0; i < step.inputs.size(); ++i) {
      const bool varies = varying.contains(call.node.inputs[i]) && step.inputs[i].is_floating_point();
      step.varies.push_back(varies);
      any = any || varies;
    }
    if (any) {
      for (const ValueId id : call.node.outputs)
        if (id != kNoValue) varying.insert(id);
      result.steps.push_back(std::move(step));
    }
    return std::nullopt;
  };
  result.output = query.executor.run(request).front().detach();
  return result;
}

/// Relevance at every value that it has come to so far.
class Ledger {
 public:
  void add(ValueId id, at::Tensor share) {
    at::Tensor& sum = relevance_[id];
    sum = sum.defined() ? sum + share : std::move(share);
  }
  at::Tensor take(ValueId id) {
    const auto it = relevance_.find(id);
    if (it == relevance_.end()) return {};
    at::Tensor taken = std::move(it->second);
    relevance_.erase(it);
    return taken;
  }

 private:
  std::unordered_map<ValueId, at::Tensor> relevance_;
};

[[noreturn]] void nothingReaches(const Graph& graph, ValueId id) {
  throw Error(graph.value(id).name, "no relevance of the score comes here");
}

}  // namespace

RelevanceFlow propagateRelevance(const ScoreFunction& score, const at::Tensor& batch, const RelevanceRules& rules,
                                 const RelevanceStop& stop, const Progress& progress, const CancelToken& cancel) {
  const AttributionQuery& query = score.query();
  const Graph& graph = query.executor.graph();
  Evaluated run = evaluate(score, batch);
  RelevanceFlow flow;
  Ledger ledger;
  {
    const at::AutoGradMode gradients(true);
    const at::Tensor leaf = leafOf(run.output);
    const at::Tensor scores = score.target(score.rowsWithGradient(leaf, query.output));
    flow.scores = scores.detach();
    at::Tensor start = pullBack({scores}, {leaf}, {at::ones_like(scores.detach())}).front();
    flow.started = start.dim() > 1 ? start.flatten(1).sum(1) : start.sum().reshape({1});
    ledger.add(query.output, std::move(start));
  }

  const at::NoGradGuard noGradients;
  StepRules stepRules(query.executor, rules, query.inputValue, query.output);
  const auto stopAtLayer = [&] {
    flow.atLayer = ledger.take(stop.layer);
    if (!flow.atLayer.defined()) nothingReaches(graph, stop.layer);
    ledger.add(stop.layer, stop.keep ? stop.keep(flow.atLayer) : flow.atLayer);
  };
  const auto total = static_cast<double>(run.steps.size());
  // Each value's relevance is complete once all nodes that read it have been passed.
  for (; !run.steps.empty(); run.steps.pop_back()) {
    cancel.check();
    progress.report(1.0 - static_cast<double>(run.steps.size()) / total, "Handing relevance back");
    const RelevanceStep& step = run.steps.back();
    const std::vector<ValueId>& outputs = step.node->outputs;
    if (std::ranges::find(outputs, stop.layer) != outputs.end() && stop.layer != kNoValue) {
      stopAtLayer();
      if (!stop.toInput) break;
    }
    std::vector<at::Tensor> relevance;
    bool any = false;
    for (const ValueId id : outputs) {
      relevance.push_back(id == kNoValue ? at::Tensor() : ledger.take(id));
      any = any || relevance.back().defined();
    }
    if (!any) continue;
    try {
      const std::vector<at::Tensor> shares = stepRules.through(step, relevance);
      for (std::size_t i = 0; i < shares.size(); ++i)
        if (shares[i].defined() && step.varies[i]) ledger.add(step.node->inputs[i], shares[i]);
    } catch (const c10::Error& error) {
      throwAsError(step.node->label(), error);
    }
  }
  if (stop.layer != kNoValue && !flow.atLayer.defined()) stopAtLayer();
  flow.byGradient = stepRules.byGradient();
  if (!stop.toInput) return flow;
  flow.atInput = ledger.take(query.inputValue);
  if (!flow.atInput.defined()) nothingReaches(graph, query.inputValue);
  if (query.channelsLast && flow.atInput.dim() == 4) flow.atInput = flow.atInput.permute({0, 3, 1, 2});
  return flow;
}

std::int64_t channelAxis(const at::Tensor& value) {
  return value.dim() == 3 ? 2 : value.dim() > 1 ? 1 : 0;
}

std::vector<float> relevanceOfChannels(const at::Tensor& relevance) {
  const std::int64_t axis = channelAxis(relevance);
  const at::Tensor sums =
      relevance.to(at::kCPU).to(at::kDouble).movedim(axis, 0).reshape({relevance.size(axis), -1}).sum(1).to(at::kFloat);
  const auto* first = sums.data_ptr<float>();
  return {first, first + sums.numel()};
}

double totalOf(const at::Tensor& relevance) {
  return relevance.to(at::kCPU).sum(at::kDouble).item<double>();
}

std::vector<std::string> conservationNotes(const RelevanceFlow& flow) {
  std::vector<std::string> notes{"the map adds up to " + shown(totalOf(flow.atInput)) + ", the output started with " +
                                 shown(totalOf(flow.started))};
  std::string names;
  for (const std::string& op : flow.byGradient) names += (names.empty() ? "" : ", ") + op;
  if (!names.empty()) notes.push_back("without a rule of their own, passed by the gradient: " + names);
  return notes;
}

}  // namespace unitscope
