#include <QtTest>

#include "exec/executor.h"
#include "support/files.h"
#include "zoo/embedded_models.h"
#include "zoo/networks/networks.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

at::Tensor fetch(Executor& executor, const std::vector<std::pair<std::string, at::Tensor>>& feeds, const char* value) {
  RunRequest request;
  for (const auto& [name, tensor] : feeds) request.feeds.emplace_back(executor.graph().find(name), tensor);
  request.fetch = {executor.graph().find(value)};
  return executor.run(request).front();
}

Executor executorOf(Network network) {
  return Executor(std::make_shared<const Graph>(std::move(network.graph)));
}

}  // namespace

class TestNetworks : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void init() { at::manual_seed(1); }

  void classifierHasStagesAndFeatures() {
    const Network network = makeResidualNet({}, {1, false});
    QVERIFY(network.graph.parameterCount() > 250'000 && network.graph.parameterCount() < 450'000);
    Executor executor = executorOf(network);
    const at::Tensor x = at::randn({2, 3, 64, 64});
    QCOMPARE(fetch(executor, {{"input", x}}, "logits").sizes(), (at::IntArrayRef{2, 16}));
    QCOMPARE(fetch(executor, {{"input", x}}, "stage1").sizes(), (at::IntArrayRef{2, 24, 32, 32}));
    QCOMPARE(fetch(executor, {{"input", x}}, "stage4").sizes(), (at::IntArrayRef{2, 104, 4, 4}));
    QCOMPARE(fetch(executor, {{"input", x}}, "features").sizes(), (at::IntArrayRef{2, 104}));
  }

  void segmenterKeepsTheSize() {
    Executor executor = executorOf(makeUNet({}, {1, false}));
    QCOMPARE(fetch(executor, {{"input", at::randn({2, 3, 64, 64})}}, "logits").sizes(),
             (at::IntArrayRef{2, 17, 64, 64}));
  }

  void generatorObeysItsStyles() {
    const GeneratorShape shape;
    const Network network = makeGenerator(shape, {1, false});
    QVERIFY(network.graph.parameterCount() > 700'000 && network.graph.parameterCount() < 1'300'000);
    Executor executor = executorOf(network);
    const at::Tensor z = at::randn({3, shape.latent});
    const at::Tensor image = fetch(executor, {{"z", z}}, "image");
    QCOMPARE(image.sizes(), (at::IntArrayRef{3, 3, 64, 64}));
    // The same latent gives the same picture, and its length does not matter.
    QVERIFY(at::allclose(fetch(executor, {{"z", z * 5.0}}, "image"), image, 1e-3, 1e-4));
    const at::Tensor styles = fetch(executor, {{"z", z}}, "w_plus");
    QCOMPARE(styles.sizes(), (at::IntArrayRef{3, shape.layers(), shape.latent}));
    QVERIFY(at::allclose(fetch(executor, {{"w_plus", styles}}, "image"), image, 1e-3, 1e-4));
    // Without truncation every latent gives the mean style.
    const at::Tensor mean = fetch(executor, {{"z", z}, {"truncation", at::zeros({1})}}, "image");
    QVERIFY(at::allclose(mean[0], mean[1], 1e-3, 1e-4));
    QVERIFY(!at::allclose(image[0], image[1], 1e-2, 1e-2));
    // A style of one layer alone changes the picture.
    at::Tensor other = styles.clone();
    other.select(1, 3).copy_(styles.select(1, 3).roll(1, 0));
    QVERIFY(!at::allclose(fetch(executor, {{"w_plus", other}}, "image"), image, 1e-3, 1e-3));
  }

  /// Modulated convolution, written with weights of its own for each picture (Karras et al. 2020, equations 1 to 3).
  void modulationAsPublished() {
    GeneratorShape shape;
    shape.widths = {6};
    shape.latent = 5;
    Executor executor = executorOf(makeGenerator(shape, {7, false}));
    const Graph& graph = executor.graph();
    const auto weight = [&](const char* name) { return executor.parameter(graph.find(name)); };
    const at::Tensor w = at::randn({1, 1, 5});
    const at::Tensor found = fetch(executor, {{"w_plus", w}}, "block4.conv1");
    const at::Tensor style =
        at::linear(w.reshape({1, 5}), weight("block4.conv1.style.weight"), weight("block4.conv1.style.bias"));
    at::Tensor kernel = weight("block4.conv1.weight") * style.reshape({1, 6, 1, 1});
    kernel = kernel / (kernel.square().sum({1, 2, 3}, true) + 1e-8).sqrt();
    at::Tensor expected = at::conv2d(weight("const"), kernel, {}, 1, 1);
    expected = expected + weight("noise.0") * weight("block4.conv1.noise_strength") + weight("block4.conv1.bias");
    expected = at::leaky_relu(expected, 0.2) * std::sqrt(2.0);
    QVERIFY(at::allclose(found, expected, 1e-3, 1e-4));
  }

  void discriminatorSeesPicturesAndFeatures() {
    const DiscriminatorShape shape;
    Executor executor = executorOf(makeDiscriminator(shape, {1, false}));
    std::vector<std::pair<std::string, at::Tensor>> feeds{{"image", at::randn({4, 3, 64, 64})}};
    int side = shape.featureSide;
    for (std::size_t i = 0; i < shape.featureChannels.size(); ++i, side /= 2)
      feeds.emplace_back("feature." + std::to_string(i), at::randn({4, shape.featureChannels[i], side, side}));
    QCOMPARE(fetch(executor, feeds, "pixel").sizes(), (at::IntArrayRef{4, 1}));
    QCOMPARE(fetch(executor, feeds, "heads").size(0), std::int64_t{4});
    // Four equal pictures differ in nothing, which is seen.
    feeds[0].second = feeds[0].second.slice(0, 0, 1).expand({4, 3, 64, 64}).contiguous();
    QVERIFY(fetch(executor, feeds, "pixel").std().item<double>() < 1e-4);
  }

  void encoderGivesAStyleForEachLayer() {
    Executor executor = executorOf(makeEncoder({}, {1, false}));
    QCOMPARE(fetch(executor, {{"input", at::randn({2, 3, 64, 64})}}, "w_plus").sizes(), (at::IntArrayRef{2, 9, 128}));
  }

  void seedsDecideTheWeights() {
    const auto weights = [](std::uint64_t seed) {
      const Graph graph = makeResidualNet({}, {seed, false}).graph;
      const auto bytes = graph.value(graph.find("stem.conv.weight")).data->bytes();
      return std::vector<std::byte>(bytes.begin(), bytes.end());
    };
    QVERIFY(weights(1) == weights(1));
    QVERIFY(weights(1) != weights(2));
  }

  void impossibleShapesAreRefused() {
    ResidualNetShape shape;
    shape.blocks = {1};
    QVERIFY(!errorOf([&] { makeResidualNet(shape, {}); }).empty());
    QVERIFY(!errorOf([] { makeGenerator({.widths = {}}, {}); }).empty());
    QVERIFY(!errorOf([] { makeUNet({.widths = {8}}, {}); }).empty());
  }
};

QTEST_GUILESS_MAIN(TestNetworks)
#include "test_networks.moc"
