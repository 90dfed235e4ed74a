#include <cmath>
#include <limits>

#include <QTemporaryDir>
#include <QtTest>

#include "formats/npy/npy.h"
#include "gan/directions_file.h"
#include "gan/latent_samples.h"
#include "support/files.h"

using namespace unitscope;
using test::errorOf;

/// Directions as values and as files.
class TestDirections : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  std::filesystem::path path(const char* name) const { return folder_.filePath(name).toStdString(); }

 private Q_SLOTS:
  void layerLists() {
    using Layers = std::vector<std::int64_t>;
    QCOMPARE(layersFrom("0-3,5", "--layers"), (Layers{0, 1, 2, 3, 5}));
    QCOMPARE(layersFrom("4", "--layers"), (Layers{4}));
    QCOMPARE(layersFrom("2,1,1-2", "--layers"), (Layers{1, 2}));
    QVERIFY(layersFrom("all", "--layers").empty() && layersFrom("", "--layers").empty());
    for (const char* bad : {"a", "1-", "-1", "3-1", "1,", ",", "0-99999", "1.5", "99999999999999999999"})
      QVERIFY2(!errorOf([&] { layersFrom(bad, "--layers"); }).empty(), bad);
    QCOMPARE(layersText({0, 1, 2, 3, 5}), std::string("0-3,5"));
    QCOMPARE(layersText({}), std::string("all"));
  }

  void moving() {
    LatentDirection d;
    d.name = "sunset";
    d.vector = {{2}, {1, -1}};
    const Array w{{1, 2}, {5, 5}};
    QCOMPARE(moved(w, d, 2.0).values, (std::vector<float>{7, 3}));
    const Array plus{{1, 3, 2}, {0, 0, 0, 0, 0, 0}};
    QCOMPARE(moved(plus, d, 1.0).values, (std::vector<float>{1, -1, 1, -1, 1, -1}));
    d.layers = {1};
    QCOMPARE(moved(plus, d, 1.0).values, (std::vector<float>{0, 0, 1, -1, 0, 0}));
    QCOMPARE(moved(w, d, 1.0).values, (std::vector<float>{6, 4}));
    d.vector = {{3, 2}, {1, 2, 3, 4, 5, 6}};
    QCOMPARE(moved(plus, d, 1.0).values, (std::vector<float>{0, 0, 3, 4, 0, 0}));
    QVERIFY(!errorOf([&] { moved(w, d, 1.0); }).empty());
    d.vector = {{2}, {1, -1}};
    d.layers = {3};
    QVERIFY(!errorOf([&] { moved(plus, d, 1.0); }).empty());
    const Array spatial{{2, 2, 1, 1}, {0, 0, 1, 1}};
    d.layers.clear();
    QCOMPARE(moved(spatial, d, 1.0).values, (std::vector<float>{1, -1, 2, 0}));
  }

  void roundTrip() {
    LatentDirection a;
    a.name = "time of day";
    a.source = "boundary";
    a.space = "w+";
    a.vector = test::sampleArray({4, 3}, 1);
    a.from = -2.0;
    a.to = 5.0;
    a.layers = {0, 2};
    a.details = {{"validation_accuracy", 0.93}, {"remaining_accuracy", std::numeric_limits<double>::quiet_NaN()}};
    LatentDirection b = a;
    b.name = "Bäume";
    b.vector = test::sampleArray({4, 3}, 2);
    b.layers.clear();
    saveDirections({a, b}, path("two.npy"));
    const TensorData plain = readNpy(path("two.npy"));
    QCOMPARE(plain.shape(), (Shape{2, 4, 3}));
    for (const char* name : {"two.npy", "two.npy.json", "two"}) {
      const std::vector<LatentDirection> read = loadDirections(path(name));
      QCOMPARE(read.size(), std::size_t{2});
      QCOMPARE(read[0].name, a.name);
      QCOMPARE(read[1].name, b.name);
      QCOMPARE(read[0].source, a.source);
      QCOMPARE(read[0].space, a.space);
      QCOMPARE(read[0].vector.shape, a.vector.shape);
      QCOMPARE(read[1].vector.values, b.vector.values);
      QCOMPARE(read[0].from, -2.0);
      QCOMPARE(read[0].to, 5.0);
      QCOMPARE(read[0].layers, a.layers);
      QCOMPARE(read[0].details.size(), std::size_t{1});
      QCOMPARE(read[0].details.at("validation_accuracy"), 0.93);
    }
    b.vector = test::sampleArray({3}, 2);
    QVERIFY(!errorOf([&] { saveDirections({a, b}, path("mixed.npy")); }).empty());
    QVERIFY(!errorOf([&] { saveDirections({}, path("none.npy")); }).empty());
  }

  /// InterFaceGAN's files are [1,512], of either float type, without anything beside them.
  void published() {
    std::vector<double> values(512);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = test::sampleAt(static_cast<int>(i), 0);
    const auto* bytes = reinterpret_cast<const std::byte*>(values.data());
    writeNpy(path("smile_boundary.npy"), TensorData::fromBytes(DType::Float64, {1, 512}, {bytes, bytes + 512 * 8}));
    const std::vector<LatentDirection> read = loadDirections(path("smile_boundary.npy"));
    QCOMPARE(read.size(), std::size_t{1});
    QCOMPARE(read[0].name, std::string("smile_boundary"));
    QCOMPARE(read[0].source, std::string("file"));
    QCOMPARE(read[0].vector.shape, Shape{512});
    QCOMPARE(read[0].vector.values[511], static_cast<float>(values[511]));
    writeNpy(path("age.z.npy"), TensorData::fromFloats({512}, std::vector<float>(512, 0.5f)));
    QCOMPARE(loadDirections(path("age.z.npy"))[0].space, std::string("z"));
    QCOMPARE(loadDirections(path("age.z.npy"))[0].name, std::string("age"));
  }

  void hostile() {
    const auto refuses = [&](const char* name) { return !errorOf([&] { loadDirections(path(name)); }).empty(); };
    QVERIFY(refuses("missing.npy"));
    test::writeBytes(path("bad.npy"), "\x93NUMPY nonsense");
    QVERIFY(refuses("bad.npy"));
    writeNpy(path("nan.npy"), TensorData::fromFloats({1, 2}, {NAN, 1}));
    QVERIFY(refuses("nan.npy"));
    writeNpy(path("deep.npy"), TensorData::fromFloats({1, 1, 1, 2}, {1, 1}));
    QVERIFY(refuses("deep.npy"));
    writeNpy(path("empty.npy"), TensorData::fromFloats({0, 2}, {}));
    QVERIFY(refuses("empty.npy"));
    writeNpy(path("wide.npy"), TensorData::fromFloats({1, 70000}, std::vector<float>(70000, 1.0f)));
    QVERIFY(refuses("wide.npy"));

    writeNpy(path("j.npy"), TensorData::fromFloats({1, 2}, {1, 1}));
    const std::string good =
        R"({"kind":"unitscope latent directions","version":1,"directions":[{"name":"a","source":"b","space":"w","from":-1,"to":1,"layers":[0],"details":{"x":1}}]})";
    test::writeBytes(path("j.npy.json"), good);
    QVERIFY(!refuses("j.npy"));
    const auto with = [&](const std::string& from, const std::string& to) {
      std::string text = good;
      text.replace(text.find(from), from.size(), to);
      test::writeBytes(path("j.npy.json"), text);
      return refuses("j.npy");
    };
    QVERIFY(with("\"space\":\"w\"", "\"space\":\"x\""));
    QVERIFY(with("\"to\":1", "\"to\":-2"));
    QVERIFY(with("\"to\":1", "\"to\":1e300"));
    QVERIFY(with("[0]", "[-1]"));
    QVERIFY(with("[0]", "[99999]"));
    QVERIFY(with("{\"x\":1}", "{\"x\":[]}"));
    QVERIFY(with("\"version\":1", "\"version\":2"));
    QVERIFY(with("\"directions\":[", "\"directions\":[{},"));
    QVERIFY(with("}]}", "}]"));
    test::writeBytes(path("j.npy.json"), std::string(100000, '['));
    QVERIFY(refuses("j.npy"));
  }
};

QTEST_APPLESS_MAIN(TestDirections)
#include "test_directions.moc"
