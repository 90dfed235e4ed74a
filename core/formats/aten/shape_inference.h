#pragma once

#include "formats/aten/emitter.h"

/// Sizes and types of what an operator gives, from those of what it takes; one function a family of operators.
namespace unitscope::aten {

using Attributes = Emitter::Attributes;

/// Attribute `key`, or `fallback` where it is absent or of another type.
std::int64_t intOr(const Attributes& a, std::string_view key, std::int64_t fallback);
std::vector<std::int64_t> intsOr(const Attributes& a, std::string_view key, std::vector<std::int64_t> fallback);

/// Everything that one inference needs.
struct Inference {
  Emitter& e;
  std::string_view op;
  const std::vector<ValueId>& inputs;
  const Attributes& attributes;
  std::size_t outputs;

  bool has(std::size_t i) const { return i < inputs.size() && inputs[i] != kNoValue; }
  const ValueInfo& in(std::size_t i) const { return e.info(inputs.at(i)); }
  const std::vector<std::int64_t>* ints(std::size_t i) const { return has(i) ? e.knownInts(inputs[i]) : nullptr; }

  std::int64_t fresh() const { return e.newSymbol(); }
  Dims freshDims(std::size_t rank) const {
    Dims d(rank);
    for (std::int64_t& n : d) n = fresh();
    return d;
  }
  std::vector<ValueInfo> one(DType type, std::optional<Dims> dims) const {
    std::vector<ValueInfo> infos(outputs);
    for (ValueInfo& info : infos) info = {type, dims};
    return infos;
  }
  std::vector<ValueInfo> same(std::size_t i = 0) const { return one(in(i).dtype, in(i).dims); }
  std::int64_t axisOf(std::int64_t axis, const Dims& d) const {
    const auto rank = static_cast<std::int64_t>(d.size());
    const std::int64_t a = axis < 0 ? axis + rank : axis;
    if (a < 0 || a >= std::max<std::int64_t>(rank, 1)) e.fail(std::string(op) + " over an axis that does not exist");
    return a;
  }
};

// Over places (infer_spatial.cpp).
std::vector<ValueInfo> inferWindow(const Inference& f);
std::vector<ValueInfo> inferTransposedConv(const Inference& f);
std::vector<ValueInfo> inferPadded(const Inference& f);
std::vector<ValueInfo> inferResize(const Inference& f);
std::vector<ValueInfo> inferGlobalPool(const Inference& f);
std::vector<ValueInfo> inferAdaptivePool(const Inference& f);

// That move values about (infer_view.cpp).
std::vector<ValueInfo> inferReshape(const Inference& f);
std::vector<ValueInfo> inferTranspose(const Inference& f);
std::vector<ValueInfo> inferConcat(const Inference& f);
std::vector<ValueInfo> inferSlice(const Inference& f);
std::vector<ValueInfo> inferGather(const Inference& f);
std::vector<ValueInfo> inferSqueeze(const Inference& f);
std::vector<ValueInfo> inferUnsqueeze(const Inference& f);
std::vector<ValueInfo> inferExpand(const Inference& f);
std::vector<ValueInfo> inferSplit(const Inference& f);
std::vector<ValueInfo> inferFlatten(const Inference& f);

}  // namespace unitscope::aten
