#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "engine/model.h"
#include "graph/graph_builder.h"
#include "image/image.h"
#include "support/files.h"

namespace unitscope::test {

/// Pictures of coloured tiles whose pixels are labelled, and networks of which every unit is known.
inline constexpr int kMosaicSide = 32, kTile = 4;

/// What a tile can be: its colour, and the value of its pixels in the mask. Rubies come in red and in magenta.
struct Tile {
  std::array<std::uint8_t, 3> color;
  std::uint8_t value;
};
inline constexpr std::array<Tile, 5> kTiles{
    {{{0, 0, 0}, 0}, {{255, 0, 0}, 1}, {{0, 255, 0}, 2}, {{0, 0, 255}, 3}, {{255, 0, 255}, 1}}};

/// Writes images/, masks/ and classes.txt ("nothing", "ruby", "leaf", "sea"). No two pictures show the same.
inline void writeMosaics(const std::filesystem::path& folder, int count) {
  namespace fs = std::filesystem;
  fs::create_directories(folder / "images");
  fs::create_directories(folder / "masks");
  writeBytes(folder / "classes.txt", "nothing\nruby\nleaf\nsea\n");
  std::mt19937 random(5);
  for (int i = 0; i < count; ++i) {
    Image picture{kMosaicSide, kMosaicSide, 3, std::vector<std::uint8_t>(kMosaicSide * kMosaicSide * 3)};
    Image mask{kMosaicSide, kMosaicSide, 1, std::vector<std::uint8_t>(kMosaicSide * kMosaicSide)};
    // A subset of the colours in each, so that labels differ.
    std::vector<std::size_t> palette{0};
    for (std::size_t k = 1; k < kTiles.size(); ++k)
      if (random() % 2 == 0) palette.push_back(k);
    constexpr int kAcross = kMosaicSide / kTile;
    std::array<std::size_t, kAcross * kAcross> tiles{};
    for (std::size_t& tile : tiles) tile = palette[random() % palette.size()];
    for (int y = 0; y < kMosaicSide; ++y)
      for (int x = 0; x < kMosaicSide; ++x) {
        const Tile& tile = kTiles[tiles[static_cast<std::size_t>(y / kTile * kAcross + x / kTile)]];
        const auto at = static_cast<std::size_t>(y * kMosaicSide + x);
        std::copy(tile.color.begin(), tile.color.end(), picture.pixels.begin() + static_cast<std::ptrdiff_t>(at * 3));
        mask.pixels[at] = tile.value;
      }
    const std::string name = std::to_string(1000 + i) + ".png";
    saveImage(picture, folder / "images" / name);
    saveImage(mask, folder / "masks" / name);
  }
}

inline ModelCard mosaicCard(ModelCard::Task task) {
  ModelCard card;
  card.title = "Mosaic";
  card.task = task;
  card.input = "x";
  card.output = "scores";
  card.height = card.width = card.resizeTo = kMosaicSide;
  card.mean = {0.0, 0.0, 0.0};
  card.std = {1.0, 1.0, 1.0};
  card.multiLabel = true;
  card.labels = {"ruby", "leaf", "sea"};
  return card;
}

enum MosaicUnit { kRedUnit, kGreenUnit, kBlueUnit, kDeadUnit, kMagentaUnit, kColorfulUnit, kMosaicUnits };

/// Layers `eyes` [6,32,32], whose units see one colour each, none at all, or anything but black; `pool` [6,8,8], the
/// same a tile; `head`, scores of ruby (red and magenta), leaf (green) and sea (blue). `foreign` takes [1,H,W,C] alone.
inline std::shared_ptr<Model> mosaicNet(bool foreign = false) {
  GraphBuilder b("mosaic");
  ValueId x = b.input("x", DType::Float32,
                      foreign ? Shape{1, kMosaicSide, kMosaicSide, 3} : Shape{-1, 3, kMosaicSide, kMosaicSide});
  if (foreign) x = b.op("Transpose", {x}, {{"perm", std::vector<std::int64_t>{0, 3, 1, 2}}});
  b.setScope("eyes");
  const std::vector<float> weights{1, -1, -1, -1, 1, -1, -1, -1, 1, 0, 0, 0, 1, -1, 1, 1, 1, 1};
  const std::vector<float> biases{0, 0, 0, 0, -1.5F, 0};
  ValueId y = b.op("Conv", {x, b.parameter("eyes.weight", TensorData::fromFloats({kMosaicUnits, 3, 1, 1}, weights)),
                            b.parameter("eyes.bias", TensorData::fromFloats({kMosaicUnits}, biases))});
  y = b.op("Relu", {y});
  b.setScope("pool");
  y = b.op("MaxPool", {y},
           {{"kernel_shape", std::vector<std::int64_t>{kTile, kTile}},
            {"strides", std::vector<std::int64_t>{kTile, kTile}}});
  b.setScope("head");
  y = b.op("GlobalAveragePool", {y});
  // A fixed size that would mix the pictures of a batch up.
  y = foreign ? b.op("Reshape", {y, b.constant({1, kMosaicUnits})}) : b.op("Flatten", {y});
  std::vector<float> head(3 * kMosaicUnits, 0.0F);
  head[kRedUnit] = 20.0F;
  head[kMagentaUnit] = 40.0F;
  head[kMosaicUnits + kGreenUnit] = 20.0F;
  head[2 * kMosaicUnits + kBlueUnit] = 20.0F;
  y = b.op("Gemm",
           {y, b.parameter("head.weight", TensorData::fromFloats({3, kMosaicUnits}, head)),
            b.parameter("head.bias", TensorData::fromFloats({3}, {-1.0F, -1.0F, -1.0F}))},
           {{"transB", std::int64_t{1}}});
  b.output(y, "scores");
  ModelCard card = mosaicCard(ModelCard::Task::Classifier);
  card.channelsLast = foreign;
  return Model::fromGraph(b.take(), card);
}

/// Names every pixel: ruby where red is largest, leaf where green is, else sea.
inline std::shared_ptr<Model> mosaicSegmenter() {
  GraphBuilder b("segmenter");
  const ValueId x = b.input("x", DType::Float32, Shape{1, 3, kMosaicSide, kMosaicSide});
  b.setScope("conv");
  const ValueId y =
      b.op("Conv", {x, b.parameter("w", TensorData::fromFloats({3, 3, 1, 1}, {2, 0, 0, 0, 2, 0, 0, 0, 1}))});
  b.output(y, "scores");
  return Model::fromGraph(b.take(), mosaicCard(ModelCard::Task::Segmenter));
}

}  // namespace unitscope::test
