#include <algorithm>
#include <numeric>

#include "formats/aten/aten_call.h"

namespace unitscope::aten {

ValueId reshapeTo(Emitter& e, ValueId x, std::vector<std::int64_t> target) {
  const std::optional<Dims> dims = e.dims(x);
  if (std::ranges::find(target, 0) != target.end())
    return e.emit("Reshape", {x, e.intVector(target)}, {{"allowzero", std::int64_t{1}}});
  const bool open = std::ranges::find(target, -1) != target.end();
  if (std::ranges::count(target, -1) > 1) e.fail("a reshape with several open sizes");
  const auto sameAt = [&](std::size_t i) { return dims && i < dims->size() && e.sameSize((*dims)[i], target[i]); };
  if (!open && dims && dims->size() == target.size()) {
    bool all = true;
    for (std::size_t i = 0; i < target.size(); ++i) all = all && sameAt(i);
    if (all) return x;
  }
  std::vector<std::int64_t> written = target;
  bool prefix = true;
  bool symbolsLeft = false;
  std::vector<std::size_t> symbolic;
  for (std::size_t i = 0; i < target.size(); ++i) {
    const bool same = sameAt(i);
    prefix = prefix && same;
    if (same && isSymbol((*dims)[i]) && (prefix || (*dims)[i] == target[i])) {
      written[i] = 0;
      continue;
    }
    if (isSymbol(target[i])) symbolic.push_back(i);
  }
  if (dims)
    for (std::size_t i = 0; i < dims->size(); ++i)
      symbolsLeft = symbolsLeft || (isSymbol((*dims)[i]) && (i >= written.size() || written[i] != 0));
  if (!open && !symbolic.empty()) {
    written[symbolic.front()] = -1;
  } else if (!open && symbolsLeft && !e.literal()) {
    // The sizes written in the file are those of the exported batch: let one follow the input, the batch itself where
    // it can be told, else the first that changes.
    std::optional<std::size_t> follows;
    for (std::size_t i = 0; i < written.size(); ++i) {
      if (written[i] == 0 || sameAt(i)) continue;
      const bool isBatch = e.batch() && target[i] > 1 && e.hint(*e.batch()) == target[i];
      if (!follows || isBatch) follows = i;
      if (isBatch) break;
    }
    if (follows) written[*follows] = -1;
  }
  const ValueId v = e.emit("Reshape", {x, e.intVector(written)});
  std::optional<Dims> made = e.dims(v);
  if (!made) return v;
  for (const std::size_t i : symbolic)
    if (isSymbol((*made)[i])) (*made)[i] = target[i];
  e.setDims(v, std::move(*made));
  return v;
}

ValueId expandTo(Emitter& e, ValueId x, std::vector<std::int64_t> target) {
  const std::optional<Dims> dims = e.dims(x);
  bool changes = !dims || dims->size() != target.size();
  if (dims && dims->size() > target.size()) e.fail("an expansion to fewer dimensions");
  const std::size_t shift = dims ? target.size() - dims->size() : 0;
  for (std::size_t i = 0; i < target.size(); ++i) {
    if (target[i] == -1) {
      target[i] = 1;
      continue;
    }
    if (!dims || i < shift) {
      if (i == 0) target[i] = e.batchOr(target[i]);
      changes = true;
      continue;
    }
    const std::int64_t now = (*dims)[i - shift];
    if (now != 1 && e.sameSize(now, target[i])) {
      target[i] = 1;
    } else if (target[i] != 1) {
      if (i == 0) target[i] = e.batchOr(target[i]);
      changes = true;
    }
  }
  return changes ? e.emit("Expand", {x, e.intVector(target)}) : x;
}

ValueId sliceAxis(Emitter& e, ValueId x, std::int64_t axis, std::int64_t start, std::int64_t end, std::int64_t step) {
  const std::int64_t a = e.axis(x, axis);
  if (e.dims(x) && !e.dims(x)->empty()) {
    const std::int64_t n = (*e.dims(x))[static_cast<std::size_t>(a)];
    if (end == n || (!isSymbol(n) && !isSymbol(end) && end > n)) end = kEnd;
  }
  if (start == 0 && end == kEnd && step == 1) return x;
  return e.emit("Slice", {x, e.intVector({start}), e.intVector({end}), e.ints({a}), e.ints({step})});
}

ValueId permuted(Emitter& e, ValueId x, std::vector<std::int64_t> order) {
  const std::int64_t rank = e.rank(x);
  if (static_cast<std::int64_t>(order.size()) != rank) e.fail("a permutation of another number of dimensions");
  std::vector<bool> seen(order.size(), false);
  bool identity = true;
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = e.axis(x, order[i]);
    if (seen[static_cast<std::size_t>(order[i])]) e.fail("a permutation that names a dimension twice");
    seen[static_cast<std::size_t>(order[i])] = true;
    identity = identity && order[i] == static_cast<std::int64_t>(i);
  }
  return identity ? x : e.emit("Transpose", {x}, {{"perm", std::move(order)}});
}

}  // namespace unitscope::aten
