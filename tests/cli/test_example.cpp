#include <cmath>
#include <numbers>

#include <QTemporaryDir>
#include <QtTest>

#include "cli/support.h"
#include "formats/npy/npy.h"
#include "image/image.h"
#include "support/files.h"

using namespace unitscope;
using unitscope::test::command;
using unitscope::test::Outcome;

namespace {

constexpr int kSide = 128;

/// Bars that run across the picture (angle 0) or down it (a quarter turn).
float bar(int x, int y, bool down) {
  return std::fmod(static_cast<float>(down ? x : y), 16.0F) < 8.0F ? 1.0F : 0.0F;
}

TensorData bars(const std::vector<bool>& down) {
  std::vector<float> values;
  for (const bool d : down)
    for (int c = 0; c < 3; ++c)
      for (int y = 0; y < kSide; ++y)
        for (int x = 0; x < kSide; ++x) values.push_back(bar(x, y, d));
  return TensorData::fromFloats({static_cast<std::int64_t>(down.size()), 3, kSide, kSide}, std::move(values));
}

Image barPicture(bool down) {
  Image image{kSide, kSide, 3, {}};
  for (int y = 0; y < kSide; ++y)
    for (int x = 0; x < kSide; ++x)
      for (int c = 0; c < 3; ++c) image.pixels.push_back(static_cast<std::uint8_t>(255.0F * bar(x, y, down)));
  return image;
}

}  // namespace

/// Every command on the network that is built in.
class TestExample : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() {
    QVERIFY(folder_.isValid());
    writeNpy(path("across.npy"), bars({false}));
    writeNpy(path("both.npy"), bars({false, true}));
#ifdef UNITSCOPE_HAS_OPENCV
    saveImage(barPicture(true), path("down.png"));
#endif
  }

  void info() {
    const Outcome outcome = command({"info", "example", "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    const nlohmann::json json = outcome.json();
    QCOMPARE(json.at("inputs").at(0).at("name").get<std::string>(), std::string("input"));
    QCOMPARE(json.at("inputs").at(0).at("dtype").get<std::string>(), std::string("float32"));
    QVERIFY(json.at("inputs").at(0).at("shape") == nlohmann::json({nullptr, 3, 128, 128}));
    QCOMPARE(json.at("outputs").at(0).at("name").get<std::string>(), std::string("logits"));
    QCOMPARE(json.at("operators").at("Conv").get<int>(), 3);
    QCOMPARE(json.at("parameters").get<int>(), 3 + 8 * 49 + 8 + 4 * 8 * 81 + 4 + 5 * 4 + 5);
    bool found = false;
    for (const auto& layer : json.at("layers")) {
      if (layer.at("name") != "lines") continue;
      found = true;
      QVERIFY2(layer.at("shape") == nlohmann::json({1, 4, 61, 61}), layer.dump().c_str());
      QCOMPARE(layer.at("parameters").get<int>(), 4 * 8 * 81 + 4);
      QCOMPARE(layer.at("operator").get<std::string>(), std::string("Conv"));
    }
    QVERIFY2(found, outcome.text());
    QVERIFY2(command({"info", "example"}).out.find("[1, 4, 61, 61]") != std::string::npos, "as text");
  }

  void classifyRowsOfATensor() {
    const Outcome outcome = command({"classify", "example", "--input-npy", path("both.npy"), "--json", "--top", "2",
                                     "--scores-npy", path("scores.npy")});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    const nlohmann::json json = outcome.json();
    QCOMPARE(json.size(), std::size_t{2});
    const char* expected[] = {"horizontal lines", "vertical lines"};
    for (std::size_t i = 0; i < 2; ++i) {
      const auto& top = json.at(i).at("top");
      QCOMPARE(top.size(), std::size_t{2});
      QCOMPARE(top.at(0).at("label").get<std::string>(), std::string(expected[i]));
      QCOMPARE(top.at(0).at("index").get<std::size_t>(), i);
      QVERIFY(top.at(0).at("probability").get<double>() > top.at(1).at("probability").get<double>());
      QVERIFY(top.at(0).at("score").get<double>() > top.at(1).at("score").get<double>());
    }
    const TensorData scores = readNpy(path("scores.npy"));
    QCOMPARE(scores.shape(), (Shape{2, 5}));
    QCOMPARE(scores.toDoubles().at(5 + 1), json.at(1).at("top").at(0).at("score").get<double>());
  }

  void classifyAPicture() {
#ifndef UNITSCOPE_HAS_OPENCV
    QSKIP("Unitscope skips: pictures, since this build has no OpenCV");
#endif
    const std::string file = path("down.png");
    const Outcome outcome = command({"classify", "example", file, file, "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    QCOMPARE(outcome.json().size(), std::size_t{2});
    QCOMPARE(outcome.json().at(1).at("image").get<std::string>(), file);
    QCOMPARE(outcome.json().at(1).at("top").at(0).at("label").get<std::string>(), std::string("vertical lines"));
    QVERIFY(command({"classify", "example", file}).out.find("vertical lines (1)") != std::string::npos);
  }

  void classifyMoreThanOneBatch() {
    writeNpy(path("many.npy"), bars(std::vector<bool>(37, true)));
    const Outcome outcome = command(
        {"classify", "example", "--input-npy", path("many.npy"), "--json", "--scores-npy", path("many_scores.npy")});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    QCOMPARE(outcome.json().size(), std::size_t{37});
    for (const auto& image : outcome.json()) QCOMPARE(image.at("top").at(0).at("index").get<int>(), 1);
    QCOMPARE(readNpy(path("many_scores.npy")).shape(), (Shape{37, 5}));
  }

  void activationsOfALayer() {
    const Outcome outcome = command({"activations", "example", "--input-npy", path("both.npy"), "--layer", "edges",
                                     "--npy", path("edges.npy"), "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    const TensorData edges = readNpy(path("edges.npy"));
    QCOMPARE(edges.shape(), (Shape{2, 8, 122, 122}));
    // Behind the ReLU: the layer's output is that of the last node in its scope.
    QVERIFY(outcome.json().at("minimum").get<double>() == 0.0 && outcome.json().at("maximum").get<double>() > 0.1);
    const Outcome output = command(
        {"activations", "example", "--input-npy", path("across.npy"), "--layer", "output", "--npy", path("out.npy")});
    QVERIFY2(output.status == cli::kFine, output.text());
    QCOMPARE(readNpy(path("out.npy")).shape(), (Shape{1, 5}));
    const Outcome unknown = command({"activations", "example", "--input-npy", path("across.npy"), "--layer", "edgez"});
    QCOMPARE(unknown.status, cli::kFailed);
    QVERIFY2(unknown.err.find("edges") != std::string::npos, unknown.text());
  }

  void attribute() {
    const Outcome outcome =
        command({"attribute", "example", "--input-npy", path("across.npy"), "--method", "integrated_gradients", "--set",
                 "steps=20", "--target", "vertical lines", "--npy", path("ig.npy"), "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    QCOMPARE(outcome.json().at("target").get<int>(), 1);
    QCOMPARE(readNpy(path("ig.npy")).shape(), (Shape{1, 3, kSide, kSide}));
    const Outcome cam = command({"attribute", "example", "--input-npy", path("both.npy"), "--method", "grad_cam",
                                 "--layer", "lines", "--npy", path("cam.npy"), "--json"});
    QVERIFY2(cam.status == cli::kFine, cam.text());
    QCOMPARE(readNpy(path("cam.npy")).shape(), (Shape{2, 1, 61, 61}));
    QCOMPARE(cam.json().at(1).at("layer").get<std::string>(), std::string("lines"));
    QCOMPARE(cam.json().at(1).at("target").get<int>(), 1);
  }

  void overlay() {
#ifndef UNITSCOPE_HAS_OPENCV
    QSKIP("Unitscope skips: pictures, since this build has no OpenCV");
#endif
    const std::string file = path("heat.png");
    const Outcome outcome = command({"attribute", "example", path("down.png"), "--method", "grad_cam", "--out", file});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    const Image heat = loadImage(file);
    QCOMPARE(heat.width, kSide);
    QCOMPARE(heat.height, kSide);
    QVERIFY(heat.pixels != barPicture(true).pixels);
    // Without opacity the picture itself is left.
    const Outcome clear =
        command({"attribute", "example", path("down.png"), "--method", "gradient", "--opacity", "0", "--out", file});
    QVERIFY2(clear.status == cli::kFine, clear.text());
    QVERIFY(loadImage(file).pixels == barPicture(true).pixels);
    const Outcome two =
        command({"attribute", "example", "--input-npy", path("both.npy"), "--method", "gradient", "--out", file});
    QVERIFY2(two.status == cli::kFailed && two.err.find("--npy") != std::string::npos, two.text());
  }

  void runWritesEveryOutput() {
    const Outcome outcome =
        command({"run", "example", "--input", path("both.npy"), "--out", path("results"), "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    const TensorData logits = readNpy(path("results/logits.npy"));
    QCOMPARE(logits.shape(), (Shape{2, 5}));
    QCOMPARE(logits.dtype(), DType::Float32);
    QCOMPARE(outcome.json().at(0).at("name").get<std::string>(), std::string("logits"));
    const Outcome named =
        command({"run", "example", "--input", "input=" + path("across.npy"), "--out", path("results")});
    QVERIFY2(named.status == cli::kFine, named.text());
    QCOMPARE(readNpy(path("results/logits.npy")).shape(), (Shape{1, 5}));
  }

  void runSaysWhatDoesNotFit_data() {
    QTest::addColumn<QString>("input");
    QTest::addColumn<QString>("named");
    writeNpy(path("double.npy"),
             TensorData::fromBytes(DType::Float64, {1, 3, 8, 8}, std::vector<std::byte>(8 * 3 * 64)));
    writeNpy(path("small.npy"), TensorData::fromFloats({1, 3, 8, 8}, std::vector<float>(3 * 64)));
    QTest::newRow("unknown input") << "image=" + QString::fromStdString(path("across.npy")) << "image";
    QTest::newRow("wrong type") << QString::fromStdString(path("double.npy")) << "float64";
    QTest::newRow("wrong shape") << QString::fromStdString(path("small.npy")) << "[1, 3, 8, 8]";
    QTest::newRow("missing file") << "input=nowhere.npy"
                                  << "nowhere.npy";
  }
  void runSaysWhatDoesNotFit() {
    QFETCH(QString, input);
    QFETCH(QString, named);
    const Outcome outcome = command({"run", "example", "--input", input.toStdString(), "--out", path("refused")});
    QVERIFY2(outcome.status == cli::kFailed, outcome.text());
    QVERIFY2(outcome.err.find(named.toStdString()) != std::string::npos, outcome.text());
    QVERIFY(!std::filesystem::exists(path("refused")));
    const Outcome twice = command({"run", "example", "--input", path("across.npy"), "--input",
                                   "input=" + path("across.npy"), "--out", path("refused")});
    QVERIFY2(twice.status == cli::kFailed && twice.err.find("twice") != std::string::npos, twice.text());
    const Outcome none = command({"run", "example", "--out", path("refused")});
    QVERIFY2(none.status == cli::kFailed && none.err.find("input") != std::string::npos, none.text());
  }

  void aCardChangesWhatIsSaid() {
    test::writeBytes(path("labels.txt"), "flat\nupright\nup\ndown\nround\n");
    test::writeBytes(path("other.card.json"),
                     R"({"task": "classifier", "input": "input", "output": "logits", "width": 128, "height": 128,
                         "labels_file": "labels.txt"})");
    const Outcome outcome = command(
        {"classify", "example", "--input-npy", path("across.npy"), "--card", path("other.card.json"), "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    QCOMPARE(outcome.json().at(0).at("top").at(0).at("label").get<std::string>(), std::string("flat"));
  }

  void progressIsALineAtATimeWhereItIsAskedFor() {
    const Outcome quiet = command({"attribute", "example", "--input-npy", path("across.npy"), "--method", "occlusion"});
    QVERIFY2(quiet.status == cli::kFine && quiet.err.empty(), quiet.text());
    const Outcome loud =
        command({"attribute", "example", "--input-npy", path("across.npy"), "--method", "occlusion", "--progress"});
    QVERIFY2(loud.status == cli::kFine && loud.err.find(" %") != std::string::npos, loud.text());
    QVERIFY(loud.err.find('\r') == std::string::npos);
  }

 private:
  std::string path(const std::string& name) const {
    return (folder_.path() + "/").toStdString() + name;
  }

  QTemporaryDir folder_;
};

QTEST_GUILESS_MAIN(TestExample)
#include "test_example.moc"
