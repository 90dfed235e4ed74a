#include <set>

#include <QtTest>

#include "cli/support.h"
#include "engine/model.h"
#include "zoo/embedded_models.h"

using namespace unitscope;
using unitscope::test::command;
using unitscope::test::Outcome;

/// The stopwatch: which rows there are and how they are printed, not how long they take.
class TestBench : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() {
    if (command({"bench", "--list"}).err.find("without Google Benchmark") != std::string::npos)
      QSKIP("Unitscope skips: bench, since this build has no Google Benchmark");
  }

  void rowsHaveTheirNames() {
    std::set<std::string> rows;
    std::istringstream list(command({"bench", "--list"}).out);
    for (std::string line; std::getline(list, line);) rows.insert(line);
    for (const char* name :
         {"forward/1", "forward/32", "forward_backward/1", "forward_backward/32", "edit/prefix_reuse", "edit/whole_run",
          "tap/first_layer", "tap/whole_run", "features/16", "features/1"})
      QVERIFY2(rows.contains(name), name);
    for (const MethodInfo& info : attributionMethods())
      QVERIFY2(rows.contains("attribution/" + info.id), info.id.c_str());
  }

  void jsonIsGoogleBenchmarks() {
    const Outcome outcome = command({"bench", "^(tap|edit|forward)/(first|prefix|1$)", "--min-time", "0.01", "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    const nlohmann::json json = outcome.json();
    QVERIFY2(json.is_object(), outcome.text());
    std::set<std::string> names;
    for (const auto& row : json.at("benchmarks")) {
      names.insert(row.at("name").get<std::string>());
      QVERIFY2(!row.contains("error_occurred"), row.dump().c_str());
      QVERIFY(row.at("real_time").get<double>() > 0.0);
      QCOMPARE(row.at("time_unit").get<std::string>(), std::string("ms"));
    }
    QCOMPARE(names.size(), std::size_t{3});
    QVERIFY(json.at("context").at("engine").get<std::string>().starts_with("LibTorch"));
  }

  void generatorsHaveRowsOfTheirOwn() {
    if (findEmbeddedModel("fashion-generator") == nullptr) QSKIP("this build has no embedded generators");
    QVERIFY(command({"bench", "--list"}).out.find("gan/") == std::string::npos);
    const Outcome outcome = command({"bench", "^gan/", "--model", "fashion-generator", "--min-time", "0.01", "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    std::set<std::string> names;
    const nlohmann::json json = outcome.json();
    for (const auto& row : json.at("benchmarks")) {
      names.insert(row.at("name").get<std::string>());
      QVERIFY2(!row.contains("error_occurred") || row.at("name") == "gan/direction_last", row.dump().c_str());
      if (row.contains("error_occurred")) continue;
      QVERIFY(row.at("median_ms").get<double>() > 0.0);
      QVERIFY(row.at("median_ms").get<double>() <= row.at("worst_ms").get<double>());
    }
    for (const char* name : {"gan/unit_first", "gan/unit_second_half", "gan/direction", "gan/sample"})
      QVERIFY2(names.contains(name), name);
  }

  void tableNamesTheRow() {
    const Outcome outcome = command({"bench", "attribution/grad_cam$", "--min-time", "0.01"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    QVERIFY2(outcome.out.find("attribution/grad_cam") != std::string::npos, outcome.text());
    QVERIFY2(outcome.out.find("ERROR") == std::string::npos, outcome.text());
  }

  void filterThatMatchesNothing() {
    const Outcome outcome = command({"bench", "teleport"});
    QVERIFY2(outcome.status == cli::kFailed && outcome.err.find("teleport") != std::string::npos, outcome.text());
  }
};

QTEST_GUILESS_MAIN(TestBench)
#include "test_bench.moc"
