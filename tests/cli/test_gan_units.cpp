#include <cmath>

#include <QTemporaryDir>
#include <QtTest>

#include "app/cli/files.h"
#include "cli/support.h"
#include "gan/directions_file.h"
#include "image/image.h"
#include "zoo/embedded_models.h"

using namespace unitscope;
using unitscope::test::command;
using unitscope::test::Outcome;

/// GAN Dissection from the command line: dissected once, then listed, switched and edited.
class TestGanUnits : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  std::string path(const char* name) const { return folder_.filePath(name).toStdString(); }
  Outcome ask(std::vector<std::string> words) const {
    words.insert(words.begin(), "gan");
    return command(words);
  }

 private Q_SLOTS:
  void initTestCase() {
    if (findEmbeddedModel("scene-generator") == nullptr) QSKIP("this build has no embedded generators");
    const Outcome outcome = ask({"dissect", "scene-generator", "--samples", "16", "--layers",
                                 "block8.conv1,block16.conv1", "--out", path("d.json"), "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    const nlohmann::json json = outcome.json();
    QCOMPARE(json["samples"].get<int>(), 16);
    QCOMPARE(json["layers"].size(), std::size_t{2});
    QCOMPARE(json["layers"][0]["units"].size(), std::size_t{128});
    for (const auto& match : json["layers"][1]["units"][5]["best"]) {
      QVERIFY(match["iou"].get<double>() > 0.0 && match["iou"].get<double>() <= 1.0);
      QVERIFY(match["ratio"].get<double>() >= 0.0 && match["ratio"].get<double>() <= 1.0);
    }
  }

  void unitsAreListed() {
    const Outcome outcome = ask({"units", "scene-generator", "--dissection", path("d.json"), "--concept", "sky",
                                 "--layer", "block16.conv1", "--top", "3", "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    const nlohmann::json units = outcome.json()["units"][0]["units"];
    QCOMPARE(units.size(), std::size_t{3});
    QVERIFY(units[0]["iou"].get<double>() >= units[1]["iou"].get<double>());
    QVERIFY(ask({"units", "scene-generator", "--dissection", path("d.json")}).out.find("sky") != std::string::npos);
    QCOMPARE(ask({"units", "scene-generator", "--dissection", path("d.json"), "--concept", "zebra"}).status,
             cli::kFailed);
    QCOMPARE(ask({"units", "scene-generator"}).status, cli::kWrongUsage);
    // Units are numbers of one network.
    QCOMPARE(ask({"units", "fashion-generator", "--dissection", path("d.json"), "--causal"}).status, cli::kFailed);
  }

  void effectsAreMeasuredAndKept() {
    const Outcome outcome =
        ask({"units", "scene-generator", "--dissection", path("d.json"), "--concept", "sky", "--layer", "block16.conv1",
             "--causal", "--units", "6", "--samples", "8", "--out", path("e.json"), "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    const nlohmann::json effect = outcome.json()["effects"][0];
    QCOMPARE(effect["units"].size(), std::size_t{6});
    QVERIFY(effect["own"]["relative_interval"][0].get<double>() <= effect["own"]["relative"].get<double>());
    QVERIFY(effect["changes"].contains("sky"));
    const Outcome edited = ask({"edit", "scene-generator", "--seeds", "1", "--dissection", path("e.json"), "--concept",
                                "sky=off", "--edits-out", path("edits.json"), "--json"});
    QVERIFY2(edited.status == cli::kFine, edited.text());
    QCOMPARE(edited.json()["edits"][0]["units"], effect["units"]);
    QCOMPARE(edited.json()["edits"][0]["layer"].get<std::string>(), std::string("block16.conv1"));
  }

  void picturesAreEdited() {
    const std::vector<std::string> common{"edit", "scene-generator", "--seeds", "1,2", "--dissection", path("d.json")};
    const auto with = [&](std::vector<std::string> more) {
      std::vector<std::string> words = common;
      words.insert(words.end(), more.begin(), more.end());
      return ask(words);
    };
    const Outcome off = with({"--concept", "sky=off", "--units", "8", "--npy", path("a.npy"), "--out", path("a.png"),
                              "--before", path("b.png"), "--edits-out", path("edits.json")});
    QVERIFY2(off.status == cli::kFine, off.text());
    QVERIFY(loadImage(path("a.png")).pixels != loadImage(path("b.png")).pixels);
    // The same change by gan sample.
    QCOMPARE(ask({"sample", "scene-generator", "--seeds", "1,2", "--layer-edits", path("edits.json"), "--npy",
                  path("s.npy")})
                 .status,
             cli::kFine);
    QVERIFY(cli::readNpyFloats(path("a.npy")).values == cli::readNpyFloats(path("s.npy")).values);
    const Outcome drawn = with({"--concept", "sky=draw:1.5", "--region", "0.5", "0", "1", "1", "--npy", path("d.npy")});
    QVERIFY2(drawn.status == cli::kFine, drawn.text());
    QCOMPARE(with({"--concept", "sky=draw", "--npy", path("x.npy")}).status, cli::kFailed);
    QCOMPARE(with({"--concept", "sky=much", "--npy", path("x.npy")}).status, cli::kFailed);
    QCOMPARE(with({"--concept", "sky=off"}).status, cli::kFailed);
    QCOMPARE(ask({"edit", "scene-generator", "--concept", "sky=off", "--npy", path("x.npy")}).status, cli::kFailed);
  }

  void artifactsAreRanked() {
    const Outcome outcome =
        ask({"artifacts", "scene-generator", "--seeds", "10-17", "--bad", "12,15", "--layer", "block16.conv1",
             "--units", "3", "--samples", "8", "--reference-count", "8", "--edits-out", path("repair.json"), "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    const nlohmann::json json = outcome.json();
    const nlohmann::json units = json["layers"][0]["units"];
    QCOMPARE(units.size(), std::size_t{3});
    QVERIFY(units[0]["score"].get<double>() >= units[1]["score"].get<double>());
    QCOMPARE(json["repair"]["units"][0], units[0]["unit"]);
    QVERIFY(json["frechet"]["before"].get<double>() != json["frechet"]["after"].get<double>());
    QVERIFY(std::filesystem::exists(path("repair.json")));
    Array masks{{8, 4, 4}, std::vector<float>(128, 0.0F)};
    masks.values[20] = 1.0F;
    cli::writeNpyFile(path("masks.npy"), masks);
    QCOMPARE(ask({"artifacts", "scene-generator", "--seeds", "10-17", "--bad-regions", path("masks.npy"), "--layer",
                  "block8.conv1", "--no-distance"})
                 .status,
             cli::kFine);
    QCOMPARE(ask({"artifacts", "scene-generator", "--seeds", "10-17", "--bad", "3"}).status, cli::kFailed);
    QCOMPARE(ask({"artifacts", "scene-generator", "--seeds", "10-17"}).status, cli::kFailed);
  }

  void latentsAreMoved() {
    LatentDirection direction;
    direction.name = "first";
    direction.space = "w+";
    direction.vector = {{128}, std::vector<float>(128, 0.1F)};
    direction.layers = {0, 1};
    saveDirections({direction}, path("dir.npy"));
    const auto pictures = [&](const std::string& amount) {
      const Outcome outcome = ask({"edit", "scene-generator", "--seeds", "3", "--directions",
                                   path("dir.npy") + ":0=" + amount, "--npy", path("m.npy")});
      return outcome.status == cli::kFine ? cli::readNpyFloats(path("m.npy")).values : std::vector<float>{};
    };
    const std::vector<float> still = pictures("0"), there = pictures("2"), back = pictures("-2");
    QVERIFY(!still.empty() && there != still && back != still);
    QCOMPARE(ask({"sample", "scene-generator", "--seeds", "3", "--npy", path("p.npy")}).status, cli::kFine);
    const std::vector<float> plain = cli::readNpyFloats(path("p.npy")).values;
    for (std::size_t i = 0; i < plain.size(); ++i) QVERIFY(std::abs(plain[i] - still[i]) < 1e-4F);
    QCOMPARE(ask({"edit", "scene-generator", "--directions", path("dir.npy"), "--npy", path("x.npy")}).status,
             cli::kFailed);
  }
};

QTEST_APPLESS_MAIN(TestGanUnits)
#include "test_gan_units.moc"
