#include <algorithm>

#include "formats/aten/aten_call.h"

namespace unitscope::aten {
namespace {

using Ints = std::vector<std::int64_t>;

Ints twice(const Ints& list) {
  Ints both = list;
  both.insert(both.end(), list.begin(), list.end());
  return both;
}

/// PyTorch's pools take pictures without a batch too.
ValueId withBatch(const AtenCall& c, ValueId x, std::size_t spatial, bool& added) {
  added = c.e.dims(x) && c.e.dims(x)->size() == spatial + 1;
  return added ? c.emit("Unsqueeze", {x, c.e.ints({0})}) : x;
}

ValueId withoutBatch(const AtenCall& c, ValueId y, bool added) {
  return added ? c.emit("Squeeze", {y, c.e.ints({0})}) : y;
}

AtenRule maxPool(std::size_t n, bool indices) {
  return [n, indices](AtenCall& c) {
    const Ints kernel = c.perAxis(1, n, 1);
    const bool own = c.given(2) && !c.knownInts(2).empty();
    bool added = false;
    const ValueId x = withBatch(c, c.tensor(0), n, added);
    const auto made = c.e.emitMany("MaxPool", {x}, indices ? 2 : 1,
                                   {{"kernel_shape", kernel},
                                    {"strides", own ? c.perAxis(2, n, 1) : kernel},
                                    {"pads", twice(c.perAxis(3, n, 0))},
                                    {"dilations", c.perAxis(4, n, 1)},
                                    {"ceil_mode", std::int64_t{c.flag(5) ? 1 : 0}}});
    const AtenValue out = c.result(withoutBatch(c, made[0], added));
    if (!indices) return out;
    // ONNX counts through the whole tensor, PyTorch through one plane.
    c.e.setDType(made[1], DType::Int64);
    std::int64_t plane = 1;
    for (std::size_t i = 0; i < n; ++i)
      plane = c.e.arithmetic("Mul", plane, c.e.size(x, static_cast<std::int64_t>(i) + 2));
    const ValueId places = c.emit("Mod", {made[1], c.e.intVector({plane})});
    return AtenValue::ofTuple({out, c.result(withoutBatch(c, places, added))});
  };
}

/// Puts values back where max_pool found them; all else is zero.
AtenRule maxUnpool(std::size_t n) {
  return [n](AtenCall& c) {
    bool added = false;
    const ValueId x = withBatch(c, c.tensor(0), n, added);
    const ValueId places = withBatch(c, c.tensor(1), n, added);
    Ints wanted = c.ints(2);
    if (static_cast<std::size_t>(c.e.rank(x)) != n + 2 || wanted.size() < n) c.fail("a size of other dimensions");
    wanted.erase(wanted.begin(), wanted.end() - static_cast<std::ptrdiff_t>(n));
    std::int64_t plane = 1;
    for (const std::int64_t size : wanted) plane = c.e.arithmetic("Mul", plane, size);
    const std::int64_t rows = c.e.size(x, 0);
    const std::int64_t channels = c.e.size(x, 1);
    const ValueId empty = c.e.cast(c.emit("ConstantOfShape", {c.e.intVector({rows, channels, plane})}), c.e.dtype(x));
    const ValueId y =
        c.emit("ScatterElements",
               {empty, reshapeTo(c.e, places, {rows, channels, -1}), reshapeTo(c.e, x, {rows, channels, -1})},
               {{"axis", std::int64_t{2}}});
    Ints shape{rows, channels};
    shape.insert(shape.end(), wanted.begin(), wanted.end());
    return c.result(withoutBatch(c, reshapeTo(c.e, y, shape), added));
  };
}

AtenRule averagePool(std::size_t n) {
  return [n](AtenCall& c) {
    const Ints kernel = c.perAxis(1, n, 1);
    const bool own = c.given(2) && !c.knownInts(2).empty();
    const bool ceil = c.flag(4);
    const bool divided = c.given(6);
    bool added = false;
    const ValueId x = withBatch(c, c.tensor(0), n, added);
    if (divided && ceil) c.fail("a divisor of its own together with ceil_mode");
    ValueId y = c.emit("AveragePool", {x},
                       {{"kernel_shape", kernel},
                        {"strides", own ? c.perAxis(2, n, 1) : kernel},
                        {"pads", twice(c.perAxis(3, n, 0))},
                        {"ceil_mode", std::int64_t{ceil ? 1 : 0}},
                        {"count_include_pad", std::int64_t{divided || c.flag(5, true) ? 1 : 0}}});
    if (divided) {
      double area = 1.0;
      for (const std::int64_t k : kernel) area *= static_cast<double>(k);
      y = c.emit("Mul", {y, c.e.scalar(area / c.number(6), c.e.dtype(y))});
    }
    return c.result(withoutBatch(c, y, added));
  };
}

AtenRule adaptivePool(std::size_t n, bool maximum, bool indices) {
  return [n, maximum, indices](AtenCall& c) {
    bool added = false;
    const ValueId x = withBatch(c, c.tensor(0), n, added);
    const auto& dims = c.e.dims(x);
    if (dims && dims->size() != n + 2) c.fail("an input of " + std::to_string(dims->size()) + " dimensions");
    Ints wanted;
    const AtenValue& given = c.argument(1);
    if (given.isSequence())
      for (std::size_t i = 0; i < given.items->size(); ++i)
        wanted.push_back((*given.items)[i].isNone() ? c.e.size(x, static_cast<std::int64_t>(i) + 2)
                                                    : c.toInteger((*given.items)[i]));
    else
      wanted.assign(n, c.integer(1));
    if (wanted.size() == 1) wanted.resize(n, wanted.front());
    if (wanted.size() != n) c.fail("an output of another number of dimensions");
    bool same = dims.has_value();
    bool divisible = dims.has_value();
    for (std::size_t i = 0; i < n; ++i) {
      const std::int64_t in = dims ? (*dims)[i + 2] : -1;
      same = same && in == wanted[i];
      divisible = divisible && !isSymbol(in) && !isSymbol(wanted[i]) && wanted[i] > 0 && in % wanted[i] == 0;
    }
    ValueId y = x;
    if (std::ranges::all_of(wanted, [](std::int64_t s) { return s == 1; })) {
      y = c.emit(maximum ? "GlobalMaxPool" : "GlobalAveragePool", {x});
    } else if (divisible && !same) {
      Ints kernel;
      for (std::size_t i = 0; i < n; ++i) kernel.push_back((*dims)[i + 2] / wanted[i]);
      y = c.emit(maximum ? "MaxPool" : "AveragePool", {x}, {{"kernel_shape", kernel}, {"strides", kernel}});
    } else if (!same) {
      if (std::ranges::any_of(wanted, isSymbol)) c.fail("an output size that depends on the input's");
      y = c.e.emitCustom(maximum ? "AdaptiveMaxPool" : "AdaptiveAvgPool", {x}, {{"output_size", wanted}});
    }
    const AtenValue out = c.result(withoutBatch(c, y, added));
    return indices ? AtenValue::ofTuple({out, AtenValue()}) : out;
  };
}

}  // namespace

void addPoolingRules(AtenTable& t) {
  const char* max = "self/input:t kernel_size:I stride:I? padding:I? dilation:I? ceil_mode:b?";
  const char* average =
      "self/input:t kernel_size:I stride:I? padding:I? ceil_mode:b? count_include_pad:b? divisor_override:i?";
  for (std::size_t n = 1; n <= 3; ++n) {
    const std::string d = std::to_string(n) + "d";
    t.add("max_pool" + d, max, maxPool(n, false));
    t.add("max_pool" + d + "_with_indices", max, maxPool(n, true));
    if (n > 1) t.add("max_unpool" + d, "self:T indices:T output_size:I stride:*? padding:*?", maxUnpool(n));
    t.add("avg_pool" + d, average, averagePool(n));
    t.add("adaptive_avg_pool" + d + " _adaptive_avg_pool" + d, "self/input:t output_size:*",
          adaptivePool(n, false, false));
    t.add("adaptive_max_pool" + d, "self/input:t output_size:*", adaptivePool(n, true, true));
  }
}

}  // namespace unitscope::aten
