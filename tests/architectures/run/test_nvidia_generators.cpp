#include <QTemporaryDir>
#include <QtTest>

#include "engine/model_card.h"
#include "exec/executor.h"
#include "formats/model_reader.h"
#include "support/nvidia_pickle.h"
#include "tests/engine/shared_models.h"

#ifdef UNITSCOPE_HAS_ONNX
#include "formats/onnx/onnx_reader.h"
#include "formats/onnx/onnx_writer.h"
#endif

using namespace unitscope;
using namespace unitscope::test;
using nvidia::Writer;

/// Generators of NVIDIA's that are rebuilt compute what its code computes.
class TestNvidiaGenerators : public QObject {
  Q_OBJECT

  /// Each in a file of its own, since a network's weights stay there.
  Graph open(const std::string& bytes) const {
    const std::filesystem::path file = folder_.filePath(QString("%1.pkl").arg(++files_)).toStdString();
    writeBytes(file, bytes);
    return readModelFile(file).graph;
  }
  static at::Tensor tensorFrom(const std::string& relative) {
    const Array array = arrayFrom(relative);
    return at::tensor(array.values).reshape(array.shape);
  }
  using Feeds = std::vector<std::pair<std::string, at::Tensor>>;
  static at::Tensor run(const Graph& graph, const Feeds& feeds, const char* fetch, bool gradients = false) {
    Executor executor(std::make_shared<const Graph>(graph));
    RunRequest request;
    for (const auto& [name, value] : feeds) request.feeds.emplace_back(graph.find(name), value);
    request.fetch = {graph.find(fetch)};
    request.gradients = gradients;
    return executor.run(request).front();
  }
  static double difference(const at::Tensor& a, const at::Tensor& b) {
    return ((a - b).abs().max() / b.abs().max()).item<double>();
  }
  std::vector<std::pair<const char*, Graph>> small() const {
    std::vector<std::pair<const char*, Graph>> graphs;
    graphs.emplace_back("skip", open(nvidia::file(Writer().stylegan2({.resolution = 16}))));
    graphs.emplace_back("resnet", open(nvidia::file(Writer().stylegan2({.resolution = 16, .architecture = "resnet"}))));
    graphs.emplace_back("orig", open(nvidia::file(Writer().stylegan2({.colours = 1, .architecture = "orig"}))));
    graphs.emplace_back("stylegan3", open(nvidia::file(Writer().stylegan3())));
    return graphs;
  }

 private Q_SLOTS:
  void agreesWithReference_data() {
    QTest::addColumn<QString>("name");
    QTest::newRow("stylegan2-ada") << "stylegan2-ada";
    QTest::newRow("stylegan3") << "stylegan3";
  }
  void agreesWithReference() {
    QFETCH(QString, name);
    const std::string stem = "models/gan/" + name.toStdString();
    if (!isThere(stem + ".pkl")) QSKIP("there is no shared folder with such networks");
    const Graph graph = readModelFile(shared(stem + ".pkl")).graph;
    const at::Tensor z = tensorFrom(stem + "_z.npy"), w = tensorFrom(stem + "_w.npy");
    const at::Tensor image = tensorFrom(stem + "_image.npy");
    const at::Tensor psi = at::full({1}, 0.7f);
    QVERIFY(difference(run(graph, {{"z", z}, {"truncation", psi}}, "w_plus"), w) < 1e-5);
    QVERIFY(difference(run(graph, {{"z", z}, {"truncation", psi}}, "image"), image) < 1e-4);
    QVERIFY(difference(run(graph, {{"w_plus", w}}, "image"), image) < 1e-4);
    const at::Tensor one = z.slice(0, 1, 2);
    QVERIFY(difference(run(graph, {{"z", one}, {"truncation", psi}}, "image"), image.slice(0, 1, 2)) < 1e-4);

    const ModelCard card = findCard(shared(stem + ".pkl"), graph);
    QCOMPARE(card.task, ModelCard::Task::Generator);
    QCOMPARE(card.input, std::string("z"));
    QCOMPARE(card.output, std::string("image"));
    QCOMPARE(card.height, static_cast<int>(image.size(2)));
    QCOMPARE(card.mean, std::vector<double>(3, 0.5));
  }

  /// The mapping network of a class-conditional generator by its definition: both parts normalised, then the layers.
  void classesJoinTheLatent() {
    const Graph graph = open(nvidia::file(Writer().stylegan2({.classes = 3})));
    at::manual_seed(1);
    const at::Tensor z = at::randn({2, 6}), classes = at::eye(3).slice(0, 0, 2);
    const auto parameter = [&](const char* name) {
      const TensorData& data = *graph.value(graph.find(name)).data;
      const std::vector<double> values = data.toDoubles();
      return at::tensor(values, at::kDouble).reshape(data.shape());
    };
    const auto normalised = [](const at::Tensor& x) { return x / (x.square().mean(1, true) + 1e-8).sqrt(); };
    const at::Tensor embedded = classes.to(at::kDouble).matmul(parameter("mapping.embed.weight").t()) / std::sqrt(3.0) +
                                parameter("mapping.embed.bias");
    at::Tensor x = at::cat({normalised(z.to(at::kDouble)), normalised(embedded)}, 1);
    for (const std::string name : {"mapping.fc0", "mapping.fc1"}) {
      const at::Tensor weight = parameter((name + ".weight").c_str());
      x = x.matmul(weight.t()) * (0.01 / std::sqrt(static_cast<double>(weight.size(1)))) +
          parameter((name + ".bias").c_str()) * 0.01;
      x = at::leaky_relu(x, 0.2) * std::sqrt(2.0);
    }
    QVERIFY(difference(run(graph, {{"z", z}, {"class", classes}}, "w"), x.to(at::kFloat)) < 1e-5);

    const at::Tensor first = run(graph, {{"z", z}, {"class", classes}}, "image");
    const at::Tensor other = run(graph, {{"z", z}, {"class", classes.roll(1, 1)}}, "image");
    QVERIFY(difference(first, other) > 1e-3);
  }

  void truncationDrawsToTheMean() {
    for (const auto& [name, graph] : small()) {
      at::manual_seed(2);
      const at::Tensor z = at::randn({3, 6});
      const at::Tensor mean = run(graph, {{"z", z}, {"truncation", at::zeros({1})}}, "image");
      QVERIFY2(difference(mean.slice(0, 0, 1), mean.slice(0, 2, 3)) < 1e-6, name);
      const at::Tensor plain = run(graph, {{"z", z}}, "image");
      QVERIFY2(difference(plain, mean) > 1e-3, name);
      // A batch is as many single pictures.
      const at::Tensor last = run(graph, {{"z", z.slice(0, 2, 3)}}, "image");
      QVERIFY2(difference(last, plain.slice(0, 2, 3)) < 1e-5, name);
    }
  }

  /// A picture's derivative along z against a difference of pictures.
  void gradientsReachTheLatent() {
    for (const auto& [name, graph] : small()) {
      at::manual_seed(3);
      at::Tensor z = at::randn({2, 6});
      z.requires_grad_();
      const at::Tensor image = run(graph, {{"z", z}}, "image", true);
      const at::Tensor weights = at::randn(image.sizes());
      const at::Tensor gradient = torch::autograd::grad({(image * weights).sum()}, {z}).front();
      QVERIFY2(at::isfinite(gradient).all().item<bool>() && gradient.abs().max().item<double>() > 1e-4, name);
      // Along the gradient the picture changes most, so that rounding counts least.
      const at::Tensor step = gradient * (2e-3 / gradient.norm());
      const auto at = [&](double sign) {
        const at::Tensor moved = run(graph, {{"z", (z + step * sign).detach()}}, "image");
        return (moved.to(at::kDouble) * weights).sum().item<double>();
      };
      const double expected = (gradient * step).sum().item<double>(), found = (at(1) - at(-1)) / 2;
      qInfo("%s: %.3e by gradient, %.3e by difference", name, expected, found);
      QVERIFY2(std::abs(found - expected) < 0.1 * std::abs(expected) + 3e-5, name);
    }
  }

  void surviveOnnx() {
#ifdef UNITSCOPE_HAS_ONNX
    for (const auto& [name, graph] : small()) {
      const std::string bytes = toOnnxBytes(graph);
      const Graph again = readOnnx(bytesOf(bytes), "again.onnx").graph;
      at::manual_seed(4);
      const at::Tensor z = at::randn({2, 6}), psi = at::full({1}, 0.5f);
      QVERIFY2(difference(run(again,
                              {{"z", z},
                               { "truncation",
                                 psi }},
                              "image"),
                          run(graph,
                              {{"z", z},
                               { "truncation",
                                 psi }},
                              "image")) < 1e-6,
               name);
      QVERIFY2(again.find("w_plus") != kNoValue && again.find("w") != kNoValue, name);
    }
#else
    QSKIP("this build cannot write ONNX");
#endif
  }

 private:
  QTemporaryDir folder_;
  mutable int files_ = 0;
};

QTEST_APPLESS_MAIN(TestNvidiaGenerators)
#include "test_nvidia_generators.moc"
