#include <array>
#include <functional>

#include <ATen/ATen.h>

#include <QtTest>

#include "engine/model_internal.h"
#include "gan/edited_generator.h"
#include "gan/generators.h"
#include "gan/unit_edits_file.h"
#include "runtime/error.h"
#include "zoo/embedded_models.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

double difference(const Array& a, const Array& b) {
  if (a.shape != b.shape) return 1e9;
  return (viewOf(a) - viewOf(b)).abs().max().item<double>();
}

SynthesisQuestion drawn(const Generator& generator, std::int64_t count) {
  SynthesisQuestion question;
  std::vector<std::uint64_t> seeds;
  for (std::int64_t i = 0; i < count; ++i) seeds.push_back(static_cast<std::uint64_t>(40 + i));
  question.latents = generator.drawLatents(seeds);
  return question;
}

LatentDirection directionOf(const std::string& space, std::int64_t size, std::vector<std::int64_t> layers = {}) {
  LatentDirection direction;
  direction.name = "some way";
  direction.space = space;
  direction.vector = {{size}, {}};
  for (std::int64_t i = 0; i < size; ++i) direction.vector.values.push_back(std::sin(1.0F + static_cast<float>(i)));
  direction.layers = std::move(layers);
  return direction;
}

std::vector<UnitEdit> someEdits(const std::string& first, const std::string& second) {
  const Array corner = placesOfRegion(0.0, 0.5, 0.6, 1.0);
  return {{{first, {1, 3}, UnitSwitch::Kind::Scale, 0.0}, {}},
          {{second, {0, 2}, UnitSwitch::Kind::Set, 0.7}, {}},
          {{second, {5}, UnitSwitch::Kind::Scale, 3.0}, corner},
          {{first, {4}, UnitSwitch::Kind::Set, -0.8}, corner},
          {{first, {3}, UnitSwitch::Kind::Set, 0.0}, {}}};
}

}  // namespace

class TestEditedGenerator : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void drawsTheSame_data() {
    QTest::addColumn<int>("family");
    QTest::newRow("DCGAN") << 0;
    QTest::newRow("PGGAN") << 1;
    QTest::newRow("StyleGAN, rows of its own") << 2;
    QTest::newRow("StyleGAN, one w") << 3;
    QTest::newRow("truncated StyleGAN") << 4;
    QTest::newRow("conditional StyleGAN") << 5;
    QTest::newRow("BigGAN") << 6;
  }
  void drawsTheSame() {
    QFETCH(int, family);
    const std::vector<std::function<Graph()>> makers{dcgan,
                                                     pggan,
                                                     [] { return styleGan(true); },
                                                     [] { return styleGan(false, true); },
                                                     truncatedStyleGan,
                                                     conditionalStyleGan,
                                                     bigGan};
    const auto generator = Generator::from(modelOf(makers[static_cast<std::size_t>(family)]()));
    const bool styles = generator->plan().hasStyles();
    GeneratorChanges changes;
    if (family == 0)
      changes.edits = {{{"main.0", {1, 3}, UnitSwitch::Kind::Scale, 0.0}, {}},
                       {{"main.0", {2}, UnitSwitch::Kind::Set, 0.4}, placesOfRegion(0.25, 0.0, 1.0, 0.5)}};
    else if (family == 1)
      changes.edits = {{{"layer1", {0, 2}, UnitSwitch::Kind::Set, 0.7}, {}},
                       {{"layer1", {5}, UnitSwitch::Kind::Scale, 3.0}, placesOfRegion(0.0, 0.5, 0.6, 1.0)}};
    else
      changes.edits = someEdits("layer0", "layer1");
    SynthesisQuestion question = drawn(*generator, 3);
    SynthesisQuestion edited = question;
    edited.edits = changes.edits;
    changes.directions.push_back({directionOf("z", generator->plan().zSize()), 0.4});
    edited.latents = moved(edited.latents, changes.directions[0].direction, 0.4);
    if (styles) {
      changes.directions.push_back({directionOf("w", generator->plan().styleSize, {1, 2}), -0.9});
      edited.latents = generator->styles(edited);
      edited.space = LatentSpace::WPlus;
      edited.latents = moved(edited.latents, changes.directions[1].direction, -0.9);
    }
    const Array expected = generator->synthesise(edited);
    QVERIFY(difference(expected, generator->synthesise(question)) > 1e-2);

    const QTemporaryDir dir;
    const auto file = std::filesystem::path(dir.filePath("edited.onnx").toStdString());
    saveEditedGenerator(*generator, changes, file);
    const auto again = Generator::from(Model::open(file));
    const Array got = again->synthesise(question);
    QVERIFY2(difference(got, expected) < 1e-4, qPrintable(QString::number(difference(got, expected))));
    QCOMPARE(again->plan().noises.size(), generator->plan().noises.size());
    QCOMPARE(again->plan().styleCount, generator->plan().styleCount);
    QCOMPARE(again->plan().classCount, generator->plan().classCount);
    QCOMPARE(again->black(), generator->black());
    // The layer of that name is the edited one.
    const std::string layer = family == 0 ? "main.0" : "layer1";
    const Array there = again->activations(question, layer);
    QVERIFY(difference(there, generator->activations(edited, layer)) < 1e-4);
  }

  void nothingChanged() {
    const auto generator = Generator::from(modelOf(styleGan(true)));
    const Graph graph = editedGenerator(*generator, {});
    QCOMPARE(graph.nodes().size(), generator->model()->graph().nodes().size());
  }

  void embeddedGenerator() {
    ReadModel own = readEmbeddedModel("scene-generator");
    const auto generator = Generator::from(Model::fromGraph(std::move(own.graph), std::move(own.card)));
    const std::vector<LayerChoice> layers = generator->model()->spatialLayers();
    QVERIFY(!layers.empty());
    GeneratorChanges changes;
    changes.edits = {
        {{layers[layers.size() / 2].name, {0, 1, 2, 3}, UnitSwitch::Kind::Scale, 0.0}, {}},
        {{layers[layers.size() / 2].name, {5, 6}, UnitSwitch::Kind::Set, 2.0}, placesOfRegion(0.0, 0.0, 0.5, 0.5)}};
    const SynthesisQuestion question = drawn(*generator, 2);
    SynthesisQuestion edited = question;
    edited.edits = changes.edits;
    const QTemporaryDir dir;
    const auto file = std::filesystem::path(dir.filePath("edited.onnx").toStdString());
    saveEditedGenerator(*generator, changes, file);
    const auto again = Generator::from(Model::open(file));
    QVERIFY(difference(again->synthesise(question), generator->synthesise(edited)) < 1e-4);
    QVERIFY(difference(again->synthesise(question), generator->synthesise(question)) > 1e-2);
    QCOMPARE(again->plan().noises.size(), generator->plan().noises.size());
    QCOMPARE(again->plan().styleCount, generator->plan().styleCount);
    QVERIFY(!again->plan().truncation.empty());
  }

  void refusesWhatDoesNotFit() {
    const auto generator = Generator::from(modelOf(styleGan(true)));
    const auto fails = [&](const GeneratorChanges& changes) {
      try {
        editedGenerator(*generator, changes);
      } catch (const Error&) {
        return true;
      }
      return false;
    };
    QVERIFY(fails({{{{"layer9", {0}, UnitSwitch::Kind::Scale, 0.0}, {}}}, {}}));
    QVERIFY(fails({{{{"layer0", {8}, UnitSwitch::Kind::Scale, 0.0}, {}}}, {}}));
    QVERIFY(fails({{}, {{directionOf("w", 7), 1.0}}}));
    QVERIFY(fails({{}, {{directionOf("w", kLatent, {4}), 1.0}}}));
    QVERIFY(fails({{}, {{directionOf("w", kLatent), std::nan("")}}}));
    const auto plain = Generator::from(modelOf(pggan()));
    QVERIFY_EXCEPTION_THROWN(editedGenerator(*plain, {{}, {{directionOf("w", kLatent), 1.0}}}), Error);
  }
};

QTEST_APPLESS_MAIN(TestEditedGenerator)
#include "test_edited_generator.moc"
