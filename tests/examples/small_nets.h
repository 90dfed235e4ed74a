#pragma once

#include <cmath>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "attribution/nets.h"
#include "engine/model.h"
#include "graph/graph_builder.h"
#include "support/files.h"

namespace unitscope::test {

/// conv1 -> relu1 -> pool -> conv2 -> relu2 -> dense "head" of four classes, on grey pictures of 8 x 8.
inline std::shared_ptr<Model> greyModel(bool channelsLast = false, std::int64_t batch = -1) {
  GraphBuilder b("grey");
  const GraphBuilder::Attributes same{{"pads", std::vector<std::int64_t>{1, 1, 1, 1}}};
  const ValueId input = b.input("x", DType::Float32, channelsLast ? Shape{batch, 8, 8, 1} : Shape{batch, 1, 8, 8});
  ValueId x = input;
  if (channelsLast) x = b.op("Transpose", {x}, {{"perm", std::vector<std::int64_t>{0, 3, 1, 2}}});
  b.setScope("conv1");
  x = b.op("Conv",
           {x, b.parameter("conv1.weight", wavy({6, 1, 3, 3}, 0.1F)), b.parameter("conv1.bias", wavy({6}, 0.5F))},
           same);
  b.setScope("relu1");
  x = b.op("Relu", {x});
  b.setScope("pool");
  x = b.op("MaxPool", {x},
           {{"kernel_shape", std::vector<std::int64_t>{2, 2}}, {"strides", std::vector<std::int64_t>{2, 2}}});
  b.setScope("conv2");
  x = b.op("Conv", {x, b.parameter("conv2.weight", wavy({5, 6, 3, 3}, 0.7F))}, same);
  b.setScope("relu2");
  x = b.op("Relu", {x});
  b.setScope("head");
  // A fixed batch is often written into a Reshape, which then mixes the images of larger batches.
  x = batch > 0 ? b.op("Reshape", {x, b.constant({batch, 80})}) : b.op("Flatten", {x});
  x = b.op("Gemm", {x, b.parameter("head.weight", wavy({4, 80}, 0.9F))}, {{"transB", std::int64_t{1}}});
  b.output(x, "scores");
  ModelCard card;
  card.title = "grey";
  card.input = "x";
  card.output = "scores";
  card.channels = 1;
  card.height = card.width = card.resizeTo = 8;
  card.channelsLast = channelsLast;
  card.mean = {0.0};
  card.std = {1.0};
  card.labels = {"zero", "one", "two", "three"};
  return Model::fromGraph(b.take(), card);
}

/// Writes `count` grey pictures of side x side as an IDX file "images-idx3-ubyte" with labels beside it; pixel(i, y, x)
/// and label(i) say what is in them.
template <class Pixel, class Label>
std::filesystem::path writeIdx(const std::filesystem::path& folder, int count, int side, Pixel pixel, Label label) {
  std::filesystem::create_directories(folder);
  const auto big = [](int n) {
    return std::string{static_cast<char>(n >> 24), static_cast<char>(n >> 16), static_cast<char>(n >> 8),
                       static_cast<char>(n)};
  };
  std::string pictures = std::string{'\0', '\0', '\x08', '\x03'} + big(count) + big(side) + big(side);
  std::string labels = std::string{'\0', '\0', '\x08', '\x01'} + big(count);
  for (int i = 0; i < count; ++i) {
    for (int y = 0; y < side; ++y)
      for (int x = 0; x < side; ++x) pictures += static_cast<char>(pixel(i, y, x));
    labels += static_cast<char>(label(i));
  }
  writeBytes(folder / "t10k-images-idx3-ubyte", pictures);
  writeBytes(folder / "t10k-labels-idx1-ubyte", labels);
  return folder;
}

/// Pictures that look like nothing, no two alike, of four classes in turn.
inline std::filesystem::path noiseIdx(const std::filesystem::path& folder, int count) {
  return writeIdx(
      folder, count, 8,
      [](int i, int y, int x) {
        std::uint64_t z = static_cast<std::uint64_t>(i * 64 + y * 8 + x) * 0x9E3779B97F4A7C15ULL;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        return static_cast<int>(z >> 56U);
      },
      [](int i) { return i % 4; });
}

}  // namespace unitscope::test
