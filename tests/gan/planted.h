#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/model.h"
#include "gan/generator.h"
#include "graph/graph_builder.h"

namespace unitscope::test {

inline constexpr std::int64_t kPlantedSize = 16, kPlantedSide = 9;

/// A network with styles, w = z, whose four layers each add a pattern to a grey picture of 9x9 in -1..1, by one number
/// of their own row of w+: the first makes all of it brighter by number 0, the second warmer by number 1 (as bright as
/// before), the third the top third brighter by number 2, the last turns up a checkerboard that no mean sees by
/// number 3. One unit of w changes a pixel by `kPlantedGain`.
inline constexpr float kPlantedGain = 0.05F;

inline Graph plantedGraph() {
  GraphBuilder b("planted");
  const ValueId z = b.input("z", DType::Float32, Shape{-1, kPlantedSize});
  std::vector<float> same(static_cast<std::size_t>(kPlantedSize * kPlantedSize), 0.0F);
  for (std::int64_t i = 0; i < kPlantedSize; ++i) same[static_cast<std::size_t>(i * kPlantedSize + i)] = 1.0F;
  b.setScope("mapping");
  ValueId w =
      b.op("MatMul",
           {z, b.parameter("mapping.weight", TensorData::fromFloats({kPlantedSize, kPlantedSize}, std::move(same)))});
  b.setScope("broadcast");
  w = b.op("Expand", {b.op("Unsqueeze", {w, b.constant({1})}), b.constant({1, 4, 1})}, {}, "w_plus");
  constexpr std::int64_t kPixels = 3 * kPlantedSide * kPlantedSide;
  ValueId picture = kNoValue;
  for (std::int64_t layer = 0; layer < 4; ++layer) {
    const std::string name = "layer" + std::to_string(layer);
    b.setScope(name);
    std::vector<float> weights(static_cast<std::size_t>(kPlantedSize * kPixels), 0.0F);
    for (std::int64_t c = 0; c < 3; ++c)
      for (std::int64_t y = 0; y < kPlantedSide; ++y)
        for (std::int64_t x = 0; x < kPlantedSide; ++x) {
          float value = 1.0F;
          // Red up, blue down, and green so that the luma stays.
          if (layer == 1) value = c == 0 ? 1.0F : c == 2 ? -1.0F : -(0.299F - 0.114F) / 0.587F;
          if (layer == 2) value = y < kPlantedSide / 3 ? 1.0F : 0.0F;
          if (layer == 3) value = (x + y) % 2 == 0 ? 40.0F / 41.0F : -1.0F;
          const std::int64_t pixel = (c * kPlantedSide + y) * kPlantedSide + x;
          weights[static_cast<std::size_t>(layer * kPixels + pixel)] = kPlantedGain * value;
        }
    const ValueId row = b.op("Gather", {w, b.scalarInt(layer)}, {{"axis", std::int64_t{1}}});
    ValueId pattern =
        b.op("MatMul",
             {row, b.parameter(name + ".weight", TensorData::fromFloats({kPlantedSize, kPixels}, std::move(weights)))});
    pattern = b.op("Reshape", {pattern, b.constant({-1, 3, kPlantedSide, kPlantedSide})});
    picture = picture == kNoValue ? pattern : b.op("Add", {picture, pattern});
  }
  b.output(picture, "image");
  return b.take();
}

inline std::shared_ptr<Generator> planted() {
  ModelCard card;
  card.task = ModelCard::Task::Generator;
  card.input = "z";
  card.output = "image";
  card.mean = {0.5, 0.5, 0.5};
  card.std = {0.5, 0.5, 0.5};
  card.guessed = false;
  return Generator::from(Model::fromGraph(plantedGraph(), card));
}

/// A unit vector along one number of w.
inline Array axis(std::int64_t number) {
  Array one{{kPlantedSize}, std::vector<float>(static_cast<std::size_t>(kPlantedSize), 0.0F)};
  one.values[static_cast<std::size_t>(number)] = 1.0F;
  return one;
}

/// A card for pictures of this size in 0..1, whatever their values are called.
inline ModelCard judgeCard(std::vector<std::string> labels, int side) {
  ModelCard card;
  card.title = "judge";
  card.input = "input";
  card.output = "answer";
  card.height = card.width = card.resizeTo = side;
  card.mean = {0.0, 0.0, 0.0};
  card.std = {1.0, 1.0, 1.0};
  card.labels = std::move(labels);
  card.guessed = false;
  return card;
}

/// Mean red ("red") and mean blue ("blue") of pictures in 0..1, each three times; `batch` -1 is any.
inline std::shared_ptr<Model> colorJudge(int side, std::int64_t batch = -1, bool channelsLast = false) {
  GraphBuilder b("judge");
  ValueId x =
      b.input("input", DType::Float32, channelsLast ? Shape{batch, side, side, 3} : Shape{batch, 3, side, side});
  if (channelsLast) x = b.op("Transpose", {x}, {{"perm", std::vector<std::int64_t>{0, 3, 1, 2}}});
  x = b.op("Conv", {x, b.parameter("k", TensorData::fromFloats({2, 3, 1, 1}, {3.0F, 0.0F, 0.0F, 0.0F, 0.0F, 3.0F}))},
           {{"kernel_shape", std::vector<std::int64_t>{1, 1}}});
  x = b.op("Flatten", {b.op("GlobalAveragePool", {x})});
  b.output(x, "answer");
  ModelCard card = judgeCard({"red", "blue"}, side);
  card.channelsLast = channelsLast;
  return Model::fromGraph(b.take(), card);
}

/// Names a pixel "light" where its green is over 0.5, else "dark"; "gold" never.
inline std::shared_ptr<Model> lightJudge(int side) {
  GraphBuilder b("judge");
  ValueId x = b.input("input", DType::Float32, Shape{-1, 3, side, side});
  x = b.op(
      "Conv",
      {x,
       b.parameter("k", TensorData::fromFloats({3, 3, 1, 1}, {0.0F, 1.0F, 0.0F, 0.0F, -1.0F, 0.0F, 0.0F, 0.0F, 0.0F})),
       b.parameter("bias", TensorData::fromFloats({3}, {-0.5F, 0.5F, -9.0F}))},
      {{"kernel_shape", std::vector<std::int64_t>{1, 1}}});
  b.output(x, "answer");
  ModelCard card = judgeCard({"light", "dark", "gold"}, side);
  card.task = ModelCard::Task::Segmenter;
  return Model::fromGraph(b.take(), card);
}

}  // namespace unitscope::test
