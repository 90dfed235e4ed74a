#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "engine/model.h"
#include "graph/graph_builder.h"

namespace unitscope::test {

/// Values 0..1 fed as they are.
inline ModelCard plainCard(int channels, int side) {
  ModelCard card;
  card.channels = channels;
  card.height = card.width = side;
  card.resizeTo = side;
  card.input = "input";
  card.output = "scores";
  card.mean = {0.5};
  card.std = {0.5};
  return card;
}

/// Kernel [units,channels,5,5] of edges: unit u answers to a bright side that lies at u * 45 degrees (0: right, 90:
/// up), the same in all channels.
inline std::vector<float> edgeKernel(std::int64_t units, std::int64_t channels) {
  std::vector<float> kernel;
  for (std::int64_t u = 0; u < units; ++u)
    for (std::int64_t c = 0; c < channels; ++c)
      for (int y = -2; y <= 2; ++y)
        for (int x = -2; x <= 2; ++x) {
          const double angle = static_cast<double>(u) * 3.14159265358979 / 4.0;
          const double along = x * std::cos(angle) - y * std::sin(angle);
          kernel.push_back(static_cast<float>(along * std::exp(-(x * x + y * y) / 4.0) / 10.0));
        }
  return kernel;
}

/// "edges": Conv + bias + Relu, 4 units; "scores": their means, [N,4]. `batch` -1 for any; `bias` below 0 makes units
/// that noise leaves dead.
inline Graph edgeNet(std::int64_t channels, std::int64_t side, float bias = 0.0F, std::int64_t batch = -1) {
  constexpr std::int64_t kUnits = 4;
  GraphBuilder b("edges");
  const ValueId x = b.input("input", DType::Float32, Shape{batch, channels, -1, -1});
  b.setScope("edges");
  const ValueId weight =
      b.parameter("edges.weight", TensorData::fromFloats({kUnits, channels, 5, 5}, edgeKernel(kUnits, channels)));
  const ValueId offset = b.parameter("edges.bias", TensorData::fromFloats({kUnits}, std::vector<float>(kUnits, bias)));
  const ValueId edges =
      b.op("Relu", {b.op("Conv", {x, weight, offset}, {{"pads", std::vector<std::int64_t>{2, 2, 2, 2}}})});
  b.setScope("head");
  const ValueId means = b.op("GlobalAveragePool", {edges});
  b.output(b.op("Flatten", {means}), "scores");
  static_cast<void>(side);
  return b.take();
}

inline std::shared_ptr<Model> edgeModel(int channels = 3, int side = 32, float bias = 0.0F, std::int64_t batch = -1) {
  return Model::fromGraph(edgeNet(channels, side, bias, batch), plainCard(channels, side));
}

}  // namespace unitscope::test
