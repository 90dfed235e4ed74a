#include <cmath>
#include <random>

#include <ATen/ATen.h>

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>

#include "engine/model_internal.h"
#include "engine/shared_models.h"
#include "gan/firing_tables.h"
#include "gan/gan_dissection.h"
#include "gan/generators.h"
#include "gan/planted_generator.h"
#include "runtime/error.h"
#include "zoo/embedded_models.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

GanDissection small(Generator& generator) {
  GanDissectQuestion question;
  question.samples = 60;
  question.segmenter = colourSegmenter();
  question.colors = false;
  return dissectGenerator(generator, question);
}

/// I / H from the four cells of the table, by the definition: sums over p(x,y) log p(x,y)/(p(x) p(y)) and
/// -p(x,y) log p(x,y).
double ratioByDefinition(const at::Tensor& fires, const at::Tensor& shown) {
  double information = 0.0, joint = 0.0;
  for (const bool a : {false, true})
    for (const bool b : {false, true}) {
      const at::Tensor x = a ? fires : fires.logical_not(), y = b ? shown : shown.logical_not();
      const double p = x.logical_and(y).to(at::kDouble).mean().item<double>();
      if (p == 0.0) continue;
      information +=
          p * std::log(p / (x.to(at::kDouble).mean().item<double>() * y.to(at::kDouble).mean().item<double>()));
      joint -= p * std::log(p);
    }
  return joint > 0.0 ? information / joint : 0.0;
}

double iouByDefinition(const at::Tensor& fires, const at::Tensor& shown) {
  return fires.logical_and(shown).sum().item<double>() / fires.logical_or(shown).sum().item<double>();
}

}  // namespace

class TestGanDissection : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void theRatioIsInformationOverEntropy() {
    QVERIFY(informationQualityRatio(250, 500, 500, 1000) < 1e-12);
    QVERIFY(std::abs(informationQualityRatio(300, 300, 300, 1000) - 1.0) < 1e-12);
    // Table 1/8, 1/8, 1/8, 5/8.
    const double p = 0.125, q = 0.625;
    const double information =
        p * std::log(p / (0.25 * 0.25)) + 2 * p * std::log(p / (0.25 * 0.75)) + q * std::log(q / (0.75 * 0.75));
    const double joint = -3 * p * std::log(p) - q * std::log(q);
    QVERIFY(std::abs(informationQualityRatio(125, 250, 250, 1000) - information / joint) < 1e-12);
    QCOMPARE(informationQualityRatio(0, 0, 0, 10), 0.0);
  }

  /// All thresholds tried, on enlarged maps, by the definition.
  void thresholdsTellMostOfAllThereAre() {
    constexpr std::int64_t pictures = 12, units = 5, side = 5, plane = 16;
    std::mt19937 random(3);
    std::normal_distribution<float> normal;
    at::Tensor maps = at::empty({pictures, units, side, side});
    for (std::int64_t i = 0; i < maps.numel(); ++i) maps.data_ptr<float>()[i] = normal(random);
    maps = at::leaky_relu(maps, 0.2).contiguous();
    maps.select(1, 4).fill_(0.5);
    const at::Tensor enlarged = at::upsample_bilinear2d(maps, {plane, plane}, false);
    // Concept 0 is where unit 0 is large, with mistakes; concept 1 is where unit 1 is small; concept 2 is chance.
    const at::Tensor noise = at::empty({pictures, plane, plane});
    for (std::int64_t i = 0; i < noise.numel(); ++i) noise.data_ptr<float>()[i] = normal(random);
    std::vector<at::Tensor> shown{(enlarged.select(1, 0) + 0.1 * noise).gt(0.4), enlarged.select(1, 1).lt(-0.1),
                                  noise.gt(1.5)};
    std::vector<std::vector<std::vector<std::uint16_t>>> planes(pictures);
    for (std::int64_t i = 0; i < pictures; ++i)
      for (std::size_t k = 0; k < shown.size(); ++k) {
        planes[static_cast<std::size_t>(i)].emplace_back();
        const at::Tensor one = shown[k][i].contiguous();
        for (std::int64_t p = 0; p < plane * plane; ++p)
          planes[static_cast<std::size_t>(i)].back().push_back(one.data_ptr<bool>()[p] ? static_cast<std::uint16_t>(k)
                                                                                       : kNoConcept);
      }
    FiringTables tables(maps, plane, plane, shown.size());
    tables.add(maps.slice(0, 0, 5).contiguous(), {planes.begin(), planes.begin() + 5});
    tables.add(maps.slice(0, 5).contiguous(), {planes.begin() + 5, planes.end()});
    for (std::int64_t u = 0; u < 4; ++u)
      for (std::size_t k = 0; k < shown.size(); ++k) {
        const at::Tensor values = enlarged.select(1, u);
        const auto pixels = shown[k].sum().item<std::int64_t>();
        const FiringTables::Match match = tables.match(u, k, pixels, shown[k].numel());
        double best = 0.0;
        const at::Tensor sorted = std::get<0>(values.flatten().sort());
        for (std::int64_t i = 0; i + 1 < sorted.numel(); i += 3) {
          const at::Tensor fires = values.gt(sorted[i].item<float>());
          const double both = fires.logical_and(shown[k]).sum().item<double>();
          if (both * static_cast<double>(fires.numel()) > fires.sum().item<double>() * static_cast<double>(pixels))
            best = std::max(best, ratioByDefinition(fires, shown[k]));
        }
        QVERIFY2(match.ratio <= best * 1.02 + 1e-3 && match.ratio >= 0.97 * best - 2e-3,
                 qPrintable(QString("unit %1 concept %2: %3 of %4").arg(u).arg(k).arg(match.ratio).arg(best)));
        const at::Tensor fires = values.gt(match.threshold);
        QVERIFY(std::abs(match.ratio - ratioByDefinition(fires, shown[k])) < 1e-3);
        if (match.ratio > 0.0) QVERIFY(std::abs(match.iou - iouByDefinition(fires, shown[k])) < 5e-3);
      }
    const auto of = [&](std::int64_t u, std::size_t k) {
      return tables.match(u, k, shown[k].sum().item<std::int64_t>(), shown[k].numel());
    };
    QVERIFY(of(0, 0).iou > 0.8);
    // A unit that is small where the concept is tells much about it, and does not draw it.
    QVERIFY(of(1, 1).ratio < 0.01);
    QVERIFY(tables.dead(4) && !tables.dead(0));
    QCOMPARE(of(4, 0).iou, 0.0);
    // Mean of the top tenth where the concept is.
    const at::Tensor there = std::get<0>(enlarged.select(1, 0).masked_select(shown[0]).sort(0, /*descending=*/true));
    const double high = there.slice(0, 0, there.numel() / 10).mean().item<double>();
    QVERIFY(std::abs(of(0, 0).high - high) < 0.05 * high);
  }

  void plantedUnitsAreFound() {
    const auto generator = Generator::from(planted());
    QCOMPARE(generatorLayers(*generator), std::vector<std::string>{"features"});
    const GanDissection dissection = small(*generator);
    QCOMPARE(dissection.found.layers.size(), std::size_t{1});
    QCOMPARE(dissection.segmenter, std::string("colours"));
    const std::int64_t red = conceptIndexOf(dissection, "red thing"), blue = conceptIndexOf(dissection, "blue thing");
    const auto units = unitsForConcept(dissection.found, 0, red, 8);
    QVERIFY(units.size() >= 2 && units[0].unit + units[1].unit == kRed + kTwin);
    QVERIFY(units.size() < 3 || units[2].iou < 0.5);
    QCOMPARE(unitsForConcept(dissection.found, 0, blue, 1).front().unit, std::int64_t{kBlue});
    QVERIFY(dissection.found.layers[0].units[kDead].dead && dissection.found.layers[0].units[kConstant].dead);
    QVERIFY(!dissection.found.layers[0].units[kRed].dead);
    // The segmenter's own threshold is found, and what to hold the unit at lies above it.
    const auto entry = static_cast<std::size_t>(kRed * dissection.tables[0].ratio.shape[1] + red);
    QVERIFY(std::abs(dissection.tables[0].thresholds.values[entry] - 0.3F) < 0.03F);
    QVERIFY(dissection.tables[0].high.values[entry] > 0.4F);
    QVERIFY(dissection.tables[0].ratio.values[entry] > 0.7F);
    double shares = 0.0;
    for (const DissectedConcept& one : dissection.found.concepts) shares += one.share;
    QVERIFY(std::abs(shares - 1.0) < 1e-9);
    QVERIFY(dissectionFits(dissection, *generator));
    QVERIFY(!dissectionFits(dissection, *Generator::from(modelOf(pggan()))));
  }

  void layersAreThoseBehindNonlinearities() {
    QCOMPARE(generatorLayers(*Generator::from(modelOf(styleGan(true)))),
             (std::vector<std::string>{"layer0", "layer1", "layer2", "layer3"}));
    QCOMPARE(generatorLayers(*Generator::from(modelOf(dcgan()))).size(), std::size_t{1});
    QCOMPARE(generatorLayers(*Generator::from(modelOf(bigGan()))).size(), std::size_t{2});
  }

  /// One layer for each that the networks' own projects speak of.
  void layersOfPublishedNetworks_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<int>("count");
    QTest::newRow("stylegan") << "stylegan-genforce.pth"
                              << "synthesis\\.layer\\d" << 8;
    QTest::newRow("stylegan2-ada") << "stylegan2-ada.pkl"
                                   << "synthesis\\.b\\d+\\.conv\\d" << 7;
    QTest::newRow("stylegan3") << "stylegan3.pkl"
                               << "synthesis\\.(input|L\\d+_\\d+_\\d+)" << 9;
    QTest::newRow("pggan") << "pggan-genforce.pth"
                           << ".*\\.pixel_norm" << 8;
  }

  void layersOfPublishedNetworks() {
    QFETCH(QString, file);
    QFETCH(QString, pattern);
    QFETCH(int, count);
    const std::string relative = "models/gan/" + file.toStdString();
    UNITSCOPE_NEED(relative);
    const auto generator = Generator::from(Model::open(shared(relative)));
    const std::vector<std::string> layers = generatorLayers(*generator);
    QStringList names;
    for (const std::string& name : layers) names << QString::fromStdString(name);
    QVERIFY2(names.size() == count, qPrintable(names.join(' ')));
    const QRegularExpression wanted(QRegularExpression::anchoredPattern(pattern));
    for (const QString& name : names) QVERIFY2(wanted.match(name).hasMatch(), qPrintable(name));
  }

  void everyFamilyIsDissected() {
    for (Graph graph : {dcgan(), pggan(), styleGan(false), conditionalStyleGan(), bigGan()}) {
      const auto generator = Generator::from(modelOf(std::move(graph)));
      GanDissectQuestion question;
      question.samples = 3;
      question.segmenter = colourSegmenter();
      const GanDissection dissection = dissectGenerator(*generator, question);
      QVERIFY(!dissection.found.layers.empty());
      QCOMPARE(dissection.tables.size(), dissection.found.layers.size());
    }
  }

  void conceptsBecomeEdits() {
    const auto generator = Generator::from(planted());
    GanDissection dissection = small(*generator);
    const std::int64_t red = conceptIndexOf(dissection, "red thing");
    QCOMPARE(unitsOfConcept(dissection, 0, red, 2).size(), std::size_t{2});
    const auto off = scaleConcept(dissection, 0, red, 0.0, 2);
    QCOMPARE(off.size(), std::size_t{1});
    QVERIFY(off[0].change.amount == 0.0 && off[0].change.units.size() == 2);
    QVERIFY(scaleConcept(dissection, 0, red, 1.0).empty());
    const auto draw = insertConcept(dissection, 0, red, {}, 2.0, 1);
    QCOMPARE(draw.size(), std::size_t{1});
    QVERIFY(draw[0].change.kind == UnitSwitch::Kind::Set && draw[0].change.amount > 0.8);
    dissection.sets.push_back({"red thing", "features", {kRed}, "optimised", 1.0, 0.0});
    QCOMPARE(unitsOfConcept(dissection, 0, red), std::vector<std::int64_t>{kRed});
    QVERIFY_EXCEPTION_THROWN(conceptIndexOf(dissection, "zebra"), Error);
    QVERIFY_EXCEPTION_THROWN(layerIndexOf(dissection, "zebra"), Error);
  }

  void dissectionsAreKept() {
    const auto generator = Generator::from(planted());
    GanDissection dissection = small(*generator);
    dissection.sets.push_back({"red thing", "features", {kRed, kTwin}, "iou", 0.75, 0.25});
    QTemporaryDir folder;
    const std::filesystem::path file = folder.filePath("d.json").toStdString();
    saveGanDissection(dissection, file);
    const GanDissection again = loadGanDissection(file);
    QCOMPARE(again.fingerprint, dissection.fingerprint);
    QCOMPARE(again.segmenter, dissection.segmenter);
    QCOMPARE(again.found.concepts.size(), dissection.found.concepts.size());
    QCOMPARE(again.found.layers[0].detectors, dissection.found.layers[0].detectors);
    QCOMPARE(again.sets.size(), std::size_t{1});
    QCOMPARE(again.sets[0].units, dissection.sets[0].units);
    for (std::size_t i = 0; i < dissection.tables[0].high.values.size(); ++i) {
      QVERIFY(std::abs(again.tables[0].high.values[i] - dissection.tables[0].high.values[i]) < 1e-3F);
      QVERIFY(std::abs(again.tables[0].ratio.values[i] - dissection.tables[0].ratio.values[i]) < 2e-6F);
    }
  }

  void hostileFilesAreRefused() {
    const auto generator = Generator::from(planted());
    const std::string text = ganDissectionJson(small(*generator));
    ganDissectionFromJson(text, "same");
    for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
             {"\"high\"", "\"low\""},
             {"\"ratio\":[", "\"ratio\":[-5,"},
             {"\"unit\":3", "\"unit\":4"},
             {"\"sets\":[]",
              "\"sets\":[{\"concept\":\"a\",\"layer\":\"features\",\"units\":[99],\"source\":\"iou\","
              "\"removed\":0,\"others\":0}]"},
             {"\"tables\":[", "\"tables\":[{},"},
             {"\"version\":1", "\"version\":2"},
             {"\"kind\":\"unitscope gan dissection\"", "\"kind\":\"unitscope dissection\""}}) {
      std::string wrong = text;
      const std::size_t place = wrong.find(from);
      QVERIFY2(place != std::string::npos, from.c_str());
      wrong.replace(place, from.size(), to);
      QVERIFY_EXCEPTION_THROWN(ganDissectionFromJson(wrong, "wrong"), Error);
    }
    // Cut anywhere, and a byte changed anywhere: an Error or a dissection, nothing else.
    std::mt19937 random(5);
    for (int i = 0; i < 150; ++i) {
      std::string broken = text;
      if (i % 2 == 0)
        broken.resize(random() % text.size());
      else
        broken[random() % text.size()] = static_cast<char>(random() % 256);
      try {
        ganDissectionFromJson(broken, "broken");
      } catch (const Error&) {
      }
    }
  }

  void whatCannotBeIsRefused() {
    const auto generator = Generator::from(planted());
    GanDissectQuestion question;
    question.segmenter = colourSegmenter();
    question.samples = 0;
    QVERIFY_EXCEPTION_THROWN(dissectGenerator(*generator, question), Error);
    question.samples = 2;
    question.layers = {"nowhere"};
    QVERIFY_EXCEPTION_THROWN(dissectGenerator(*generator, question), Error);
    question.layers = {};
    CancelToken cancel;
    cancel.cancel();
    QVERIFY_EXCEPTION_THROWN(dissectGenerator(*generator, question, {}, cancel), Cancelled);
    // A generator is no segmenter.
    question.segmenter = planted();
    QVERIFY_EXCEPTION_THROWN(dissectGenerator(*generator, question), std::exception);
  }

  void theEmbeddedGenerator() {
    if (findEmbeddedModel("scene-generator") == nullptr) QSKIP("this build has no embedded generators");
    std::optional<ReadModel> read = readBuiltInModel("scene-generator");
    const auto generator = Generator::from(Model::fromGraph(std::move(read->graph), std::move(read->card)));
    QCOMPARE(generatorLayers(*generator),
             (std::vector<std::string>{"block4.conv1", "block8.conv0", "block8.conv1", "block16.conv0", "block16.conv1",
                                       "block32.conv0", "block32.conv1", "block64.conv0", "block64.conv1"}));
    GanDissectQuestion question;
    question.samples = 48;
    question.layers = {"block16.conv1"};
    const GanDissection dissection = dissectGenerator(*generator, question);
    QCOMPARE(dissection.segmenter, std::string("Scene segmenter"));
    QVERIFY(dissection.found.layers[0].detectors > 20);
    for (const char* name : {"sky", "tree", "grass", "green"}) QVERIFY(conceptIndexOf(dissection, name) >= 0);
    QVERIFY(unitsForConcept(dissection.found, 0, conceptIndexOf(dissection, "sky"), 1).front().iou > 0.3);
  }
};

QTEST_GUILESS_MAIN(TestGanDissection)
#include "test_gan_dissection.moc"
