#include <algorithm>
#include <filesystem>

#include <QTemporaryDir>
#include <QtTest>

#include "cli/support.h"
#include "image/image.h"
#include "support/files.h"

using namespace unitscope;
using unitscope::test::command;
using unitscope::test::Outcome;

/// Dataset examples from the command line, on a small built-in network.
class TestGallery : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;

  std::string path(const char* name) const { return folder_.filePath(name).toStdString(); }

 private Q_SLOTS:
  void initTestCase() {
    QVERIFY(folder_.isValid());
    const Outcome made = command({"gallery", "scene-classifier", "--count", "48", "--top", "3", "--relevance", "house",
                                  "--out", path("whole.h5"), "--json"});
    if (made.status != cli::kFine &&
        (made.err.find("HDF5") != std::string::npos || made.err.find("OpenCV") != std::string::npos ||
         made.err.find("scene-classifier") != std::string::npos))
      QSKIP("this build has no HDF5, no scenes or no networks");
    QVERIFY2(made.status == cli::kFine, made.text());
    const nlohmann::json json = made.json();
    QCOMPARE(json["pictures"].get<int>(), 48);
    QVERIFY(json["units"].get<int>() > 100 && json["layers"].size() > 3);
  }

  void parts() {
    // Schedulers that count from 1.
    for (const char* part : {"1/2", "2/2"}) {
      const Outcome one = command({"gallery", "scene-classifier", "--count", "48", "--top", "3", "--relevance", "house",
                                   "--shard", part, "--resume", "--out", path(part[0] == '1' ? "1.h5" : "2.h5")});
      QVERIFY2(one.status == cli::kFine && one.out.find("of 2") != std::string::npos, one.text());
    }
    const Outcome merged = command({"gallery", "merge", path("merged.h5"), path("1.h5"), path("2.h5")});
    QVERIFY2(merged.status == cli::kFine && merged.out.find("48 pictures, 2 of 2") != std::string::npos, merged.text());
    const nlohmann::json whole = command({"gallery", "show", path("whole.h5"), "--json"}).json();
    const std::string layer = whole["layers"].back()["name"];
    for (const char* unit : {"0", "3"}) {
      const nlohmann::json a =
          command({"gallery", "show", path("whole.h5"), "--layer", layer, "--unit", unit, "--json"}).json();
      const nlohmann::json b =
          command({"gallery", "show", path("merged.h5"), "--layer", layer, "--unit", unit, "--json"}).json();
      for (const char* what : {"top", "lowest", "random", "relevant", "quantiles", "histogram", "places"})
        QVERIFY2(a["unit"][what] == b["unit"][what], what);
      QCOMPARE(a["unit"]["top"].size(), std::size_t{3});
    }
    const Outcome again = command({"gallery", "merge", path("merged.h5"), path("1.h5"), path("1.h5")});
    QVERIFY2(again.status == cli::kFailed && again.err.find("1.h5") != std::string::npos, again.text());
  }

  void shows() {
    Outcome outcome = command({"gallery", "show", path("whole.h5")});
    QVERIFY2(outcome.status == cli::kFine && outcome.out.find("48 pictures of scenes") != std::string::npos,
             outcome.text());
    const nlohmann::json layers = command({"gallery", "show", path("whole.h5"), "--json"}).json()["layers"];
    const std::string layer = layers.front()["name"];
    outcome = command({"gallery", "show", path("whole.h5"), "--layer", layer});
    QVERIFY2(outcome.status == cli::kFine && outcome.out.find("selectivity") != std::string::npos, outcome.text());
    outcome = command({"gallery", "show", path("whole.h5"), "--layer", layer, "--unit", "1"});
    QVERIFY2(outcome.status == cli::kFine && outcome.out.find("Most relevant") != std::string::npos, outcome.text());
    outcome = command({"gallery", "show", path("whole.h5"), "--layer", layer, "--csv", path("table.csv"), "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    QCOMPARE(outcome.json()["units"].size(), layers.front()["units"].get<std::size_t>());
    const std::string table = test::readBytes(path("table.csv"));
    QVERIFY(table.starts_with("unit,places,mean"));
    QCOMPARE(std::ranges::count(table, '\n'), layers.front()["units"].get<std::ptrdiff_t>() + 1);
    const std::string head = table.substr(0, table.find('\n')),
                      row = table.substr(head.size() + 1, table.find('\n', head.size() + 1) - head.size() - 1);
    QCOMPARE(std::ranges::count(row, ','), std::ranges::count(head, ','));
  }

  void sheet() {
    const std::string layer = command({"gallery", "show", path("whole.h5"), "--json"}).json()["layers"][1]["name"];
    for (const bool whole : {false, true}) {
      std::vector<std::string> words{
          "gallery", "sheet", "scene-classifier", path("whole.h5"), "--layer", layer, "--units", "0-2,5", "--cell",
          "32",      "--out", path("sheet.png"),  "--mean"};
      if (whole) words.insert(words.end(), {"--whole", "--kind", "relevant"});
      const Outcome outcome = command(words);
      QVERIFY2(outcome.status == cli::kFine, outcome.text());
      const Image sheet = loadImage(path("sheet.png"));
      QVERIFY(sheet.width == 4 * 36 + 4 && sheet.height == 4 * 36 + 4);
    }
  }

  void wrongUse() {
    QCOMPARE(command({"gallery"}).status, cli::kWrongUsage);
    QCOMPARE(command({"gallery", "scene-classifier"}).status, cli::kWrongUsage);
    QCOMPARE(command({"gallery", "merge", path("out.h5")}).status, cli::kWrongUsage);
    QCOMPARE(command({"gallery", "show"}).status, cli::kWrongUsage);
    for (const char* shard : {"3/2", "x/2", "1", "-1/2", "1/0"}) {
      const Outcome outcome =
          command({"gallery", "scene-classifier", "--count", "1", "--shard", shard, "--out", path("no.h5")});
      QVERIFY2(outcome.status == cli::kFailed && outcome.err.find("--shard") != std::string::npos, outcome.text());
    }
    Outcome outcome = command({"gallery", "scene-classifier", "--layer", "nowhere", "--out", path("no.h5")});
    QVERIFY2(outcome.status == cli::kFailed && outcome.err.find("nowhere") != std::string::npos, outcome.text());
    outcome = command({"gallery", "show", path("absent.h5")});
    QVERIFY2(outcome.status == cli::kFailed && outcome.err.find("absent.h5") != std::string::npos, outcome.text());
    outcome = command({"gallery", "show", path("whole.h5"), "--layer", "nowhere"});
    QVERIFY2(outcome.status == cli::kFailed && outcome.err.find("nowhere") != std::string::npos, outcome.text());
    outcome = command({"gallery", "show", path("whole.h5"), "--unit", "1"});
    QVERIFY2(outcome.status == cli::kFailed && outcome.err.find("--layer") != std::string::npos, outcome.text());
    const std::string layer = command({"gallery", "show", path("whole.h5"), "--json"}).json()["layers"][0]["name"];
    for (const char* units : {"9-2", "a", "100000", "", "1,,2"}) {
      outcome = command({"gallery", "sheet", "scene-classifier", path("whole.h5"), "--layer", layer, "--units", units,
                         "--out", path("no.png")});
      QVERIFY2(outcome.status != cli::kFine && outcome.err.find("--units") != std::string::npos, outcome.text());
    }
  }
};

QTEST_GUILESS_MAIN(TestGallery)
#include "test_gallery.moc"
