#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/model.h"
#include "graph/graph_builder.h"

namespace unitscope::test {

inline constexpr std::int64_t kSide = 8, kPlantedUnits = 8;

/// What the units of planted() do.
enum Planted : std::int64_t {
  kRed = 0,       ///< draws red, in the left half
  kGreen = 2,     ///< draws green, in the right half
  kTwin = 3,      ///< is as red's unit is, and draws nothing
  kBlue = 5,      ///< draws blue, everywhere, in few samples
  kConstant = 6,  ///< is 1 everywhere
  kDead = 7       ///< is 0 everywhere
};

/// A generator whose units are known: z [N,16], "features" [N,8,8,8], and the picture [N,3,8,8] of 0..1, whose red,
/// green and blue are three of the units.
inline std::shared_ptr<Model> planted() {
  GraphBuilder b("planted");
  constexpr std::int64_t latent = 16, places = kSide * kSide;
  std::vector<float> weights(static_cast<std::size_t>(kPlantedUnits * places * latent), 0.0F);
  std::vector<float> biases(static_cast<std::size_t>(kPlantedUnits * places), 0.0F);
  for (std::int64_t unit = 0; unit < kPlantedUnits; ++unit)
    for (std::int64_t p = 0; p < places; ++p) {
      const auto row = static_cast<std::size_t>(unit * places + p);
      const bool left = p % kSide < kSide / 2;
      if (unit == kConstant) biases[row] = 1.0F;
      if (unit == kConstant || unit == kDead) continue;
      if (((unit == kRed || unit == kTwin) && !left) || (unit == kGreen && left)) continue;
      // The twin shares the weights of red's unit; blue is on or off for the whole picture.
      const std::int64_t like = unit == kTwin ? std::int64_t{kRed} : unit;
      biases[row] = unit == kBlue ? -0.6F : 0.0F;
      for (std::int64_t k = 0; k < latent; ++k)
        weights[row * latent + static_cast<std::size_t>(k)] =
            unit == kBlue ? (k == 0 ? 0.6F : 0.0F)
                          : 0.15F * std::sin(12.9898F * static_cast<float>((like * places + p) * latent + k + 1));
    }
  const ValueId z = b.input("z", DType::Float32, Shape{-1, latent});
  b.setScope("features");
  ValueId x =
      b.op("Gemm",
           {z, b.parameter("weight", TensorData::fromFloats({kPlantedUnits * places, latent}, std::move(weights))),
            b.parameter("bias", TensorData::fromFloats({kPlantedUnits * places}, std::move(biases)))},
           {{"transB", std::int64_t{1}}});
  x = b.op("Reshape", {x, b.constant({-1, kPlantedUnits, kSide, kSide})});
  x = b.op("Relu", {x});
  b.setScope("picture");
  std::vector<float> mix(3 * kPlantedUnits, 0.0F);
  mix[kRed] = mix[kPlantedUnits + kGreen] = mix[2 * kPlantedUnits + kBlue] = 1.0F;
  x = b.op("Conv", {x, b.parameter("mix", TensorData::fromFloats({3, kPlantedUnits, 1, 1}, std::move(mix)))},
           {{"kernel_shape", std::vector<std::int64_t>{1, 1}}});
  x = b.op("Clip", {x, b.scalarFloat(0.0F), b.scalarFloat(1.0F)});
  b.output(x, "image");
  ModelCard card;
  card.title = "planted";
  card.task = ModelCard::Task::Generator;
  card.guessed = false;
  card.scale = 1.0 / 255.0;
  card.mean = {0.0, 0.0, 0.0};
  card.std = {1.0, 1.0, 1.0};
  return Model::fromGraph(b.take(), std::move(card));
}

/// Names pixels by the colour that is over 0.3, "nothing" where none is.
inline std::shared_ptr<Model> colourSegmenter() {
  GraphBuilder b("segmenter");
  const ValueId x = b.input("x", DType::Float32, Shape{-1, 3, kSide, kSide});
  std::vector<float> weights(4 * 3, 0.0F);
  for (std::size_t c = 0; c < 3; ++c) weights[(c + 1) * 3 + c] = 20.0F;
  b.output(b.op("Conv",
                {x, b.parameter("w", TensorData::fromFloats({4, 3, 1, 1}, std::move(weights))),
                 b.parameter("b", TensorData::fromFloats({4}, {6.0F, 0.0F, 0.0F, 0.0F}))},
                {{"kernel_shape", std::vector<std::int64_t>{1, 1}}}),
           "logits");
  ModelCard card;
  card.title = "colours";
  card.task = ModelCard::Task::Segmenter;
  card.guessed = false;
  card.height = card.width = card.resizeTo = static_cast<int>(kSide);
  card.scale = 1.0 / 255.0;
  card.mean = {0.0, 0.0, 0.0};
  card.std = {1.0, 1.0, 1.0};
  card.output = "logits";
  card.labels = {"nothing", "red thing", "green thing", "blue thing"};
  return Model::fromGraph(b.take(), std::move(card));
}

}  // namespace unitscope::test
