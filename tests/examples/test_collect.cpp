#include <cmath>
#include <filesystem>
#include <map>

#include <QTemporaryDir>
#include <QtTest>

#include "engine/fingerprint.h"
#include "examples/collect.h"
#include "examples/example_store.h"
#include "examples/small_nets.h"
#include "formats/hdf5/hdf5_file.h"
#include "runtime/error.h"
#include "sources/picture_source.h"

using namespace unitscope;
using test::errorOf;

namespace fs = std::filesystem;

namespace {

bool same(const std::vector<Example>& a, const std::vector<Example>& b) {
  return std::ranges::equal(a, b, [](const Example& x, const Example& y) {
    return x.picture == y.picture && x.name == y.name && x.activation == y.activation && x.relevance == y.relevance &&
           x.row == y.row && x.column == y.column && x.box == y.box;
  });
}

/// What differs between two files of the same question, "" for nothing. Sums may differ by their order.
std::string difference(const ExampleStore& a, const ExampleStore& b) {
  if (a.pictures() != b.pictures() || a.layers().size() != b.layers().size()) return "size";
  for (std::int64_t i = 0; i < a.pictures(); ++i)
    if (a.pictureName(i) != b.pictureName(i) || a.pictureClasses(i) != b.pictureClasses(i)) return "pictures";
  for (std::size_t l = 0; l < a.layers().size(); ++l) {
    const auto layer = static_cast<std::int64_t>(l);
    for (std::int64_t u = 0; u < a.layers()[l].units; ++u) {
      const std::string where = a.layers()[l].name + " " + std::to_string(u) + " ";
      const UnitExamples x = a.unit(layer, u), y = b.unit(layer, u);
      if (!same(x.top, y.top)) return where + "top";
      if (!same(x.lowest, y.lowest)) return where + "lowest";
      if (!same(x.random, y.random)) return where + "random";
      if (!same(x.relevant, y.relevant)) return where + "relevant";
      if (x.quantiles != y.quantiles) return where + "quantiles";
      const UnitHistogram p = a.histogram(layer, u), q = b.histogram(layer, u);
      if (p.edges != q.edges || p.counts != q.counts) return where + "histogram";
      const UnitStatistics &s = x.statistics, &t = y.statistics;
      if (s.places != t.places || s.positive != t.positive || s.minimum != t.minimum || s.maximum != t.maximum ||
          s.dead != t.dead || s.preferredClass != t.preferredClass)
        return where + "statistics";
      if (std::abs(s.mean - t.mean) > 1e-12 || std::abs(s.deviation - t.deviation) > 1e-9) return where + "mean";
    }
  }
  return {};
}

}  // namespace

/// The pass over a data set against a plain one, in parts, stopped and resumed.
class TestCollect : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;

  fs::path path(const char* name) const { return folder_.filePath(name).toStdString(); }

  ExamplesQuestion question(std::int64_t count = 0) const {
    ExamplesQuestion q;
    q.data = path("noise").string();
    q.count = count;
    q.top = 4;
    q.relevanceClass = 2;
    return q;
  }

 private Q_SLOTS:
  void initTestCase() {
    QVERIFY(folder_.isValid());
    if (!hasHdf5()) {
      QVERIFY(errorOf([&] { collectExamples(*test::greyModel(), {}, path("x.h5")); }).find("HDF5") !=
              std::string::npos);
      QSKIP("this build has no HDF5");
    }
    test::noiseIdx(path("noise"), 150);
  }

  void layersByThemselves() {
    const std::shared_ptr<Model> model = test::greyModel();
    QCOMPARE(exampleLayers(*model), (std::vector<std::string>{"relu1", "relu2", "head"}));
    // Blocks: a.0 = conv and ReLU, a.1 = the same; a ends where a.1 does.
    GraphBuilder b("blocks");
    ValueId x = b.input("x", DType::Float32, Shape{-1, 1, 8, 8});
    for (const std::string block : {"a.0", "a.1"}) {
      b.setScope(block + ".conv");
      x = b.op("Conv", {x, b.parameter("w", test::wavy({1, 1, 1, 1}, 0.3F))});
      b.setScope(block + ".relu");
      x = b.op("Relu", {x});
    }
    b.output(x, "y");
    ModelCard card = model->card();
    card.labels.clear();
    const std::shared_ptr<Model> blocks = Model::fromGraph(b.take(), card);
    QCOMPARE(exampleLayers(*blocks), (std::vector<std::string>{"a.0", "a.1"}));
    ExamplesQuestion q = question(3);
    q.relevanceClass = -1;
    collectExamples(*blocks, q, path("blocks.h5"));
    const ExampleStore store = ExampleStore::open(path("blocks.h5"));
    QCOMPARE(store.find("a"), std::int64_t{1});
    QCOMPARE(store.find("a.1"), std::int64_t{1});
    QCOMPARE(store.find("a.0.relu"), std::int64_t{0});
    QCOMPARE(store.find("a.0.conv"), std::int64_t{-1});
  }

  void againstAPlainPass() {
    const std::shared_ptr<Model> model = test::greyModel();
    ExamplesQuestion q = question(100);
    q.layers = {"relu2", "conv1"};
    const CollectReport report = collectExamples(*model, q, path("plain.h5"));
    QCOMPARE(report.pictures, std::int64_t{100});
    QCOMPARE(report.units, std::int64_t{11});
    QVERIFY(report.unreadable.empty() && report.stateBytes > 0);
    const ExampleStore store = ExampleStore::open(path("plain.h5"));
    QCOMPARE(store.layers()[0].name, std::string("conv1"));
    QCOMPARE(store.find("relu2"), std::int64_t{1});
    QCOMPARE(store.find("nowhere"), std::int64_t{-1});
    QCOMPARE(store.modelHash(), modelFingerprint(*test::greyModel()));
    QCOMPARE(store.labels().size(), std::size_t{4});
    QCOMPARE(store.layers()[1].height, std::int64_t{4});

    const auto source = openPictures(q.data, *model, q.seed);
    for (std::int64_t l = 0; l < 2; ++l) {
      const ExampleStore::LayerInfo& info = store.layers()[static_cast<std::size_t>(l)];
      const ValueId value = resolveLayer(model->graph(), model->layers(), info.name);
      const std::int64_t places = info.height * info.width;
      std::vector<std::vector<float>> all(static_cast<std::size_t>(info.units));
      std::vector<std::vector<std::pair<float, std::int64_t>>> best(all.size());
      for (std::int64_t i = 0; i < 100; ++i) {
        const Array map = model->activations(source->at(i).input, value);
        for (std::size_t u = 0; u < all.size(); ++u) {
          const auto first = map.values.begin() + static_cast<std::ptrdiff_t>(u) * places;
          all[u].insert(all[u].end(), first, first + places);
          best[u].emplace_back(-*std::max_element(first, first + places), i);
        }
      }
      const LayerStatistics statistics = store.statistics(l);
      QCOMPARE(statistics.units.size(), all.size());
      for (std::size_t u = 0; u < all.size(); ++u) {
        const auto unit = static_cast<std::int64_t>(u);
        const UnitExamples found = store.unit(l, unit);
        std::ranges::sort(best[u]);
        for (std::size_t k = 0; k < 4; ++k) {
          // The network's own rounding depends on the batch.
          QVERIFY(std::abs(found.top[k].activation + static_cast<double>(best[u][k].first)) < 1e-4);
          QCOMPARE(found.top[k].picture, best[u][k].second);
        }
        QCOMPARE(found.top[0].name, "t10k-images-idx3-ubyte " + std::to_string(found.top[0].picture));
        const std::vector<float>& values = all[u];
        const double n = static_cast<double>(values.size());
        double sum = 0.0, squares = 0.0, positive = 0.0;
        for (const float x : values) {
          sum += static_cast<double>(x);
          squares += static_cast<double>(x) * static_cast<double>(x);
          positive += x > 0.0F;
        }
        const UnitStatistics& s = statistics.units[u];
        QCOMPARE(s.places, static_cast<std::uint64_t>(values.size()));
        QVERIFY(std::abs(s.mean - sum / n) < 1e-5);
        QVERIFY(std::abs(s.deviation - std::sqrt(squares / n - sum / n * sum / n)) < 1e-4);
        QVERIFY(std::abs(s.positive - positive / n) < 1e-3);
        std::vector<float> sorted = values;
        std::ranges::sort(sorted);
        for (const double level : {0.02, 0.5, 0.9, 0.995}) {
          const double exact = sorted[static_cast<std::size_t>(std::ceil(level * n)) - 1];
          const double slack = std::abs(exact) * kQuantileError + 1e-4;
          QVERIFY(std::abs(store.quantile(l, unit, level) - exact) <= slack);
          QVERIFY(std::abs(store.quantiles(l, level)[u] - exact) <= slack);
        }
        const UnitHistogram histogram = store.histogram(l, unit, 20);
        std::uint64_t counted = 0;
        for (const std::uint64_t count : histogram.counts) counted += count;
        QCOMPARE(counted, s.places);
      }
      QVERIFY(same(store.top(l, 1, 2)[0], store.unit(l, 1).top));
    }
  }

  void relevanceIsActivationTimesGradient() {
    const std::shared_ptr<Model> model = test::greyModel();
    collectExamples(*model, question(40), path("relevant.h5"));
    const ExampleStore store = ExampleStore::open(path("relevant.h5"));
    // The head is linear in relu2 and has no bias: relevances of a picture's units add up to the score.
    const std::int64_t layer = store.find("relu2"), head = store.find("head");
    double units = 0.0;
    for (const UnitStatistics& s : store.statistics(layer).units) units += s.meanRelevance;
    const double score = store.statistics(head).units[2].mean;
    QVERIFY2(std::abs(units - score) < 1e-3, qPrintable(QStringLiteral("%1 %2").arg(units).arg(score)));
    QVERIFY(std::abs(store.statistics(head).units[2].meanRelevance - score) < 1e-3);
    QCOMPARE(store.statistics(head).units[1].meanRelevance, 0.0);
    const UnitExamples unit = store.unit(layer, 0);
    QCOMPARE(unit.relevant.size(), std::size_t{4});
    for (std::size_t i = 1; i < unit.relevant.size(); ++i)
      QVERIFY(unit.relevant[i - 1].relevance >= unit.relevant[i].relevance);
  }

  void partsAreTheWhole() {
    const std::shared_ptr<Model> model = test::greyModel();
    collectExamples(*model, question(), path("whole.h5"));
    std::vector<fs::path> parts;
    for (const int shard : {2, 0, 1}) {
      ExamplesQuestion q = question();
      q.shard = shard;
      q.shards = 3;
      parts.push_back(path(("part" + std::to_string(shard) + ".h5").c_str()));
      collectExamples(*test::greyModel(), q, parts.back());
    }
    mergeExamples(parts, path("merged.h5"));
    const ExampleStore whole = ExampleStore::open(path("whole.h5")), merged = ExampleStore::open(path("merged.h5"));
    QCOMPARE(difference(whole, merged), std::string());
    QCOMPARE(merged.shardsHere(), std::int64_t{3});
    // Two at first, the third later.
    mergeExamples({parts[0], parts[2]}, path("two.h5"));
    mergeExamples({path("two.h5"), parts[1]}, path("later.h5"));
    QCOMPARE(difference(whole, ExampleStore::open(path("later.h5"))), std::string());

    QVERIFY(errorOf([&] { mergeExamples({parts[0], parts[0]}, path("no.h5")); }).find("part 2") != std::string::npos);
    QVERIFY(errorOf([&] {
              mergeExamples({parts[0], path("whole.h5")}, path("no.h5"));
            }).find("parts") != std::string::npos);
    QVERIFY(!errorOf([&] { mergeExamples({}, path("no.h5")); }).empty());
    QVERIFY(!errorOf([&] { mergeExamples({path("absent.h5")}, path("no.h5")); }).empty());
    QVERIFY(!fs::exists(path("no.h5")));
  }

  void morePartsThanPictures() {
    std::vector<fs::path> parts;
    for (int shard = 0; shard < 4; ++shard) {
      ExamplesQuestion q = question(20);
      q.shard = shard;
      q.shards = 4;
      parts.push_back(path(("few" + std::to_string(shard) + ".h5").c_str()));
      collectExamples(*test::greyModel(), q, parts.back());
    }
    QCOMPARE(ExampleStore::open(parts[3]).pictures(), std::int64_t{0});
    QVERIFY(ExampleStore::open(parts[3]).unit(0, 0).top.empty());
    QVERIFY(ExampleStore::open(parts[3]).statistics(0).units[0].dead);
    mergeExamples(parts, path("few.h5"));
    collectExamples(*test::greyModel(), question(20), path("fewWhole.h5"));
    QCOMPARE(difference(ExampleStore::open(path("fewWhole.h5")), ExampleStore::open(path("few.h5"))), std::string());
  }

  void stoppedAndResumed() {
    collectExamples(*test::greyModel(), question(), path("straight.h5"));
    const fs::path file = path("stopped.h5");
    ExamplesQuestion q = question();
    for (const double at : {0.3, 0.7}) {
      const CancelToken cancel;
      const Progress progress([&](double fraction, const std::string&) {
        if (fraction >= at) cancel.cancel();
      });
      QVERIFY_EXCEPTION_THROWN(collectExamples(*test::greyModel(), q, file, progress, cancel), Cancelled);
      QVERIFY(!fs::exists(file) && fs::exists(examplesCheckpoint(file)));
      q.resume = true;
    }
    QVERIFY(errorOf([&] { mergeExamples({examplesCheckpoint(file)}, path("no.h5")); }).find("resume") !=
            std::string::npos);
    const CollectReport report = collectExamples(*test::greyModel(), q, file);
    QVERIFY(report.resumedAt > 60 && report.resumedAt < 150);
    QCOMPARE(report.pictures, std::int64_t{150});
    QVERIFY(!fs::exists(examplesCheckpoint(file)));
    QCOMPARE(difference(ExampleStore::open(file), ExampleStore::open(path("straight.h5"))), std::string());
    QVERIFY(test::readBytes(file) == test::readBytes(path("straight.h5")));
  }

  void checkpointOfSomethingElse() {
    const fs::path file = path("other.h5");
    ExamplesQuestion q = question(40);
    q.resume = true;
    collectExamples(*test::greyModel(), question(20), examplesCheckpoint(file));
    const CollectReport report = collectExamples(*test::greyModel(), q, file);
    QVERIFY(report.passedOver.find("number of pictures") != std::string::npos);
    QCOMPARE(report.pictures, std::int64_t{40});
    QCOMPARE(report.resumedAt, std::int64_t{0});
    test::writeBytes(examplesCheckpoint(file), "rubbish");
    QVERIFY(!collectExamples(*test::greyModel(), q, file).passedOver.empty());
  }

  void randomOnesAreRandomAndFixed() {
    collectExamples(*test::greyModel(), question(), path("random.h5"));
    const ExampleStore store = ExampleStore::open(path("random.h5"));
    std::set<std::int64_t> numbers;
    for (std::int64_t u = 0; u < 6; ++u)
      for (const Example& e : store.unit(0, u).random) numbers.insert(e.picture);
    QVERIFY(numbers.size() > 15 && *numbers.rbegin() > 75);
    ExamplesQuestion q = question();
    q.seed = 4;
    collectExamples(*test::greyModel(), q, path("random4.h5"));
    QVERIFY(!same(ExampleStore::open(path("random4.h5")).unit(0, 0).random, store.unit(0, 0).random));
  }

  void otherNetworks() {
    ExamplesQuestion q = question(40);
    collectExamples(*test::greyModel(), q, path("plain40.h5"));
    collectExamples(*test::greyModel(true), q, path("last40.h5"));
    collectExamples(*test::greyModel(false, 1), q, path("single40.h5"));
    const ExampleStore plain = ExampleStore::open(path("plain40.h5"));
    for (const char* name : {"last40.h5", "single40.h5"}) {
      const ExampleStore other = ExampleStore::open(path(name));
      QCOMPARE(other.layers().size(), plain.layers().size());
      QCOMPARE(other.inputHeight(), std::int64_t{8});
      for (std::int64_t u = 0; u < 5; ++u) {
        const Example a = plain.unit(1, u).top[0], b = other.unit(1, u).top[0];
        QCOMPARE(a.picture, b.picture);
        QVERIFY(std::abs(a.activation - b.activation) < 1e-4);
        QCOMPARE(a.box, b.box);
      }
    }
  }

  void unreadablePicturesArePassedOver() {
#ifndef UNITSCOPE_HAS_OPENCV
    QSKIP("this build writes no pictures");
#endif
    fs::create_directories(path("files"));
    for (int i = 0; i < 20; ++i) {
      Image image{8, 8, 1, std::vector<std::uint8_t>(64, static_cast<std::uint8_t>(10 * i))};
      saveImage(image, path("files") / ("p" + std::to_string(100 + i) + ".png"));
    }
    test::writeBytes(path("files") / "p105.png", "rubbish");
    ExamplesQuestion q = question();
    q.data = path("files").string();
    const CollectReport report = collectExamples(*test::greyModel(), q, path("files.h5"));
    QCOMPARE(report.pictures, std::int64_t{19});
    QCOMPARE(report.unreadable.size(), std::size_t{1});
    QVERIFY(report.unreadable[0].find("p105.png") != std::string::npos);
    const ExampleStore store = ExampleStore::open(path("files.h5"));
    QCOMPARE(store.pictureNumber(5), std::int64_t{6});
    QVERIFY(store.labels().empty() && std::isnan(store.statistics(0).units[0].selectivity));
    for (const fs::directory_entry& entry : fs::directory_iterator(path("files")))
      test::writeBytes(entry.path(), "rubbish");
    QVERIFY(errorOf([&] { collectExamples(*test::greyModel(), q, path("rubbish.h5")); }).find("no picture") !=
            std::string::npos);
  }

  void wrongQuestions() {
    const std::shared_ptr<Model> model = test::greyModel();
    const auto problem = [&](auto&& change) {
      ExamplesQuestion q = question(10);
      change(q);
      return errorOf([&] { collectExamples(*model, q, path("wrong.h5")); });
    };
    QVERIFY(problem([](auto& q) { q.layers = {"nowhere"}; }).find("nowhere") != std::string::npos);
    QVERIFY(!problem([](auto& q) { q.layers = {"x"}; }).empty());
    QVERIFY(!problem([](auto& q) { q.shard = 2, q.shards = 2; }).empty());
    QVERIFY(!problem([](auto& q) { q.shards = 0; }).empty());
    QVERIFY(!problem([](auto& q) { q.top = 0; }).empty());
    QVERIFY(!problem([](auto& q) { q.relevanceClass = 4; }).empty());
    QVERIFY(problem([](auto& q) { q.data = "/no/such/data"; }).find("/no/such/data") != std::string::npos);
    QVERIFY(!problem([](auto& q) { q.data = kScenes, q.count = 0; }).empty());
    QVERIFY(!fs::exists(path("wrong.h5")));
    QVERIFY(errorOf([&] { collectExamples(*model, question(10), path("no/folder/x.h5")); }).find("folder") !=
            std::string::npos);
  }
};

QTEST_GUILESS_MAIN(TestCollect)
#include "test_collect.moc"
