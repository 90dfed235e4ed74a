#include <torch/csrc/autograd/autograd.h>

#include <QTemporaryDir>
#include <QtTest>

#include "architectures/gans/generator_blocks.h"
#include "architectures/gans/generators.h"
#include "architectures/gans/truncation_statistics.h"
#include "engine/model.h"
#include "exec/executor.h"
#include "formats/model_reader.h"
#include "graph/layers.h"
#include "tests/engine/shared_models.h"
#include "tests/formats/aten/exported_network.h"
#ifdef UNITSCOPE_HAS_ONNX
#include "formats/onnx/onnx_writer.h"
#endif

using namespace unitscope;
using namespace unitscope::test;
namespace fs = std::filesystem;

/// Published checkpoints of generators compute what the projects' own code computes.
class TestGenerators : public QObject {
  Q_OBJECT

  struct Case {
    const char* name;  // of the reference arrays
    const char* file;
    const char* format;
    float truncation;
    bool styles;
  };
  static const std::vector<Case>& cases() {
    static const std::vector<Case> all = {
        {"pggan-genforce", "pggan-genforce.pth", "pggan-genforce", 1.0f, false},
        {"stylegan-genforce", "stylegan-genforce.pth", "stylegan-genforce", 0.7f, true},
        {"stylegan2-genforce", "stylegan2-genforce.pth", "stylegan2-genforce", 0.7f, true},
        {"stylegan2-rosinality", "stylegan2-rosinality.pt", "stylegan2-rosinality", 0.7f, true},
        {"biggan-deep", "biggan-deep", "biggan-deep", 0.4f, false},
        {"biggan-deep", "biggan-deep/pytorch_model.bin", "biggan-deep", 0.4f, false},
    };
    return all;
  }
  static void rows() {
    QTest::addColumn<int>("index");
    for (std::size_t i = 0; i < cases().size(); ++i) QTest::newRow(cases()[i].file) << static_cast<int>(i);
  }

  static at::Tensor reference(const Case& c, const char* what) {
    return arrayIn(shared(std::string("models/gan/") + c.name + "_" + what + ".npy"));
  }
  static Executor executorOf(const Graph& graph) { return Executor(std::make_shared<const Graph>(graph)); }
  static ModelFile open(const Case& c) { return readModelFile(shared(std::string("models/gan/") + c.file)); }

  /// Everything that the reference pictures were made with.
  static RunRequest requestFor(const Graph& graph, const Case& c, std::int64_t n) {
    RunRequest request;
    request.feeds.emplace_back(graph.find("z"), reference(c, "z").slice(0, 0, n));
    if (graph.find("class") != kNoValue)
      request.feeds.emplace_back(graph.find("class"), reference(c, "class_vector").slice(0, 0, n));
    if (graph.find("truncation") != kNoValue)
      request.feeds.emplace_back(graph.find("truncation"), at::full({1}, c.truncation));
    request.fetch = {graph.find("image")};
    return request;
  }
  static double distance(const at::Tensor& made, const at::Tensor& wanted) {
    if (made.sizes() != wanted.sizes()) return 1e9;
    return (made - wanted).abs().max().item<double>() / wanted.abs().max().item<double>();
  }

 private Q_SLOTS:
  void agrees_data() { rows(); }
  void agrees() {
    QFETCH(int, index);
    const Case& c = cases()[static_cast<std::size_t>(index)];
    UNITSCOPE_NEED(std::string("models/gan/") + c.file);
    const ModelFile file = open(c);
    QVERIFY2(file.isNetwork(), file.obstacle.c_str());
    QCOMPARE(file.format, "PyTorch weights (" + std::string(c.format) + ")");
    Executor executor = executorOf(file.graph);
    const at::Tensor wanted = reference(c, "image");
    const Shape& declared = *file.graph.value(file.graph.find("image")).shape;
    for (const std::int64_t n : {1, 2}) {
      const at::Tensor made = executor.run(requestFor(file.graph, c, n)).front();
      QCOMPARE(Shape(made.sizes().begin() + 1, made.sizes().end()), Shape(declared.begin() + 1, declared.end()));
      const double by = distance(made, wanted.slice(0, 0, n));
      qInfo("%s, %d at once: off by %.2g of the largest value", c.file, static_cast<int>(n), by);
      QVERIFY2(by < 1e-4, std::to_string(by).c_str());
    }
    if (!c.styles) return;
    RunRequest request = requestFor(file.graph, c, 2);
    request.fetch = {file.graph.find("w_plus"), file.graph.find("w")};
    const std::vector<at::Tensor> made = executor.run(request);
    at::Tensor styles = reference(c, "w");
    if (styles.dim() == 2) styles = styles.unsqueeze(1).expand_as(made[0]);
    QVERIFY(distance(made[0], styles) < 1e-4);
    QCOMPARE(made[1].dim(), std::int64_t{2});
    // Styles fed as they are draw the same picture.
    const auto again = executor.run(
        {.feeds = {{file.graph.find("w_plus"), styles.contiguous()}}, .fetch = {file.graph.find("image")}});
    QVERIFY(distance(again.front(), wanted) < 1e-4);
  }

  void gradientsReachTheLatent_data() { rows(); }
  void gradientsReachTheLatent() {
    QFETCH(int, index);
    const Case& c = cases()[static_cast<std::size_t>(index)];
    UNITSCOPE_NEED(std::string("models/gan/") + c.file);
    const ModelFile file = open(c);
    Executor executor = executorOf(file.graph);
    RunRequest request = requestFor(file.graph, c, 2);
    request.gradients = true;
    std::vector<at::Tensor> sources;
    for (auto& [id, value] : request.feeds) {
      if (id == file.graph.find("truncation")) continue;
      value = value.clone().requires_grad_(true);
      sources.push_back(value);
    }
    const at::Tensor image = executor.run(request).front();
    // Not all of the picture: a mean over it may not depend on the latent at all.
    const auto gradients = torch::autograd::grad({image.slice(3, 0, 7).pow(2).sum()}, sources);
    for (const at::Tensor& gradient : gradients) {
      QVERIFY(gradient.isfinite().all().item<bool>());
      for (const std::int64_t n : {0, 1}) QVERIFY(gradient[n].abs().max().item<double>() > 0.0);
    }
  }

#ifdef UNITSCOPE_HAS_ONNX
  void onnxGivesTheSame_data() {
    rows();
  }
  void onnxGivesTheSame() {
    QFETCH(int, index);
    const Case& c = cases()[static_cast<std::size_t>(index)];
    UNITSCOPE_NEED(std::string("models/gan/") + c.file);
    const QTemporaryDir folder;
    const fs::path path = folder.filePath("generator.onnx").toStdString();
    writeOnnx(open(c).graph, path);
    const ModelFile again = readModelFile(path);
    Executor executor = executorOf(again.graph);
    const at::Tensor made = executor.run(requestFor(again.graph, c, 2)).front();
    QVERIFY(distance(made, reference(c, "image")) < 1e-4);
  }
#endif

  void cardsTellWhatTheyAre_data() {
    rows();
  }
  void cardsTellWhatTheyAre() {
    QFETCH(int, index);
    const Case& c = cases()[static_cast<std::size_t>(index)];
    UNITSCOPE_NEED(std::string("models/gan/") + c.file);
    const auto model = Model::open(shared(std::string("models/gan/") + c.file));
    const ModelCard& card = model->card();
    QVERIFY(card.task == ModelCard::Task::Generator);
    QCOMPARE(card.input, std::string("z"));
    QCOMPARE(card.output, std::string("image"));
    QCOMPARE(card.width, 32);
    QCOMPARE(card.mean, std::vector<double>(3, 0.5));
    QCOMPARE(card.std, std::vector<double>(3, 0.5));
    QVERIFY(!card.guesses.empty());
  }

  void layersAreTheFilesModules() {
    UNITSCOPE_NEED("models/gan/stylegan2-rosinality.pt");
    const std::vector<std::pair<int, const char*>> wanted = {{0, "layer3"},
                                                             {0, "output3"},
                                                             {1, "synthesis.layer3"},
                                                             {1, "synthesis.layer0.style"},
                                                             {1, "truncation"},
                                                             {2, "synthesis.layer3"},
                                                             {2, "synthesis.output3"},
                                                             {2, "mapping.dense7"},
                                                             {3, "convs.2"},
                                                             {3, "to_rgbs.1"},
                                                             {3, "truncation"},
                                                             {4, "generator.layers.3"},
                                                             {4, "generator.layers.4.conv_1"},
                                                             {4, "generator.gen_z"}};
    for (const auto& [index, name] : wanted) {
      const std::vector<Layer> layers = findLayers(open(cases()[static_cast<std::size_t>(index)]).graph);
      QVERIFY2(std::ranges::any_of(layers, [&](const Layer& l) { return l.name == name; }), name);
    }
  }

  void truncationTakesTheFirstEightLayers() {
    GraphBuilder b;
    std::vector<NamedTensor> tensors = {{"mapping.dense0.weight", TensorData::fromFloats({1, 1}, {100.0f})},
                                        {"mapping.dense0.bias", TensorData::fromFloats({1}, {0.0f})},
                                        {"truncation.w_avg", TensorData::fromFloats({1}, {10.0f})}};
    GeneratorWeights weights(tensors, "");
    b.output(genforceStyles(b, weights, {}, 10, 1));
    const Graph graph = b.take();
    Executor executor = executorOf(graph);
    const at::Tensor made =
        executor
            .run({.feeds = {{graph.find("z"), at::ones({1, 1})}, {graph.find("truncation"), at::full({1}, 0.5f)}},
                  .fetch = {graph.find("w_plus")}})
            .front();
    // The mapping gives 1, and half the way from the mean 10 is 5.5.
    const at::Tensor wanted = at::cat({at::full({1, 8, 1}, 5.5f), at::full({1, 2, 1}, 1.0f)}, 1);
    QVERIFY(at::allclose(made, wanted));
  }

  void statisticsAreMixedAsPublished_data() {
    QTest::addColumn<double>("truncation");
    QTest::addColumn<double>("row");  // of a table that holds its row numbers
    QTest::newRow("first") << 0.02 << 1.0;
    QTest::newRow("on a step") << 0.4 << 20.0;
    QTest::newRow("a hair below a step") << 0.58 << 28.0;  // 0.58 / 0.02 is 28.999999999999996
    QTest::newRow("last") << 1.0 << 50.0;
    // At 20.25 the published code takes a quarter of row 20 and three quarters of row 21.
    QTest::newRow("between") << 0.405 << 20.75;
    QTest::newRow("beyond") << 1.5 << 50.0;
  }
  void statisticsAreMixedAsPublished() {
    QFETCH(double, truncation);
    QFETCH(double, row);
    GraphBuilder b;
    const TruncationStatistics statistics(b, 51);
    std::vector<float> numbers(51);
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i);
    b.output(statistics.rowOf(b, b.parameter("table", TensorData::fromFloats({51, 1}, numbers))), "row");
    const Graph graph = b.take();
    Executor executor = executorOf(graph);
    const auto made =
        executor.run({.feeds = {{graph.find("truncation"), at::full({1}, truncation)}}, .fetch = {graph.find("row")}});
    QCOMPARE(made.front().sizes().vec(), (std::vector<std::int64_t>{1, 1}));
    QVERIFY(std::abs(made.front().item<double>() - row) < 1e-3);
  }

  /// genforce's file does not say whether upsampling and convolution are one step, but the weights' order does.
  void fusedScaleShowsInTheShapes() {
    UNITSCOPE_NEED("models/gan/pggan-genforce.pth");
    std::vector<NamedTensor> tensors = open(cases()[0]).tensors;
    const at::Tensor z = reference(cases()[0], "z");
    const auto made = [](const TensorData& t) {
      return at::tensor(t.toDoubles()).to(at::kFloat).reshape(at::IntArrayRef(t.shape()));
    };
    std::map<std::string, at::Tensor> by;
    for (NamedTensor& t : tensors) {
      by[t.name] = made(t.data);
      if (t.name != "layer2.weight" && t.name != "layer4.weight" && t.name != "layer6.weight") continue;
      by[t.name] = by[t.name].transpose(0, 1).contiguous();
      const float* values = by[t.name].data_ptr<float>();
      const Shape shape = by[t.name].sizes().vec();
      t.data = TensorData::fromFloats(shape, {values, values + by[t.name].numel()});
    }
    const auto norm = [](const at::Tensor& x) { return x / (x.pow(2).mean(1, true) + 1e-8).sqrt(); };
    at::Tensor x = norm(z).reshape({2, 64, 1, 1});
    for (int i = 0; i < 8; ++i) {
      const std::string name = "layer" + std::to_string(i);
      at::Tensor weight = by[name + ".weight"];
      const bool fused = i > 0 && i % 2 == 0;
      const double fanIn = static_cast<double>(weight.numel() / weight.size(fused ? 1 : 0));
      weight = weight * std::sqrt(2.0 / fanIn);
      x = norm(x);
      if (fused) {
        const at::Tensor wide = at::constant_pad_nd(weight, {1, 1, 1, 1});
        const auto part = [&](int y, int c) { return wide.slice(2, y, y + 4).slice(3, c, c + 4); };
        x = at::conv_transpose2d(x, part(0, 0) + part(0, 1) + part(1, 0) + part(1, 1), by[name + ".bias"], 2, 1);
      } else {
        x = at::conv2d(x, weight, by[name + ".bias"], 1, i == 0 ? 3 : 1);
      }
      x = at::leaky_relu(x, 0.2);
    }
    x = at::conv2d(norm(x), by["output3.weight"] / std::sqrt(16.0), by["output3.bias"]);
    const RecognisedNetwork found = recogniseGenerator(tensors);
    QVERIFY2(found.obstacle.empty(), found.obstacle.c_str());
    QVERIFY(std::ranges::any_of(found.notes, [](const auto& n) { return n.find("fused scale") != n.npos; }));
    Executor executor = executorOf(found.graph);
    QVERIFY(distance(executor.run(z, found.graph.find("image")), x) < 1e-4);
  }

  /// More blocks, classes, and a mapping that gives each layer its own style, as in-domain inversion trains them.
  void sizesComeFromNamesAndShapes() {
    UNITSCOPE_NEED("models/gan/stylegan-genforce.pth");
    const std::vector<NamedTensor> whole = open(cases()[1]).tensors;
    std::vector<NamedTensor> tensors = whole;
    std::mt19937 random(5);
    std::normal_distribution<float> normal;
    const auto add = [&](const std::string& name, const Shape& shape) {
      std::erase_if(tensors, [&](const auto& t) { return t.name == name; });
      std::vector<float> values(static_cast<std::size_t>(elementCount(shape)));
      for (float& value : values) value = normal(random);
      tensors.push_back({name, TensorData::fromFloats(shape, std::move(values))});
    };
    std::int64_t width = 32, side = 32;
    for (int i = 8; i < 12; ++i) {
      const std::string name = "synthesis.layer" + std::to_string(i);
      const std::int64_t in = width;
      if (i % 2 == 0) {
        width /= 2;
        side *= 2;
        add(name + ".blur.kernel", {width, 1, 3, 3});
      }
      add(name + ".weight", {width, in, 3, 3});
      add(name + ".bias", {width});
      add(name + ".apply_noise.weight", {width});
      add(name + ".apply_noise.noise", {1, 1, side, side});
      add(name + ".style.weight", {2 * width, 64});
      add(name + ".style.bias", {2 * width});
      add("synthesis.output" + std::to_string(i / 2) + ".weight", {3, width, 1, 1});
      add("synthesis.output" + std::to_string(i / 2) + ".bias", {3});
    }
    add("mapping.label_weight", {5, 24});
    add("mapping.dense0.weight", {64, 48});
    add("mapping.dense7.weight", {12 * 64, 64});
    add("mapping.dense7.bias", {12 * 64});
    add("truncation.w_avg", {12 * 64});
    const RecognisedNetwork found = recogniseGenerator(tensors);
    QVERIFY2(found.obstacle.empty(), found.obstacle.c_str());
    const Graph& graph = found.graph;
    Executor executor = executorOf(graph);
    const auto made = executor.run({.feeds = {{graph.find("z"), at::randn({2, 24})},
                                              {graph.find("class"), at::eye(5).slice(0, 1, 3)},
                                              {graph.find("truncation"), at::full({1}, 0.5f)}},
                                    .fetch = {graph.find("image"), graph.find("w"), graph.find("w_plus")}});
    QCOMPARE(made[0].sizes().vec(), (std::vector<std::int64_t>{2, 3, 128, 128}));
    QCOMPARE(made[1].sizes().vec(), (std::vector<std::int64_t>{2, 12 * 64}));
    QCOMPARE(made[2].sizes().vec(), (std::vector<std::int64_t>{2, 12, 64}));
    QVERIFY(made[0].isfinite().all().item<bool>());
    const Layer* fused = nullptr;
    const std::vector<Layer> layers = findLayers(graph);
    for (const Layer& layer : layers)
      if (layer.name == "synthesis.layer10") fused = &layer;
    QVERIFY(fused != nullptr);
    QVERIFY(std::ranges::any_of(fused->nodes, [&](NodeId id) { return graph.node(id).op == "ConvTranspose"; }));
    QVERIFY(std::ranges::none_of(layers, [](const Layer& l) { return l.name == "synthesis.layer10.upsample"; }));
  }

  void fusedKernelsSumFourPlaces() {
    at::manual_seed(3);
    const at::Tensor weight = at::randn({5, 2, 3, 3});
    const auto values = weight.contiguous();
    const TensorData data =
        TensorData::fromFloats({5, 2, 3, 3}, {values.data_ptr<float>(), values.data_ptr<float>() + values.numel()});
    const at::Tensor wide = at::constant_pad_nd(weight, {1, 1, 1, 1});
    using at::indexing::Slice;
    const Slice head(0, 4), tail(1, 5), all;
    const at::Tensor sum = wide.index({all, all, tail, tail}) + wide.index({all, all, head, tail}) +
                           wide.index({all, all, tail, head}) + wide.index({all, all, head, head});
    const auto made = [](const TensorData& t) {
      const std::vector<double> v = t.toDoubles();
      return at::tensor(v).to(at::kFloat).reshape(at::IntArrayRef(t.shape()));
    };
    QVERIFY(at::allclose(made(fusedKernel(data, false)), sum));
    QVERIFY(at::allclose(made(fusedKernel(data, true)), sum.transpose(0, 1)));
    QVERIFY(at::allclose(made(turned(data)), weight.flip({2, 3})));
  }
};

QTEST_APPLESS_MAIN(TestGenerators)
#include "test_generators.moc"
