#include <cmath>

#include <QTemporaryDir>
#include <QtTest>

#include "attribution/nets.h"
#include "data/scene_folder.h"
#include "image/image.h"
#include "judging/league.h"
#include "judging/league_presets.h"
#include "runtime/error.h"
#include "sources/picture_source.h"
#include "support/files.h"
#include "zoo/embedded_models.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

std::shared_ptr<Model> sceneClassifier() {
  std::optional<ReadModel> read = readBuiltInModel("scene-classifier");
  return read ? Model::fromGraph(std::move(read->graph), std::move(read->card)) : nullptr;
}

bool canDraw() {
#if defined(UNITSCOPE_HAS_OPENCV) && defined(UNITSCOPE_HAS_ONNX)
  return true;
#else
  return false;
#endif
}

}  // namespace

/// Methods against metrics, on scenes and folders.
class TestLeague : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void init() {
    if (!canDraw()) QSKIP("this build has no scenes or no networks");
  }

  void scenesHaveLabelsAndMasks() {
    const auto model = sceneClassifier();
    const auto source = openPictures("scenes", *model, 3);
    QVERIFY(source->labelled() && source->masked());
    QCOMPARE(source->count(), std::int64_t{-1});
    const KnownPicture picture = source->at(2);
    QVERIFY(!picture.classes.empty());
    QCOMPARE(picture.masks.size(), picture.classes.size());
    for (const auto& [k, mask] : picture.masks) {
      QCOMPARE(mask.shape, (Shape{64, 64}));
      QVERIFY(std::ranges::count(mask.values, 1.0F) >= 12);
      QVERIFY(std::ranges::all_of(mask.values, [](float v) { return v == 0.0F || v == 1.0F; }));
    }
    QCOMPARE(source->at(2).input.values, picture.input.values);
    // A network that knows no such things has pictures, and nothing else.
    const auto other = Model::fromGraph(*convNet(64).graph, {});
    QVERIFY(!openPictures("scenes", *other, 3)->labelled());
  }

  void foldersOfThreeKinds() {
    const auto model = sceneClassifier();
    const QTemporaryDir folder;
    const std::filesystem::path root = folder.path().toStdString();
    SceneFolderOptions options;
    options.count = 3;
    options.seed = 3;
    writeSceneFolder(root / "set", options, {}, {});
    const auto set = openPictures((root / "set").string(), *model, 1);
    QVERIFY(set->labelled() && set->masked());
    QCOMPARE(set->count(), std::int64_t{3});
    const auto drawn = openPictures("scenes", *model, 3);
    for (std::int64_t i = 0; i < 3; ++i) {
      QCOMPARE(set->at(i).classes, drawn->at(i).classes);
      QCOMPARE(set->at(i).input.values, drawn->at(i).input.values);
    }
    const auto plain = openPictures((root / "set/images").string(), *model, 1);
    QVERIFY(!plain->labelled() && !plain->masked());
    QCOMPARE(plain->count(), std::int64_t{3});
    for (const char* name : {"Boat", "houses", "unheard of"}) {
      std::filesystem::create_directories(root / "classes" / name);
      std::filesystem::copy(root / "set/images/000001.png", root / "classes" / name / "a.png");
    }
    const auto classes = openPictures((root / "classes").string(), *model, 1);
    QVERIFY(classes->labelled() && !classes->masked());
    QCOMPARE(classes->at(0).classes, (std::vector<std::int64_t>{13}));
    QCOMPARE(classes->at(1).classes, (std::vector<std::int64_t>{10}));
    QVERIFY(!classes->at(2).labelled);
    QVERIFY_EXCEPTION_THROWN(openPictures((root / "nowhere").string(), *model, 1), Error);
    // Hostile tables are refused by name.
    for (const char* text : {"", "x", "file,a,b,c\n1,2\n", "file,time of day,marked\n"}) {
      writeBytes(root / "set/scenes.csv", text);
      QVERIFY2(
          errorOf([&] { openPictures((root / "set").string(), *model, 1); }).find("scenes.csv") != std::string::npos,
          text);
    }
  }

  void methodsBeatChance() {
    const auto model = sceneClassifier();
    LeagueQuestion question;
    question.count = 8;
    question.methods = {"input_x_gradient", "grad_cam", "random", "centre"};
    std::int64_t calls = 0;
    const LeagueTable table = runLeague(*model, question, [&](const LeagueTable& soFar) {
      ++calls;
      QCOMPARE(soFar.pictures, calls);
      QCOMPARE(soFar.rows.size(), std::size_t{4});
    });
    QCOMPARE(calls, std::int64_t{8});
    QCOMPARE(table.metrics, (std::vector<std::string>{"deletion", "insertion", "pointing", "energy", "iou"}));
    for (const LeagueRow& row : table.rows) {
      QVERIFY2(row.problem.empty(), row.problem.c_str());
      for (const LeagueCell& cell : row.cells) {
        QVERIFY(cell.count > 0 && cell.count <= 8);
        QVERIFY(cell.low <= cell.mean && cell.mean <= cell.high);
      }
    }
    const auto energy = [&](std::size_t row) { return table.rows[row].cells[3].mean; };
    QVERIFY2(energy(0) > energy(2), qPrintable(QString("%1 %2").arg(energy(0)).arg(energy(2))));
    QVERIFY2(energy(1) > energy(2), qPrintable(QString("%1 %2").arg(energy(1)).arg(energy(2))));
    // Random numbers lie on the object as often as the object is large.
    QVERIFY2(std::abs(energy(2) - table.maskShare) < 0.02,
             qPrintable(QString("%1 %2").arg(energy(2)).arg(table.maskShare)));
    QVERIFY(table.rows[0].cells[0].mean < table.rows[2].cells[0].mean);
    // Equal questions, equal answers.
    question.methods = {"input_x_gradient"};
    const LeagueTable again = runLeague(*model, question);
    for (std::size_t m = 0; m < 5; ++m)
      QVERIFY(std::abs(again.rows[0].cells[m].mean - table.rows[0].cells[m].mean) < 1e-3);
  }

  void whatFailsSaysWhyAndTheRestGoesOn() {
    // Without feature maps there is no Grad-CAM.
    ModelCard card;
    card.height = card.width = 64;
    const auto model = Model::fromGraph(*linearNet(64).graph, card);
    LeagueQuestion question;
    question.count = 2;
    question.methods = {"grad_cam", "input_x_gradient"};
    const LeagueTable table = runLeague(*model, question);
    QVERIFY(!table.rows[0].problem.empty() && table.rows[0].cells[0].count == 0);
    QVERIFY(table.rows[1].problem.empty() && table.rows[1].cells[0].count == 2);
    QCOMPARE(table.metrics.size(), std::size_t{2});
    question.metrics = {"energy"};
    QVERIFY_EXCEPTION_THROWN(runLeague(*model, question), Error);
    question.metrics = {};
    question.methods = {"magic"};
    QVERIFY_EXCEPTION_THROWN(runLeague(*model, question), Error);
  }

  void itCanBeCancelled() {
    const auto model = sceneClassifier();
    LeagueQuestion question;
    question.methods = {"input_x_gradient"};
    const CancelToken cancel;
    QVERIFY_EXCEPTION_THROWN(runLeague(
                                 *model, question, [&](const LeagueTable&) { cancel.cancel(); }, {}, cancel),
                             Cancelled);
  }

  void presetsFitTheMethods() {
    for (const MethodInfo& info : attributionMethods()) {
      const LeagueSettings settings = leagueSettings(info, 64);
      settings.values.completed(info);
      if (info.id == "occlusion") QCOMPARE(settings.text, std::string("window=12, stride=6"));
      if (info.id == "rise") QCOMPARE(settings.values.integer("masks"), std::int64_t{200});
    }
  }
};

QTEST_GUILESS_MAIN(TestLeague)
#include "test_league.moc"
