#include <cmath>

#include <QTemporaryDir>
#include <QtTest>

#include "engine/model.h"
#include "formats/model_reader.h"
#include "support/files.h"
#include "training/checkpoint.h"
#include "training/loss_curve.h"
#include "training/measure_model.h"
#include "training/recipe.h"
#include "training/train.h"

using namespace unitscope;
using namespace unitscope::test;
namespace fs = std::filesystem;

/// Trainings of a few steps on few pictures: whether the machinery holds, not how good the models get.
class TestTrain : public QObject {
  Q_OBJECT
  QTemporaryDir folder_;
  fs::path path(const std::string& name) const { return fs::path(folder_.path().toStdString()) / name; }

  TrainingOptions options(const std::string& model, const std::string& out, std::int64_t steps) const {
    TrainingOptions o;
    o.model = model;
    o.out = path(out);
    o.models = path("finished");
    o.steps = steps;
    o.batch = 8;
    o.samples = 64;
    o.checkpointSeconds = 1e9;
    return o;
  }

 private Q_SLOTS:
  void initTestCase() {
#if !defined(UNITSCOPE_HAS_OPENCV) || !defined(UNITSCOPE_HAS_ONNX)
    QSKIP("this build has no OpenCV or no ONNX, so it cannot train the zoo");
#endif
  }

  void interruptedTrainingGoesOnAsIfItHadNotBeen() {
    trainModel(options("scene-classifier", "whole", 6), {}, {});
    trainModel(options("scene-classifier", "parts", 6), {}, {});
    // The second one anew in two parts: the first ends by its time, at once.
    TrainingOptions part = options("scene-classifier", "parts", 6);
    int reports = 0;
    const CancelToken cancel;
    part.checkpointSeconds = 1e-6;
    const auto stopAfterThree = [&](std::int64_t step, std::int64_t, const std::string&) {
      ++reports;
      if (step == 3) cancel.cancel();
    };
    bool cancelled = false;
    try {
      trainModel(part, {}, cancel, stopAfterThree);
    } catch (const Cancelled&) {
      cancelled = true;
    }
    QVERIFY(cancelled);
    QVERIFY(reports >= 3);
    QCOMPARE(loadCheckpoint(path("parts/scene-classifier.safetensors")).at("step").item<std::int64_t>(),
             std::int64_t{3});
    part.resume = true;
    const TrainingResult result = trainModel(part, {}, {});
    QVERIFY(result.finished);
    QCOMPARE(result.steps, std::int64_t{6});
    const NamedTensors whole = loadCheckpoint(path("whole/scene-classifier.safetensors"));
    const NamedTensors parts = loadCheckpoint(path("parts/scene-classifier.safetensors"));
    QCOMPARE(whole.size(), parts.size());
    for (const auto& [name, tensor] : whole) QVERIFY2(at::allclose(tensor, parts.at(name), 1e-5, 1e-6), name.c_str());
  }

  void everyModelTrains_data() {
    QTest::addColumn<QString>("name");
    for (const TrainableModel& model : trainableModels())
      if (!needsDataFolder(model.name)) QTest::newRow(model.name.c_str()) << QString::fromStdString(model.name);
  }
  /// In the order in which they build on one another; each is measured, opened and run afterwards.
  void everyModelTrains() {
    QFETCH(QString, name);
    const std::string model = name.toStdString();
    TrainingOptions o = options(model, "finished", 2);
    o.bfloat16 = model == "scene-generator";
    const TrainingResult result = trainModel(o, {}, {});
    for (const fs::path& file : result.files) QVERIFY2(fs::file_size(file) > 0, file.c_str());
    const fs::path onnx = path("finished") / (model + ".onnx");
    const auto opened = Model::open(onnx);
    QCOMPARE(opened->card().guessed, false);
    MeasuringOptions measuring;
    measuring.models = path("finished");
    measuring.pictures = 120;
    const Measures measures = measureModel(model, readModelFile(onnx).graph, measuring);
    QVERIFY(!measures.empty());
    for (const Measure& m : measures)
      QVERIFY2(std::isfinite(m.value) || m.name.find("precision") != std::string::npos, m.name.c_str());
    LossCurve curve(makeRecipe(o, {}, {})->losses());
    const std::string csv = readBytes(path("finished") / (model + ".csv"));
    QVERIFY(csv.starts_with("step," + curve.columns().front()));
  }

  void beginsWithFinishedWeights() {
    TrainingOptions o = options("scene-classifier", "from", 1);
    o.from = path("whole/scene-classifier.onnx");
    trainModel(o, {}, {});
    // One step at the start of the warm-up hardly moves them.
    const NamedTensors after = loadCheckpoint(path("from/scene-classifier.safetensors"));
    const NamedTensors before = loadCheckpoint(path("whole/scene-classifier.safetensors"));
    const double apart = (after.at("net.fc.weight") - before.at("net.fc.weight")).abs().max().item<double>();
    QVERIFY(apart < 1e-3);
    o.from = path("finished/scene-segmenter.onnx");
    QVERIFY(QByteArray::fromStdString(errorOf([&] { trainModel(o, {}, {}); })).contains("missing"));
  }

  void mistakesAreNamed() {
    const auto problem = [&](const TrainingOptions& o) {
      return QByteArray::fromStdString(errorOf([&] { trainModel(o, {}, {}); }));
    };
    QVERIFY(problem(options("scene-clasifier", "x", 1)).contains("scene-classifier-biased"));
    TrainingOptions o = options("fashion-classifier", "x", 1);
    o.data = path("nowhere");
    QVERIFY(problem(o).contains("nowhere"));
    o = options("scene-classifier", "empty", 1);
    o.resume = true;
    QVERIFY(problem(o).contains("nothing can be resumed"));
    fs::create_directories(path("bad"));
    writeBytes(path("bad/scene-classifier.safetensors"), "garbage");
    o.out = path("bad");
    QVERIFY(problem(o).contains("scene-classifier.safetensors"));
    writeBytes(path("blocked"), "a file");
    o = options("scene-classifier", "blocked", 1);
    QVERIFY(problem(o).contains("folder"));
    o = options("scene-classifier", "y", 1);
    o.device = "abacus";
    QVERIFY(problem(o).contains("abacus"));
  }

  void curvesComeBack() {
    LossCurve curve({"loss", "check"});
    curve.add(50, {0.5, std::nan("")});
    curve.add(100, {0.25, 0.75});
    curve.writeCsv(path("c.csv"));
    LossCurve read({"loss", "check"});
    read.readCsv(path("c.csv"));
    QCOMPARE(read.rows().size(), std::size_t{2});
    QVERIFY(std::isnan(read.rows()[0].values[1]));
    QCOMPARE(read.rows()[1].values[1], 0.75);
    read.cutAfter(50);
    QCOMPARE(read.rows().size(), std::size_t{1});
    LossCurve other({"loss"});
    QVERIFY(!errorOf([&] { other.readCsv(path("c.csv")); }).empty());
    writeBytes(path("d.csv"), "step,loss,check\n1,abc,2\n");
    QVERIFY(QByteArray::fromStdString(errorOf([&] { read.readCsv(path("d.csv")); })).contains("line 2"));
  }
};

QTEST_GUILESS_MAIN(TestTrain)
#include "test_train.moc"
