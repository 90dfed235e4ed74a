#include "zoo/example_edges.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "graph/graph_builder.h"

namespace unitscope {

namespace {

constexpr int kSide = 128;
constexpr int kOrientations = 4;
constexpr int kEdgeChannels = 2 * kOrientations;
constexpr int kEdgeKernel = 7;
constexpr int kLineKernel = 9;
constexpr int kClasses = kOrientations + 1;

/// Direction along which an edge of this orientation runs, in picture coordinates (y grows downwards).
std::array<double, 2> along(int orientation) {
  constexpr double h = 0.5 * std::numbers::sqrt2;
  switch (orientation) {
    case 0: return {1.0, 0.0};  // horizontal
    case 1: return {0.0, 1.0};  // vertical
    case 2: return {h, -h};     // rising to the right
    default: return {h, h};     // falling to the right
  }
}

/// Luminance weights of ITU-R BT.601.
TensorData luminance() {
  return TensorData::fromFloats({1, 3, 1, 1}, {0.299f, 0.587f, 0.114f});
}

/// Odd Gabor functions: a dark and a bright flank beside an edge. Each sums to zero, so flat areas give nothing; its
/// absolute values sum to two, so a full step from black to white gives about one.
TensorData edgeFilters() {
  std::vector<float> weights;
  constexpr int radius = kEdgeKernel / 2;
  for (int channel = 0; channel < kEdgeChannels; ++channel) {
    const auto [dx, dy] = along(channel / 2);
    const double sign = channel % 2 == 0 ? 1.0 : -1.0;
    std::vector<double> kernel;
    double total = 0.0;
    for (int y = -radius; y <= radius; ++y) {
      for (int x = -radius; x <= radius; ++x) {
        const double across = -dy * x + dx * y;
        const double lengthwise = dx * x + dy * y;
        const double value = std::exp(-across * across / 5.0 - lengthwise * lengthwise / 7.0) *
                             std::sin(2.0 * std::numbers::pi * across / 7.0);
        kernel.push_back(sign * value);
        total += std::abs(value);
      }
    }
    for (const double value : kernel) weights.push_back(static_cast<float>(2.0 * value / total));
  }
  return TensorData::fromFloats({kEdgeChannels, 1, kEdgeKernel, kEdgeKernel}, std::move(weights));
}

/// A line detector gathers edges of its own direction along that direction and is held down by the others around it.
TensorData lineFilters() {
  constexpr int radius = kLineKernel / 2;
  constexpr double kInhibition = 0.45;
  std::vector<float> weights;
  for (int orientation = 0; orientation < kOrientations; ++orientation) {
    const auto [dx, dy] = along(orientation);
    for (int channel = 0; channel < kEdgeChannels; ++channel) {
      const bool own = channel / 2 == orientation;
      std::vector<double> kernel;
      double total = 0.0;
      for (int y = -radius; y <= radius; ++y) {
        for (int x = -radius; x <= radius; ++x) {
          const double across = -dy * x + dx * y;
          const double lengthwise = dx * x + dy * y;
          const double value = own ? std::exp(-across * across / 1.2 - lengthwise * lengthwise / 16.0)
                                   : std::exp(-(across * across + lengthwise * lengthwise) / 6.0);
          kernel.push_back(value);
          total += value;
        }
      }
      const double gain = own ? 1.0 : -kInhibition;
      for (const double value : kernel) weights.push_back(static_cast<float>(gain * value / total));
    }
  }
  return TensorData::fromFloats({kOrientations, kEdgeChannels, kLineKernel, kLineKernel}, std::move(weights));
}

/// One direction speaks for its class and against the others; the last class wants all directions alike.
TensorData decisionWeights() {
  constexpr float kFor = 90.0f, kAgainst = -35.0f, kAll = 32.0f;
  std::vector<float> weights;
  for (int row = 0; row < kClasses; ++row) {
    for (int column = 0; column < kOrientations; ++column) {
      weights.push_back(row == kOrientations ? kAll : row == column ? kFor : kAgainst);
    }
  }
  return TensorData::fromFloats({kClasses, kOrientations}, std::move(weights));
}

TensorData repeated(int count, float value) {
  return TensorData::fromFloats({count}, std::vector<float>(static_cast<std::size_t>(count), value));
}

}  // namespace

Graph makeEdgeExample() {
  GraphBuilder b("hand-written edges");
  b.graph().producer = "Unitscope (weights written by hand)";
  using Ints = std::vector<std::int64_t>;
  const ValueId image = b.input("input", DType::Float32, Shape{-1, 3, kSide, kSide});

  b.setScope("luminance");
  ValueId x = b.op("Conv", {image, b.parameter("luminance.weight", luminance())}, {{"kernel_shape", Ints{1, 1}}});

  // No padding: a frame of zeros around a bright picture would itself be an edge.
  b.setScope("edges");
  x = b.op("Conv", {x, b.parameter("edges.weight", edgeFilters()), b.parameter("edges.bias", repeated(8, -0.03f))},
           {{"kernel_shape", Ints{kEdgeKernel, kEdgeKernel}}});
  x = b.op("Relu", {x});

  b.setScope("pool");
  x = b.op("MaxPool", {x}, {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}});

  b.setScope("lines");
  x = b.op("Conv", {x, b.parameter("lines.weight", lineFilters()), b.parameter("lines.bias", repeated(4, -0.02f))},
           {{"kernel_shape", Ints{kLineKernel, kLineKernel}}, {"pads", Ints{4, 4, 4, 4}}});
  x = b.op("Relu", {x});

  b.setScope("gather");
  x = b.op("GlobalAveragePool", {x});
  x = b.op("Flatten", {x}, {{"axis", std::int64_t{1}}});

  b.setScope("decision");
  x = b.op("Gemm", {x, b.parameter("decision.weight", decisionWeights()), b.parameter("decision.bias", repeated(5, 0))},
           {{"transB", std::int64_t{1}}});
  b.output(x, "logits");
  return b.take();
}

ModelCard edgeExampleCard() {
  ModelCard card;
  card.title = "Example: edges (weights written by hand)";
  card.task = ModelCard::Task::Classifier;
  card.input = "input";
  card.output = "logits";
  card.height = card.width = kSide;
  card.resizeTo = kSide;
  card.mean = {0.0, 0.0, 0.0};
  card.std = {1.0, 1.0, 1.0};
  card.labels = {"horizontal lines", "vertical lines", "rising lines", "falling lines", "lines all round"};
  card.guessed = false;
  return card;
}

}  // namespace unitscope
