#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/model.h"
#include "graph/graph_builder.h"

namespace unitscope::test {

inline constexpr std::int64_t kLatent = 16;

/// Writes small generators with random weights, each in its family's form.
class SmallGenerator {
 public:
  explicit SmallGenerator(std::string name) : b_(std::move(name)) {}

  GraphBuilder& graph() { return b_; }
  /// Weights that look drawn, the same in every run.
  ValueId weight(const std::string& name, Shape shape, float scale) {
    std::vector<float> values(static_cast<std::size_t>(elementCount(shape)));
    for (float& value : values) value = scale * std::sin(12.9898F * static_cast<float>(++drawn_ % 100003));
    return b_.parameter(name, TensorData::fromFloats(std::move(shape), std::move(values)));
  }
  ValueId constantMap(const std::string& name, Shape shape) {
    std::vector<float> values(static_cast<std::size_t>(elementCount(shape)));
    for (float& value : values) value = std::sin(78.233F * static_cast<float>(++drawn_));
    return b_.constant(TensorData::fromFloats(std::move(shape), std::move(values)), name);
  }
  ValueId dense(const std::string& name, ValueId x, std::int64_t in, std::int64_t out) {
    b_.setScope(name);
    return b_.op("Gemm", {x, weight(name + ".weight", {out, in}, 0.4F), weight(name + ".bias", {out}, 0.1F)},
                 {{"transB", std::int64_t{1}}});
  }
  /// z / sqrt(mean z^2).
  ValueId normalised(ValueId z) {
    b_.setScope("norm");
    const ValueId mean = b_.op("ReduceMean", {b_.op("Mul", {z, z}), b_.constant({1})}, {{"keepdims", std::int64_t{1}}});
    return b_.op("Div", {z, b_.op("Sqrt", {b_.op("Add", {mean, b_.scalarFloat(1e-8F)})})});
  }
  ValueId mapping(ValueId z, std::int64_t in = kLatent) {
    ValueId x = normalised(z);
    for (int i = 0; i < 2; ++i) {
      x = dense("mapping." + std::to_string(i), x, i == 0 ? in : kLatent, kLatent);
      x = b_.op("LeakyRelu", {x}, {{"alpha", 0.2}});
    }
    return x;
  }
  ValueId conv(const std::string& name, ValueId x, std::int64_t in, std::int64_t out, std::int64_t kernel = 3) {
    b_.setScope(name);
    const std::int64_t pad = kernel / 2;
    return b_.op("Conv", {x, weight(name + ".weight", {out, in, kernel, kernel}, 0.3F)},
                 {{"kernel_shape", std::vector<std::int64_t>{kernel, kernel}},
                  {"pads", std::vector<std::int64_t>{pad, pad, pad, pad}}});
  }
  ValueId perPlace(ValueId x, std::int64_t channels) {
    return b_.op("Reshape", {x, b_.constant({-1, channels, 1, 1})});
  }
  ValueId upsampled(ValueId x) {
    b_.setScope("up");
    return b_.op("Resize", {x, kNoValue, b_.constant(TensorData::fromFloats({4}, {1.0F, 1.0F, 2.0F, 2.0F}))},
                 {{"mode", std::string("nearest")},
                  {"coordinate_transformation_mode", std::string("asymmetric")},
                  {"nearest_mode", std::string("floor")}});
  }
  /// A styled layer: style scales what goes in, noise is added.
  ValueId styled(const std::string& name, ValueId x, ValueId w, std::int64_t in, std::int64_t out, ValueId noise) {
    const ValueId style = dense(name + ".style", w, kLatent, in);
    const ValueId scaled = b_.op("Mul", {x, perPlace(style, in)});
    ValueId y = conv(name, scaled, in, out);
    if (noise != kNoValue) y = b_.op("Add", {y, b_.op("Mul", {noise, weight(name + ".strength", {1}, 0.3F)})});
    return b_.op("LeakyRelu", {y}, {{"alpha", 0.2}}, name);
  }
  ValueId row(ValueId wPlus, std::int64_t index, const std::string& scope) {
    b_.setScope(scope);
    return b_.op("Gather", {wPlus, b_.scalarInt(index)}, {{"axis", std::int64_t{1}}});
  }
  /// Four layers to 8x8 and the picture, from w+ [N,4,16], or one w where `shared`.
  void synthesis(ValueId w, bool shared, bool noiseInputs = false) {
    const ValueId start = weight("const", {1, 8, 4, 4}, 1.0F);
    ValueId x = start;
    for (int i = 0; i < 4; ++i) {
      if (i == 2) x = upsampled(x);
      const std::string name = "layer" + std::to_string(i);
      const std::int64_t side = i < 2 ? 4 : 8;
      // Some exporters forget the names: what a noise map is must be seen from what is done with it.
      const ValueId noise =
          constantMap(noiseInputs ? "noise." + std::to_string(i) : "onnx_" + std::to_string(i), {1, 1, side, side});
      if (noiseInputs) b_.graph().addInput(noise);
      x = styled(name, x, shared ? w : row(w, i, name + ".style"), 8, 8, noise);
    }
    b_.output(conv("picture", x, 8, 3, 1), "image");
  }
  Graph take() { return b_.take(); }

 private:
  GraphBuilder b_;
  std::int64_t drawn_ = 0;
};

/// z [N,16,1,1], transposed convolutions, tanh.
inline Graph dcgan() {
  SmallGenerator g("dcgan");
  GraphBuilder& b = g.graph();
  ValueId x = b.input("input", DType::Float32, Shape{-1, kLatent, 1, 1});
  b.setScope("main.0");
  x = b.op("Relu", {b.op("ConvTranspose", {x, g.weight("main.0.weight", {kLatent, 8, 4, 4}, 0.3F)})});
  b.setScope("main.1");
  x = b.op("ConvTranspose", {x, g.weight("main.1.weight", {8, 3, 4, 4}, 0.3F)},
           {{"strides", std::vector<std::int64_t>{2, 2}}, {"pads", std::vector<std::int64_t>{1, 1, 1, 1}}});
  b.output(b.op("Tanh", {x}), "output");
  return g.take();
}

/// Normalised z, the picture summed over the resolutions.
inline Graph pggan() {
  SmallGenerator g("pggan");
  GraphBuilder& b = g.graph();
  ValueId x = g.normalised(b.input("z", DType::Float32, Shape{-1, kLatent}));
  x = b.op("Reshape", {g.dense("layer0", x, kLatent, 8 * 16), b.constant({-1, 8, 4, 4})});
  const ValueId small = g.conv("picture0", x, 8, 3, 1);
  x = b.op("LeakyRelu", {g.conv("layer1", g.upsampled(x), 8, 8)}, {{"alpha", 0.2}});
  const ValueId large = g.conv("picture1", x, 8, 3, 1);
  b.output(b.op("Add", {large, g.upsampled(small)}), "image");
  return g.take();
}

/// Mapping and styled layers that take their own row of w+, or all the same w.
inline Graph styleGan(bool ownRows, bool noiseInputs = false) {
  SmallGenerator g("stylegan");
  GraphBuilder& b = g.graph();
  ValueId w = g.mapping(b.input("z", DType::Float32, Shape{-1, kLatent}));
  if (ownRows) {
    b.setScope("broadcast");
    w = b.op("Expand", {b.op("Unsqueeze", {w, b.constant({1})}), b.constant({1, 4, 1})});
  }
  g.synthesis(w, !ownRows, noiseInputs);
  return g.take();
}

/// The same with truncation as an input that has a default.
inline Graph truncatedStyleGan() {
  SmallGenerator g("truncated");
  GraphBuilder& b = g.graph();
  ValueId w = g.mapping(b.input("z", DType::Float32, Shape{-1, kLatent}));
  b.setScope("truncation");
  const ValueId mean = g.weight("w_mean", {kLatent}, 0.2F);
  const ValueId psi = b.parameter("truncation", TensorData::fromFloats({1}, {1.0F}));
  b.graph().addInput(psi);
  w = b.op("Add", {mean, b.op("Mul", {b.op("Sub", {w, mean}), psi})});
  w = b.op("Expand", {b.op("Unsqueeze", {w, b.constant({1})}), b.constant({1, 4, 1})});
  g.synthesis(w, false);
  return g.take();
}

/// A class vector into the mapping.
inline Graph conditionalStyleGan() {
  SmallGenerator g("conditional");
  GraphBuilder& b = g.graph();
  const ValueId z = b.input("latent", DType::Float32, Shape{-1, kLatent});
  const ValueId label = b.input("label", DType::Float32, Shape{-1, 5});
  const ValueId embedded = g.dense("embed", label, 5, kLatent);
  const ValueId both = b.op("Concat", {z, embedded}, {{"axis", std::int64_t{1}}});
  ValueId w = g.mapping(both, 2 * kLatent);
  w = b.op("Expand", {b.op("Unsqueeze", {w, b.constant({1})}), b.constant({1, 4, 1})});
  g.synthesis(w, false);
  return g.take();
}

/// z and an embedded class joined; each layer takes the whole as it is.
inline Graph bigGan() {
  SmallGenerator g("biggan");
  GraphBuilder& b = g.graph();
  const ValueId z = b.input("z", DType::Float32, Shape{-1, 8});
  const ValueId label = b.input("class_vector", DType::Float32, Shape{-1, 5});
  const ValueId embedded = g.dense("embeddings", label, 5, 8);
  b.setScope("join");
  const ValueId condition = b.op("Concat", {z, embedded}, {{"axis", std::int64_t{1}}});
  ValueId x = b.op("Reshape", {g.dense("gen_z", condition, kLatent, 8 * 16), b.constant({-1, 8, 4, 4})});
  for (int i = 0; i < 2; ++i) x = g.styled("layer" + std::to_string(i), x, condition, 8, 8, kNoValue);
  b.output(b.op("Tanh", {g.conv("picture", g.upsampled(x), 8, 3, 1)}), "image");
  return g.take();
}

/// A mapping network in a file of its own, z to w [N,16].
inline Graph mappingAlone() {
  SmallGenerator g("mapping");
  const ValueId w = g.mapping(g.graph().input("z", DType::Float32, Shape{-1, kLatent}));
  g.graph().output(w, "w");
  return g.take();
}

/// And its synthesis network, w+ [N,4,16] to the picture.
inline Graph synthesisAlone(std::int64_t size = kLatent) {
  SmallGenerator g("synthesis");
  g.synthesis(g.graph().input("ws", DType::Float32, Shape{-1, 4, size}), false);
  return g.take();
}

inline std::shared_ptr<Model> modelOf(Graph graph) {
  ModelCard card;
  card.task = ModelCard::Task::Generator;
  card.mean = {0.0, 0.0, 0.0};
  card.std = {1.0, 1.0, 1.0};
  return Model::fromGraph(std::move(graph), std::move(card));
}

}  // namespace unitscope::test
