#include <algorithm>
#include <cmath>
#include <filesystem>

#include <QTemporaryDir>
#include <QtTest>

#include "cli/support.h"
#include "support/files.h"

using namespace unitscope;
using unitscope::test::command;
using unitscope::test::Outcome;

/// Judging from the command line, on the small built-in networks.
class TestJudge : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;

  std::string path(const char* name) const { return folder_.filePath(name).toStdString(); }

 private Q_SLOTS:
  void initTestCase() {
    QVERIFY(folder_.isValid());
    const Outcome made = command({"zoo", "scenes", "--out", path("scenes"), "--count", "12", "--seed", "3"});
    if (made.status != cli::kFine) QSKIP("this build cannot draw");
    const Outcome map = command({"attribute", "scene-classifier", path("scenes/images/000001.png"), "--method",
                                 "input_x_gradient", "--npy", path("map.npy"), "--json"});
    QVERIFY2(map.status == cli::kFine, map.text());
  }

  void curves() {
    const Outcome outcome =
        command({"judge", "scene-classifier", path("scenes/images/000001.png"), "--map", path("map.npy"), "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    const nlohmann::json json = outcome.json();
    for (const char* metric : {"deletion", "insertion"}) {
      QVERIFY2(json.contains(metric), outcome.text());
      const auto curve = json[metric]["curve"].get<std::vector<double>>();
      QCOMPARE(curve.size(), std::size_t{65});
      double area = -0.5 * (curve.front() + curve.back());
      for (const double value : curve) area += value;
      QVERIFY(std::abs(json[metric]["auc"].get<double>() - area / 64.0) < 1e-9);
    }
    QCOMPARE(json.size(), std::size_t{2});
  }

  void chosenMetricsAndPlainText() {
    const Outcome outcome =
        command({"judge", "scene-classifier", path("scenes/images/000001.png"), "--map", path("map.npy"), "--metrics",
                 "sensitivity_n,max_sensitivity", "--method", "input_x_gradient"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    QVERIFY2(outcome.out.find("Sensitivity-n") != std::string::npos, outcome.text());
    QVERIFY2(outcome.out.find("Deletion") == std::string::npos, outcome.text());
  }

  void league() {
    const std::string csv = path("league.csv");
    const Outcome outcome =
        command({"league", "scene-classifier", "--data", path("scenes"), "--methods", "input_x_gradient,random",
                 "--metrics", "deletion,energy", "--csv", csv, "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    const nlohmann::json json = outcome.json();
    QCOMPARE(json["methods"].size(), std::size_t{2});
    QVERIFY(json["pictures"].get<int>() + json["passed_over"].get<int>() == 12);
    const nlohmann::json& energy = json["methods"][0]["energy"];
    QVERIFY(energy["low"].get<double>() <= energy["mean"].get<double>());
    QVERIFY(json["methods"][1]["control"].get<bool>());
    const std::string table = test::readBytes(csv);
    QVERIFY2(table.starts_with("method,settings,map,pictures,seconds,deletion,deletion_low,deletion_high,energy"),
             table.c_str());
    QCOMPARE(std::ranges::count(table, '\n'), std::ptrdiff_t{3});
    const Outcome text =
        command({"league", "scene-classifier", "--count", "1", "--methods", "random", "--metrics", "deletion"});
    QVERIFY2(text.status == cli::kFine && text.out.find("random") != std::string::npos, text.text());
    const Outcome wrong = command({"league", "scene-classifier", "--data", path("nowhere")});
    QVERIFY2(wrong.status == cli::kFailed && wrong.err.find("nowhere") != std::string::npos, wrong.text());
  }

  void failures() {
    const Outcome outcome =
        command({"failures", "scene-classifier", "--data", path("scenes"), "--class", "house", "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    const nlohmann::json json = outcome.json();
    QCOMPARE(json["pictures"].get<int>(), 12);
    QVERIFY(json["multi_label"].get<bool>() && json["mean_average_precision"].get<double>() > 0.5);
    for (const auto& found : json["classes"])
      if (found["label"] != "house") QCOMPARE(found["heatmaps"].get<int>(), 0);
    const Outcome text = command({"failures", "scene-classifier", "--count", "5", "--maps", "1"});
    QVERIFY2(text.status == cli::kFine && text.out.find("cheating") != std::string::npos, text.text());
    const Outcome wrong = command({"failures", "fashion-classifier"});
    QVERIFY2(wrong.status == cli::kFailed && wrong.err.find("labels") != std::string::npos, wrong.text());
  }

  void wrongUse() {
    const std::string picture = path("scenes/images/000001.png");
    QCOMPARE(command({"judge", "scene-classifier", picture}).status, cli::kFailed);
    Outcome outcome = command({"judge", "scene-classifier", picture, "--map", path("map.npy"), "--metrics", "energy"});
    QCOMPARE(outcome.status, cli::kFailed);
    QVERIFY2(outcome.err.find("mask") != std::string::npos, outcome.text());
    outcome = command({"judge", "scene-classifier", picture, "--map", path("map.npy"), "--metrics", "beauty"});
    QVERIFY2(outcome.status == cli::kFailed && outcome.err.find("deletion") != std::string::npos, outcome.text());
    outcome = command({"judge", "scene-classifier", picture, "--map", path("none.npy")});
    QVERIFY2(outcome.status == cli::kFailed && outcome.err.find("none.npy") != std::string::npos, outcome.text());
    outcome = command({"judge", "scene-classifier", picture, "--map", path("map.npy"), "--set", "steps=3"});
    QVERIFY2(outcome.status == cli::kFailed && outcome.err.find("--method") != std::string::npos, outcome.text());
  }
};

QTEST_GUILESS_MAIN(TestJudge)
#include "test_judge.moc"
