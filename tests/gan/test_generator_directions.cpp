#include <cmath>

#include <QtTest>

#include "engine/model.h"
#include "gan/generator.h"
#include "gan/generator_directions.h"
#include "gan/latent_samples.h"
#include "graph/graph_builder.h"
#include "support/files.h"
#include "zoo/embedded_models.h"

using namespace unitscope;
using test::dot;
using test::errorOf;
using test::sampleTensor;

namespace {

using Ints = std::vector<std::int64_t>;

std::shared_ptr<Generator> embedded(const char* name) {
  ReadModel read = readEmbeddedModel(name);
  return Generator::from(Model::fromGraph(std::move(read.graph), std::move(read.card)));
}

/// DCGAN-like: a dense first layer, then a picture.
std::shared_ptr<Generator> dense(const TensorData& matrix) {
  GraphBuilder b;
  const ValueId z = b.input("z", DType::Float32, Shape{-1, matrix.shape()[0]});
  ValueId x = b.op("MatMul", {z, b.parameter("m", matrix)}, {}, "first");
  x = b.op("Reshape", {b.op("Relu", {x}), b.constant(Ints{-1, 4, 4, 4})});
  b.output(
      b.op("Tanh", {b.op("Conv", {x, b.parameter("k", sampleTensor({3, 4, 3, 3}, 2))}, {{"pads", Ints{1, 1, 1, 1}}})}),
      "image");
  ModelCard card;
  card.task = ModelCard::Task::Generator;
  card.input = "z";
  card.output = "image";
  return Generator::from(Model::fromGraph(b.take(), card));
}

/// StyleGAN-like, with one w that all layers share.
std::shared_ptr<Generator> sharedStyle(const std::vector<TensorData>& styles) {
  GraphBuilder b;
  ValueId w = b.input("z", DType::Float32, Shape{-1, 6});
  for (int i = 0; i < 2; ++i)
    w = b.op("LeakyRelu", {b.op("MatMul", {w, b.parameter("map", sampleTensor({6, 6}, 10 + i))})});
  ValueId x = b.parameter("const", sampleTensor({1, 8, 4, 4}, 20));
  for (const TensorData& style : styles) {
    const ValueId scale = b.op("Gemm", {w, b.parameter("s", style), b.parameter("b", sampleTensor({8}, 30))},
                               {{"transB", std::int64_t{1}}});
    x = b.op("Mul", {x, b.op("Reshape", {scale, b.constant(Ints{-1, 8, 1, 1})})});
    x = b.op("LeakyRelu", {b.op("Conv", {x, b.parameter("k", sampleTensor({8, 8, 1, 1}, 40))})});
  }
  b.output(b.op("Conv", {x, b.parameter("k", sampleTensor({3, 8, 1, 1}, 50))}), "image");
  ModelCard card;
  card.task = ModelCard::Task::Generator;
  card.input = "z";
  card.output = "image";
  return Generator::from(Model::fromGraph(b.take(), card));
}

double cosine(const Array& a, const Array& b) {
  const std::size_t n = a.values.size();
  return dot(a.values.data(), b.values.data(), n) /
         std::sqrt(dot(a.values.data(), a.values.data(), n) * dot(b.values.data(), b.values.data(), n));
}

}  // namespace

/// Directions of whole generators.
class TestGeneratorDirections : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() {
    if (findEmbeddedModel("fashion-generator") == nullptr) QSKIP("this build has no embedded generators");
  }

  void sefa() {
    const auto generator = embedded("fashion-generator");
    DirectionsQuestion question;
    question.layers = {0, 1};
    const FoundDirections found = findDirections(*generator, question);
    QCOMPARE(found.space, std::string("w+"));
    QCOMPARE(found.directions.size(), std::size_t{5});
    QCOMPARE(found.directions[0].vector.shape, Shape{found.latentSize});
    QCOMPARE(found.directions[0].layers, question.layers);
    QVERIFY(found.eigenvalues[0] > found.eigenvalues[4] && found.outputs > 0);
    question.layers = {99};
    QVERIFY(!errorOf([&] { findDirections(*generator, question); }).empty());
    question.layers = {};
    question.space = "z";
    QCOMPARE(findDirections(*generator, question).space, std::string("z"));
    question.space = "v";
    QVERIFY(!errorOf([&] { findDirections(*generator, question); }).empty());
  }

  /// Files in which layers share w: each is still chosen by itself.
  void sefaOfSharedStyle() {
    const std::vector<TensorData> styles{sampleTensor({8, 6}, 1), sampleTensor({8, 6}, 2), sampleTensor({8, 6}, 3)};
    const auto generator = sharedStyle(styles);
    for (std::size_t layer = 0; layer < 3; ++layer) {
      DirectionsQuestion question;
      question.layers = {static_cast<std::int64_t>(layer)};
      const FoundDirections found = findDirections(*generator, question);
      const at::Tensor rows = at::tensor(styles[layer].toDoubles(), at::kDouble).reshape({8, 6});
      const auto [u, s, v] = at::linalg_svd(rows / rows.norm(2, 1, true), false);
      for (std::int64_t k = 0; k < 5; ++k) {
        const at::Tensor one = at::tensor(found.directions[static_cast<std::size_t>(k)].vector.values).to(at::kDouble);
        QVERIFY(std::abs(at::dot(one, v[k]).item<double>()) > 0.9999);
      }
    }
  }

  /// Components of w explain what they say: the variance of samples along them.
  void ganspaceOfW() {
    const auto generator = embedded("fashion-generator");
    DirectionsQuestion question;
    question.method = DirectionsQuestion::Method::Ganspace;
    question.samples = 600;
    question.count = 3;
    question.seed = 40;
    const FoundDirections found = findDirections(*generator, question);
    QCOMPARE(found.samples, std::int64_t{600});
    QVERIFY(found.activation.empty());
    std::vector<std::uint64_t> seeds;
    for (std::uint64_t i = 0; i < 600; ++i) seeds.push_back(40 + i);
    SynthesisQuestion asked;
    asked.latents = generator->drawLatents(seeds);
    const Array w = generator->styles(asked);
    const std::size_t step = w.values.size() / 600;
    for (std::size_t k = 0; k < 3; ++k) {
      const Array& vector = found.directions[k].vector;
      double sum = 0.0, squares = 0.0;
      for (std::size_t i = 0; i < 600; ++i) {
        const double along = dot(&w.values[i * step], vector.values.data(), vector.values.size());
        sum += along;
        squares += along * along;
      }
      const double variance = (squares - sum * sum / 600.0) / 599.0;
      QVERIFY2(std::abs(variance / found.eigenvalues[k] - 1.0) < 1e-3, QByteArray::number(variance));
    }
    QVERIFY(std::abs(cosine(found.directions[0].vector, found.directions[1].vector)) < 1e-4);
  }

  /// Without w the first layer's values are analysed. It is linear here, so that the strongest direction of the weights
  /// is the one that moves its values most.
  void ganspaceOfActivation() {
    const TensorData matrix = sampleTensor({6, 64}, 1);
    const auto generator = dense(matrix);
    DirectionsQuestion question;
    question.method = DirectionsQuestion::Method::Ganspace;
    question.samples = 1500;
    question.count = 2;
    const FoundDirections found = findDirections(*generator, question);
    QCOMPARE(found.space, std::string("z"));
    QCOMPARE(found.activation, std::string("first"));
    DirectionsQuestion weights;
    weights.normalise = false;
    weights.count = 2;
    const FoundDirections sefa = findDirections(*generator, weights);
    // The plane of the two: each alone is known less well from samples.
    for (const LatentDirection& one : found.directions) {
      const double a = cosine(one.vector, sefa.directions[0].vector), b = cosine(one.vector, sefa.directions[1].vector);
      QVERIFY2(std::sqrt(a * a + b * b) > 0.9, QByteArray::number(std::sqrt(a * a + b * b)));
    }
    question.activation = "nothing";
    QVERIFY(!errorOf([&] { findDirections(*generator, question); }).empty());
    question.activation.clear();
    question.space = "w";
    QVERIFY(!errorOf([&] { findDirections(*generator, question); }).empty());
  }

  void cancelled() {
    const auto generator = embedded("fashion-generator");
    DirectionsQuestion question;
    question.method = DirectionsQuestion::Method::Ganspace;
    CancelToken cancel;
    cancel.cancel();
    QVERIFY_EXCEPTION_THROWN(findDirections(*generator, question, {}, cancel), Cancelled);
  }
};

QTEST_APPLESS_MAIN(TestGeneratorDirections)
#include "test_generator_directions.moc"
