#include <cmath>

#include <QTemporaryDir>
#include <QtTest>

#include "app/cli/files.h"
#include "cli/support.h"
#include "image/image.h"
#include "runtime/atomic_file.h"
#include "zoo/embedded_models.h"

using namespace unitscope;
using unitscope::test::command;
using unitscope::test::Outcome;

/// Pictures of generators from the command line.
class TestGanSample : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  std::string path(const char* name) const { return folder_.filePath(name).toStdString(); }

  static double difference(const Array& a, const Array& b) {
    double most = a.shape == b.shape ? 0.0 : 1e9;
    for (std::size_t i = 0; i < std::min(a.values.size(), b.values.size()); ++i)
      most = std::max(most, std::abs(double(a.values[i]) - b.values[i]));
    return most;
  }
  Array sampled(std::vector<std::string> more) const {
    std::vector<std::string> words{"gan", "sample", "fashion-generator", "--npy", path("images.npy")};
    words.insert(words.end(), more.begin(), more.end());
    const Outcome outcome = command(words);
    if (outcome.status != cli::kFine) {
      qWarning("%s", outcome.text().constData());
      return {};
    }
    return cli::readNpyFloats(path("images.npy"));
  }

 private Q_SLOTS:
  void initTestCase() {
    if (findEmbeddedModel("fashion-generator") == nullptr) QSKIP("this build has no embedded generators");
  }

  void samplesAndTheirStyles() {
    const Array images = sampled({"--seeds", "3-5", "--out", path("sheet.png"), "--latents-npy", path("z.npy"),
                                  "--styles-npy", path("w.npy"), "--truncation", "0.7"});
    QCOMPARE(images.shape.size(), std::size_t{4});
    QCOMPARE(images.shape.front(), std::int64_t{3});
    QVERIFY(loadImage(path("sheet.png")).width > 3 * images.shape[3] / 2);
    // z with its truncation, and the styles as they are, give the same pictures.
    QVERIFY(difference(sampled({"--latents", path("z.npy"), "--truncation", "0.7"}), images) < 1e-6);
    QVERIFY(difference(sampled({"--latents", path("z.npy")}), images) > 1e-3);
    QVERIFY(difference(sampled({"--latents", path("w.npy"), "--space", "w+", "--truncation", "0.1"}), images) < 1e-5);
    QVERIFY(difference(sampled({"--latents", path("z.npy"), "--truncation", "0.7", "--noise", "none"}), images) > 0.0);
  }

  void unitsAreEdited() {
    const Outcome info = command({"gan", "info", "fashion-generator", "--json"});
    QVERIFY2(info.status == cli::kFine, info.text());
    QCOMPARE(info.json()["styles"].get<std::string>(), std::string("w_plus"));
    QVERIFY(!info.json()["style_layers"].empty());
    const std::string style = info.json()["style_layers"][1].get<std::string>();
    const std::string layer = style.substr(0, style.rfind('.'));
    const Array plain = sampled({"--seeds", "1"});
    const auto edits = [&](const std::string& text) { writeFileAtomically(path("edits.json"), text); };
    edits(R"([{"layer": ")" + layer + R"(", "units": [0, 1, 2, 3, 4, 5, 6, 7], "scale": 3}])");
    QVERIFY(difference(sampled({"--seeds", "1", "--layer-edits", path("edits.json")}), plain) > 1e-3);
    edits(R"([{"layer": ")" + layer + R"(", "units": [0, 1], "scale": 1}])");
    QVERIFY(difference(sampled({"--seeds", "1", "--layer-edits", path("edits.json")}), plain) < 1e-6);
    edits(R"([{"layer": "nowhere", "unit": 0, "scale": 0}])");
    const Outcome wrong = command({"gan", "sample", "fashion-generator", "--seeds", "1", "--npy", path("no.npy"),
                                   "--layer-edits", path("edits.json")});
    QCOMPARE(wrong.status, cli::kFailed);
    QVERIFY2(wrong.err.find("nowhere") != std::string::npos, wrong.text());
    QVERIFY(!std::filesystem::exists(path("no.npy")));
  }

  void mistakesAreNamed() {
    cli::writeNpyFile(path("short.npy"), Array{{2, 3}, {1, 2, 3, 4, 5, 6}});
    const Outcome wrong =
        command({"gan", "sample", "fashion-generator", "--latents", path("short.npy"), "--npy", path("no.npy")});
    QCOMPARE(wrong.status, cli::kFailed);
    QVERIFY2(wrong.err.find("[2, 3]") != std::string::npos, wrong.text());
    QCOMPARE(command({"gan", "sample", "fashion-generator", "--seeds", "1"}).status, cli::kFailed);
    QCOMPARE(command({"gan", "sample", "fashion-generator", "--npy", path("a.npy"), "--space", "v"}).status,
             cli::kWrongUsage);
    QCOMPARE(command({"gan", "sample", "fashion-generator", "--npy", path("a.npy"), "--class", "2"}).status,
             cli::kFailed);
    const Outcome classifier = command({"gan", "info", "fashion-classifier"});
    QCOMPARE(classifier.status, cli::kFailed);
    QVERIFY2(classifier.err.find("latent") != std::string::npos, classifier.text());
  }
};

QTEST_GUILESS_MAIN(TestGanSample)
#include "test_gan_sample.moc"
