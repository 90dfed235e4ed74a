#include <algorithm>
#include <cmath>
#include <map>

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include "cli/support.h"
#include "formats/npy/npy.h"

using namespace unitscope;
using unitscope::test::command;
using unitscope::test::Outcome;
using unitscope::test::shared;

namespace {

double largestDifference(const std::string& a, const std::string& b, double* largest = nullptr) {
  const TensorData x = readNpy(a);
  const TensorData y = readNpy(b);
  if (x.shape() != y.shape()) return INFINITY;
  const std::vector<double> p = x.toDoubles();
  const std::vector<double> q = y.toDoubles();
  double difference = 0.0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    difference = std::max(difference, std::abs(p[i] - q[i]));
    if (largest != nullptr) *largest = std::max(*largest, std::abs(q[i]));
  }
  return difference;
}

}  // namespace

/// A real network in four formats, by way of the command line, against other programs' results.
class TestSqueezenet : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() {
    if (!QFile::exists(QString::fromStdString(shared("models/squeezenet1_0-imagenet.pt2"))))
      QSKIP("Unitscope skips: SqueezeNet, since the shared models are not here");
  }

  void formats_data() {
    QTest::addColumn<QString>("file");
    for (const char* ending : {"onnx", "dynamo.onnx", "pt2", "pt"}) {
#ifndef UNITSCOPE_HAS_ONNX
      if (QString(ending).endsWith("onnx")) continue;
#endif
      QTest::newRow(ending) << QString("models/squeezenet1_0-imagenet.%1").arg(ending);
    }
  }

  void scores_data() {
    formats_data();
  }
  void scores() {
    QFETCH(QString, file);
    const std::string model = shared(file.toStdString());
    for (const std::string image : {"chelsea", "coffee"}) {
      const Outcome outcome = command({"classify", model, "--input-npy", shared("reference/" + image + "_input.npy"),
                                       "--json", "--scores-npy", path("scores.npy")});
      QVERIFY2(outcome.status == cli::kFine, outcome.text());
      QVERIFY(largestDifference(path("scores.npy"), shared("reference/" + image + "_logits.npy")) < 1e-3);
      const auto best = outcome.json().at(0).at("top").at(0);
      const bool cat = image == "chelsea";
      QCOMPARE(best.at("label").get<std::string>(), std::string(cat ? "Egyptian cat" : "espresso"));
      QVERIFY(std::abs(best.at("probability").get<double>() - (cat ? 0.583 : 0.823)) < 0.002);
    }
  }

  void gradient_data() {
    formats_data();
  }
  void gradient() {
    QFETCH(QString, file);
    const Outcome outcome =
        command({"attribute", shared(file.toStdString()), "--input-npy", shared("reference/chelsea_input.npy"),
                 "--method", "gradient", "--target", "285", "--npy", path("gradient.npy"), "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    double largest = 0.0;
    const double difference =
        largestDifference(path("gradient.npy"), shared("reference/chelsea_saliency.npy"), &largest);
    QVERIFY2(difference < 1e-4 * largest, qPrintable(QString::number(difference / largest)));
  }

  void activations_data() {
    formats_data();
  }
  void activations() {
    QFETCH(QString, file);
    const Outcome outcome =
        command({"activations", shared(file.toStdString()), "--input-npy", shared("reference/chelsea_input.npy"),
                 "--layer", "features.7", "--npy", path("features.npy")});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    // Values go up to 3100, where float32's steps are 2.4e-4: the order in which a CPU adds them up shows.
    double largest = 0.0;
    const double difference =
        largestDifference(path("features.npy"), shared("reference/chelsea_layer_activation_features7.npy"), &largest);
    QVERIFY2(difference < 1e-6 * largest, qPrintable(QString::number(difference)));
  }

  void layersHaveTheSameNames() {
    std::map<std::string, nlohmann::json> first;
    for (const std::string file : {"squeezenet1_0-imagenet.pt2", "squeezenet1_0-imagenet.pt",
#ifdef UNITSCOPE_HAS_ONNX
                                   "squeezenet1_0-imagenet.onnx", "squeezenet1_0-imagenet.dynamo.onnx"
#endif
         }) {
      const Outcome outcome = command({"info", shared("models/" + file), "--json"});
      QVERIFY2(outcome.status == cli::kFine, outcome.text());
      const nlohmann::json json = outcome.json();
      QCOMPARE(json.at("parameters").get<int>(), 1248424);
      std::map<std::string, nlohmann::json> shapes;
      for (const auto& layer : json.at("layers")) shapes[layer.at("name").get<std::string>()] = layer.at("shape");
      QVERIFY2(shapes.contains("features.12.expand3x3"), outcome.text());
      QVERIFY(shapes.at("features.12") == nlohmann::json({1, 512, 13, 13}));
      if (first.empty()) first = shapes;
      for (const auto& [name, shape] : first)
        QVERIFY2(!shapes.contains(name) || shapes.at(name) == shape, (file + ": " + name).c_str());
    }
  }

  /// Weights alone: the network is built around them.
  void weights_data() {
    QTest::addColumn<QString>("ending");
    QTest::newRow("pth") << "pth";
    QTest::newRow("safetensors") << "safetensors";
  }
  void weights() {
    QFETCH(QString, ending);
    const std::string file = shared("models/squeezenet1_0-imagenet." + ending.toStdString());
    const Outcome outcome = command({"info", file, "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    const nlohmann::json json = outcome.json();
    QCOMPARE(json.at("network").get<bool>(), true);
    QCOMPARE(json.at("parameters").get<int>(), 1248424);
    const Outcome answer =
        command({"classify", file, "--input-npy", shared("reference/chelsea_input.npy"), "--top", "1"});
    QVERIFY2(answer.status == cli::kFine && answer.out.find("Egyptian cat") != std::string::npos, answer.text());
  }

  void photos_data() {
    QTest::addColumn<QString>("photo");
    QTest::addColumn<QString>("label");
    QTest::newRow("chelsea") << "chelsea.png"
                             << "Egyptian cat";
    QTest::newRow("coffee") << "coffee.png"
                            << "espresso";
    QTest::newRow("rocket") << "rocket.jpg"
                            << "pole";
    QTest::newRow("astronaut") << "astronaut.png"
                               << "Crock Pot";
  }
  void photos() {
#ifndef UNITSCOPE_HAS_OPENCV
    QSKIP("Unitscope skips: pictures, since this build has no OpenCV");
#endif
    QFETCH(QString, photo);
    QFETCH(QString, label);
    const Outcome outcome = command(
        {"classify", shared("models/squeezenet1_0-imagenet.pt2"), shared("images/" + photo.toStdString()), "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    QCOMPARE(outcome.json().at(0).at("top").at(0).at("label").get<std::string>(), label.toStdString());
  }

 private:
  std::string path(const std::string& name) const {
    return (folder_.path() + "/").toStdString() + name;
  }

  QTemporaryDir folder_;
};

QTEST_GUILESS_MAIN(TestSqueezenet)
#include "test_squeezenet.moc"
