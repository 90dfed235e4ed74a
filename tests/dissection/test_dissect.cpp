#include <cmath>

#include <QTemporaryDir>
#include <QtTest>

#include "dissection/concept_effect.h"
#include "dissection/dissection_file.h"
#include "dissection/mosaic.h"
#include "runtime/error.h"
#include "support/files.h"
#include "zoo/embedded_models.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

std::int64_t conceptNamed(const Dissection& dissection, const std::string& name) {
  for (std::size_t k = 0; k < dissection.concepts.size(); ++k)
    if (dissection.concepts[k].name == name) return static_cast<std::int64_t>(k);
  return -1;
}

double iouOf(const Dissection& dissection, std::size_t layer, std::int64_t unit, const std::string& name) {
  const std::int64_t k = conceptNamed(dissection, name);
  const LayerDissection& from = dissection.layers.at(layer);
  return k < 0 ? -1.0 : from.iou.values[static_cast<std::size_t>(unit * from.iou.shape[1] + k)];
}

std::string labelOf(const Dissection& dissection, std::size_t layer, std::int64_t unit) {
  const std::int64_t k = dissection.layers.at(layer).units.at(static_cast<std::size_t>(unit)).detects;
  return k < 0 ? "" : dissection.concepts[static_cast<std::size_t>(k)].name;
}

}  // namespace

/// Dissection of networks whose units are known.
class TestDissect : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  std::shared_ptr<Model> net_;
  Dissection dissection_;

  DissectQuestion question() const {
    DissectQuestion question;
    question.data = folder_.path().toStdString();
    return question;
  }

 private Q_SLOTS:
  void initTestCase() {
#ifndef UNITSCOPE_HAS_OPENCV
    QSKIP("this build writes no pictures");
#endif
    QVERIFY(folder_.isValid());
    writeMosaics(folder_.path().toStdString(), 40);
    net_ = mosaicNet();
    dissection_ = dissect(*net_, question());
  }

  void knownUnits() {
    QCOMPARE(dissectableLayers(*net_), (std::vector<std::string>{"eyes", "pool"}));
    QCOMPARE(dissection_.pictures, std::int64_t{40});
    QCOMPARE(dissection_.layers.size(), std::size_t{2});
    QCOMPARE(iouOf(dissection_, 0, kGreenUnit, "leaf"), 1.0);
    QCOMPARE(iouOf(dissection_, 0, kBlueUnit, "sea"), 1.0);
    QCOMPARE(iouOf(dissection_, 0, kRedUnit, "red"), 1.0);
    QCOMPARE(iouOf(dissection_, 0, kMagentaUnit, "pink"), 1.0);
    const double red = iouOf(dissection_, 0, kRedUnit, "ruby"), magenta = iouOf(dissection_, 0, kMagentaUnit, "ruby");
    QVERIFY(std::abs(red + magenta - 1.0) < 1e-6 && red > 0.3 && magenta > 0.3);
    QCOMPARE(iouOf(dissection_, 0, kGreenUnit, "sea"), 0.0);
    const LayerDissection& eyes = dissection_.layers[0];
    QVERIFY(eyes.units[kDeadUnit].dead && eyes.units[kDeadUnit].best.empty() && eyes.units[kDeadUnit].detects < 0);
    QCOMPARE(eyes.units[kDeadUnit].fired, 0.0);
    QVERIFY(!eyes.units[kRedUnit].dead);
    QCOMPARE(eyes.shareError, 0.0);
    QCOMPARE(labelOf(dissection_, 0, kGreenUnit), std::string("leaf"));  // the first of two that agree fully
    QCOMPARE(eyes.detectors, std::int64_t{5});
    // Enlarged from a place a tile, only what lies between two such tiles keeps the highest value.
    QCOMPARE(labelOf(dissection_, 1, kBlueUnit), std::string("sea"));
    const double blue = iouOf(dissection_, 1, kBlueUnit, "sea");
    QVERIFY2(blue > 0.04 && blue < 0.9, std::to_string(blue).c_str());
    double shares = 0.0;
    for (const DissectedConcept& one : dissection_.concepts)
      if (one.category == "class") shares += one.share;
    QVERIFY(std::abs(shares - 1.0) < 1e-9);
  }

  void countsFollowTheThreshold() {
    Dissection strict = dissection_;
    setIouThreshold(strict, 0.99);
    std::int64_t exact = 0;
    for (const UnitConcepts& unit : strict.layers[0].units) exact += unit.detects >= 0;
    QCOMPARE(strict.layers[0].detectors, exact);
    QCOMPARE(exact, std::int64_t{5});
    std::int64_t byCategory = 0;
    for (const CategoryCount& category : strict.layers[0].categories) byCategory += category.detectors;
    QCOMPARE(byCategory, exact);
    setIouThreshold(strict, 1.1);
    QCOMPARE(strict.layers[0].detectors, std::int64_t{0});
    const auto best = unitsForConcept(dissection_, 0, conceptNamed(dissection_, "ruby"), 2);
    QCOMPARE(best.size(), std::size_t{2});
    QVERIFY(best[0].iou >= best[1].iou);
    QVERIFY_EXCEPTION_THROWN(unitsForConcept(dissection_, 9, 0, 1), Error);
    QVERIFY_EXCEPTION_THROWN(unitsForConcept(dissection_, 0, 999, 1), Error);
  }

  void sideBySide() {
    DissectQuestion plain = question();
    plain.colors = false;
    plain.layers = {"eyes"};
    const Dissection other = dissect(*net_, plain);
    const std::array<const Dissection*, 2> both{&dissection_, &other};
    const ConceptTable table = conceptTable(both);
    QCOMPARE(table.columns.size(), std::size_t{3});
    QCOMPARE(table.columns[2].layer, std::string("eyes"));
    for (const ConceptTable::Row& row : table.rows) {
      QCOMPARE(row.detectors.size(), std::size_t{3});
      QCOMPARE(std::isnan(row.bestIou[2]), row.category == "color");
      if (row.name == "leaf") QVERIFY(row.detectors[0] == 1 && row.bestIou[0] == 1.0 && row.bestIou[2] == 1.0);
    }
  }

  void filesComeBack() {
    const std::filesystem::path file = folder_.filePath("dissection.json").toStdString();
    saveDissection(dissection_, file);
    const Dissection back = loadDissection(file);
    QCOMPARE(back.model, dissection_.model);
    QCOMPARE(back.concepts.size(), dissection_.concepts.size());
    for (std::size_t l = 0; l < 2; ++l) {
      QCOMPARE(back.layers[l].iou.shape, dissection_.layers[l].iou.shape);
      for (std::size_t i = 0; i < back.layers[l].iou.values.size(); ++i)
        QVERIFY(std::abs(back.layers[l].iou.values[i] - dissection_.layers[l].iou.values[i]) < 1e-6F);
      QCOMPARE(back.layers[l].detectors, dissection_.layers[l].detectors);
      QCOMPARE(back.layers[l].unitsPerConcept, dissection_.layers[l].unitsPerConcept);
      for (std::size_t u = 0; u < back.layers[l].units.size(); ++u) {
        QCOMPARE(back.layers[l].units[u].threshold, dissection_.layers[l].units[u].threshold);
        QCOMPARE(back.layers[l].units[u].detects, dissection_.layers[l].units[u].detects);
      }
    }
    const std::string csv = dissectionCsv(dissection_);
    QCOMPARE(std::ranges::count(csv, '\n'), std::ptrdiff_t{1 + 2 * kMosaicUnits});
  }

  void hostileFiles() {
    const std::string good = dissectionJson(dissection_);
    const auto refused = [](std::string text) {
      const std::string why = errorOf([&] { static_cast<void>(dissectionFromJson(text, "forged.json")); });
      return why.starts_with("forged.json: ");
    };
    QVERIFY(refused("") && refused("[]") && refused("{") && refused(std::string(100'000, '[')));
    const auto changed = [&](const std::string& from, const std::string& to) {
      std::string text = good;
      text.replace(text.find(from), from.size(), to);
      return text;
    };
    QVERIFY(refused(changed("unitscope dissection", "something else")));
    QVERIFY(refused(changed("\"version\":1", "\"version\":2")));
    QVERIFY(refused(changed("\"pictures\":40", "\"pictures\":-1")));
    QVERIFY(refused(changed("\"pictures\":40", "\"pictures\":1e300")));
    QVERIFY(refused(changed("\"iou\":[", "\"iou\":[7,")));
    QVERIFY(refused(changed("\"iou\":[", "\"iou\":[\"x\",")));
    QVERIFY(refused(changed("\"dead\":false", "\"dead\":3")));
    for (std::size_t cut = 1; cut < good.size(); cut += good.size() / 40) QVERIFY(refused(good.substr(0, cut)));
    QVERIFY_EXCEPTION_THROWN(loadDissection(folder_.filePath("none.json").toStdString()), Error);
  }

  void aSegmenterNamesThePixels() {
    DissectQuestion asked = question();
    asked.data = folder_.filePath("images").toStdString();
    QVERIFY(errorOf([&] { static_cast<void>(dissect(*net_, asked)); }).find("segmenter") != std::string::npos);
    asked.segmenter = mosaicSegmenter();
    asked.layers = {"eyes"};
    const Dissection found = dissect(*net_, asked);
    QCOMPARE(iouOf(found, 0, kGreenUnit, "leaf"), 1.0);
    QCOMPARE(iouOf(found, 0, kBlueUnit, "sea"), 1.0);
    asked.segmenter = net_;
    QVERIFY(errorOf([&] { static_cast<void>(dissect(*net_, asked)); }).find("no segmenter") != std::string::npos);
  }

  void pictureByPictureAndChannelsLast() {
    const auto foreign = mosaicNet(true);
    DissectQuestion asked = question();
    asked.layers = {"eyes"};
    const Dissection found = dissect(*foreign, asked);
    QCOMPARE(found.layers[0].iou.values, dissection_.layers[0].iou.values);
    ConceptEffectQuestion effect;
    effect.data = asked.data;
    effect.units = 1;
    QCOMPARE(conceptEffects(*foreign, found, effect).own, std::int64_t{3});
  }

  void wrongQuestions() {
    DissectQuestion wrong = question();
    wrong.layers = {"nose"};
    QVERIFY(errorOf([&] { static_cast<void>(dissect(*net_, wrong)); }).find("nose") != std::string::npos);
    wrong = question();
    wrong.topShare = 0.0;
    QVERIFY_EXCEPTION_THROWN(dissect(*net_, wrong), Error);
    wrong = question();
    wrong.data = folder_.filePath("nowhere").toStdString();
    QVERIFY_EXCEPTION_THROWN(dissect(*net_, wrong), Error);
    CancelToken cancelled;
    cancelled.cancel();
    QVERIFY_EXCEPTION_THROWN(dissect(*net_, question(), {}, cancelled), Cancelled);
    DissectQuestion last = question();
    last.layers = {"head"};  // one number a picture
    QCOMPARE(dissect(*net_, last).layers[0].height, std::int64_t{1});
  }

  void unitsOffHurtTheirClass() {
    ConceptEffectQuestion asked;
    asked.data = folder_.path().toStdString();
    asked.layer = "eyes";
    asked.units = 1;
    ConceptEffects effects = conceptEffects(*net_, dissection_, asked);
    QCOMPARE(effects.pictures, std::int64_t{40});
    QCOMPARE(effects.named, std::int64_t{3});
    QCOMPARE(effects.own, std::int64_t{3});
    for (const ConceptEffect& effect : effects.concepts) {
      QCOMPARE(effect.mostHurt, effect.classIndex);
      for (std::size_t k = 0; k < effect.scoreDrop.size(); ++k)
        if (static_cast<std::int64_t>(k) != effect.classIndex) QVERIFY(std::abs(effect.scoreDrop[k]) < 1e-5);
      const auto own = static_cast<std::size_t>(effect.classIndex);
      QVERIFY(effect.scoreDrop[own] > 0.5 && effect.probabilityDrop[own] > 0.1);
      QVERIFY(effect.scoreDrop[own] > 2.0 * effect.randomScoreDrop);
      if (effect.name != "ruby") QVERIFY(effect.precisionDrop[own] > 0.1);
    }
    asked.concepts = {"red"};
    effects = conceptEffects(*net_, dissection_, asked);
    QCOMPARE(effects.concepts.size(), std::size_t{1});
    QVERIFY(effects.concepts[0].classIndex < 0 && effects.concepts[0].rank == 0 && effects.named == 0);
    QCOMPARE(effects.concepts[0].mostHurt, std::int64_t{0});
    asked.concepts = {"unheard-of"};
    QVERIFY_EXCEPTION_THROWN(conceptEffects(*net_, dissection_, asked), Error);
  }

  void scenes() {
#if !defined(UNITSCOPE_HAS_ONNX)
    QSKIP("this build has no networks");
#endif
    std::optional<ReadModel> read = readBuiltInModel("scene-classifier");
    const auto model = Model::fromGraph(std::move(read->graph), std::move(read->card));
    DissectQuestion asked;
    asked.count = 150;
    asked.layers = {"stage2", "stage4"};
    const Dissection found = dissect(*model, asked);
    QVERIFY(conceptNamed(found, "roof") >= 0 && conceptNamed(found, "boat") >= 0 && conceptNamed(found, "blue") >= 0);
    for (const LayerDissection& layer : found.layers) QVERIFY(layer.detectors > 5);
    for (const UnitConcepts& unit : found.layers[0].units) QVERIFY(unit.fired < 0.05);
  }
};

QTEST_GUILESS_MAIN(TestDissect)
#include "test_dissect.moc"
