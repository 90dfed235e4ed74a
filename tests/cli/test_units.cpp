#include <cmath>
#include <filesystem>
#include <fstream>

#include <QTemporaryDir>
#include <QtTest>

#include "cli/support.h"
#include "formats/npy/npy.h"

using namespace unitscope;
using unitscope::test::command;
using unitscope::test::Outcome;

/// `activations --nmf`, `channels` and `ablate` on a network that is built in.
class TestUnits : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;

  std::string path(const char* name) const { return folder_.filePath(name).toStdString(); }
  std::string picture(const char* name, float phase) const {
    std::vector<float> values;
    for (int i = 0; i < 3 * 64 * 64; ++i) values.push_back(std::sin(phase + 0.013F * static_cast<float>(i)));
    const std::string file = path(name);
    writeNpy(file, TensorData::fromFloats({1, 3, 64, 64}, std::move(values)));
    return file;
  }

 private Q_SLOTS:
  void initTestCase() {
#if !defined(UNITSCOPE_HAS_ONNX)
    QSKIP("this build has no networks");
#endif
  }

  void groups() {
    const Outcome outcome =
        command({"activations", "scene-classifier", "--input-npy", picture("a.npy", 0.0F), "--layer", "stage2", "--nmf",
                 "4", "--target", "house", "--out", path("groups.png"), "--npy", path("maps.npy"), "--directions",
                 path("directions.npy"), "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    const nlohmann::json json = outcome.json();
    QCOMPARE(json.at("groups").size(), std::size_t{4});
    QCOMPARE(json.at("target").at("label").get<std::string>(), std::string("house"));
    const nlohmann::json& image = json.at("images").at(0);
    double sum = image.at("rest").get<double>();
    for (const auto& part : image.at("contributions")) sum += part.get<double>();
    QVERIFY(std::abs(sum - image.at("gradient_x_activation").get<double>()) < 1e-3);
    QCOMPARE(readNpy(path("maps.npy")).shape(), (Shape{1, 4, 16, 16}));
    QCOMPARE(readNpy(path("directions.npy")).shape(), (Shape{4, 48}));
    QVERIFY(std::filesystem::file_size(path("groups.png")) > 100);
  }

  void channels() {
    const std::string input = picture("a.npy", 0.0F);
    const Outcome outcome = command({"channels", "scene-classifier", "--input-npy", input, "--layer", "stage2",
                                     "--steps", "20", "--numbers", "1,5,20", "--csv", path("channels.csv"), "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    const nlohmann::json json = outcome.json();
    QCOMPARE(json.at("kept").size(), std::size_t{3});
    QCOMPARE(json.at("kept").at(2).at("channels").size(), std::size_t{20});
    QCOMPARE(json.at("channel_scores").size(), std::size_t{48});
    std::ifstream csv(path("channels.csv"));
    std::string line;
    QVERIFY(std::getline(csv, line) && line == "channel,score,kept_1,kept_5,kept_20");
    int lines = 0;
    while (std::getline(csv, line)) ++lines;
    QCOMPARE(lines, 48);
    const Outcome text =
        command({"channels", "scene-classifier", "--input-npy", input, "--layer", "stage2", "--method", "conductance"});
    QVERIFY2(text.status == cli::kFine && text.out.find("probability") != std::string::npos, text.text());
  }

  void ablation() {
#if !defined(UNITSCOPE_HAS_OPENCV)
    QSKIP("this build has no scenes");
#endif
    const Outcome outcome = command({"ablate", "scene-classifier", "--unit", "stage3:1,5", "--unit", "stage2:0",
                                     "--count", "4", "--each", "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    const nlohmann::json json = outcome.json();
    QCOMPARE(json.at("ablations").size(), std::size_t{3});
    QCOMPARE(json.at("ablations").at(1).at("units").get<std::string>(), std::string("stage3:5"));
    QCOMPARE(json.at("pictures").get<int>(), 4);
    const Outcome text = command({"ablate", "scene-classifier", "--unit", "stage3:1,5", "--count", "2"});
    QVERIFY2(text.status == cli::kFine && text.out.starts_with("stage3:1,5, 2 pictures"), text.text());
  }

  void mistakes_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("named");
    const auto row = [](const char* name, const QStringList& arguments, int status, const char* named) {
      QTest::newRow(name) << arguments << status << named;
    };
    row("one group", {"activations", "NPY", "--layer", "stage2", "--nmf", "1"}, 2, "--nmf");
    row("colours of no groups", {"activations", "NPY", "--layer", "stage2", "--out", "x.png"}, 2, "--nmf");
    row("groups of one place", {"activations", "NPY", "--layer", "output", "--nmf", "3"}, 1, "place");
    row("no such layer", {"channels", "NPY", "--layer", "nowhere"}, 1, "nowhere");
    row("no such method", {"channels", "NPY", "--layer", "stage2", "--method", "guess"}, 2, "--method");
    row("no number", {"channels", "NPY", "--layer", "stage2", "--numbers", "0"}, 1, "numbers");
    row("no such class", {"channels", "NPY", "--layer", "stage2", "--target", "unicorn"}, 1, "unicorn");
    row("no unit", {"ablate", "--unit", "stage2"}, 1, "--unit stage2");
    row("half a number", {"ablate", "--unit", "stage2:1,x"}, 1, "--unit stage2:1,x");
    row("no such unit", {"ablate", "--unit", "stage2:48", "--count", "1"}, 1, "48");
    row("no such data", {"ablate", "--unit", "stage2:4", "--data", "/nowhere"}, 1, "/nowhere");
  }
  void mistakes() {
    QFETCH(QStringList, arguments);
    QFETCH(int, status);
    QFETCH(QString, named);
    std::vector<std::string> words;
    for (const QString& word : arguments) {
      if (word == "NPY") {
        words.insert(words.end(), {"--input-npy", picture("a.npy", 0.0F)});
        continue;
      }
      words.push_back(word.toStdString());
      if (words.size() == 1) words.emplace_back("scene-classifier");
    }
    const Outcome outcome = command(words);
    QVERIFY2(outcome.status == status, outcome.text());
    QVERIFY2(outcome.err.find(named.toStdString()) != std::string::npos, outcome.text());
  }
};

QTEST_GUILESS_MAIN(TestUnits)
#include "test_units.moc"
