#include <filesystem>

#include <QTemporaryDir>
#include <QtTest>

#include "app/cli/unit_list.h"
#include "cli/support.h"
#include "image/image.h"
#include "support/files.h"

using namespace unitscope;
using unitscope::test::command;
using unitscope::test::Outcome;

namespace fs = std::filesystem;

/// Feature visualization from the command line, on a built-in network.
class TestVisualize : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;

  std::string path(const std::string& name) const {
    return folder_.filePath(QString::fromStdString(name)).toStdString();
  }

  static Outcome visualize(std::vector<std::string> more) {
    std::vector<std::string> words{"visualize", "scene-classifier", "--set", "steps=3"};
    words.insert(words.end(), more.begin(), more.end());
    return command(words);
  }

 private Q_SLOTS:
  void initTestCase() {
    QVERIFY(folder_.isValid());
    const Outcome info = command({"info", "scene-classifier", "--json"});
    if (info.status != cli::kFine) QSKIP("this build cannot read ONNX");
#ifndef UNITSCOPE_HAS_OPENCV
    QSKIP("this build writes no pictures");
#endif
  }

  void oneFile() {
    const Outcome outcome =
        visualize({"--layer", "output", "--unit", "10", "--out", path("one.png"), "--seed", "4", "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    const nlohmann::json json = outcome.json();
    QCOMPARE(json["seed"].get<int>(), 4);
    QCOMPARE(json["method"].get<std::string>(), std::string("fourier"));
    QCOMPARE(json["parameters"]["steps"].get<int>(), 3);
    QCOMPARE(json["pictures"][0]["unit"].get<int>(), 10);
    QCOMPARE(json["pictures"][0]["file"].get<std::string>(), path("one.png"));
    QCOMPARE(json["mean"].get<double>(), json["pictures"][0]["mean_activation"].get<double>());
    const Image image = loadImage(path("one.png"));
    QCOMPARE(image.width, 64);
    QCOMPARE(image.height, 64);
  }

  void folderAndSheet() {
    const Outcome outcome = visualize({"--layer", "output", "--unit", "0-1,16", "--out", path("tiles"), "--sheet",
                                       path("sheet.png"), "--set", "pixels=64"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    for (const char* name : {"output_0000.png", "output_0001.png", "output_0016.png"})
      QVERIFY2(fs::exists(path(std::string("tiles/") + name)), name);
    QVERIFY(outcome.out.find("output:16  mean ") != std::string::npos);
    QCOMPARE(loadImage(path("sheet.png")).width, 3 * 64 + 4 * 4);
  }

  void kinds() {
    const std::vector<std::vector<std::string>> kinds{
        {"--unit", "1", "--negative"},
        {"--unit", "1", "--diversity", "2"},
        {"--unit", "1", "--between", "2", "--mix", "0.25"},
        {"--unit", "1", "--method", "maco", "--transparent"},
        {"--dream"},
    };
    for (std::vector<std::string> words : kinds) {
      words.insert(words.end(), {"--layer", "output", "--out", path("kinds")});
      const Outcome outcome = visualize(words);
      QVERIFY2(outcome.status == cli::kFine, outcome.text());
    }
    for (const char* name :
         {"output_0001.png", "output_0001_negative.png", "output_0001_1.png", "output_0001_2.png", "output_all.png"})
      QVERIFY2(fs::exists(path(std::string("kinds/") + name)), name);
    // The colour type in a PNG's header: RGBA.
    QCOMPARE(int(test::readBytes(path("kinds/output_0001.png")).at(25)), 6);
  }

  void vectors() {
    const std::string picture = path("one.png");
    const Outcome made =
        command({"activations", "scene-classifier", picture, "--layer", "output", "--npy", path("v.npy")});
    QVERIFY2(made.status == cli::kFine, made.text());
    for (const char* option : {"--direction", "--match"}) {
      const Outcome outcome =
          visualize({"--layer", "output", option, path("v.npy"), "--out", path("vector.png"), "--json"});
      QVERIFY2(outcome.status == cli::kFine, outcome.text());
      QCOMPARE(outcome.json()["pictures"].size(), std::size_t{1});
    }
  }

  void refusals() {
    const auto refused = [](const Outcome& outcome, const char* part) {
      return outcome.status != cli::kFine && outcome.err.find(part) != std::string::npos;
    };
    QVERIFY(refused(visualize({"--layer", "output", "--unit", "1"}), "--out"));
    QVERIFY(refused(visualize({"--layer", "output", "--out", path("x.png")}), "--unit"));
    QVERIFY(refused(visualize({"--layer", "output", "--unit", "17", "--out", path("x.png")}), "no such unit"));
    QVERIFY(refused(visualize({"--layer", "nowhere", "--unit", "1", "--out", path("x.png")}), "nowhere"));
    QVERIFY(refused(visualize({"--layer", "output", "--unit", "0-3", "--out", path("x.png")}), "folder"));
    QVERIFY(refused(visualize({"--layer", "output", "--unit", "3-0", "--out", path("x.png")}), "ranges"));
    QVERIFY(refused(visualize({"--layer", "output", "--unit", "1", "--place", "a", "--out", path("x.png")}), "row"));
    QVERIFY(refused(visualize({"--layer", "output", "--unit", "1", "--set", "colour=1", "--out", path("x.png")}),
                    "decorrelate"));
    QVERIFY(!fs::exists(path("x.png")));
  }

  void unitLists() {
    QCOMPARE(cli::unitsFrom("16"), (std::vector<std::int64_t>{16}));
    QCOMPARE(cli::unitsFrom("0-3"), (std::vector<std::int64_t>{0, 1, 2, 3}));
    QCOMPARE(cli::unitsFrom("8,3,2-4"), (std::vector<std::int64_t>{8, 3, 2, 4}));
    for (const char* wrong : {"", ",", "1,", "-1", "a", "1-", "4-2", "1 2", "0-99999999999"})
      QVERIFY2(!test::errorOf([&] { cli::unitsFrom(wrong); }).empty(), wrong);
  }
};

QTEST_GUILESS_MAIN(TestVisualize)
#include "test_visualize.moc"
