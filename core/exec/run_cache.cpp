#include "exec/run_cache.h"

#include <algorithm>
#include <set>

namespace unitscope {
namespace {

std::vector<Edit> editsOf(const std::vector<Edit>& edits, ValueId id) {
  std::vector<Edit> found;
  for (const Edit& edit : edits)
    if (edit.value == id) found.push_back(edit);
  return found;
}

bool sameFeeds(const RunCache::Feeds& a, const RunCache::Feeds& b) {
  return std::ranges::equal(
      a, b, [](const auto& x, const auto& y) { return x.first == y.first && x.second.is_same(y.second); });
}

}  // namespace

void RunCache::clear() {
  feeds_.clear();
  edits_.clear();
  values_.clear();
  beforeEdits_.clear();
}

std::size_t RunCache::bytes() const {
  std::size_t total = 0;
  for (const auto& [id, tensor] : values_) total += tensor.nbytes();
  for (const auto& [id, tensor] : beforeEdits_) total += tensor.nbytes();
  return total;
}

void RunCache::put(ValueId id, at::Tensor before, at::Tensor after) {
  if (before.defined())
    beforeEdits_[id] = std::move(before);
  else
    beforeEdits_.erase(id);
  values_[id] = std::move(after);
}

bool RunCache::prepare(const Graph& graph, const Feeds& feeds, const std::vector<Edit>& edits, std::uint64_t version,
                       bool channelsLast) {
  if (version != version_ || !sameFeeds(feeds, feeds_)) clear();
  if (values_.empty()) channelsLast_ = channelsLast;

  std::set<ValueId> touched;
  for (const Edit& edit : edits_) touched.insert(edit.value);
  for (const Edit& edit : edits) touched.insert(edit.value);
  std::vector<bool> stale(graph.values().size(), false);
  bool any = false;
  for (const ValueId id : touched) {
    if (std::ranges::equal(editsOf(edits_, id), editsOf(edits, id), sameEdit)) continue;
    stale[static_cast<std::size_t>(id)] = true;
    any = true;
  }
  if (any) {
    const std::vector<bool> changed = stale;
    for (const Node& node : graph.nodes())
      if (std::ranges::any_of(node.inputs,
                              [&](ValueId id) { return id != kNoValue && stale[static_cast<std::size_t>(id)]; }))
        for (const ValueId id : node.outputs)
          if (id != kNoValue) stale[static_cast<std::size_t>(id)] = true;
    for (std::size_t v = 0; v < stale.size(); ++v) {
      if (!stale[v]) continue;
      const auto id = static_cast<ValueId>(v);
      const auto kept = values_.find(id);
      if (kept == values_.end()) continue;
      const Value& value = graph.value(id);
      const bool inputsFresh =
          value.producer == kNoNode || std::ranges::none_of(graph.node(value.producer).inputs, [&](ValueId in) {
            return in != kNoValue && stale[static_cast<std::size_t>(in)];
          });
      if (!changed[v] || !inputsFresh) {
        values_.erase(kept);
        beforeEdits_.erase(id);
        continue;
      }
      // Only the edits of this value changed: what the node computed before them is still right.
      const auto before = beforeEdits_.find(id);
      const at::Tensor raw = before != beforeEdits_.end() ? before->second : kept->second;
      at::Tensor after = raw;
      const std::vector<Edit> own = editsOf(edits, id);
      const at::NoGradGuard noGradients;
      for (const Edit& edit : own) after = applyEdit(edit, after);
      put(id, own.empty() ? at::Tensor() : raw, std::move(after));
    }
  }
  feeds_ = feeds;
  edits_ = edits;
  version_ = version;
  return channelsLast_;
}

}  // namespace unitscope
