#include <ATen/ATen.h>

#include <QtTest>

#include "engine/model_internal.h"
#include "gan/generator.h"
#include "gan/generators.h"
#include "gan/graph_surgery.h"
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

std::shared_ptr<Generator> generatorOf(Graph graph) {
  return Generator::from(modelOf(std::move(graph)));
}

SynthesisQuestion drawn(const Generator& generator, const std::vector<std::uint64_t>& seeds) {
  SynthesisQuestion question;
  question.latents = generator.drawLatents(seeds);
  return question;
}

/// The network asked directly.
at::Tensor plainRun(Model& model, const at::Tensor& z) {
  return model.internal().executor.run(z, model.internal().outputValue());
}

UnitEdit off(std::string layer, std::vector<std::int64_t> units) {
  return {{std::move(layer), std::move(units), UnitSwitch::Kind::Scale, 0.0}, {}};
}

}  // namespace

class TestGenerator : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void bottlenecksAreWhatEverythingPasses() {
    const Graph graph = truncatedStyleGan();
    const std::vector<ValueId> found = bottlenecks(graph, graph.find("z"), graph.find("image"));
    QCOMPARE(found.back(), graph.find("image"));
    int vectors = 0;
    for (const ValueId id : found) QVERIFY(graph.value(id).producer != kNoNode);
    // The norm's inner values are passed by; what follows it is passed through.
    for (const ValueId id : found)
      if (graph.node(graph.value(id).producer).op == "ReduceMean") QFAIL("z goes around the mean");
    for (const ValueId id : found) vectors += graph.node(graph.value(id).producer).op == "LeakyRelu";
    QVERIFY(vectors >= 2);
    QVERIFY(bottlenecks(graph, graph.find("image"), graph.find("z")).empty());
  }

  void dcganTakesZAsItIs() {
    const auto model = modelOf(dcgan());
    const auto generator = Generator::from(model);
    const GeneratorPlan& plan = generator->plan();
    QCOMPARE(plan.z, std::string("input"));
    QCOMPARE(plan.zShape, (Shape{kLatent, 1, 1}));
    QVERIFY(!plan.hasStyles() && plan.noises.empty() && plan.classes.empty());
    QCOMPARE(plan.imageShape, (Shape{3, 8, 8}));
    const SynthesisQuestion question = drawn(*generator, {4, 5});
    const Array images = generator->synthesise(question);
    const at::Tensor expected = plainRun(*model, viewOf(question.latents).reshape({2, kLatent, 1, 1}));
    QVERIFY((viewOf(images) - expected).abs().max().item<double>() < 1e-6);
    QVERIFY_EXCEPTION_THROWN(generator->styles(question), Error);
    QCOMPARE(generator->black(), -1.0);
    QCOMPARE(generator->white(), 1.0);
  }

  void pgganHasNoStyles() {
    const auto generator = generatorOf(pggan());
    QVERIFY(!generator->plan().hasStyles());
    SynthesisQuestion question = drawn(*generator, {1});
    const Array image = generator->synthesise(question);
    // z is normalised: shrinking it changes nothing but what the epsilon does.
    question.truncation = 0.5;
    QVERIFY(difference(generator->synthesise(question), image) < 1e-4);
    question.latents.shape = {1, kLatent, 1};
    question.latents.values.pop_back();
    question.latents.shape = {1, kLatent - 1};
    QVERIFY_EXCEPTION_THROWN(generator->synthesise(question), Error);
  }

  void stylesAreFound_data() {
    QTest::addColumn<bool>("ownRows");
    QTest::addColumn<bool>("noiseInputs");
    QTest::newRow("each layer its row") << true << false;
    QTest::newRow("one w for all") << false << false;
    QTest::newRow("noise as inputs") << true << true;
  }

  void stylesAreFound() {
    QFETCH(bool, ownRows);
    QFETCH(bool, noiseInputs);
    const auto model = modelOf(styleGan(ownRows, noiseInputs));
    const auto generator = Generator::from(model);
    const GeneratorPlan& plan = generator->plan();
    QVERIFY(plan.hasStyles());
    QCOMPARE(plan.styleCount, 4);
    QCOMPARE(plan.styleSize, kLatent);
    QCOMPARE(int(plan.noises.size()), 4);
    QCOMPARE(plan.styleLayers.at(2), std::string("layer2.style"));

    SynthesisQuestion question = drawn(*generator, {7, 8, 9});
    const Array images = generator->synthesise(question);
    QVERIFY((viewOf(images) - plainRun(*model, viewOf(question.latents))).abs().max().item<double>() < 1e-5);

    // By way of w+ and of w it is the same picture.
    SynthesisQuestion inner;
    inner.space = LatentSpace::WPlus;
    inner.latents = generator->styles(question);
    QCOMPARE(inner.latents.shape, (Shape{3, 4, kLatent}));
    QVERIFY(difference(generator->synthesise(inner), images) < 1e-5);
    SynthesisQuestion one;
    one.space = LatentSpace::W;
    one.latents = toArray(viewOf(inner.latents).select(1, 0).contiguous());
    QVERIFY(difference(generator->synthesise(one), images) < 1e-5);

    // A row of its own: the third style changes the third layer and not the second.
    at::Tensor moved = viewOf(inner.latents).clone();
    moved.select(1, 2).add_(1.0);
    SynthesisQuestion other = inner;
    other.latents = toArray(moved);
    QVERIFY(difference(generator->synthesise(other), images) > 1e-3);
    QVERIFY(difference(generator->activations(other, "layer1"), generator->activations(inner, "layer1")) == 0.0);
    QVERIFY(difference(generator->activations(other, "layer2"), generator->activations(inner, "layer2")) > 1e-3);
    inner.latents.shape = {3, 2, 2 * kLatent};
    QVERIFY_EXCEPTION_THROWN(generator->synthesise(inner), Error);
  }

  void noiseComesInThreeWays() {
    for (const bool inputs : {false, true}) {
      const auto generator = generatorOf(styleGan(true, inputs));
      SynthesisQuestion question = drawn(*generator, {3, 3});
      const Array constant = generator->synthesise(question);
      QVERIFY((viewOf(constant)[0] - viewOf(constant)[1]).abs().max().item<double>() == 0.0);
      question.noise = NoiseMode::None;
      QVERIFY(difference(generator->synthesise(question), constant) > 1e-3);
      question.noise = NoiseMode::Random;
      const Array random = generator->synthesise(question);
      QVERIFY((viewOf(random)[0] - viewOf(random)[1]).abs().max().item<double>() > 1e-3);
      QVERIFY(difference(generator->synthesise(question), random) == 0.0);
      question.noiseSeed = 1;
      QVERIFY(difference(generator->synthesise(question), random) > 1e-3);
    }
  }

  void truncationDrawsToTheMean() {
    // The network's own, and ours where it has none, by the same definition.
    const auto own = generatorOf(truncatedStyleGan());
    QCOMPARE(own->plan().truncation, std::string("truncation"));
    SynthesisQuestion question = drawn(*own, {1, 2});
    const at::Tensor whole = viewOf(own->styles(question)).clone();
    question.truncation = 0.0;
    const at::Tensor mean = viewOf(own->styles(question)).clone();
    QVERIFY((mean[0] - mean[1]).abs().max().item<double>() < 1e-6);
    question.truncation = 0.7;
    const Array part = own->styles(question);
    QVERIFY((viewOf(part) - (mean + 0.7 * (whole - mean))).abs().max().item<double>() < 1e-5);

    const auto plain = generatorOf(styleGan(true));
    SynthesisQuestion asked = drawn(*plain, {1, 2});
    const Array full = plain->styles(asked);
    asked.truncation = 0.5;
    const Array meanStyle = plain->meanStyle();
    const at::Tensor expected = viewOf(meanStyle) + 0.5 * (viewOf(full) - viewOf(meanStyle));
    QVERIFY((viewOf(plain->styles(asked)) - expected).abs().max().item<double>() < 1e-5);
    // w is taken as it is.
    SynthesisQuestion inner;
    inner.space = LatentSpace::WPlus;
    inner.latents = full;
    const Array untouched = plain->synthesise(inner);
    inner.truncation = 0.5;
    QVERIFY(difference(plain->synthesise(inner), untouched) == 0.0);
  }

  void classesAreToldFromLatents() {
    const auto generator = generatorOf(conditionalStyleGan());
    const GeneratorPlan& plan = generator->plan();
    QCOMPARE(plan.z, std::string("latent"));
    QCOMPARE(plan.classes, std::string("label"));
    QCOMPARE(plan.classCount, 5);
    QVERIFY(plan.hasStyles());
    SynthesisQuestion question = drawn(*generator, {1});
    const Array first = generator->synthesise(question);
    question.classes = generator->oneClass(0);
    QVERIFY(difference(generator->synthesise(question), first) == 0.0);
    question.classes = generator->oneClass(3);
    QVERIFY(difference(generator->synthesise(question), first) > 1e-3);
    QVERIFY_EXCEPTION_THROWN(generator->oneClass(5), Error);
    question.classes = {{1, 4}, {1, 0, 0, 0}};
    QVERIFY_EXCEPTION_THROWN(generator->synthesise(question), Error);
  }

  void bigGanTakesZAsItIs() {
    const auto generator = generatorOf(bigGan());
    QCOMPARE(generator->plan().classes, std::string("class_vector"));
    QCOMPARE(generator->plan().classCount, 5);
    QVERIFY(!generator->plan().hasStyles());
    SynthesisQuestion question = drawn(*generator, {1, 2});
    question.classes = generator->oneClass(2);
    QCOMPARE(generator->synthesise(question).shape, (Shape{2, 3, 8, 8}));
  }

  void twoFilesAreOneGenerator() {
    const auto generator = Generator::from(modelOf(mappingAlone()), modelOf(synthesisAlone()));
    QVERIFY(generator->plan().hasStyles());
    QCOMPARE(generator->plan().styleCount, 4);
    QCOMPARE(generator->synthesise(drawn(*generator, {1})).shape, (Shape{1, 3, 8, 8}));
    QVERIFY_EXCEPTION_THROWN(Generator::from(modelOf(mappingAlone()), modelOf(synthesisAlone(12))), Error);
  }

  void hintsWin() {
    LatentHints hints;
    hints.z = "nowhere";
    QVERIFY_EXCEPTION_THROWN(Generator::from(modelOf(styleGan(true)), hints), Error);
    // A classifier is no generator, and says so.
    GraphBuilder b("classifier");
    const ValueId x = b.input("x", DType::Float32, Shape{-1, 8});
    b.output(b.op("Relu", {x}), "y");
    QVERIFY_EXCEPTION_THROWN(Generator::from(modelOf(b.take())), Error);
  }

  void unitsAreEdited() {
    const auto generator = generatorOf(styleGan(true));
    SynthesisQuestion question = drawn(*generator, {1, 2});
    const Array before = generator->activations(question, "layer2");
    question.edits = {off("layer2", {1, 5})};
    const Array after = generator->activations(question, "layer2");
    QVERIFY(viewOf(after).index_select(1, at::tensor({std::int64_t{1}, std::int64_t{5}})).abs().max().item<double>() ==
            0.0);
    QVERIFY((viewOf(after).select(1, 0) - viewOf(before).select(1, 0)).abs().max().item<double>() == 0.0);

    // Only in the lower right quarter, by scale and by value.
    for (const auto kind : {UnitSwitch::Kind::Scale, UnitSwitch::Kind::Set}) {
      question.edits = {{{"layer2", {1}, kind, 3.0}, placesOfRegion(0.5, 0.5, 1.0, 1.0)}};
      const Array part = generator->activations(question, "layer2");
      const at::Tensor was = viewOf(before).select(1, 1), is = viewOf(part).select(1, 1);
      const at::Tensor wanted = kind == UnitSwitch::Kind::Scale ? was * 3.0 : at::full_like(was, 3.0);
      QVERIFY((is - was).slice(1, 0, 4).abs().max().item<double>() == 0.0);
      QVERIFY((is - wanted).slice(1, 4).slice(2, 4).abs().max().item<double>() < 1e-6);
      QVERIFY((is - was).slice(1, 4).slice(2, 0, 4).abs().max().item<double>() == 0.0);
    }
    question.edits = {off("layer2", {8})};
    QVERIFY_EXCEPTION_THROWN(generator->synthesise(question), Error);
    question.edits = {off("layer9", {0})};
    QVERIFY_EXCEPTION_THROWN(generator->synthesise(question), Error);
  }

  void aLivePictureComputesWhatChanged() {
    const auto generator = generatorOf(styleGan(true));
    LivePicture live(generator);
    SynthesisQuestion question = drawn(*generator, {1});
    QVERIFY(difference(live.picture(question), generator->synthesise(question)) < 1e-6);
    const std::size_t whole = live.nodesEvaluated();
    question.edits = {off("layer3", {2})};
    QVERIFY(difference(live.picture(question), generator->synthesise(question)) < 1e-6);
    QVERIFY(live.nodesEvaluated() < whole / 4);
    question.edits.push_back({{"layer1", {2}, UnitSwitch::Kind::Set, 2.0}, placesOfRegion(0, 0, 0.5, 1)});
    QVERIFY(difference(live.picture(question), generator->synthesise(question)) < 1e-6);
    const std::size_t middle = live.nodesEvaluated();
    QVERIFY(middle < whole);
    question.edits[0].change.amount = 2.0;
    QVERIFY(difference(live.picture(question), generator->synthesise(question)) < 1e-6);
    // The painted places are the same as before: only the last layer is computed.
    QVERIFY(live.nodesEvaluated() < middle);
    question.latents = generator->drawLatents({2});
    QVERIFY(difference(live.picture(question), generator->synthesise(question)) < 1e-6);
    QVERIFY_EXCEPTION_THROWN(live.picture(drawn(*generator, {1, 2})), Error);
  }

  void samplesDoNotDependOnTheirCompany() {
    const auto generator = generatorOf(dcgan());
    const Array both = generator->drawLatents({5, 6});
    const Array one = generator->drawLatents({6});
    QVERIFY((viewOf(both)[1] - viewOf(one)[0]).abs().max().item<double>() == 0.0);
  }

  void editsAreReadFromJson() {
    const auto edits = unitEditsFromJson(
        R"([{"layer": "a.b", "units": [3, 7], "scale": 0}, {"layer": "c", "unit": 1, "set": 4.5, "region": [0.5, 0, 1, 0.5]}])",
        "edits.json");
    QCOMPARE(int(edits.size()), 2);
    QCOMPARE(edits[0].change.units, (std::vector<std::int64_t>{3, 7}));
    QVERIFY(edits[1].change.kind == UnitSwitch::Kind::Set && edits[1].change.amount == 4.5);
    QCOMPARE(edits[1].where.shape, (Shape{256, 256}));
    QCOMPARE(unitEditsFromJson(toJson({edits[0]}), "again").front().change.units, edits[0].change.units);
    UnitEdit painted = edits[0];
    painted.where = {{2, 3}, {0.0F, 0.25F, 1.0F, 0.0F, 0.0F, 0.1234F}};
    const UnitEdit again = unitEditsFromJson(toJson({painted}), "again").front();
    QCOMPARE(again.where.shape, painted.where.shape);
    QCOMPARE(again.where.values[1], 0.25F);
    QVERIFY(std::abs(again.where.values[5] - 0.1234F) < 1e-3F);
    for (const char* wrong : {"{}", "[1]", R"([{"layer": "a"}])", R"([{"layer": "a", "unit": -1, "scale": 0}])",
                              R"([{"layer": "a", "unit": 1}])", R"([{"layer": "a", "unit": 1, "scale": "x"}])",
                              R"([{"layer": "a", "unit": 1, "scale": 0, "set": 1}])",
                              R"([{"layer": "a", "unit": 1, "scale": 0, "where": 1}])",
                              R"([{"layer": "a", "unit": 1, "scale": 0, "region": [1, 0, 0, 1]}])"})
      QVERIFY_EXCEPTION_THROWN(unitEditsFromJson(wrong, "edits.json"), Error);
  }

  void theEmbeddedOnes() {
    if (findEmbeddedModel("scene-generator") == nullptr) QSKIP("this build has no embedded generators");
    for (const char* name : {"scene-generator", "fashion-generator"}) {
      std::optional<ReadModel> read = readBuiltInModel(name);
      QVERIFY(read);
      const auto generator = Generator::from(Model::fromGraph(std::move(read->graph), std::move(read->card)));
      const GeneratorPlan& plan = generator->plan();
      QCOMPARE(plan.z, std::string("z"));
      QCOMPARE(plan.truncation, std::string("truncation"));
      QCOMPARE(plan.styles, std::string("w_plus"));
      QCOMPARE(plan.noises.size(), std::size_t(plan.styleCount));
      QCOMPARE(generator->black(), -1.0);
      QCOMPARE(generator->white(), 1.0);
      const Array images = generator->synthesise(drawn(*generator, {1, 2, 3}));
      QVERIFY(viewOf(images).std().item<double>() > 0.2);
      QCOMPARE(int(generator->picturesOf(images).size()), 3);
    }
  }
};

QTEST_GUILESS_MAIN(TestGenerator)
#include "test_generator.moc"
