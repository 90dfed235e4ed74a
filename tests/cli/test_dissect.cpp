#include <algorithm>
#include <filesystem>

#include <QTemporaryDir>
#include <QtTest>

#include "cli/support.h"
#include "support/files.h"

using namespace unitscope;
using unitscope::test::command;
using unitscope::test::Outcome;

/// Dissection and concept vectors from the command line, on the small built-in networks.
class TestDissectCommand : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;

  std::string path(const char* name) const { return folder_.filePath(name).toStdString(); }

 private Q_SLOTS:
  void initTestCase() {
    QVERIFY(folder_.isValid());
    const Outcome made = command({"zoo", "scenes", "--out", path("scenes"), "--count", "40", "--seed", "3"});
    if (made.status != cli::kFine) QSKIP("this build cannot draw");
  }

  void dissect() {
    const std::string out = path("dissection.json"), csv = path("units.csv");
    const Outcome outcome =
        command({"dissect", "scene-classifier", "--data", path("scenes"), "--layer", "stage3", "--layer", "stage4",
                 "--out", out, "--csv", csv, "--effects", "4", "--effects-count", "20", "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    const nlohmann::json json = outcome.json();
    QCOMPARE(json["pictures"].get<int>(), 40);
    QCOMPARE(json["layers"].size(), std::size_t{2});
    QCOMPARE(json["layers"][1]["units"].get<int>(), 104);
    QCOMPARE(json["layers"][1]["labels"].size(), std::size_t{104});
    QCOMPARE(json["effects"]["layer"].get<std::string>(), std::string("stage4"));
    QVERIFY(json["effects"]["concepts"].size() > 3);
    QVERIFY(test::readBytes(out).starts_with("{\"kind\":\"unitscope dissection\""));
    QCOMPARE(std::ranges::count(test::readBytes(csv), '\n'), std::ptrdiff_t{1 + 72 + 104});
  }

  void dissectScenesBySegmenter() {
    const Outcome outcome = command({"dissect", "scene-classifier", "--count", "12", "--layer", "stage2", "--segmenter",
                                     "scene-segmenter", "--no-colors"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    QVERIFY2(outcome.out.find("stage2") != std::string::npos && outcome.out.find("12 pictures") != std::string::npos,
             outcome.text());
    QVERIFY2(outcome.out.find("color") == std::string::npos, outcome.text());
  }

  void net2vec() {
    const std::string out = path("vectors.json");
    const std::vector<std::string> words{
        "net2vec", "scene-classifier", "--data", path("scenes"), "--layer", "stage3", "--concept", "sky", "--concept",
        "roof",    "--epochs",         "3",      "--sizes",      "1,5",     "--out",  out};
    Outcome outcome = command(words);
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    QVERIFY2(outcome.out.find("roof") != std::string::npos, outcome.text());
    QVERIFY(test::readBytes(out).starts_with("{\"kind\":\"unitscope concept vectors\""));
    std::vector<std::string> asJson = words;
    asJson.push_back("--json");
    outcome = command(asJson);
    const nlohmann::json json = outcome.json();
    QVERIFY2(json.contains("concepts"), outcome.text());
    QCOMPARE(json["concepts"].size(), std::size_t{2});
    QCOMPARE(json["concepts"][0]["curve"].size(), std::size_t{3});
    QCOMPARE(json["units"].get<int>(), 72);
  }

  void wrongUse() {
    Outcome outcome = command({"dissect", "scene-classifier", "--data", path("nowhere")});
    QVERIFY2(outcome.status == cli::kFailed && outcome.err.find("nowhere") != std::string::npos, outcome.text());
    outcome = command({"dissect", "scene-classifier", "--data", path("scenes/images")});
    QVERIFY2(outcome.status == cli::kFailed && outcome.err.find("segmenter") != std::string::npos, outcome.text());
    QCOMPARE(command({"net2vec", "scene-classifier"}).status, cli::kWrongUsage);
    outcome = command({"net2vec", "scene-classifier", "--layer", "stage9"});
    QVERIFY2(outcome.status == cli::kFailed && outcome.err.find("stage9") != std::string::npos, outcome.text());
    QCOMPARE(command({"dissect", "scene-classifier", "--top-share", "2"}).status, cli::kWrongUsage);
  }
};

QTEST_GUILESS_MAIN(TestDissectCommand)
#include "test_dissect.moc"
