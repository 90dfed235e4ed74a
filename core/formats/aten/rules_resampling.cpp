#include "formats/aten/aten_call.h"

namespace unitscope::aten {
namespace {

using Ints = std::vector<std::int64_t>;

struct Resampling {
  std::size_t spatial;
  std::string mode;
  bool corners = false;  ///< align_corners
  bool exact = false;    ///< upsample_nearest_exact: the centre of a pixel, not its corner
  bool antialias = false;
  std::size_t scalesAt = 0;  ///< argument of the first scale
};

AtenValue resample(const AtenCall& c, const Resampling& r) {
  const ValueId x = c.tensor(0);
  std::vector<double> scales;
  if (c.given(r.scalesAt) && c.argument(r.scalesAt).isSequence()) {
    for (const AtenValue& s : *c.argument(r.scalesAt).items) {
      if (!s.isNumber() || s.isSymbolic()) c.fail("a scale that is not known");
      scales.push_back(s.asDouble());
    }
  } else if (!c.given(1)) {
    c.fail("has neither a size nor scales");
  } else {
    for (std::size_t i = 0; i < r.spatial && c.given(r.scalesAt + i); ++i) scales.push_back(c.number(r.scalesAt + i));
  }
  if (!scales.empty() && scales.size() != r.spatial) c.fail("scales of another number of dimensions");
  Emitter::Attributes attributes{{"mode", r.mode}};
  if (r.mode == "nearest") {
    attributes["coordinate_transformation_mode"] = std::string(r.exact ? "half_pixel" : "asymmetric");
    attributes["nearest_mode"] = std::string(r.exact ? "round_prefer_ceil" : "floor");
  } else {
    attributes["coordinate_transformation_mode"] = std::string(r.corners ? "align_corners" : "pytorch_half_pixel");
    if (r.mode == "cubic") attributes["cubic_coeff_a"] = -0.75;
    if (!r.corners && r.mode == "cubic") attributes["coordinate_transformation_mode"] = std::string("half_pixel");
    if (r.antialias) attributes["antialias"] = std::int64_t{1};
  }
  Ints sizes;
  if (c.given(1)) {
    sizes = c.ints(1);
    if (sizes.size() != r.spatial) c.fail("a size of another number of dimensions");
  }
  const auto& dims = c.e.dims(x);
  // With a scale given PyTorch places pixels by it, and rounds the size down; a size alone gives its own scale.
  bool byScale = !scales.empty();
  if (byScale && dims && !sizes.empty())
    for (std::size_t i = 0; i < r.spatial; ++i) {
      const std::int64_t in = dims->at(i + 2);
      byScale = byScale && (isSymbol(in) || static_cast<std::int64_t>(static_cast<double>(in) * scales[i]) == sizes[i]);
    }
  if (byScale) {
    std::vector<float> all{1.0F, 1.0F};
    for (const double s : scales) all.push_back(static_cast<float>(s));
    const auto count = static_cast<std::int64_t>(all.size());
    const ValueId factors = c.e.constant(TensorData::fromFloats({count}, std::move(all)));
    return c.result(c.emit("Resize", {x, kNoValue, factors}, std::move(attributes)));
  }
  if (sizes.empty()) c.fail("a size that is not known");
  if (!dims || dims->size() != r.spatial + 2) c.fail("an input of another number of dimensions");
  Ints whole{c.e.size(x, 0), c.e.size(x, 1)};
  whole.insert(whole.end(), sizes.begin(), sizes.end());
  return c.result(c.emit("Resize", {x, kNoValue, kNoValue, c.e.intVector(whole)}, std::move(attributes)));
}

AtenValue gridSample(AtenCall& c) {
  static constexpr const char* modes[] = {"linear", "nearest", "cubic"};
  static constexpr const char* margins[] = {"zeros", "border", "reflection"};
  const std::int64_t mode = c.knownInteger(2, 0);
  const std::int64_t margin = c.knownInteger(3, 0);
  if (mode < 0 || mode > 2 || margin < 0 || margin > 2) c.fail("an unknown mode");
  const ValueId x = c.tensor(0);
  const ValueId grid = c.tensor(1);
  const ValueId y = c.emit("GridSample", {x, grid},
                           {{"mode", std::string(modes[mode])},
                            {"padding_mode", std::string(margins[margin])},
                            {"align_corners", std::int64_t{c.flag(4) ? 1 : 0}}});
  if (c.e.dims(x) && c.e.dims(grid)) {
    Dims d = *c.e.dims(x);
    const Dims& g = *c.e.dims(grid);
    for (std::size_t i = 2; i < d.size() && i - 1 < g.size(); ++i) d[i] = g[i - 1];
    c.e.setDims(y, std::move(d));
  }
  return c.result(y);
}

AtenValue affineGrid(AtenCall& c) {
  const Ints size = c.ints(1);
  const ValueId y =
      c.emit("AffineGrid", {c.tensor(0), c.e.intVector(size)}, {{"align_corners", std::int64_t{c.flag(2) ? 1 : 0}}});
  if (size.size() == 4) c.e.setDims(y, {size[0], size[2], size[3], 2});
  return c.result(y);
}

}  // namespace

void addResamplingRules(AtenTable& t) {
  static constexpr const char* scales[] = {"", " scales:n?", " scales_h:n? scales_w:n?",
                                           " scales_d:n? scales_h:n? scales_w:n?"};
  for (std::size_t n = 1; n <= 3; ++n) {
    const std::string d = std::to_string(n) + "d";
    for (const bool exact : {false, true}) {
      const std::string name = (exact ? "_upsample_nearest_exact" : "upsample_nearest") + d;
      const AtenRule rule = [n, exact](AtenCall& c) { return resample(c, {n, "nearest", false, exact, false, 2}); };
      t.add(name, "input/self:t output_size:I? scale_factors:F?", rule);
      t.add(name, std::string("self:t output_size:I") + scales[n], rule);
    }
  }
  struct Smooth {
    const char* name;
    std::size_t spatial;
    const char* mode;
    bool antialias;
  };
  for (const Smooth& s :
       {Smooth{"upsample_linear1d", 1, "linear", false}, Smooth{"upsample_bilinear2d", 2, "linear", false},
        Smooth{"upsample_trilinear3d", 3, "linear", false}, Smooth{"upsample_bicubic2d", 2, "cubic", false},
        Smooth{"_upsample_bilinear2d_aa", 2, "linear", true}, Smooth{"_upsample_bicubic2d_aa", 2, "cubic", true}}) {
    const AtenRule rule = [s](AtenCall& c) {
      return resample(c, {s.spatial, s.mode, c.flag(2), false, s.antialias, 3});
    };
    t.add(s.name, "input/self:t output_size:I? align_corners:b scale_factors:F?", rule);
    t.add(s.name, std::string("self:t output_size:I align_corners:b") + scales[s.spatial], rule);
  }
  t.add("grid_sampler grid_sampler_2d grid_sampler_3d",
        "input:t grid:t interpolation_mode:i? padding_mode:i? align_corners:b?", gridSample);
  t.add("affine_grid_generator", "theta:t size:I align_corners:b?", affineGrid);
}

}  // namespace unitscope::aten
