#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include "engine/model.h"
#include "exec/executor.h"
#include "formats/model_reader.h"
#include "formats/weights/safetensors_writer.h"
#include "tests/engine/shared_models.h"
#include "tests/formats/aten/exported_network.h"

using namespace unitscope;
using namespace unitscope::test;
namespace fs = std::filesystem;

/// Networks that were built around weights alone compute what PyTorch computes.
class TestTorchvisionWeights : public QObject {
  Q_OBJECT

  static at::Tensor outputOf(const ModelFile& file, const at::Tensor& input) {
    Executor executor(std::make_shared<const Graph>(file.graph));
    return executor.run(input, executor.graph().outputs().front());
  }

 private Q_SLOTS:
  void agreesWithPyTorch_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("side");
    std::vector<std::pair<const char*, int>> rows = {{"squeezenet1_0", 64}, {"squeezenet1_1", 64}, {"resnet18", 64},
                                                     {"resnet50", 64},      {"densenet121", 64},   {"googlenet", 64},
                                                     {"mobilenet_v2", 64},  {"alexnet", 96}};
    // Hundreds of megabytes each: by hand or nightly.
    if (qEnvironmentVariableIsSet("UNITSCOPE_ALL_ARCHITECTURES"))
      for (const char* name :
           {"vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn", "resnet34", "resnet101",
            "resnet152", "resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d", "wide_resnet50_2",
            "wide_resnet101_2", "densenet161", "densenet169", "densenet201"})
        rows.emplace_back(name, 64);
    for (const auto& [name, side] : rows) QTest::newRow(name) << QString(name) << side;
  }

  void agreesWithPyTorch() {
    QFETCH(QString, name);
    QFETCH(int, side);
    if (python_.isNull()) python_ = pythonThatRuns({"/usr/bin/python3", "python3"}, "import numpy, torch, torchvision");
    if (python_.isEmpty()) {
      python_ = "";
      QSKIP("python3 has no torchvision here (Debian: python3-torchvision)");
    }
    const QTemporaryDir folder;
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(python_, {UNITSCOPE_SOURCE_DIR "/tests/architectures/run/make_weights.py", name,
                            QString::number(side), folder.path()});
    QVERIFY(process.waitForFinished(300'000));
    QVERIFY2(process.exitCode() == 0, process.readAll().constData());
    const fs::path at = folder.path().toStdString();
    const at::Tensor wanted = arrayIn(at / "y64.npy");
    const double scale = wanted.abs().max().item<double>();
    QVERIFY(scale > 1e-3);
    const double tolerance = std::max(1e-4 * scale, 2.0 * worst(arrayIn(at / "y.npy"), wanted));
    for (const char* file : {"new.pth", "old.pth"}) {
      const ModelFile read = readModelFile(at / file);
      QCOMPARE(QString::fromStdString(read.format), "PyTorch weights (" + name + ")");
      const at::Tensor made = outputOf(read, arrayIn(at / "x.npy"));
      const double by = worst(made, wanted);
      QVERIFY2(by <= tolerance, (std::string(file) + ": off by " + std::to_string(by / scale)).c_str());
    }
  }

  void squeezeNetFromFilesOfWeights() {
    UNITSCOPE_NEED("models/squeezenet1_0-imagenet.pth");
    at::manual_seed(5);
    const at::Tensor x = at::randn({2, 3, 224, 224});
    const ModelFile exported = readModelFile(shared("models/squeezenet1_0-imagenet.onnx"));
    const at::Tensor wanted = outputOf(exported, x);
    const double scale = wanted.abs().max().item<double>();
    const Modules modules = modulesOf(exported.graph);
    for (const char* ending : {"pth", "safetensors"}) {
      const fs::path file = shared(std::string("models/squeezenet1_0-imagenet.") + ending);
      const ModelFile read = readModelFile(file);
      QVERIFY2(read.format.ends_with("(squeezenet1_0)"), read.format.c_str());
      const double by = worst(outputOf(read, x), wanted) / scale;
      QVERIFY2(by < 1e-4, std::to_string(by).c_str());
      // The layers have the names that the exporter gave them.
      const Modules own = modulesOf(read.graph);
      QVERIFY(own.weighted == modules.weighted);
      for (const std::string& module : modules.all)
        QVERIFY2(own.all.contains(module) || module.find('.') == std::string::npos, module.c_str());

      const auto model = Model::open(file);
      QCOMPARE(model->card().labels.size(), std::size_t{1000});
      QCOMPARE(model->card().height, 224);
      QCOMPARE(model->card().resizeTo, 256);
      QCOMPARE(model->card().mean, (std::vector<double>{0.485, 0.456, 0.406}));
      QVERIFY(model->card().task == ModelCard::Task::Classifier);
    }
  }

  void tellsWhyWeightsAreNoNetwork() {
    const QTemporaryDir folder;
    const fs::path file = fs::path(folder.path().toStdString()) / "unknown.safetensors";
    const std::vector<NamedTensor> tensors{{"mystery.weight", TensorData::fromFloats({2, 2}, {1, 2, 3, 4})},
                                           {"mystery.bias", TensorData::fromFloats({2}, {1, 2})}};
    writeSafetensors(tensors, file);
    QVERIFY(!readModelFile(file).isNetwork());
    const std::string message = errorOf([&] { Model::open(file); });
    QVERIFY2(message.find("2 tensors but no network") != std::string::npos, message.c_str());
  }

 private:
  QString python_;
};

QTEST_GUILESS_MAIN(TestTorchvisionWeights)
#include "test_torchvision_weights.moc"
