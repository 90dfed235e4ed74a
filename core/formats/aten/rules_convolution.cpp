#include <algorithm>

#include "formats/aten/aten_call.h"

namespace unitscope::aten {
namespace {

using Ints = std::vector<std::int64_t>;

struct Geometry {
  std::size_t spatial;
  Ints stride, padding, dilation, extra;
  std::int64_t groups = 1;
  bool transposed = false;
  Ints paddingEnd = {};  ///< where it differs from the beginning
};

Dims weightDims(const AtenCall& c, ValueId weight) {
  const auto& dims = c.e.dims(weight);
  if (!dims || dims->size() < 3 || std::ranges::any_of(*dims, isSymbol))
    c.failUnknown("the size of its weight is not known");
  return *dims;
}

AtenValue convolve(const AtenCall& c, const Geometry& g) {
  Emitter& e = c.e;
  ValueId x = c.tensor(0);
  const ValueId w = c.tensor(1);
  const Dims dims = weightDims(c, w);
  if (g.groups <= 0) c.fail("no groups");
  const std::int64_t channels = g.transposed ? dims[0] : dims[1] * g.groups;
  bool single = false;
  if (!e.dims(x)) {
    // A file that does not say the sizes of its inputs: the first convolution does.
    Dims guessed{e.newSymbol(), channels};
    while (guessed.size() < dims.size()) guessed.push_back(e.newSymbol());
    e.setDims(x, std::move(guessed));
  } else if (e.dims(x)->size() + 1 == dims.size()) {
    single = true;
    x = e.emit("Unsqueeze", {x, e.ints({0})});
  } else if (e.dims(x)->size() != dims.size()) {
    c.fail("its input has another number of dimensions than its weight");
  }
  const std::int64_t has = (*e.dims(x))[1];
  if (isSymbol(has)) {
    e.settleInput(has, channels);
  } else if (has != channels) {
    c.fail("its input has " + std::to_string(has) + " channels, and its weight is for " + std::to_string(channels));
  }
  Ints pads = g.padding;
  const Ints& end = g.paddingEnd.empty() ? g.padding : g.paddingEnd;
  pads.insert(pads.end(), end.begin(), end.end());
  Emitter::Attributes attributes{{"strides", g.stride},
                                 {"pads", std::move(pads)},
                                 {"dilations", g.dilation},
                                 {"group", g.groups},
                                 {"kernel_shape", Ints(dims.begin() + 2, dims.end())}};
  if (g.transposed) attributes["output_padding"] = g.extra;
  std::vector<ValueId> inputs{x, w};
  if (c.given(2)) inputs.push_back(c.tensor(2));
  ValueId y = e.emit(g.transposed ? "ConvTranspose" : "Conv", std::move(inputs), std::move(attributes));
  if (single) y = e.emit("Squeeze", {y, e.ints({0})});
  return c.result(y);
}

std::size_t spatialOf(const AtenCall& c) {
  return weightDims(c, c.tensor(1)).size() - 2;
}

AtenValue plain(AtenCall& c) {
  const std::size_t n = spatialOf(c);
  return convolve(c, {n, c.perAxis(3, n, 1), c.perAxis(4, n, 0), c.perAxis(5, n, 1), {}, c.knownInteger(6, 1)});
}

AtenValue named(AtenCall& c) {
  const std::size_t n = spatialOf(c);
  const Dims w = weightDims(c, c.tensor(1));
  Geometry g{n, c.perAxis(3, n, 1), Ints(n, 0), c.perAxis(5, n, 1), {}, c.knownInteger(6, 1)};
  g.paddingEnd = g.padding;
  if (c.text(4) == "same") {
    for (std::size_t i = 0; i < n; ++i) {
      const std::int64_t total = g.dilation[i] * (w[i + 2] - 1);
      g.padding[i] = total / 2;
      g.paddingEnd[i] = total - total / 2;
    }
  } else if (c.text(4) != "valid") {
    c.fail("padding '" + c.text(4) + "'");
  }
  return convolve(c, g);
}

AtenValue general(AtenCall& c) {
  const std::size_t n = spatialOf(c);
  const bool transposed = c.flag(6);
  return convolve(c, {n, c.perAxis(3, n, 1), c.perAxis(4, n, 0), c.perAxis(5, n, 1), c.perAxis(7, n, 0),
                      c.knownInteger(8, 1), transposed});
}

AtenValue transposed(AtenCall& c) {
  const std::size_t n = spatialOf(c);
  return convolve(c, {n, c.perAxis(3, n, 1), c.perAxis(4, n, 0), c.perAxis(7, n, 1), c.perAxis(5, n, 0),
                      c.knownInteger(6, 1), true});
}

}  // namespace

void addConvolutionRules(AtenTable& t) {
  t.add("conv1d conv2d conv3d", "input:t weight:t bias:t? stride:I? padding:I? dilation:I? groups:i?", plain);
  t.add("conv1d conv2d conv3d", "input:t weight:t bias:t? stride:I? padding:s? dilation:I? groups:i?", named);
  t.add("_convolution convolution",
        "input:t weight:t bias:t? stride:I? padding:I? dilation:I? transposed:b? output_padding:I? groups:i? "
        "benchmark:b? deterministic:b? cudnn_enabled:b? allow_tf32:b?",
        general);
  t.add("_convolution_mode", "input:t weight:t bias:t? stride:I? padding:s? dilation:I? groups:i?", named);
  t.add("conv_transpose1d conv_transpose2d conv_transpose3d",
        "input:t weight:t bias:t? stride:I? padding:I? output_padding:I? groups:i? dilation:I?", transposed);
}

}  // namespace unitscope::aten
