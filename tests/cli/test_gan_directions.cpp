#include <cmath>

#include <QTemporaryDir>
#include <QtTest>

#include "app/cli/files.h"
#include "cli/support.h"
#include "gan/boundary.h"
#include "gan/latent_samples.h"
#include "zoo/embedded_models.h"

using namespace unitscope;
using unitscope::test::command;
using unitscope::test::dot;
using unitscope::test::Outcome;

/// Latent directions from the command line.
class TestGanDirections : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  std::string path(const char* name) const { return folder_.filePath(name).toStdString(); }

 private Q_SLOTS:
  void initTestCase() {
    Array latents = test::sampleArray({300, 8}, 1);
    Array first{{300}, {}}, second{{300, 1}, {}};
    for (std::size_t i = 0; i < 300; ++i) {
      first.values.push_back(latents.values[i * 8] + 0.2f * latents.values[i * 8 + 1]);
      second.values.push_back(latents.values[i * 8 + 1]);
    }
    cli::writeNpyFile(path("L.npy"), latents);
    cli::writeNpyFile(path("S.npy"), first);
    cli::writeNpyFile(path("T.npy"), second);
  }

  void directions() {
    if (findEmbeddedModel("fashion-generator") == nullptr) QSKIP("this build has no embedded generators");
    const Outcome outcome = command({"gan", "directions", "fashion-generator", "--method", "sefa", "--layers", "0-1",
                                     "--npy", path("d.npy"), "--count", "3", "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    const nlohmann::json json = outcome.json();
    QCOMPARE(json["eigenvalues"].size(), std::size_t{3});
    QCOMPARE(json["layers"].get<std::vector<int>>(), (std::vector<int>{0, 1}));
    const Array found = cli::readNpyFloats(path("d.npy"));
    QCOMPARE(found.shape, (Shape{3, json["latent_dim"].get<std::int64_t>()}));
    QVERIFY(std::filesystem::exists(path("d.npy.json")));
    const Outcome samples = command({"gan", "directions", "fashion-generator", "--method", "ganspace", "--samples",
                                     "200", "--npy", path("g.npy"), "--json"});
    QVERIFY2(samples.status == cli::kFine, samples.text());
    QCOMPARE(samples.json()["samples"].get<int>(), 200);
    QCOMPARE(cli::readNpyFloats(path("g.npy")).shape.front(), std::int64_t{5});
    const Outcome plain = command({"gan", "directions", "fashion-generator"});
    QVERIFY2(plain.out.find("SeFa 1") != std::string::npos, plain.text());
    QCOMPARE(command({"gan", "directions", "fashion-generator", "--layers", "77"}).status, cli::kFailed);
    QCOMPARE(command({"gan", "directions", "fashion-generator", "--method", "x"}).status, cli::kWrongUsage);
    QCOMPARE(command({"gan"}).status, cli::kWrongUsage);
  }

  void boundary() {
    if (!canFitBoundaries()) QSKIP("this build has no LIBLINEAR");
    const Outcome outcome = command(
        {"gan", "boundary", "--latents", path("L.npy"), "--scores", path("S.npy"), "--npy", path("b.npy"), "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    const nlohmann::json json = outcome.json();
    QVERIFY(json["accuracy"]["validation"].get<double>() > 0.9);
    QCOMPARE(json["positives"].get<int>(), 75);
    QCOMPARE(json["split"]["train_positive"].size() + json["split"]["validation_positive"].size(), std::size_t{75});
    const Array normal = cli::readNpyFloats(path("b.npy"));
    QCOMPARE(normal.shape, (Shape{1, 8}));
    QVERIFY(std::abs(dot(normal.values.data(), normal.values.data(), 8) - 1.0) < 1e-5);

    QCOMPARE(command({"gan", "boundary", "--latents", path("L.npy"), "--scores", path("T.npy"), "--npy", path("t.npy")})
                 .status,
             cli::kFine);
    const Outcome without = command({"gan", "boundary", "--latents", path("L.npy"), "--scores", path("S.npy"), "--npy",
                                     path("c.npy"), "--without", path("t.npy"), "--json"});
    QVERIFY2(without.status == cli::kFine, without.text());
    const Array conditional = cli::readNpyFloats(path("c.npy")), other = cli::readNpyFloats(path("t.npy"));
    QVERIFY(std::abs(dot(conditional.values.data(), other.values.data(), 8)) < 1e-5);
    QCOMPARE(command({"gan", "boundary", "--latents", path("S.npy"), "--scores", path("none.npy")}).status,
             cli::kFailed);
    QCOMPARE(command({"gan", "boundary", "--latents", path("L.npy")}).status, cli::kWrongUsage);
  }

  void boundariesOfAttributes() {
    if (!canFitBoundaries()) QSKIP("this build has no LIBLINEAR");
    if (findEmbeddedModel("scene-generator") == nullptr) QSKIP("this build has no embedded generators");
    const Outcome outcome = command({"gan", "boundary", "scene-generator", "--attribute", "brightness", "--attribute",
                                     "warmth@top", "--condition-on", "all", "--samples", "200", "--cost", "0.01",
                                     "--npy", path("a.npy"), "--scores-npy", path("s.npy"), "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    const nlohmann::json json = outcome.json();
    QCOMPARE(json["boundaries"].size(), std::size_t{2});
    QCOMPARE(json["boundaries"][1]["attribute"].get<std::string>(), std::string("warmth@top"));
    QVERIFY(json["boundaries"][0]["accuracy"]["validation"].get<double>() > 0.7);
    QVERIFY(json["boundaries"][0]["cosine_with_unconditional"].get<double>() <= 1.0);
    QCOMPARE(json["entanglement"]["cosine"].size(), std::size_t{2});
    QCOMPARE(cli::readNpyFloats(path("a.npy")).shape, (Shape{2, 128}));
    QCOMPARE(cli::readNpyFloats(path("s.npy")).shape, (Shape{200, 2}));

    const Outcome rescored = command({"gan", "rescore", "scene-generator", "--directions", path("a.npy"), "--attribute",
                                      "brightness", "--attribute", "warmth@top", "--samples", "20", "--json"});
    QVERIFY2(rescored.status == cli::kFine, rescored.text());
    const nlohmann::json changes = rescored.json();
    QCOMPARE(changes["rows"].get<std::vector<std::string>>(), (std::vector<std::string>{"brightness", "warmth@top"}));
    QVERIFY2(changes["strength"][0][0].get<double>() > 0.3, rescored.text());
    QVERIFY(changes["strength"][1][1].get<double>() > 0.3);
    QVERIFY(changes["rise_low"][0][0].get<double>() <= changes["rise_high"][0][0].get<double>());
    const Outcome layers = command({"gan", "rescore", "scene-generator", "--directions", path("a.npy") + ":0",
                                    "--attribute", "brightness", "--samples", "4", "--by-layer", "--json"});
    QVERIFY2(layers.status == cli::kFine, layers.text());
    QCOMPARE(layers.json()["directions"][0]["rows"].back().get<std::string>(), std::string("all"));
    const Outcome text = command({"gan", "rescore", "scene-generator", "--directions", path("a.npy"), "--attribute",
                                  "brightness", "--samples", "4", "--each-layer"});
    QVERIFY2(text.out.find("warmth@top, by layers") != std::string::npos, text.text());

    const Outcome list = command({"gan", "attributes", "scene-generator"});
    QVERIFY2(list.out.find("area:tree\n") != std::string::npos && list.out.find("class:boat\n") != std::string::npos,
             list.text());
    QCOMPARE(command({"gan", "boundary"}).status, cli::kWrongUsage);
    QCOMPARE(command({"gan", "boundary", "scene-generator"}).status, cli::kWrongUsage);
    QCOMPARE(command({"gan", "boundary", "scene-generator", "--attribute", "brightness", "--latents", path("L.npy"),
                      "--scores", path("S.npy")})
                 .status,
             cli::kWrongUsage);
    QCOMPARE(command({"gan", "boundary", "scene-generator", "--attribute", "beauty"}).status, cli::kFailed);
    QCOMPARE(command({"gan", "boundary", "scene-generator", "--attribute", "area:car@top", "--samples", "20"}).status,
             cli::kFailed);
  }

  void walks() {
    const Outcome random = command({"gan", "walk", "--from", path("L.npy"), "--row", "2", "--frames", "30", "--speed",
                                    "0.1", "--radius", "1", "--npy", path("w.npy"), "--json"});
    QVERIFY2(random.status == cli::kFine, random.text());
    QCOMPARE(cli::readNpyFloats(path("w.npy")).shape, (Shape{30, 8}));
    QVERIFY(random.json()["closed"].get<bool>() && random.json()["farthest"].get<double>() <= 1.0 + 1e-6);
    const Outcome line = command({"gan", "walk", "--from", path("L.npy"), "--to", path("L.npy"), "--to-row", "1",
                                  "--spherical", "--frames", "5", "--npy", path("i.npy")});
    QVERIFY2(line.status == cli::kFine, line.text());
    const Array path5 = cli::readNpyFloats(path("i.npy")), all = cli::readNpyFloats(path("L.npy"));
    for (std::size_t k = 0; k < 8; ++k) QVERIFY(std::abs(path5.values[32 + k] - all.values[8 + k]) < 1e-6f);
    QCOMPARE(command({"gan", "walk", "--npy", path("x.npy")}).status, cli::kFailed);
    QCOMPARE(command({"gan", "walk", "--from", path("L.npy"), "--row", "300", "--npy", path("x.npy")}).status,
             cli::kFailed);
    if (findEmbeddedModel("fashion-generator") == nullptr) return;
    const Outcome drawn = command({"gan", "walk", "fashion-generator", "--start-seed", "3", "--frames", "4", "--space",
                                   "z", "--npy", path("z.npy"), "--json"});
    QVERIFY2(drawn.status == cli::kFine, drawn.text());
    QCOMPARE(cli::readNpyFloats(path("z.npy")).shape.front(), std::int64_t{4});
  }
};

QTEST_APPLESS_MAIN(TestGanDirections)
#include "test_gan_directions.moc"
