#include <cmath>
#include <filesystem>
#include <limits>

#include <QTemporaryDir>
#include <QtTest>

#include "examples/collect.h"
#include "examples/example_store.h"
#include "examples/small_nets.h"
#include "formats/hdf5/hdf5_file.h"
#include "support/h5py.h"

using namespace unitscope;
using test::errorOf;

namespace fs = std::filesystem;

namespace {

/// Units with a known answer on evenly grey pictures: 0 is the brightness, 1 never fires, 2 is a constant, 3 is
/// darkness, 4 is 1 divided by the brightness (infinite on black).
std::shared_ptr<Model> knownModel() {
  GraphBuilder b("known");
  const ValueId x = b.input("x", DType::Float32, Shape{-1, 1, 4, 4});
  const auto weighted = [&](float weight, float bias) {
    return b.op("Conv", {x, b.parameter("w", TensorData::fromFloats({1, 1, 1, 1}, {weight})),
                         b.parameter("b", TensorData::fromFloats({1}, {bias}))});
  };
  const ValueId inverse = b.op("Reciprocal", {x});
  const ValueId five = b.op("Concat",
                            {b.op("Relu", {weighted(1.0F, 0.0F)}), b.op("Relu", {weighted(-1.0F, -0.5F)}),
                             weighted(0.0F, 2.0F), b.op("Relu", {weighted(-1.0F, 1.0F)}), inverse},
                            {{"axis", std::int64_t{1}}}, "units");
  b.output(b.op("Flatten", {b.op("GlobalMaxPool", {five})}), "scores");
  ModelCard card;
  card.input = "x";
  card.channels = 1;
  card.height = card.width = card.resizeTo = 4;
  card.mean = {0.0};
  card.std = {1.0};
  card.labels = {"bright", "middle", "dark", "never", "nowhere"};
  return Model::fromGraph(b.take(), card);
}

}  // namespace

/// What a file says of units with known answers, and files that are damaged or forged.
class TestExampleStore : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;

  fs::path path(const char* name) const { return folder_.filePath(name).toStdString(); }

  /// Everything that the window would read of it.
  static void readAll(const fs::path& file) {
    const ExampleStore store = ExampleStore::open(file);
    for (std::int64_t i = 0; i < store.pictures(); ++i) {
      (void)store.pictureName(i);
      (void)store.pictureClasses(i);
    }
    for (std::size_t l = 0; l < store.layers().size(); ++l) {
      const auto layer = static_cast<std::int64_t>(l);
      (void)store.statistics(layer);
      (void)store.quantiles(layer, 0.995);
      (void)store.top(layer, 0, store.layers()[l].units);
      for (std::int64_t u = 0; u < store.layers()[l].units; ++u) {
        (void)store.unit(layer, u);
        (void)store.histogram(layer, u);
      }
    }
  }

 private Q_SLOTS:
  void initTestCase() {
    QVERIFY(folder_.isValid());
    if (!hasHdf5()) QSKIP("this build has no HDF5");
    // Three classes of brightness 204, 102 and 0.
    test::writeIdx(
        path("greys"), 30, 4, [](int i, int, int) { return 204 - 102 * (i % 3); }, [](int i) { return i % 3; });
    ExamplesQuestion q;
    q.data = path("greys").string();
    q.layers = {"units"};
    q.top = 3;
    collectExamples(*knownModel(), q, path("known.h5"));
    test::noiseIdx(path("noise"), 40);
    q.data = path("noise").string();
    q.layers = {};
    q.relevanceClass = 1;
    collectExamples(*test::greyModel(), q, path("grey.h5"));
  }

  void knownUnits() {
    const ExampleStore store = ExampleStore::open(path("known.h5"));
    const auto unit = [&](std::int64_t u) { return store.unit(0, u); };
    const auto near = [](double a, double b) { return std::abs(a - b) < 1e-6; };
    const UnitStatistics bright = unit(0).statistics;
    QVERIFY(near(bright.mean, 0.4) && near(bright.maximum, 0.8) && near(bright.positive, 2.0 / 3.0) && !bright.dead);
    // 0.8 where it is brightest, 0.4 and 0 on the others.
    QVERIFY(near(bright.selectivity, (0.8 - 0.2) / (0.8 + 0.2)));
    QCOMPARE(bright.preferredClass, std::int64_t{0});
    QCOMPARE(bright.places, std::uint64_t{30 * 16});
    const UnitStatistics silent = unit(1).statistics;
    QVERIFY(silent.dead && silent.positive == 0.0 && std::isnan(silent.selectivity));
    QCOMPARE(silent.preferredClass, std::int64_t{-1});
    QVERIFY(unit(2).statistics.dead);
    QVERIFY(near(unit(2).statistics.selectivity, 0.0) && near(unit(2).statistics.deviation, 0.0));
    const UnitStatistics dark = unit(3).statistics;
    QCOMPARE(dark.preferredClass, std::int64_t{2});
    QVERIFY(near(dark.selectivity, (1.0 - 0.4) / (1.0 + 0.4)));
    // Infinite values are left out and say so by their absence.
    const UnitStatistics inverse = unit(4).statistics;
    QCOMPARE(inverse.places, std::uint64_t{20 * 16});
    QVERIFY(near(inverse.maximum, 2.5) && near(inverse.minimum, 1.25));

    const auto numbers = [](const std::vector<Example>& list) {
      std::vector<std::int64_t> found;
      for (const Example& e : list) found.push_back(e.picture);
      return found;
    };
    using Numbers = std::vector<std::int64_t>;
    QCOMPARE(numbers(unit(0).top), (Numbers{0, 3, 6}));
    QCOMPARE(numbers(unit(0).lowest), (Numbers{2, 5, 8}));
    QCOMPARE(numbers(unit(3).top), (Numbers{2, 5, 8}));
    QCOMPARE(numbers(unit(4).top), (Numbers{1, 4, 7}));
    QVERIFY(unit(0).relevant.empty());
    QVERIFY(near(unit(0).top[0].activation, 0.8) && near(unit(0).lowest[0].activation, 0.0));
    QCOMPARE(unit(0).top[0].box, (FieldBox{0, 0, 1, 1}));
    const std::vector<double> means = unit(0).classMeans;
    QVERIFY(near(means[0], 0.8) && near(means[1], 0.4) && near(means[2], 0.0) && std::isnan(means[3]));
    QVERIFY(std::abs(store.quantile(0, 0, 0.5) - 0.4) <= 0.4 * kQuantileError && store.quantile(0, 0, 0.3) == 0.0);
    QCOMPARE(store.pictureClasses(4), (Numbers{1}));
    QCOMPARE(store.pictureNumber(7), std::int64_t{7});
    const UnitHistogram histogram = store.histogram(0, 0, 8);
    QCOMPARE(histogram.counts.front(), std::uint64_t{160});
    QCOMPARE(histogram.counts.back(), std::uint64_t{160});
  }

  void outOfRange() {
    const ExampleStore store = ExampleStore::open(path("known.h5"));
    for (const auto& ask : std::vector<std::function<void()>>{
             [&] { (void)store.statistics(1); }, [&] { (void)store.statistics(-1); }, [&] { (void)store.unit(0, 5); },
             [&] { (void)store.unit(0, -1); }, [&] { (void)store.top(0, 4, 2); }, [&] { (void)store.top(0, 0, -1); },
             [&] { (void)store.quantile(0, 9, 0.5); }, [&] { (void)store.pictureName(30); },
             [&] { (void)store.pictureClasses(-1); }})
      QVERIFY(!errorOf(ask).empty());
  }

  void damaged() {
    test::writeBytes(path("text.h5"), "rubbish");
    QVERIFY(errorOf([&] { readAll(path("text.h5")); }).find("text.h5") != std::string::npos);
    Hdf5Writer other(path("weights.h5"));
    other.attribute("/", "format", std::string("weights"));
    other.save();
    QVERIFY(errorOf([&] { readAll(path("weights.h5")); }).find("no file of examples") != std::string::npos);
    const std::string whole = test::readBytes(path("grey.h5"));
    for (std::size_t length = 0; length < whole.size(); length += 1 + whole.size() / 19) {
      test::writeBytes(path("cut.h5"), whole.substr(0, length));
      QVERIFY(!errorOf([&] { readAll(path("cut.h5")); }).empty());
    }
    int refused = 0;
    for (std::size_t at = 0; at < whole.size(); at += 1 + whole.size() / 61) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ 0x5A);
      test::writeBytes(path("changed.h5"), bytes);
      refused += !errorOf([&] { readAll(path("changed.h5")); }).empty();
    }
    QVERIFY(refused > 20);
  }

  void forgedAndReadByOthers() {
    const auto python = test::pythonWithH5py();
    if (!python) QSKIP("no Python with h5py (UNITSCOPE_PYTHON names one)");
    const QString read = test::runPython(*python, QStringLiteral(R"(
import h5py, sys
f = h5py.File(sys.argv[1])
assert f.attrs['format'] == b'unitscope examples' and f.attrs['version'] == 1
g = f['layers/0000']
assert g.attrs['name'] == b'units' and g['top/picture'].shape == (5, 3)
assert list(g['top/picture'][0]) == [0, 3, 6] and abs(g['mean'][0] - 0.4) < 1e-6
a, b = (0 if u == 0 else g['bins/end'][u - 1] for u in (0, 1))
def edge(key): # the bin's end nearer to zero
    import struct
    return struct.unpack('<f', struct.pack('<I', (abs(int(key)) - 1 + 103 * 128) << 16))[0]
keys, counts = g['bins/key'][a:b], g['bins/count'][a:b]
assert counts.sum() == 480 and keys[0] == 0 and edge(keys[-1]) <= 0.8 < edge(keys[-1] + 1)
assert f['pictures/name'][4].decode() == 't10k-images-idx3-ubyte 4'
print('fine'))"),
                                         {QString::fromStdString(path("known.h5").string())});
    QCOMPARE(read.trimmed(), QStringLiteral("fine"));
    const QStringList forgeries{
        "f['layers/0000'].attrs['units'] = numpy.int64(1 << 40)",
        "f['layers/0000'].attrs['units'] = numpy.int64(-3)",
        "f['layers/0000'].attrs['width'] = numpy.int64(1)",
        "f['layers/0000'].attrs['name'] = 'variable'",
        "f.attrs['layers'] = numpy.int64(9000)",
        "f.attrs['version'] = numpy.int64(2)",
        "f.attrs['top'] = numpy.int64(1 << 50)",
        "f.attrs['block'] = numpy.int64(0)",
        "f.attrs['total'] = numpy.int64(1 << 62)",
        "f['layers/0000/top/picture'][0, 0] = 39999",
        "f['layers/0000/top/picture'][0, 0] = -9",
        "f['layers/0000/top/place'][0, 0] = 1 << 30",
        "f['layers/0000/top/place'][0, 0] = -1",
        "f['layers/0000/bins/end'][0] = 1 << 60",
        "f['layers/0000/bins/key'][0] = 32767",
        "f['layers/0000/bins/count'][0] = (1 << 64) - 1",
        "f['layers/0000/field'][0, 0] = float('nan')",
        "f['layers/0000/field'][1, 2] = 1e300",
        "f['layers/0000/preferred_class'][0] = 77",
        "f['pictures/class_end'][0] = 1 << 62",
        "f['parts/shard'][0] = 5",
        "del f['layers/0001']",
        "del f['layers/0000/mean']",
        "del f['pictures/name']",
        "del f['layers/0000/quantiles']; f['layers/0000/quantiles'] = numpy.zeros((2, 2), 'f4')",
        "del f['layers/0000/mean']; f['layers/0000/mean'] = ['a'] * 6",
        "del f['labels']; f['labels'] = numpy.zeros((1 << 21,), 'S4')",
    };
    const QString made = test::runPython(*python, QStringLiteral(R"(
import h5py, numpy, shutil, sys
for i, line in enumerate(sys.argv[2:]):
    name = sys.argv[1] + '/forged%d.h5' % i
    shutil.copy(sys.argv[1] + '/grey.h5', name)
    with h5py.File(name, 'r+') as f: exec(line))"),
                                         QStringList{folder_.path()} + forgeries);
    QVERIFY2(made.isEmpty(), qPrintable(made));
    for (qsizetype i = 0; i < forgeries.size(); ++i)
      QVERIFY2(!errorOf([&] { readAll(folder_.filePath(QStringLiteral("forged%1.h5").arg(i)).toStdString()); }).empty(),
               qPrintable(forgeries[i]));
  }
};

QTEST_GUILESS_MAIN(TestExampleStore)
#include "test_example_store.moc"
