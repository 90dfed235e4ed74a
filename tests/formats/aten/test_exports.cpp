#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QtTest>

#include "tests/formats/aten/exported_network.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

/// The architectures that docs and issues count operators in. The first few are small and of all families; the others
/// take gigabytes and most of an hour: by hand or nightly, with UNITSCOPE_ALL_ARCHITECTURES set.
const QStringList kAlways{"squeezenet1_1",
                          "resnet18",
                          "mobilenet_v3_small",
                          "shufflenet_v2_x0_5",
                          "swin_t",
                          "timm:vit_tiny_patch16_224",
                          "timm:convnextv2_atto",
                          "timm:mobilenetv4_conv_small",
                          "timm:starnet_s1",
                          "seg:lraspp_mobilenet_v3_large"};
const QStringList kAll{"alexnet",
                       "vgg11_bn",
                       "resnet50",
                       "resnext50_32x4d",
                       "wide_resnet50_2",
                       "densenet121",
                       "googlenet",
                       "inception_v3",
                       "mobilenet_v2",
                       "mnasnet0_5",
                       "efficientnet_b0",
                       "efficientnet_v2_s",
                       "regnet_y_400mf",
                       "convnext_tiny",
                       "vit_b_32",
                       "swin_v2_t",
                       "maxvit_t",
                       "seg:fcn_resnet50",
                       "seg:deeplabv3_mobilenet_v3_large",
                       "timm:resnetv2_50x1_bit.goog_in21k",
                       "timm:deit3_small_patch16_224",
                       "timm:vit_small_patch14_reg4_dinov2",
                       "timm:mixer_s16_224",
                       "timm:efficientformer_l1",
                       "timm:repvgg_a0",
                       "timm:hardcorenas_a",
                       "timm:tf_efficientnetv2_b0",
                       "timm:poolformer_s12",
                       "timm:cspresnet50",
                       "timm:dla34",
                       "timm:inception_resnet_v2",
                       "timm:xception41",
                       "timm:eva02_tiny_patch14_224",
                       "timm:beit_base_patch16_224",
                       "timm:res2net50_14w_8s",
                       "timm:selecsls42",
                       "timm:vit_base_patch16_clip_224",
                       "timm:convnext_tiny",
                       "timm:hgnetv2_b0"};

constexpr const char* kFiles[] = {"export.pt2", "trace.pt", "dynamo.onnx", "model.onnx"};

}  // namespace

/// Real architectures as today's PyTorch exports them, in all its formats. Needs a Python with PyTorch 2.9 or newer,
/// torchvision, onnx and onnxscript (and timm for some): the one that UNITSCOPE_PYTHON names, else that of the second
/// build (packaging/test.sh makes it), else python3. The exports are kept in build-exports, where the other build
/// finds them; UNITSCOPE_EXPORTS names another folder.
class TestExports : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void initTestCase() {
    QStringList programs{UNITSCOPE_SOURCE_DIR "/build-torch2/venv/bin/python", "python3"};
    if (qEnvironmentVariableIsSet("UNITSCOPE_PYTHON")) programs = {qEnvironmentVariable("UNITSCOPE_PYTHON")};
    python_ = pythonThatRuns(programs,
                             "import numpy, onnx, onnxscript, torch; from importlib.util import find_spec;"
                             "assert find_spec('torchvision');"
                             "assert tuple(int(n) for n in torch.__version__.split('.')[:2]) >= (2, 9)");
    if (python_.isEmpty())
      QSKIP("no Python with PyTorch 2.9 or newer, torchvision, onnx and onnxscript (UNITSCOPE_PYTHON names one)");
    hasTimm_ = !pythonThatRuns({python_}, "from importlib.util import find_spec; assert find_spec('timm')").isEmpty();
    QProcess version;
    version.start(python_, {"-c", "import torch; print(torch.__version__)"});
    QVERIFY(version.waitForFinished(120'000));
    QFile script(UNITSCOPE_SOURCE_DIR "/tests/formats/aten/export_architecture.py");
    QVERIFY(script.open(QIODevice::ReadOnly));
    // Another exporter, or another version of it, makes a folder of its own.
    QCryptographicHash mark(QCryptographicHash::Sha1);
    mark.addData(script.readAll() + version.readAll());
    const QString home =
        qEnvironmentVariable("UNITSCOPE_EXPORTS", QStringLiteral(UNITSCOPE_SOURCE_DIR "/build-exports"));
    folder_ = home + "/" + QString::fromLatin1(mark.result().toHex().left(12));
  }

  void everyFormatAgreesWithPyTorch_data() {
    QTest::addColumn<QString>("name");
    QStringList names = kAlways;
    if (qEnvironmentVariableIsSet("UNITSCOPE_ALL_ARCHITECTURES")) names += kAll;
    for (const QString& name : names) QTest::newRow(qPrintable(name)) << name;
  }

  void everyFormatAgreesWithPyTorch() {
    QFETCH(QString, name);
    if (name.startsWith("timm:") && !hasTimm_) QSKIP("timm is not installed beside PyTorch");
    const QString at = folder_ + "/" + QString(name).replace(':', '-');
    if (!QFile::exists(at)) {
      // Whole or not at all, so that a run that was stopped leaves nothing half done.
      const QString unfinished = at + ".unfinished";
      QDir(unfinished).removeRecursively();
      QVERIFY(QDir().mkpath(unfinished));
      const QByteArray problem = exportArchitecture(python_, name, unfinished);
      QVERIFY2(problem.isEmpty(), problem.constData());
      QVERIFY(QDir().rename(unfinished, at));
    }
    int read = 0;
    Modules modules;
    QStringList problems;
    for (const char* file : kFiles) {
      const QString path = at + "/" + file;
      if (!QFile::exists(path)) continue;
#ifndef UNITSCOPE_HAS_ONNX
      if (path.endsWith(".onnx")) continue;
#endif
      Modules own;
      std::string difference;
      try {
        difference = differenceToPyTorch(path.toStdString(), &own);
      } catch (const std::exception& e) {
        difference = e.what();
      }
      ++read;
      if (difference.empty() && read > 1) difference = otherNames(own, modules);
      if (read == 1) modules = own;
      if (!difference.empty()) problems += QString("%1: %2").arg(file, QString::fromStdString(difference));
    }
    QFile leftOut(at + "/left_out.txt");
    if (leftOut.open(QIODevice::ReadOnly)) qInfo("the exporter cannot do %s", leftOut.readAll().trimmed().constData());
    QVERIFY2(problems.isEmpty(), qPrintable(problems.join("\n")));
#ifdef UNITSCOPE_HAS_ONNX
    QVERIFY(read >= 3);
#else
    QVERIFY(read >= 1);
#endif
  }

 private:
  /// What of one file's weighted modules has another name than in the file with every module; nothing where all agree.
  /// A convolution that took up the batch norm behind it may bear either name: one exporter keeps the convolution's,
  /// another, which is truer to the values, the norm's. The old one drops modules that merely hand on what another
  /// gives ("fc" of "head.fc").
  static std::string otherNames(const Modules& own, const Modules& whole) {
    std::size_t renamed = 0;
    for (const std::string& name : own.weighted) {
      if (whole.all.contains(name) && !whole.norms.contains(name)) continue;
      const bool folded = whole.norms.contains(name) && !own.norms.contains(name);
      const bool shortened =
          std::ranges::any_of(whole.weighted, [&](const std::string& longer) { return longer.ends_with("." + name); });
      if (!folded && !shortened) return "another module: " + name;
      ++renamed;
    }
    for (const std::string& name : whole.weighted) {
      if (own.all.contains(name)) continue;
      if (renamed == 0) return "lacks the module " + name;
      --renamed;
    }
    return {};
  }

  QString python_;
  QString folder_;
  bool hasTimm_ = false;
};

QTEST_GUILESS_MAIN(TestExports)
#include "test_exports.moc"
