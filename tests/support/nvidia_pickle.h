#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "support/checkpoints.h"
#include "support/pickle_writer.h"

namespace unitscope::test {

/// Small generators as NVIDIA's code pickles them, with values that follow from their place alone.
namespace nvidia {

using Members = std::vector<std::pair<std::string, std::string>>;

inline std::string bytes(const std::string& value) {
  return "B" + raw(static_cast<std::uint32_t>(value.size())) + value;
}
inline std::string number(double value) {
  std::string code = raw(value);
  return "G" + std::string(code.rbegin(), code.rend());
}
inline std::string heldStorage(const std::vector<float>& values, const std::string& stream = {}) {
  using namespace pickled;
  const auto count = static_cast<std::int32_t>(values.size());
  return call(
      global("torch.storage", "_load_from_bytes"),
      tuple({bytes(stream.empty() ? streamCheckpoint(storage("FloatStorage", "0", count), {values}) : stream)}));
}
inline std::string tensorOf(const std::vector<float>& values, const std::vector<std::int32_t>& shape) {
  std::vector<std::int32_t> strides(shape.size(), 1);
  for (std::size_t d = shape.size(); d-- > 1;) strides[d - 1] = strides[d] * shape[d];
  return pickled::tensor(heldStorage(values), 0, shape, strides);
}
inline std::string persistent(const std::string& className, const std::string& state) {
  using namespace pickled;
  return call(global("torch_utils.persistence", "_reconstruct_persistent_obj"),
              tuple({dict({{"type", text("class")},
                           {"version", integer(6)},
                           {"module_src", text("import os; os.abort()")},
                           {"class_name", text(className)},
                           {"state", state}})}));
}
inline std::string module(const std::string& className, const Members& parameters, const Members& buffers,
                          const Members& parts, Members attributes) {
  attributes.emplace_back("_parameters", pickled::dict(parameters));
  attributes.emplace_back("_buffers", pickled::dict(buffers));
  attributes.emplace_back("_modules", pickled::dict(parts));
  return persistent(className, pickled::dict(attributes));
}

/// Sizes of a small StyleGAN2 and what a test may change in it.
struct Shape2 {
  int z = 6, classes = 0, w = 8, channels = 4, resolution = 8, colours = 3;
  std::string architecture = "skip";
  Members generatorExtras, synthesisExtras;  ///< attributes that come last and so count
};

class Writer {
 public:
  /// `count` values in -1..1 without a pattern.
  std::vector<float> values(std::size_t count, double scale = 1.0) {
    std::vector<float> made(count);
    for (float& value : made) {
      state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
      value = static_cast<float>(scale * (static_cast<double>(state_ >> 40U) / double(1U << 23U) - 1.0));
    }
    return made;
  }
  std::string tensor(const std::vector<std::int32_t>& shape, double scale = 1.0) {
    const auto count = std::accumulate(shape.begin(), shape.end(), std::size_t{1},
                                       [](std::size_t n, std::int32_t d) { return n * static_cast<std::size_t>(d); });
    return tensorOf(values(count, scale), shape);
  }
  std::string linear(int in, int out, const char* activation = "linear", double rate = 1.0) {
    using namespace pickled;
    return module(
        "FullyConnectedLayer", {{"weight", tensor({out, in}, 1 / rate)}, {"bias", tensor({out}, 0.5 / rate)}}, {}, {},
        {{"activation", text(activation)}, {"weight_gain", number(rate / std::sqrt(in))}, {"bias_gain", number(rate)}});
  }
  std::string mapping(const Shape2& s, int styles) {
    using namespace pickled;
    Members parts;
    if (s.classes > 0) parts.emplace_back("embed", linear(s.classes, s.w));
    parts.emplace_back("fc0", linear(s.z + (s.classes > 0 ? s.w : 0), s.w, "lrelu", 0.01));
    parts.emplace_back("fc1", linear(s.w, s.w, "lrelu", 0.01));
    return module("MappingNetwork", {}, {{"w_avg", tensor({s.w})}}, parts,
                  {{"z_dim", integer(s.z)},
                   {"c_dim", integer(s.classes)},
                   {"w_dim", integer(s.w)},
                   {"num_ws", integer(styles)},
                   {"num_layers", integer(2)}});
  }
  std::string filter() {
    std::vector<float> taps;
    for (const float a : {1.0f, 3.0f, 3.0f, 1.0f})
      for (const float b : {1.0f, 3.0f, 3.0f, 1.0f}) taps.push_back(a * b / 64);
    return tensorOf(taps, {4, 4});
  }
  std::string layer2(const Shape2& s, int side, int up) {
    using namespace pickled;
    const int c = s.channels;
    return module("SynthesisLayer",
                  {{"weight", tensor({c, c, 3, 3})}, {"bias", tensor({c})}, {"noise_strength", tensor({}, 0.3)}},
                  {{"resample_filter", filter()}, {"noise_const", tensor({side, side})}}, {{"affine", linear(s.w, c)}},
                  {{"up", integer(up)},
                   {"activation", text("lrelu")},
                   {"conv_clamp", none()},
                   {"_init_kwargs", dict({{"conv_clamp", integer(1)}})}});
  }
  std::string stylegan2(const Shape2& s) {
    using namespace pickled;
    Members blocks;
    int styles = 1;
    for (int side = 4; side <= s.resolution; side *= 2) {
      Members parts, parameters;
      if (side == 4) parameters.emplace_back("const", tensor({s.channels, 4, 4}));
      if (side > 4) parts.emplace_back("conv0", layer2(s, side, 2));
      parts.emplace_back("conv1", layer2(s, side, 1));
      styles += side == 4 ? 1 : 2;
      if (s.architecture == "skip" || side == s.resolution)
        parts.emplace_back(
            "torgb",
            module("ToRGBLayer", {{"weight", tensor({s.colours, s.channels, 1, 1})}, {"bias", tensor({s.colours})}}, {},
                   {{"affine", linear(s.w, s.channels)}}, {{"conv_clamp", integer(256)}}));
      if (s.architecture == "resnet" && side > 4)
        parts.emplace_back("skip", module("Conv2dLayer", {{"weight", tensor({s.channels, s.channels, 1, 1})}},
                                          {{"resample_filter", filter()}}, {}, {}));
      blocks.emplace_back("b" + std::to_string(side),
                          module("SynthesisBlock", parameters, {{"resample_filter", filter()}}, parts,
                                 {{"architecture", text(s.architecture)}}));
    }
    Members attributes = {{"img_resolution", integer(s.resolution)}};
    attributes.insert(attributes.end(), s.synthesisExtras.begin(), s.synthesisExtras.end());
    return module(
        "Generator", {}, {},
        {{"synthesis", module("SynthesisNetwork", {}, {}, blocks, attributes)}, {"mapping", mapping(s, styles)}},
        s.generatorExtras);
  }

  /// One layer of 10 x 10 and the layer that draws, 8 x 8.
  std::string stylegan3(const Members& inputExtras = {}, const Members& layerExtras = {}) {
    using namespace pickled;
    const int c = 4, w = 8;
    Members inputAttributes = {{"size", integer(10)}, {"sampling_rate", number(8)}, {"bandwidth", number(2)}};
    inputAttributes.insert(inputAttributes.end(), inputExtras.begin(), inputExtras.end());
    const std::string input = module("SynthesisInput", {{"weight", tensor({c, c})}},
                                     {{"transform", tensorOf({1, 0, 0, 0, 1, 0, 0, 0, 1}, {3, 3})},
                                      {"freqs", tensor({c, 2}, 2)},
                                      {"phases", tensor({c}, 0.5)}},
                                     {{"affine", linear(w, 4)}}, inputAttributes);
    Members attributes = {{"is_torgb", boolean(false)}, {"up_factor", integer(2)}, {"down_factor", integer(2)},
                          {"conv_clamp", integer(256)}, {"out_size", integer(8)},  {"padding", ints({1, -1, -2, 1})}};
    attributes.insert(attributes.end(), layerExtras.begin(), layerExtras.end());
    const std::string layer = module("SynthesisLayer", {{"weight", tensor({c, c, 3, 3})}, {"bias", tensor({c})}},
                                     {{"magnitude_ema", tensorOf({0.8f}, {})},
                                      {"up_filter", tensor({6}, 0.5)},
                                      {"down_filter", tensor({4, 4}, 0.4)}},
                                     {{"affine", linear(w, c)}}, attributes);
    const std::string draw =
        module("SynthesisLayer", {{"weight", tensor({3, c, 1, 1})}, {"bias", tensor({3})}},
               {{"magnitude_ema", tensorOf({1.2f}, {})}, {"up_filter", none()}}, {{"affine", linear(w, c)}},
               {{"is_torgb", boolean(true)},
                {"up_factor", integer(1)},
                {"down_factor", integer(1)},
                {"conv_clamp", integer(256)},
                {"out_size", integer(8)},
                {"padding", ints({0, 0, 0, 0})}});
    const std::string synthesis =
        module("SynthesisNetwork", {}, {}, {{"input", input}, {"L0_8_4", layer}, {"L1_8_3", draw}},
               {{"img_resolution", integer(8)}, {"output_scale", number(0.25)}});
    return module("Generator", {}, {}, {{"synthesis", synthesis}, {"mapping", mapping({}, 3)}}, {});
  }

 private:
  std::uint64_t state_ = 1;
};

inline std::string file(const std::string& generator, const char* name = "G_ema") {
  using namespace pickled;
  return document(
      dict({{"training_set_kwargs", call(global("dnnlib.util", "EasyDict"), ")")}, {"D", none()}, {name, generator}}));
}

}  // namespace nvidia
}  // namespace unitscope::test
