#include <QtTest>

#include "tests/formats/aten/exported_network.h"

using namespace unitscope;
using namespace unitscope::test;

/// Real architectures, exported here and now by the PyTorch that Debian has (python3-torchvision).
class TestTorchvision : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void initTestCase() {
    // A python3 of the user's own may stand before Debian's.
    python_ = pythonThatRuns({"/usr/bin/python3", "python3"}, "import numpy, torch, torchvision");
    if (python_.isEmpty()) QSKIP("python3 has no torchvision here (Debian: python3-torchvision)");
  }

  void architecturesAgreeWithPyTorch_data() {
    QTest::addColumn<QString>("name");
    QStringList names{"resnet18",        "squeezenet1_1",    "densenet121",
                      "googlenet",       "mobilenet_v2",     "mobilenet_v3_small",
                      "efficientnet_b0", "regnet_y_400mf",   "shufflenet_v2_x0_5",
                      "mnasnet0_5",      "convnext_tiny",    "vit_b_32",
                      "swin_t",          "seg:fcn_resnet50", "seg:deeplabv3_mobilenet_v3_large"};
    // The others have hundreds of megabytes each: by hand or nightly.
    if (qEnvironmentVariableIsSet("UNITSCOPE_ALL_ARCHITECTURES"))
      names += {"resnet50", "vgg11_bn", "alexnet", "inception_v3", "vit_b_16"};
    for (const QString& name : names) QTest::newRow(qPrintable(name)) << name;
  }

  void architecturesAgreeWithPyTorch() {
    QFETCH(QString, name);
    const QTemporaryDir folder;
    const QByteArray problem = exportArchitecture(python_, name, folder.path());
    QVERIFY2(problem.isEmpty(), problem.constData());
    const std::filesystem::path at = folder.path().toStdString();
    for (const char* file : {"trace.pt", "model.onnx"}) {
#ifndef UNITSCOPE_HAS_ONNX
      if (std::string_view(file) == "model.onnx") continue;
#endif
      const std::string difference = differenceToPyTorch(at / file);
      QVERIFY2(difference.empty(), (file + (": " + difference)).c_str());
    }
  }

 private:
  QString python_;
};

QTEST_GUILESS_MAIN(TestTorchvision)
#include "test_torchvision.moc"
