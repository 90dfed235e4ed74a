#include <algorithm>
#include <array>

#include "formats/aten/shape_inference.h"

namespace unitscope::aten {
namespace {

/// Product of the whole's sizes over that of the parts, where both are known or the symbols cancel.
std::optional<std::int64_t> missingFactor(Dims whole, Dims part) {
  // Cancel equal sizes first, so that symbols that stand on both sides do not matter.
  for (auto it = part.begin(); it != part.end();) {
    const auto match = std::ranges::find_if(whole, [&](std::int64_t n) { return n == *it; });
    if (match == whole.end()) {
      ++it;
      continue;
    }
    whole.erase(match);
    it = part.erase(it);
  }
  std::int64_t w = 1;
  std::int64_t p = 1;
  for (const std::int64_t n : whole)
    if (isSymbol(n) || __builtin_mul_overflow(w, n, &w)) {
      // A single size that is left over entirely is the answer itself.
      return part.empty() && whole.size() == 1 ? std::optional(whole.front()) : std::nullopt;
    }
  for (const std::int64_t n : part)
    if (isSymbol(n) || __builtin_mul_overflow(p, n, &p)) return std::nullopt;
  if (p == 0 || w % p != 0) return std::nullopt;
  return w / p;
}

/// Size that the network was exported with for the -1 of a reshape; 0 where it is unknown.
std::int64_t hintedFactor(const Emitter& e, const Dims& whole, const Dims& part) {
  std::int64_t w = 1;
  std::int64_t p = 1;
  for (const std::int64_t n : whole)
    if (e.hint(n) <= 0 || __builtin_mul_overflow(w, e.hint(n), &w)) return 0;
  for (const std::int64_t n : part)
    if (e.hint(n) <= 0 || __builtin_mul_overflow(p, e.hint(n), &p)) return 0;
  return w % p == 0 ? w / p : 0;
}

}  // namespace

std::vector<ValueInfo> inferReshape(const Inference& f) {
  const ValueInfo& x = f.in(0);
  const auto* target = f.ints(1);
  if (target == nullptr) return f.one(x.dtype, std::nullopt);
  Dims out = *target;
  std::optional<std::size_t> open;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i] == 0 && x.dims && i < x.dims->size()) out[i] = (*x.dims)[i];
    if (out[i] == -1) open = i;
  }
  if (open) {
    Dims rest = out;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(*open));
    const auto factor = x.dims ? missingFactor(*x.dims, rest) : std::nullopt;
    out[*open] = factor ? *factor : f.e.newSymbol(x.dims ? hintedFactor(f.e, *x.dims, rest) : 0);
  }
  return f.one(x.dtype, out);
}

std::vector<ValueInfo> inferTranspose(const Inference& f) {
  const ValueInfo& x = f.in(0);
  const auto perm = intsOr(f.attributes, "perm", {});
  if (!x.dims || perm.size() != x.dims->size()) return f.one(x.dtype, std::nullopt);
  Dims out;
  for (const std::int64_t p : perm) out.push_back(x.dims->at(static_cast<std::size_t>(p)));
  return f.one(x.dtype, out);
}

std::vector<ValueInfo> inferConcat(const Inference& f) {
  const ValueInfo& x = f.in(0);
  std::optional<Dims> out;
  std::int64_t total = 0;
  for (std::size_t i = 0; i < f.inputs.size(); ++i) {
    const auto& d = f.in(i).dims;
    if (!d) return f.one(x.dtype, std::nullopt);
    if (!out) out = d;
    if (d->size() != out->size() || d->empty()) f.e.fail("values of different ranks are joined");
    const auto a = static_cast<std::size_t>(f.axisOf(intOr(f.attributes, "axis", 0), *d));
    const std::int64_t n = (*d)[a];
    if (i == 0)
      total = n;
    else
      total = isSymbol(total) || isSymbol(n) ? f.fresh() : total + n;
    for (std::size_t k = 0; k < d->size(); ++k)
      if (k != a && isSymbol((*out)[k]) && !isSymbol((*d)[k])) (*out)[k] = (*d)[k];
  }
  (*out)[static_cast<std::size_t>(f.axisOf(intOr(f.attributes, "axis", 0), *out))] = total;
  return f.one(x.dtype, out);
}

std::vector<ValueInfo> inferSlice(const Inference& f) {
  const ValueInfo& x = f.in(0);
  if (!x.dims) return f.one(x.dtype, std::nullopt);
  Dims out = *x.dims;
  const auto* starts = f.ints(1);
  const auto* ends = f.ints(2);
  const auto* axes = f.ints(3);
  const auto* steps = f.ints(4);
  if (axes == nullptr) return f.one(x.dtype, f.freshDims(out.size()));
  for (std::size_t i = 0; i < axes->size(); ++i) {
    std::int64_t& n = out.at(static_cast<std::size_t>(f.axisOf((*axes)[i], out)));
    const std::int64_t step = steps != nullptr ? steps->at(i) : 1;
    if (starts == nullptr || ends == nullptr || isSymbol(n) || isSymbol(starts->at(i)) || isSymbol(ends->at(i)) ||
        step <= 0) {
      const bool reversed = step == -1 && starts != nullptr && starts->at(i) == -1;
      if (!reversed) n = f.fresh();
      continue;
    }
    const auto clamp = [&](std::int64_t p) { return std::clamp<std::int64_t>(p < 0 ? p + n : p, 0, n); };
    n = std::max<std::int64_t>(0, (clamp(ends->at(i)) - clamp(starts->at(i)) + step - 1) / step);
  }
  return f.one(x.dtype, out);
}

std::vector<ValueInfo> inferGather(const Inference& f) {
  const ValueInfo& x = f.in(0);
  const auto& i = f.in(1).dims;
  if (!x.dims || !i) return f.one(x.dtype, std::nullopt);
  const auto a = static_cast<std::ptrdiff_t>(f.axisOf(intOr(f.attributes, "axis", 0), *x.dims));
  Dims out = *x.dims;
  out.erase(out.begin() + a);
  out.insert(out.begin() + a, i->begin(), i->end());
  return f.one(x.dtype, out);
}

std::vector<ValueInfo> inferSqueeze(const Inference& f) {
  const ValueInfo& x = f.in(0);
  const auto* axes = f.ints(1);
  if (!x.dims || axes == nullptr) return f.one(x.dtype, std::nullopt);
  Dims out;
  std::vector<bool> gone(x.dims->size(), false);
  for (const std::int64_t a : *axes) gone.at(static_cast<std::size_t>(f.axisOf(a, *x.dims))) = true;
  for (std::size_t i = 0; i < gone.size(); ++i)
    if (!gone[i]) out.push_back((*x.dims)[i]);
  return f.one(x.dtype, out);
}

std::vector<ValueInfo> inferUnsqueeze(const Inference& f) {
  const ValueInfo& x = f.in(0);
  const auto* axes = f.ints(1);
  if (!x.dims || axes == nullptr) return f.one(x.dtype, std::nullopt);
  Dims out = *x.dims;
  for (const std::int64_t a : *axes) {
    const auto rank = static_cast<std::int64_t>(out.size());
    const std::int64_t at = a < 0 ? a + rank + 1 : a;
    if (at < 0 || at > rank) f.e.fail("a dimension is added where there is none");
    out.insert(out.begin() + at, 1);
  }
  return f.one(x.dtype, out);
}

std::vector<ValueInfo> inferExpand(const Inference& f) {
  const ValueInfo& x = f.in(0);
  const auto* target = f.ints(1);
  if (target == nullptr) return f.one(x.dtype, std::nullopt);
  return f.one(x.dtype, broadcastDims(f.e, x.dims, *target));
}

std::vector<ValueInfo> inferSplit(const Inference& f) {
  const ValueInfo& x = f.in(0);
  if (!x.dims) return f.one(x.dtype, std::nullopt);
  const auto a = static_cast<std::size_t>(f.axisOf(intOr(f.attributes, "axis", 0), *x.dims));
  const auto* sizes = f.ints(1);
  std::vector<ValueInfo> infos;
  for (std::size_t i = 0; i < f.outputs; ++i) {
    Dims d = *x.dims;
    d[a] = sizes != nullptr && i < sizes->size() ? (*sizes)[i] : f.fresh();
    infos.push_back({x.dtype, d});
  }
  return infos;
}

std::vector<ValueInfo> inferFlatten(const Inference& f) {
  const ValueInfo& x = f.in(0);
  const std::int64_t axis = intOr(f.attributes, "axis", 1);
  if (!x.dims) return f.one(x.dtype, axis == 1 ? std::optional(f.freshDims(2)) : std::nullopt);
  std::array<std::int64_t, 2> out{1, 1};
  for (std::size_t i = 0; i < x.dims->size(); ++i) {
    std::int64_t& n = out[static_cast<std::int64_t>(i) < axis ? 0 : 1];
    const std::int64_t d = (*x.dims)[i];
    if (n == 1)
      n = d;
    else if (d != 1)
      n = isSymbol(n) || isSymbol(d) ? f.fresh() : n * d;
  }
  return f.one(x.dtype, Dims{out[0], out[1]});
}

}  // namespace unitscope::aten
