#include <torch/csrc/autograd/autograd.h>

#include <QProcess>
#include <QtTest>

#include "formats/npy/npy.h"
#include "tests/formats/aten/archives.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

at::Tensor array(const std::filesystem::path& file) {
  const TensorData data = readNpy(file);
  return at::tensor(data.toDoubles()).to(at::kFloat).reshape(data.shape());
}

}  // namespace

/// Real architectures, exported here and now by whatever PyTorch python3 has (Debian's python3-torchvision).
class TestTorchvision : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void initTestCase() {
    // A python3 of the user's own may stand before Debian's.
    for (const char* program : {"python3", "/usr/bin/python3"}) {
      QProcess python;
      python.start(program, {"-c", "import numpy, torch, torchvision"});
      if (!python.waitForFinished(120'000) || python.exitCode() != 0) continue;
      python_ = program;
      break;
    }
    if (python_.isEmpty()) QSKIP("python3 has no torchvision here (Debian: python3-torchvision)");
  }

  void architecturesAgreeWithPyTorch_data() {
    QTest::addColumn<QString>("name");
    QStringList names{"resnet18",     "squeezenet1_1",
                      "mobilenet_v2", "mobilenet_v3_small",
                      "googlenet",    "shufflenet_v2_x0_5",
                      "mnasnet0_5",   "efficientnet_b0",
                      "swin_t",       "vit_b_32"};
    // The others take minutes: by hand or nightly.
    if (qEnvironmentVariableIsSet("UNITSCOPE_ALL_ARCHITECTURES"))
      names += {"resnet50",       "vgg11_bn",      "alexnet",  "densenet121",  "inception_v3",
                "regnet_y_400mf", "convnext_tiny", "vit_b_16", "fcn_resnet50", "deeplabv3_mobilenet_v3_large"};
    for (const QString& name : names) QTest::newRow(qPrintable(name)) << name;
  }

  void architecturesAgreeWithPyTorch() {
    QFETCH(QString, name);
    const QTemporaryDir folder;
    QProcess python;
    python.setProcessChannelMode(QProcess::MergedChannels);
    python.start(python_, {UNITSCOPE_SOURCE_DIR "/tests/formats/aten/export_torchvision.py", name, folder.path()});
    QVERIFY(python.waitForFinished(250'000));
    QVERIFY2(python.exitCode() == 0, python.readAll().constData());
    const std::filesystem::path at = folder.path().toStdString();
    const at::Tensor wanted = array(at / "y.npy");
    const double tolerance = 1e-4 * std::max(1.0, wanted.abs().max().item<double>());
    QVERIFY(wanted.abs().max().item<double>() > 1e-3);
    for (const char* file : {"trace.pt", "model.onnx"}) {
#ifndef UNITSCOPE_HAS_ONNX
      if (std::string_view(file) == "model.onnx") continue;
#endif
      const ModelFile model = readModelFile(at / file);
      Executor executor(std::make_shared<const Graph>(model.graph));
      const at::Tensor x = array(at / "x.npy").requires_grad_(true);
      RunRequest request;
      request.feeds = {{executor.graph().inputs().front(), x}};
      request.fetch = {executor.graph().outputs().front()};
      request.gradients = true;
      const at::Tensor made = executor.run(request).front();
      QCOMPARE(made.sizes().vec(), wanted.sizes().vec());
      QVERIFY2((made - wanted).abs().max().item<double>() < tolerance, file);
      const at::Tensor gradient = torch::autograd::grad({made.square().sum()}, {x}).front();
      QVERIFY(at::isfinite(gradient).all().item<bool>());
      QVERIFY2(gradient.abs().max().item<double>() > 0.0, file);
      const at::Tensor fused = executor.run(x.detach(), executor.graph().outputs().front());
      QVERIFY2((fused - wanted).abs().max().item<double>() < tolerance, file);
    }
  }

 private:
  QString python_;
};

QTEST_GUILESS_MAIN(TestTorchvision)
#include "test_torchvision.moc"
