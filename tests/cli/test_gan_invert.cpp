#include <algorithm>
#include <fstream>

#include <QTemporaryDir>
#include <QtTest>

#include "app/cli/files.h"
#include "cli/support.h"
#include "gan/animation.h"
#include "image/image.h"
#include "zoo/embedded_models.h"

using namespace unitscope;
using unitscope::test::command;
using unitscope::test::Outcome;

/// Inversion, films and edited generators from the command line.
class TestGanInvert : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  std::string path(const char* name) const { return folder_.filePath(name).toStdString(); }

 private Q_SLOTS:
  void initTestCase() {
    if (findEmbeddedModel("fashion-generator") == nullptr) QSKIP("this build has no embedded generators");
    const Outcome drawn = command(
        {"gan", "sample", "fashion-generator", "--seeds", "3", "--out", path("own.png"), "--npy", path("own.npy")});
    QVERIFY2(drawn.status == cli::kFine, drawn.text());
  }

  void invert() {
    const std::vector<std::string> asked{"gan",
                                         "invert",
                                         "fashion-generator",
                                         path("own.png"),
                                         "--out",
                                         path("again.png"),
                                         "--npy",
                                         path("code.npy"),
                                         "--steps",
                                         "30",
                                         "--domain-samples",
                                         "8",
                                         "--error-npy",
                                         path("error.npy"),
                                         "--domain-reference",
                                         path("domain.json"),
                                         "--json"};
    const Outcome first = command(asked);
    QVERIFY2(first.status == cli::kFine, first.text());
    const nlohmann::json json = first.json();
    QVERIFY(json["psnr"].get<double>() > json["start_psnr"].get<double>());
    QCOMPARE(json["losses"]["total"].size(), std::size_t{31});
    QCOMPARE(json["from_encoder"].get<bool>(), false);
    QVERIFY(json["domain"]["verdict"].get<std::string>() != "outside");
    QCOMPARE(json["domain"]["measures"].size(), std::size_t{3});
    const Image own = loadImage(path("own.png")), again = loadImage(path("again.png"));
    QCOMPARE(again.width, own.width);
    QCOMPARE(cli::readNpyFloats(path("error.npy")).shape, (Shape{own.height, own.width}));
    // The code draws that picture.
    const Outcome drawn = command({"gan", "sample", "fashion-generator", "--latents", path("code.npy"), "--space",
                                   json["space"].get<std::string>(), "--out", path("drawn.png")});
    QVERIFY2(drawn.status == cli::kFine, drawn.text());
    const Image redrawn = loadImage(path("drawn.png"));
    // Sheets are in colours always.
    QCOMPARE(redrawn.pixels.size(), 3 * again.pixels.size());
    int most = 0;
    for (std::size_t i = 0; i < again.pixels.size(); ++i)
      most = std::max(most, std::abs(again.pixels[i] - redrawn.pixels[3 * i]));
    QVERIFY(most <= 1);
    // Kept, and refused for other settings.
    QVERIFY(std::filesystem::exists(path("domain.json")));
    QCOMPARE(command(asked).json()["domain"]["score"], json["domain"]["score"]);
    std::vector<std::string> other = asked;
    *std::ranges::find(other, "30") = "29";
    QCOMPARE(command(other).status, cli::kFailed);
    const Outcome plain = command({"gan", "invert", "fashion-generator", path("own.png"), "--steps", "2", "--space",
                                   "w", "--no-domain-check", "--npy", path("w.npy")});
    QVERIFY2(plain.status == cli::kFine && plain.out.find("PSNR") == 0, plain.text());
    QCOMPARE(cli::readNpyFloats(path("w.npy")).shape.size(), std::size_t{2});
    QCOMPARE(command({"gan", "invert", "fashion-generator", path("own.png")}).status, cli::kFailed);
    QCOMPARE(command({"gan", "invert", "fashion-generator", path("no.png"), "--json"}).status, cli::kFailed);
    QCOMPARE(command({"gan", "invert", "fashion-generator", path("own.png"), "--space", "x"}).status, cli::kWrongUsage);
  }

  void domain() {
    const Outcome found = command({"gan", "domain", "fashion-generator", "--inside", path("own.png"), "--outside",
                                   "textures", "--count", "3", "--steps", "4", "--domain-samples", "8", "--json"});
    QVERIFY2(found.status == cli::kFine, found.text());
    const nlohmann::json json = found.json();
    QCOMPARE(json["groups"].size(), std::size_t{3});
    QCOMPARE(json["groups"][2]["pictures"].get<int>(), 3);
    QVERIFY(json["groups"][2]["auc"]["score"].get<double>() >= 0.5);
    QCOMPARE(command({"gan", "domain", "fashion-generator", "--outside", path("nowhere")}).status, cli::kFailed);
  }

  void film() {
    const Outcome walked = command({"gan", "walk", "fashion-generator", "--frames", "5", "--pictures", path("frames"),
                                    "--strip", path("strip.png"), "--npy", path("walk.npy"), "--json"});
    QVERIFY2(walked.status == cli::kFine, walked.text());
    QVERIFY(std::filesystem::exists(path("frames") + "/frame-0004.png"));
    QVERIFY(loadImage(path("strip.png")).width > 5 * 28);
    if (whyNoAnimation("gif").empty()) {
      const Outcome film = command({"gan", "walk", "fashion-generator", "--from", path("walk.npy"), "--frames", "4",
                                    "--film", path("film.gif"), "--enlarge", "2"});
      QVERIFY2(film.status == cli::kFine, film.text());
      std::ifstream file(path("film.gif"), std::ios::binary);
      std::string head(6, ' ');
      file.read(head.data(), 6);
      QCOMPARE(head, std::string("GIF89a"));
    }
    QCOMPARE(command({"gan", "walk", "fashion-generator", "--frames", "5"}).status, cli::kFailed);
    QCOMPARE(command({"gan", "walk", "--from", path("walk.npy"), "--film", path("x.gif")}).status, cli::kFailed);
    QCOMPARE(command({"gan", "walk", "fashion-generator", "--frames", "5", "--film", path("x.avi")}).status,
             cli::kFailed);
  }

  void editedGenerator() {
    const Outcome info = command({"gan", "info", "fashion-generator", "--json"});
    const std::string layer = info.json()["style_layers"].back().get<std::string>();
    const nlohmann::json edits{{{"layer", layer}, {"units", {0, 1}}, {"scale", 0}}};
    std::ofstream(path("edits.json")) << edits.dump();
    const Outcome written = command(
        {"gan", "export", "fashion-generator", "--layer-edits", path("edits.json"), "--out", path("edited.onnx")});
    QVERIFY2(written.status == cli::kFine, written.text());
    const Outcome again = command({"gan", "sample", path("edited.onnx"), "--seeds", "3", "--npy", path("edited.npy")});
    QVERIFY2(again.status == cli::kFine, again.text());
    const Outcome direct = command({"gan", "sample", "fashion-generator", "--seeds", "3", "--layer-edits",
                                    path("edits.json"), "--npy", path("direct.npy")});
    QVERIFY2(direct.status == cli::kFine, direct.text());
    const Array a = cli::readNpyFloats(path("edited.npy")), b = cli::readNpyFloats(path("direct.npy")),
                plain = cli::readNpyFloats(path("own.npy"));
    QCOMPARE(a.shape, b.shape);
    float off = 0.0F, moved = 0.0F;
    for (std::size_t i = 0; i < a.values.size(); ++i) {
      off = std::max(off, std::abs(a.values[i] - b.values[i]));
      moved = std::max(moved, std::abs(a.values[i] - plain.values[i]));
    }
    QVERIFY(off < 1e-4F);
    QVERIFY(moved > 1e-3F);
    QCOMPARE(command({"gan", "export", "fashion-generator", "--direction", "x.npy", "--out", path("y.onnx")}).status,
             cli::kFailed);
  }
};

QTEST_APPLESS_MAIN(TestGanInvert)
#include "test_gan_invert.moc"
