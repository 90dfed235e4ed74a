#include <algorithm>
#include <cmath>
#include <sstream>

#include <QTemporaryDir>
#include <QtTest>

#include "app/cli/attribution_answer.h"
#include "cli/support.h"
#include "formats/npy/npy.h"
#include "image/image.h"
#include "support/files.h"

using namespace unitscope;
using unitscope::test::command;
using unitscope::test::Outcome;

namespace {

constexpr std::int64_t kSide = 128;

/// Bars that run across the picture or down it, a little uneven, so that every class has something to see.
TensorData bars(bool down) {
  std::vector<float> values;
  for (int c = 0; c < 3; ++c)
    for (std::int64_t y = 0; y < kSide; ++y)
      for (std::int64_t x = 0; x < kSide; ++x)
        values.push_back((std::fmod(static_cast<float>(down ? x : y), 16.0F) < 8.0F ? 0.9F : 0.1F) +
                         0.1F * std::sin(0.05F * static_cast<float>(x * y)));
  return TensorData::fromFloats({1, 3, kSide, kSide}, std::move(values));
}

TensorData waves(std::int64_t side, float seed) {
  std::vector<float> values(static_cast<std::size_t>(3 * side * side));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.5F + 0.5F * std::sin(seed * static_cast<float>(i));
  return TensorData::fromFloats({1, 3, side, side}, std::move(values));
}

/// 1 in the left half, 0 in the right.
TensorData leftHalf(std::int64_t side, float left = 1.0F) {
  std::vector<float> values;
  for (std::int64_t i = 0; i < side * side; ++i) values.push_back(i % side < side / 2 ? left : 0.0F);
  return TensorData::fromFloats({side, side}, std::move(values));
}

TensorData quarters(std::int64_t side) {
  std::vector<std::byte> numbers;
  for (std::int64_t y = 0; y < side; ++y)
    for (std::int64_t x = 0; x < side; ++x) numbers.push_back(std::byte(2 * (2 * y / side) + 2 * x / side));
  return TensorData::fromBytes(DType::UInt8, {side, side}, std::move(numbers));
}

double largestDifference(const std::vector<double>& a, const std::vector<double>& b) {
  double difference = a.size() == b.size() ? 0.0 : INFINITY;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    difference = std::max(difference, std::abs(a[i] - b[i]));
  return difference;
}

}  // namespace

/// `attribute` for other scores than a class, with segments, and what comes with its answer.
class TestTargets : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() {
    QVERIFY(folder_.isValid());
    writeNpy(path("x.npy"), bars(false));
    writeNpy(path("y.npy"), bars(true));
    writeNpy(path("scene.npy"), waves(64, 0.013F));
    writeNpy(path("left.npy"), leftHalf(64));
    writeNpy(path("quarters.npy"), quarters(kSide));
  }

  void aClassRatherThanAnother() {
    const Outcome text = ask({"--method", "gradient", "--target", "vertical lines", "--against", "0"});
    QVERIFY2(text.status == cli::kFine, text.text());
    QVERIFY2(text.out.find("target   vertical lines rather than horizontal lines (1, 0)") != std::string::npos,
             text.text());
    const auto map = [&](const std::vector<std::string>& words) { return mapOf(words, "example", "x.npy"); };
    const std::vector<double> one = map({"--target", "1"});
    const std::vector<double> other = map({"--target", "0"});
    std::vector<double> difference = map({"--target", "1", "--against", "horizontal lines"});
    for (std::size_t i = 0; i < one.size(); ++i) difference[i] += other[i];
    QVERIFY(largestDifference(difference, one) < 1e-4 && largestDifference(one, other) > 1e-3);
    const nlohmann::json json = ask({"--method", "gradient", "--target", "1", "--against", "0", "--json"}).json();
    QCOMPARE(json.at("target").get<int>(), 1);
    QCOMPARE(json.at("label").get<std::string>(), std::string("vertical lines"));
    QCOMPARE(json.at("against").get<int>(), 0);
    QCOMPARE(json.at("against_label").get<std::string>(), std::string("horizontal lines"));
    QCOMPARE(json.at("explained").get<std::string>(), std::string("vertical lines rather than horizontal lines"));
    // Against itself nothing is left, also where the class is the first choice.
    const Outcome first = ask({"--method", "gradient", "--json"});
    const std::string best = std::to_string(first.json().at("target").get<int>());
    QVERIFY2(!first.json().contains("against") && !first.json().contains("curves"), first.text());
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"--against", best}, {"--target", best, "--against", best}}) {
      const Outcome same = ask(words, "gradient");
      QVERIFY2(same.status == cli::kFailed && same.err.find("--against") != std::string::npos, same.text());
    }
  }

  void aUnit() {
    const Outcome text = ask({"--unit", "edges:3"}, "gradient");
    QVERIFY2(text.status == cli::kFine, text.text());
    QVERIFY2(text.out.find("target   edges channel 3\n") != std::string::npos, text.text());
    const nlohmann::json json = ask({"--unit", "edges:3", "--json"}, "gradient").json();
    QCOMPARE(json.at("target").get<int>(), 3);
    QCOMPARE(json.at("label").get<std::string>(), std::string("edges channel 3"));
    QCOMPARE(json.at("unit_layer").get<std::string>(), std::string("edges"));
    // The output is a layer like others.
    QVERIFY(largestDifference(mapOf({"--unit", "output:2"}, "example", "x.npy"),
                              mapOf({"--target", "2"}, "example", "x.npy")) < 1e-6);
    QVERIFY(largestDifference(mapOf({"--unit", "edges:2"}, "example", "x.npy"),
                              mapOf({"--unit", "edges:3"}, "example", "x.npy")) > 1e-6);
  }

  void aRegionOfTheOutput() {
    const auto map = [&](const std::vector<std::string>& words) {
      return mapOf(words, "scene-segmenter", "scene.npy");
    };
    const std::vector<double> left = map({"--target", "0", "--region", path("left.npy")});
    QVERIFY(largestDifference(left, map({"--target", "0"})) > 1e-9);
    // Both halves together, each counting half, are the whole.
    writeNpy(path("right.npy"), [] {
      std::vector<float> values;
      for (int i = 0; i < 64 * 64; ++i) values.push_back(i % 64 < 32 ? 0.0F : 9.0F);
      return TensorData::fromFloats({64, 64}, std::move(values));
    }());
    std::vector<double> both = map({"--target", "0", "--region", path("right.npy")});
    for (std::size_t i = 0; i < both.size(); ++i) both[i] = (both[i] + left[i]) / 2.0;
    QVERIFY(largestDifference(both, map({"--target", "0"})) < 1e-4);
    const Outcome text = command({"attribute", "scene-segmenter", "--input-npy", path("scene.npy"), "--method",
                                  "gradient", "--target", "0", "--region", path("left.npy")});
    QVERIFY2(text.out.find("in the region of " + path("left.npy")) != std::string::npos, text.text());
#ifdef UNITSCOPE_HAS_OPENCV
    Image picture{64, 64, 3, std::vector<std::uint8_t>(3 * 64 * 64, 0)};
    for (std::size_t i = 0; i < 64 * 64; ++i)
      if (i % 64 < 32) picture.pixels[3 * i + 2] = 40;
    saveImage(picture, path("left.png"));
    QVERIFY(largestDifference(map({"--target", "0", "--region", path("left.png")}), left) < 1e-6);
#endif
  }

  void aSimilarity() {
    const Outcome text = ask({"--resemble", path("y.npy")}, "gradient");
    QVERIFY2(text.status == cli::kFine, text.text());
    QVERIFY2(text.out.find("target   similarity to " + path("y.npy") + "\n") != std::string::npos, text.text());
    const nlohmann::json json = ask({"--resemble", path("y.npy"), "--json"}, "gradient").json();
    QVERIFY2(json.at("target").is_null() && json.at("resemble") == path("y.npy"), json.dump().c_str());
    // A picture is like itself to the full, and the cosine is flat there.
    const std::vector<double> self = mapOf({"--resemble", path("x.npy")}, "example", "x.npy");
    const std::vector<double> other = mapOf({"--resemble", path("y.npy")}, "example", "x.npy");
    const auto largest = [](const std::vector<double>& map) {
      double most = 0.0;
      for (const double value : map) most = std::max(most, std::abs(value));
      return most;
    };
    QVERIFY(largest(self) < 1e-3 * largest(other));
    const Outcome inner = ask({"--resemble", path("y.npy"), "--unit", "edges"}, "gradient");
    QVERIFY2(inner.out.find("similarity to " + path("y.npy") + " at edges") != std::string::npos, inner.text());
  }

  void segmentsOfAFile() {
    const std::vector<std::string> words{"--segments", path("quarters.npy"), "--target", "1"};
    const Outcome text = ask(words, "segment_ablation");
    QVERIFY2(text.status == cli::kFine && text.out.find("4 segments given") != std::string::npos, text.text());
    const std::vector<double> map = mapOf(words, "example", "x.npy", "segment_ablation");
    QCOMPARE(map.size(), static_cast<std::size_t>(kSide * kSide));
    QCOMPARE(map.at(0), map.at(kSide / 2 - 1));
    QVERIFY(map.at(0) != map.at(kSide / 2));
#ifdef UNITSCOPE_HAS_OPENCV
    Image picture{kSide, kSide, 1, {}};
    for (const double number : readNpy(path("quarters.npy")).toDoubles())
      picture.pixels.push_back(static_cast<std::uint8_t>(number));
    saveImage(picture, path("quarters.png"));
    QVERIFY(largestDifference(
                mapOf({"--segments", path("quarters.png"), "--target", "1"}, "example", "x.npy", "segment_ablation"),
                map) < 1e-6);
#endif
  }

  void picturesOfTheAnswer() {
#ifndef UNITSCOPE_HAS_OPENCV
    QSKIP("Unitscope skips: pictures, since this build has no OpenCV");
#endif
    const Outcome outcome = ask({"--segments", path("quarters.npy"), "--target", "0", "--set", "samples=20",
                                 "--pictures", path("made/here"), "--json"},
                                "kernel_shap");
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    const nlohmann::json pictures = outcome.json().at("pictures");
    QCOMPARE(pictures.size(), std::size_t{1});
    QVERIFY2(pictures.at(0).at("title").get<std::string>().find("most for it") != std::string::npos, outcome.text());
    const Image image = loadImage(pictures.at(0).at("file").get<std::string>());
    QCOMPARE(image.width, static_cast<int>(kSide));
    // Methods without pictures say so.
    const Outcome none = ask({"--pictures", path("made")}, "gradient");
    QVERIFY2(none.status == cli::kFine && none.err.find("no pictures") != std::string::npos, none.text());
  }

  void curvesOfTheAnswer() {
    AnswerCurve curve{"score against area", "area", "score", {}, {}, 7.5, "score of the whole picture"};
    for (int i = 0; i <= 100; ++i) {
      curve.x.push_back(i / 100.0);
      curve.y.push_back(2.0 * i);
    }
    curve.y[3] = NAN;
    const cli::Json json = cli::curvesJson({curve, {"bare", "a", "b", {1}, {2}, {}, {}}});
    QCOMPARE(json.size(), std::size_t{2});
    QCOMPARE(json[0].at("title").get<std::string>(), std::string("score against area"));
    QCOMPARE(json[0].at("x").size(), std::size_t{101});
    QCOMPARE(json[0].at("level").get<double>(), 7.5);
    QVERIFY(!json[1].contains("level"));
    QVERIFY(nlohmann::json::parse(json.dump())[0].at("y").at(3).is_null());
    std::ostringstream out;
    cli::printCurves(out, {curve});
    const std::string text = out.str();
    QVERIFY2(text.find("curve    score against area\n") == 0 && text.find("0  0\n") != std::string::npos &&
                 text.find("1  200\n") != std::string::npos &&
                 text.find("score of the whole picture 7.5") != std::string::npos,
             text.c_str());
    QVERIFY(std::ranges::count(text, '\n') < 20);
  }

  void whatMakesNoSense_data() {
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<QString>("named");
    QTest::addColumn<int>("status");
    const auto file = [&](const char* name) { return QString::fromStdString(path(name)); };
    const auto row = [](const char* name, const QStringList& words, const QString& named, int status = cli::kFailed) {
      QTest::newRow(name) << words << named << status;
    };
    writeNpy(path("empty.npy"), leftHalf(64, 0.0F));
    writeNpy(path("small.npy"), quarters(16));
    writeNpy(path("real.npy"), leftHalf(kSide));
    test::writeBytes(path("text.png"), "no picture");
    row("unknown class to compare with", {"--against", "zebra"}, "zebra");
    row("class that is not there", {"--against", "77"}, "77");
    row("unit without a channel", {"--unit", "edges"}, "LAYER:CHANNEL");
    row("channel that is no number", {"--unit", "edges:top"}, "LAYER:CHANNEL");
    row("negative channel", {"--unit", "edges:-1"}, "LAYER:CHANNEL");
    row("unknown layer", {"--unit", "edgez:1"}, "edges");
    row("channel that is not there", {"--unit", "edges:8"}, "8 channels");
    row("unit and class", {"--unit", "edges:1", "--target", "1"}, "--unit", cli::kWrongUsage);
    row("unit and other class", {"--unit", "edges:1", "--against", "1"}, "--unit", cli::kWrongUsage);
    row("similarity and class", {"--resemble", file("y.npy"), "--target", "1"}, "--resemble", cli::kWrongUsage);
    row("similarity and region", {"--resemble", file("y.npy"), "--region", file("left.npy")}, "--resemble",
        cli::kWrongUsage);
    row("similarity to nothing", {"--resemble", file("nowhere.png")}, "nowhere.png");
    row("similarity to several", {"--resemble", file("left.npy")}, "left.npy");
    row("region of a score without places", {"--region", file("left.npy")}, "region");
    row("empty region", {"--region", file("empty.npy")}, "empty");
    row("region that is no picture", {"--region", file("text.png")}, "text.png");
    row("region of pictures", {"--region", file("x.npy")}, "x.npy");
    row("segments for a method without", {"--segments", file("quarters.npy")}, "gradient");
    row("segments of another size", {"--method", "lime", "--segments", file("small.npy")}, "[16, 16]");
    row("segments that are no integers", {"--method", "lime", "--segments", file("real.npy")}, "float32");
    row("segments that are no picture", {"--method", "lime", "--segments", file("text.png")}, "text.png");
    row("segments that are not there", {"--method", "lime", "--segments", file("nowhere.npy")}, "nowhere.npy");
  }
  void whatMakesNoSense() {
    QFETCH(QStringList, words);
    QFETCH(QString, named);
    QFETCH(int, status);
    std::vector<std::string> typed;
    for (const QString& word : words) typed.push_back(word.toStdString());
    const Outcome outcome = words.contains("--method") ? ask(typed) : ask(typed, "gradient");
    QVERIFY2(outcome.status == status, outcome.text());
    QVERIFY2(outcome.err.find(named.toStdString()) != std::string::npos, outcome.text());
    QVERIFY2(outcome.out.empty(), outcome.text());
  }

 private:
  std::string path(const std::string& name) const {
    return (folder_.path() + "/").toStdString() + name;
  }
  Outcome ask(std::vector<std::string> words, const std::string& method = {}) const {
    std::vector<std::string> all{"attribute", "example", "--input-npy", path("x.npy")};
    if (!method.empty()) all.insert(all.end(), {"--method", method});
    all.insert(all.end(), words.begin(), words.end());
    return command(all);
  }
  /// Empty where the command failed.
  std::vector<double> mapOf(const std::vector<std::string>& words, const std::string& model, const std::string& input,
                            const std::string& method = "gradient") const {
    std::vector<std::string> all{"attribute", model,  "--input-npy", path(input),
                                 "--method",  method, "--npy",       path("map.npy")};
    all.insert(all.end(), words.begin(), words.end());
    if (command(all).status != cli::kFine) return {};
    return readNpy(path("map.npy")).toDoubles();
  }

  QTemporaryDir folder_;
};

QTEST_GUILESS_MAIN(TestTargets)
#include "test_targets.moc"
