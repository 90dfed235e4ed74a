#include <cmath>

#include <QtTest>

#include "engine/model.h"
#include "gan/latent_samples.h"
#include "gan/sefa.h"
#include "graph/graph_builder.h"
#include "support/files.h"
#include "zoo/embedded_models.h"

using namespace unitscope;
using test::errorOf;
using test::sampleTensor;

namespace {

using Ints = std::vector<std::int64_t>;

std::shared_ptr<Model> modelOf(GraphBuilder& b) {
  ModelCard card;
  card.task = ModelCard::Task::Generator;
  return Model::fromGraph(b.take(), card);
}

at::Tensor tensorOf(const TensorData& data) {
  return at::tensor(data.toDoubles(), at::kDouble).reshape(data.shape());
}

at::Tensor tensorOf(const Array& array) {
  return at::tensor(array.values, at::kFloat).reshape(array.shape).to(at::kDouble);
}

/// Eigenvectors of W W^T [rows], by the singular vectors of W with columns of length one.
at::Tensor definition(const at::Tensor& weights) {
  const auto [u, s, v] = at::linalg_svd(weights / weights.norm(2, 0, true), false);
  return u.t();
}

/// The smallest |cosine| over the first `count` directions.
double agreement(const SefaDirections& found, const at::Tensor& weights, std::int64_t count) {
  const at::Tensor expected = definition(weights).narrow(0, 0, count);
  return (tensorOf(found.vectors).narrow(0, 0, count) * expected).sum(1).abs().min().item<double>();
}

/// StyleGAN's layer: feature maps scaled and shifted by a style of 2 C numbers.
ValueId adaptive(GraphBuilder& b, ValueId x, ValueId style, std::int64_t channels) {
  const ValueId both = b.op("Reshape", {style, b.constant(Ints{-1, 2, channels, 1, 1})});
  const ValueId scale = b.op("Gather", {both, b.scalarInt(0)}, {{"axis", std::int64_t{1}}});
  const ValueId shift = b.op("Gather", {both, b.scalarInt(1)}, {{"axis", std::int64_t{1}}});
  return b.op("Add", {b.op("Mul", {x, b.op("Add", {scale, b.scalarFloat(1.0f)})}), shift});
}

/// StyleGAN2's layer: weights scaled by the style; the demodulation reads it too.
ValueId modulated(GraphBuilder& b, ValueId x, ValueId style, const TensorData& kernel, bool demodulate) {
  const std::int64_t in = kernel.shape()[1], out = kernel.shape()[0], pad = kernel.shape()[2] / 2;
  const ValueId weight = b.parameter("kernel", kernel);
  const ValueId scaled = b.op("Mul", {x, b.op("Reshape", {style, b.constant(Ints{-1, in, 1, 1})})});
  const ValueId y = b.op("Conv", {scaled, weight}, {{"pads", Ints{pad, pad, pad, pad}}});
  if (!demodulate) return y;
  const ValueId squares =
      b.op("ReduceSum", {b.op("Mul", {weight, weight}), b.constant(Ints{2, 3})}, {{"keepdims", std::int64_t{0}}});
  ValueId norm = b.op("MatMul", {b.op("Mul", {style, style}), b.op("Transpose", {squares}, {{"perm", Ints{1, 0}}})});
  norm = b.op("Reciprocal", {b.op("Sqrt", {b.op("Add", {norm, b.scalarFloat(1e-8f)})})});
  return b.op("Mul", {y, b.op("Reshape", {norm, b.constant(Ints{-1, out, 1, 1})})});
}

ValueId pixelNorm(GraphBuilder& b, ValueId z) {
  const ValueId mean = b.op("ReduceMean", {b.op("Mul", {z, z}), b.constant(Ints{1})}, {{"keepdims", std::int64_t{1}}});
  return b.op("Div", {z, b.op("Sqrt", {b.op("Add", {mean, b.scalarFloat(1e-8f)})})});
}

constexpr std::int64_t kLatent = 12;

}  // namespace

/// Directions from weights, in the forms in which files have them.
class TestSefa : public QObject {
  Q_OBJECT

  /// A StyleGAN2-like network over w+ of three rows. The styles' learning rates differ: a constant scales the weight of
  /// one and the output of another. The last row goes to a layer and to the picture, the first to a layer alone.
  std::shared_ptr<Model> styleGan2(std::vector<TensorData>& styles) const {
    GraphBuilder b;
    const ValueId w = b.input("w", DType::Float32, Shape{-1, 3, kLatent});
    const auto row = [&](std::int64_t i) { return b.op("Gather", {w, b.scalarInt(i)}, {{"axis", std::int64_t{1}}}); };
    styles = {sampleTensor({4, kLatent}, 1), sampleTensor({kLatent, 6}, 2, 40.0), sampleTensor({6, kLatent}, 3, 0.1),
              sampleTensor({6, kLatent}, 4)};
    const auto bias = [&](std::int64_t n) { return b.parameter("bias", sampleTensor({n}, 9, 3.0)); };
    const ValueId s0 = b.op("Gemm", {row(0), b.op("Mul", {b.parameter("a", styles[0]), b.scalarFloat(0.25f)}), bias(4)},
                            {{"transB", std::int64_t{1}}});
    const ValueId s1 = b.op(
        "Add", {b.op("Mul", {b.op("MatMul", {row(1), b.parameter("b", styles[1])}), b.scalarFloat(0.01f)}), bias(6)});
    const ValueId s2 = b.op("Gemm", {row(2), b.parameter("c", styles[2]), bias(6)}, {{"transB", std::int64_t{1}}});
    const ValueId s3 = b.op("Gemm", {row(2), b.parameter("d", styles[3]), bias(6)}, {{"transB", std::int64_t{1}}});
    ValueId x = b.parameter("const", sampleTensor({1, 4, 4, 4}, 5));
    x = b.op("LeakyRelu", {modulated(b, x, s0, sampleTensor({6, 4, 3, 3}, 6), true)});
    x = b.op("LeakyRelu", {modulated(b, x, s1, sampleTensor({6, 6, 3, 3}, 7), true)});
    x = b.op("LeakyRelu", {modulated(b, x, s2, sampleTensor({6, 6, 3, 3}, 8), true)});
    b.output(modulated(b, x, s3, sampleTensor({3, 6, 1, 1}, 10), false), "image");
    return modelOf(b);
  }

 private Q_SLOTS:
  void byHand() {
    // Columns (3,0), (0,1), (0,2) and one of zeros: at length one, y counts twice.
    const Array weights{{2, 4}, {3, 0, 0, 0, 0, 1, 2, 0}};
    const SefaDirections found = sefaOf(weights, 5);
    QCOMPARE(found.vectors.shape, (Shape{2, 2}));
    QVERIFY(std::abs(found.vectors.values[1] - 1.0f) < 1e-6f && std::abs(found.vectors.values[2] - 1.0f) < 1e-6f);
    QVERIFY(std::abs(found.eigenvalues[0] - 2.0) < 1e-9 && std::abs(found.eigenvalues[1] - 1.0) < 1e-9);
    QVERIFY(std::abs(found.explained[0] - 2.0 / 3.0) < 1e-9);
    QCOMPARE(found.outputs, std::int64_t{3});
    // As they are: x with 9 before y with 5.
    const SefaDirections plain = sefaOf(weights, 1, false);
    QVERIFY(std::abs(plain.eigenvalues[0] - 9.0) < 1e-9 && std::abs(plain.vectors.values[0] - 1.0f) < 1e-6f);
    QVERIFY(!errorOf([] { sefaOf({{2, 2}, {0, 0, 0, 0}}, 1); }).empty());
    QVERIFY(!errorOf([] { sefaOf({{1, 1}, {NAN}}, 1); }).empty());
    QVERIFY(!errorOf([] { sefaOf({{1, 1}, {1}}, 0); }).empty());
  }

  void dcgan() {
    const TensorData kernel = sampleTensor({kLatent, 8, 4, 4}, 1);
    GraphBuilder b;
    const ValueId z = b.input("z", DType::Float32, Shape{-1, kLatent, 1, 1});
    ValueId x = b.op("ConvTranspose", {z, b.parameter("k", kernel)}, {{"kernel_shape", Ints{4, 4}}});
    const auto vector = [&](float v) {
      return b.parameter("v", TensorData::fromFloats({8}, std::vector<float>(8, v)));
    };
    x = b.op("BatchNormalization", {x, vector(2), vector(1), vector(0.5f), vector(3)});
    x = b.op("ConvTranspose", {b.op("Relu", {x}), b.parameter("k2", sampleTensor({8, 3, 4, 4}, 2))},
             {{"strides", Ints{2, 2}}, {"pads", Ints{1, 1, 1, 1}}});
    b.output(b.op("Tanh", {x}), "image");
    const auto model = modelOf(b);
    const at::Tensor weights = tensorOf(kernel).reshape({kLatent, -1});
    const Array read = latentWeights(*model, {.latent = "z"});
    QCOMPARE(read.shape, (Shape{kLatent, 128}));
    QVERIFY((tensorOf(read) - weights).abs().max().item<double>() < 1e-6);
    const SefaDirections found = findSefa(*model, {.latent = "z", .count = 5});
    QVERIFY2(agreement(found, weights, 5) > 0.9999, "");
    QVERIFY(found.eigenvalues[0] >= found.eigenvalues[1]);
  }

  /// z at length one, reshaped, and a convolution over a single place whose weight a constant scales.
  void pggan() {
    const TensorData kernel = sampleTensor({8, kLatent, 4, 4}, 1);
    GraphBuilder b;
    const ValueId z = b.input("z", DType::Float32, Shape{-1, kLatent});
    ValueId x = b.op("Reshape", {pixelNorm(b, z), b.constant(Ints{-1, kLatent, 1, 1})});
    x = b.op("Conv", {x, b.op("Mul", {b.parameter("k", kernel), b.scalarFloat(0.07f)})}, {{"pads", Ints{3, 3, 3, 3}}});
    x = b.op("Add", {x, b.parameter("bias", sampleTensor({1, 8, 1, 1}, 3))});
    b.output(b.op("Conv", {b.op("LeakyRelu", {x}), b.parameter("k2", sampleTensor({3, 8, 1, 1}, 2))}), "image");
    const auto model = modelOf(b);
    QCOMPARE(latentReaders(model->graph(), model->graph().find("z")).size(), std::size_t{1});
    const at::Tensor weights = tensorOf(kernel).permute({1, 0, 2, 3}).reshape({kLatent, -1});
    QVERIFY(agreement(findSefa(*model, {.latent = "z"}), weights, 5) > 0.9999);
    QVERIFY(!errorOf([&] { findSefa(*model, {.latent = "z", .layers = {1}}); }).empty());
  }

  /// The same with a dense first layer.
  void dense() {
    const TensorData matrix = sampleTensor({kLatent, 32}, 1);
    GraphBuilder b;
    const ValueId z = b.input("z", DType::Float32, Shape{-1, kLatent});
    ValueId x = b.op("MatMul", {z, b.parameter("m", matrix)});
    x = b.op("Reshape", {b.op("Relu", {x}), b.constant(Ints{-1, 2, 4, 4})});
    b.output(b.op("Conv", {x, b.parameter("k2", sampleTensor({3, 2, 1, 1}, 2))}), "image");
    const auto model = modelOf(b);
    QVERIFY(agreement(findSefa(*model, {.latent = "z"}), tensorOf(matrix), 5) > 0.9999);
  }

  /// One w for all layers: they are counted as they come.
  void styleGan_data() {
    QTest::addColumn<bool>("rows");
    QTest::newRow("w") << false;
    QTest::newRow("w+") << true;
  }
  void styleGan() {
    QFETCH(bool, rows);
    std::vector<TensorData> styles;
    GraphBuilder b;
    const ValueId z = b.input("z", DType::Float32, Shape{-1, kLatent});
    ValueId w = b.op("Gemm", {pixelNorm(b, z), b.parameter("map", sampleTensor({kLatent, kLatent}, 20))});
    w = b.op("LeakyRelu", {w}, {}, "w");
    ValueId plus = w;
    if (rows)
      plus = b.op("Expand", {b.op("Unsqueeze", {w, b.constant(Ints{1})}), b.constant(Ints{1, 4, 1})}, {}, "w_plus");
    ValueId x = b.parameter("const", sampleTensor({1, 5, 4, 4}, 21));
    for (int i = 0; i < 4; ++i) {
      styles.push_back(sampleTensor({10, kLatent}, i, std::pow(10.0, i - 1)));
      ValueId one = plus;
      if (rows)
        one = b.op("Squeeze", {b.op("Slice", {plus, b.constant(Ints{i}), b.constant(Ints{i + 1}), b.constant(Ints{1})}),
                               b.constant(Ints{1})});
      const ValueId style =
          b.op("Gemm", {one, b.parameter("s", styles.back()), b.parameter("t", sampleTensor({10}, 30))},
               {{"transB", std::int64_t{1}}});
      x = adaptive(b, b.op("Conv", {x, b.parameter("k", sampleTensor({5, 5, 1, 1}, 40 + i))}), style, 5);
    }
    b.output(b.op("Conv", {x, b.parameter("k2", sampleTensor({3, 5, 1, 1}, 2))}), "image");
    const auto model = modelOf(b);
    const auto stacked = [&](const std::vector<std::int64_t>& layers) {
      std::vector<at::Tensor> all;
      for (const std::int64_t layer : layers) all.push_back(tensorOf(styles[static_cast<std::size_t>(layer)]).t());
      return at::cat(all, 1);
    };
    const auto agrees = [&](const Ints& layers) {
      const SefaDirections found = findSefa(*model, {.latent = rows ? "w_plus" : "w", .layers = layers});
      return agreement(found, stacked(layers.empty() ? Ints{0, 1, 2, 3} : layers), 5) > 0.9999;
    };
    QVERIFY(agrees({}));
    QVERIFY(agrees({1, 2}));
    QVERIFY(agrees({3}));
    // Lengths differ a thousandfold, so without the norm it is another matrix.
    const SefaDirections plain =
        findSefa(*model, {.latent = rows ? "w_plus" : "w", .layers = Ints{2, 3}, .count = 1, .normalise = false});
    const auto [u, s, v] = at::linalg_svd(stacked({2, 3}), false);
    QVERIFY(std::abs(at::dot(tensorOf(plain.vectors)[0], u.select(1, 0)).item<double>()) > 0.9999);
    QVERIFY(std::abs(plain.eigenvalues[0] / (s[0] * s[0]).item<double>() - 1.0) < 1e-4);
    QVERIFY(!errorOf([&] { findSefa(*model, {.latent = "w", .layers = {4}}); }).empty());
    // z is another latent, which the mapping network reads.
    QCOMPARE(latentWeights(*model, {.latent = "z"}).shape, (Shape{kLatent, kLatent}));
  }

  void styleGan2Rows() {
    std::vector<TensorData> styles;
    const auto model = styleGan2(styles);
    const at::Tensor a = tensorOf(styles[0]).t(), b = tensorOf(styles[1]), c = tensorOf(styles[2]).t(),
                     d = tensorOf(styles[3]).t();
    const auto agrees = [&](const Ints& layers, const at::Tensor& weights, bool picture) {
      const SefaDirections found = findSefa(*model, {.latent = "w", .layers = layers, .toPicture = picture});
      return found.outputs == weights.size(1) && agreement(found, weights, 4) > 0.9999;
    };
    QVERIFY(agrees({0}, a, false));
    QVERIFY(agrees({1}, b, false));
    QVERIFY(agrees({2}, c, false));
    QVERIFY(agrees({2}, at::cat({c, d}, 1), true));
    QVERIFY(agrees({}, at::cat({a, b, c}, 1), false));
    QVERIFY(agrees({0, 2}, at::cat({a, c}, 1), false));
    const std::vector<LatentDirection> list = directionsOf(findSefa(*model, {.latent = "w", .layers = {1}}), "w+");
    QCOMPARE(list.size(), std::size_t{5});
    QCOMPARE(list[0].vector.shape, Shape{kLatent});
    QCOMPARE(list[0].layers, Ints{1});
  }

  /// Files that fix the batch at one.
  void fixedBatch() {
    const TensorData matrix = sampleTensor({32, kLatent}, 1);
    GraphBuilder b;
    const ValueId z = b.input("z", DType::Float32, Shape{1, kLatent});
    ValueId x = b.op("Gemm", {b.op("Reshape", {z, b.constant(Ints{1, kLatent})}), b.parameter("m", matrix)},
                     {{"transB", std::int64_t{1}}});
    x = b.op("Reshape", {x, b.constant(Ints{1, 2, 4, 4})});
    b.output(b.op("Conv", {x, b.parameter("k2", sampleTensor({3, 2, 1, 1}, 2))}), "image");
    const auto model = modelOf(b);
    QVERIFY(agreement(findSefa(*model, {.latent = "z"}), tensorOf(matrix).t(), 5) > 0.9999);
  }

  void embedded_data() {
    QTest::addColumn<QString>("name");
    QTest::newRow("scenes") << "scene-generator";
    QTest::newRow("fashion") << "fashion-generator";
  }
  /// Row by row against the parameters of the same name.
  void embedded() {
    QFETCH(QString, name);
    if (findEmbeddedModel(name.toStdString()) == nullptr) QSKIP("this build has no embedded generators");
    ReadModel read = readEmbeddedModel(name.toStdString());
    const auto model = Model::fromGraph(std::move(read.graph), std::move(read.card));
    const Graph& graph = model->graph();
    std::vector<at::Tensor> styles;
    for (const Value& value : graph.values())
      if (value.data && value.name.ends_with(".style.weight") && value.name.find("to_picture") == std::string::npos)
        styles.push_back(tensorOf(*value.data).t());
    QVERIFY(styles.size() > 3);
    QVERIFY(agreement(findSefa(*model, {.latent = "w_plus"}), at::cat(styles, 1), 5) > 0.999);
    QVERIFY(agreement(findSefa(*model, {.latent = "w_plus", .layers = {0, 1}}), at::cat({styles[0], styles[1]}, 1), 5) >
            0.999);
  }

  void refusals() {
    std::vector<TensorData> styles;
    const auto model = styleGan2(styles);
    QVERIFY(!errorOf([&] { findSefa(*model, {.latent = "nothing"}); }).empty());
    QVERIFY(!errorOf([&] { findSefa(*model, {.latent = "image"}); }).empty());
    QVERIFY(!errorOf([&] { findSefa(*model, {.latent = "w", .layers = {3}}); }).empty());
    QVERIFY(!errorOf([&] { findSefa(*model, {.latent = "w", .count = 0}); }).empty());
    CancelToken cancel;
    cancel.cancel();
    QVERIFY_EXCEPTION_THROWN(findSefa(*model, {.latent = "w"}, {}, cancel), Cancelled);
  }
};

QTEST_APPLESS_MAIN(TestSefa)
#include "test_sefa.moc"
