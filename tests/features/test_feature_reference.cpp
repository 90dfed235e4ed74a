#include <fstream>

#include <ATen/ATen.h>

#include <QtTest>

#include <nlohmann/json.hpp>

#include "engine/shared_models.h"
#include "features/regularisers.h"
#include "features/visualise.h"
#include "image/contact_sheet.h"
#include "zoo/embedded_models.h"

using namespace unitscope;
using unitscope::test::shared;

namespace {

at::Tensor tensorOf(const Image& image) {
  return at::from_blob(const_cast<std::uint8_t*>(image.pixels.data()), {1, image.height, image.width, image.channels},
                       at::kByte)
             .permute({0, 3, 1, 2})
             .to(at::kFloat) /
         255.0;
}

FeatureQuestion ask(const std::string& layer, const std::vector<std::int64_t>& units, std::int64_t steps,
                    std::int64_t pixels, const char* method = "fourier") {
  FeatureQuestion question;
  question.method = method;
  for (const std::int64_t unit : units) {
    FeatureGoal goal;
    goal.layer = layer;
    goal.unit = unit;
    question.goals.push_back(goal);
  }
  question.parameters.set(featureMethod(method), "steps", ParameterValue(steps));
  question.parameters.set(featureMethod(method), "pixels", ParameterValue(pixels));
  return question;
}

/// Kept in the tests' output, to be looked at.
void keepSheet(const std::vector<FeaturePicture>& pictures, const char* name) {
#ifdef UNITSCOPE_HAS_OPENCV
  std::vector<Image> images;
  for (const FeaturePicture& one : pictures) images.push_back(one.picture);
  SheetLayout layout;
  layout.cellWidth = layout.cellHeight = 128;
  const std::filesystem::path folder = std::filesystem::path(UNITSCOPE_BINARY_DIR) / "features";
  std::filesystem::create_directories(folder);
  saveImage(contactSheet(images, layout), folder / name);
#else
  static_cast<void>(pictures);
  static_cast<void>(name);
#endif
}

}  // namespace

/// Beside Lucent's pictures on a real network, and on the embedded ones.
class TestFeatureReference : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  /// After 64 steps, a quarter of Lucent's, the pictures of four units reach at least half of what Lucent's finished
  /// ones do; and not by fine noise, of which Lucent's have a share of 0.25. (After as many steps they reach more: see
  /// docs/features.md.)
  void squeezenet() {
    UNITSCOPE_NEED("reference/lucent_features7_channels0-15.json");
    UNITSCOPE_NEED("models/squeezenet1_0-imagenet.onnx");
    std::ifstream in(shared("reference/lucent_features7_channels0-15.json"));
    const nlohmann::json lucent = nlohmann::json::parse(in);
    const auto model = Model::open(shared("models/squeezenet1_0-imagenet.onnx"));
    const auto pictures = visualise(*model, ask("features.7", {0, 2, 9, 14}, 64, 128));
    keepSheet(pictures, "features7.png");
    double ours = 0.0, theirs = 0.0, fine = 0.0;
    for (const FeaturePicture& one : pictures) {
      ours += one.mean / 4.0;
      theirs += lucent["rows"][static_cast<std::size_t>(one.goal.unit)]["mean_activation"].get<double>() / 4.0;
      fine += fineShare(tensorOf(one.picture)).item<double>() / 4.0;
    }
    qInfo() << "mean activation" << ours << "Lucent" << theirs << "fine share" << fine;
    QVERIFY(ours > 0.5 * theirs);
    QVERIFY(fine < 0.25);
  }

  void embedded_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("layer");
    QTest::addColumn<int>("channels");
    QTest::newRow("scenes") << "scene-classifier"
                            << "output" << 3;
    QTest::newRow("one channel") << "fashion-classifier"
                                 << "output" << 1;
  }
  /// A picture for a class is taken for that class.
  void embedded() {
    QFETCH(QString, name);
    QFETCH(QString, layer);
    QFETCH(int, channels);
#ifndef UNITSCOPE_HAS_ONNX
    QSKIP("this build cannot read ONNX");
#endif
    std::optional<ReadModel> read = readBuiltInModel(name.toStdString());
    QVERIFY(read.has_value());
    const auto model = Model::fromGraph(std::move(read->graph), std::move(read->card));
    const auto pictures = visualise(*model, ask(layer.toStdString(), {0, 3, 5}, 48, 0));
    keepSheet(pictures, qPrintable(name + ".png"));
    for (const FeaturePicture& one : pictures) {
      QCOMPARE(one.picture.channels, channels);
      QCOMPARE(one.picture.width, model->card().width);
      const auto best = model->classify(model->preprocess(one.picture), 1);
      QCOMPARE(best[0].index, one.goal.unit);
    }
  }
};

QTEST_GUILESS_MAIN(TestFeatureReference)
#include "test_feature_reference.moc"
