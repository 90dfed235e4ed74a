#include <random>
#include <set>

#include <QtTest>

#include "exec/tensors.h"
#include "formats/npy/npy.h"
#include "graph/layers.h"
#include "tests/formats/aten/archives.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

const std::filesystem::path kShared = UNITSCOPE_SHARED_DIR;

bool absent() {
  return !std::filesystem::exists(kShared / "models" / "squeezenet1_0-imagenet.pt2");
}

at::Tensor array(const std::filesystem::path& file) {
  const TensorData data = readNpy(file);
  const auto values = data.toDoubles();
  return at::tensor(values).to(at::kFloat).reshape(data.shape());
}

/// Modules whose work is the same in every format (dropout leaves none, and what follows the last module is loose).
std::set<std::string> moduleNames(const Graph& graph) {
  std::set<std::string> names;
  for (const Layer& layer : findLayers(graph))
    if (!layer.plumbing && layer.name.find("features") == 0) names.insert(layer.name);
  return names;
}

}  // namespace

#define SKIP_WITHOUT_SHARED() \
  if (absent()) QSKIP("the folder with real models is not here")

class TestSharedModels : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void squeezenetGivesPyTorchsScores_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"squeezenet1_0-imagenet.pt2", "squeezenet1_0-imagenet.pt"}) QTest::newRow(name) << name;
  }

  void squeezenetGivesPyTorchsScores() {
    SKIP_WITHOUT_SHARED();
    QFETCH(QString, name);
    const ModelFile model = readModelFile(kShared / "models" / name.toStdString());
    const at::Tensor scores = runModel(model, array(kShared / "reference" / "chelsea_input.npy"));
    const at::Tensor wanted = array(kShared / "reference" / "chelsea_logits.npy");
    QVERIFY((scores.flatten() - wanted.flatten()).abs().max().item<double>() < 1e-4);
    const at::Tensor activation = array(kShared / "reference" / "chelsea_layer_activation_features7.npy");
    Executor executor(std::make_shared<const Graph>(model.graph));
    const ValueId layer = resolveLayer(executor.graph(), findLayers(executor.graph()), "features.7");
    const at::Tensor made = executor.run(array(kShared / "reference" / "chelsea_input.npy"), layer);
    QCOMPARE(made.sizes().vec(), activation.sizes().vec());
    // Values reach 3097 here, where neighbouring floats are 0.0002 apart.
    const double off = (made - activation).abs().max().item<double>();
    QVERIFY2(off < 1e-6 * activation.abs().max().item<double>(), qPrintable(QString::number(off)));
  }

  void layersHaveTheSameNamesInEveryFormat() {
    SKIP_WITHOUT_SHARED();
    const auto of = [](const char* name) { return moduleNames(readModelFile(kShared / "models" / name).graph); };
    const auto exported = of("squeezenet1_0-imagenet.pt2");
    QVERIFY(exported.contains("features.12.expand3x3"));
    QCOMPARE(of("squeezenet1_0-imagenet.pt"), exported);
#ifdef UNITSCOPE_HAS_ONNX
    QCOMPARE(of("squeezenet1_0-imagenet.onnx"), exported);
    QCOMPARE(of("squeezenet1_0-imagenet.dynamo.onnx"), exported);
#endif
  }

  void resnetOfTorchScriptAgreesWithOnnx() {
    SKIP_WITHOUT_SHARED();
    const at::Tensor x = at::sin(at::arange(2 * 3 * 32 * 32, at::kFloat)).reshape({2, 3, 32, 32});
    const at::Tensor script = runModel(readModelFile(kShared / "models" / "resnet20-cifar10.pt"), x);
    QCOMPARE(script.sizes().vec(), (std::vector<std::int64_t>{2, 10}));
    QVERIFY(script.abs().max().item<double>() > 0.1);
#ifdef UNITSCOPE_HAS_ONNX
    const at::Tensor onnx = runModel(readModelFile(kShared / "models" / "resnet20-cifar10.onnx"), x);
    QVERIFY((script - onnx).abs().max().item<double>() < 1e-4);
#endif
  }

  /// Flipped bits and cut ends, with a fixed seed: each opens or is refused with a message.
  void damagedFilesAreRefusedOrRead() {
    SKIP_WITHOUT_SHARED();
    const QTemporaryDir folder;
    for (const char* name : {"squeezenet1_0-imagenet.pt2", "resnet20-cifar10.pt"}) {
      const std::string whole = readBytes(kShared / "models" / name);
      std::mt19937_64 random(20240607);
      // Most of a file is weights, whose bits may be anything: aim at the ends, where names and programs are.
      int refused = 0;
      for (int i = 0; i < 60; ++i) {
        std::string bytes = whole;
        if (i % 6 == 0) bytes.resize(random() % bytes.size());
        for (int k = 0; k < 4 && !bytes.empty(); ++k) {
          const std::size_t reach = i % 2 == 0 ? bytes.size() : std::min<std::size_t>(bytes.size(), 20'000);
          bytes[bytes.size() - 1 - random() % reach] ^= static_cast<char>(1 << (random() % 8));
        }
        if (!errorOf([&] { openBytes(folder, bytes); }).empty()) ++refused;
      }
      QVERIFY(refused > 10);
    }
  }
};

QTEST_APPLESS_MAIN(TestSharedModels)
#include "test_shared_models.moc"
