#include <cmath>

#include <QtTest>

#include "gan/attribute_boundaries.h"
#include "gan/generators.h"
#include "gan/latent_samples.h"
#include "gan/planted.h"
#include "support/files.h"
#include "zoo/embedded_models.h"

using namespace unitscope;
using test::errorOf;

namespace {

double dot(const Array& a, const Array& b) {
  return test::dot(a.values.data(), b.values.data(), a.values.size());
}

BoundaryQuestion about(const std::vector<const char*>& texts, std::int64_t samples = 400) {
  BoundaryQuestion question;
  for (const char* text : texts) question.attributes.push_back(attributeFrom(text));
  question.samples = samples;
  question.models = {test::colorJudge(test::kPlantedSide), test::lightJudge(test::kPlantedSide)};
  return question;
}

}  // namespace

/// Boundaries of attributes that were planted into a network.
class TestAttributeBoundaries : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() {
    if (!canFitBoundaries()) QSKIP("this build has no LIBLINEAR");
  }

  void whatWasPlantedIsFound() {
    const std::shared_ptr<Generator> generator = test::planted();
    const AttributeBoundaries found = attributeBoundaries(*generator, about({"brightness", "warmth"}, 600));
    QCOMPARE(found.space, std::string("w"));
    QCOMPARE(found.latents.shape, (Shape{600, test::kPlantedSize}));
    QCOMPARE(found.scores.shape, (Shape{600, 2}));
    QCOMPARE(found.asked, std::size_t{2});
    const std::vector<LatentDirection> directions = found.directions();
    QCOMPARE(directions.size(), std::size_t{2});
    // Brightness: number 0 everywhere and number 2 in a third of the picture.
    Array bright = test::axis(0);
    bright.values[2] = 1.0F / 3.0F;
    const double length = std::sqrt(dot(bright, bright));
    QVERIFY(dot(directions[0].vector, bright) / length > 0.97);
    QVERIFY(dot(directions[1].vector, test::axis(1)) > 0.97);
    for (const LatentDirection& direction : directions) {
      QVERIFY(direction.details.at("validation_accuracy") > 0.9);
      QCOMPARE(direction.space, std::string("w+"));
      QCOMPARE(direction.source, std::string("boundary"));
      // w is z here: of deviation one along any direction.
      QVERIFY(std::abs(direction.details.at("deviation") - 1.0) < 0.1);
      QVERIFY(std::abs(direction.to - 3.0 * direction.details.at("deviation")) < 1e-9 &&
              direction.from == -direction.to);
      QVERIFY(direction.details.contains("bias"));
    }
    QCOMPARE(directions[0].name, std::string("brightness"));
    const AttributeBoundary& first = found.boundaries[0];
    QVERIFY(std::abs(first.mean - 0.5) < 0.01);
    QVERIFY(std::abs(first.deviation - 0.5 * static_cast<double>(test::kPlantedGain) * length) < 0.003);
  }

  void scoresBelongToTheirSamples() {
    const std::shared_ptr<Generator> generator = test::planted();
    const AttributeBoundaries found = attributeBoundaries(*generator, about({"warmth"}, 300));
    for (std::size_t i : {0, 131, 249, 250, 299}) {
      const float wanted = test::kPlantedGain * found.latents.values[i * test::kPlantedSize + 1];
      QVERIFY(std::abs(found.scores.values[i] - wanted) < 1e-5F);
    }
    const Array z = generator->drawLatents({250});
    QVERIFY(std::abs(z.values[5] - found.latents.values[250 * test::kPlantedSize + 5]) < 1e-6F);
  }

  void conditionalEditsLeaveTheOthersAlone() {
    const std::shared_ptr<Generator> generator = test::planted();
    BoundaryQuestion question = about({"brightness@top", "warmth"}, 600);
    question.conditionOn = {attributeFrom("brightness@bottom"), attributeFrom("warmth")};
    question.layers = {1, 2};
    const AttributeBoundaries found = attributeBoundaries(*generator, question);
    QCOMPARE(found.boundaries.size(), std::size_t{3});
    QCOMPARE(found.asked, std::size_t{2});
    const std::vector<LatentDirection> directions = found.directions();
    QCOMPARE(directions.size(), std::size_t{2});
    const LatentDirection& top = directions[0];
    QVERIFY(std::abs(dot(top.vector, found.boundaries[2].boundary.normal)) < 1e-5);
    QVERIFY(std::abs(dot(top.vector, found.boundaries[1].boundary.normal)) < 1e-5);
    // Unconditional, the top is number 0 as much as number 2; without the bottom, number 2 alone.
    QVERIFY(dot(found.boundaries[0].boundary.normal, test::axis(2)) < 0.8);
    QVERIFY(dot(top.vector, test::axis(2)) > 0.97);
    QVERIFY(!top.details.contains("bias"));
    QVERIFY(std::abs(top.details.at("cosine_with_unconditional") -
                     dot(top.vector, found.boundaries[0].boundary.normal)) < 1e-5);
    QCOMPARE(top.layers, (std::vector<std::int64_t>{1, 2}));
    // Its own attribute is not taken out of a direction.
    QVERIFY(dot(directions[1].vector, test::axis(1)) > 0.97);
  }

  void scoresCanBeKeptInsteadOfNormals() {
    const std::shared_ptr<Generator> generator = test::planted();
    BoundaryQuestion question = about({"brightness@top"}, 600);
    question.conditionOn = {attributeFrom("brightness@bottom")};
    question.conditioning = Conditioning::Scores;
    const AttributeBoundaries found = attributeBoundaries(*generator, question);
    const LatentDirection top = found.directions().front();
    // The bottom's score is number 0 and nothing else, so no trace of it is left.
    QVERIFY(std::abs(dot(top.vector, test::axis(0))) < 0.03);
    QVERIFY(dot(top.vector, test::axis(2)) > 0.95);
    QVERIFY(std::abs(dot(top.vector, found.boundaries[1].boundary.normal)) > 1e-4);
  }

  void gradientsOfScores() {
    Array latents = test::sampleArray({300, 4}, 3);
    std::vector<float> scores;
    for (std::size_t i = 0; i < 300; ++i) {
      latents.values[i * 4 + 3] *= 0.05F;  // hardly varies, and counts as much
      scores.push_back(5.0F + 3.0F * latents.values[i * 4] - 4.0F * latents.values[i * 4 + 3]);
    }
    const Array gradient = scoreGradient(latents, scores);
    QCOMPARE(gradient.shape, (Shape{4}));
    QVERIFY(std::abs(gradient.values[0] - 0.6F) < 0.25F && gradient.values[3] < -0.5F);
    QVERIFY(std::abs(gradient.values[1]) < 0.02F);
    Array layered = latents;
    layered.shape = {150, 2, 4};
    scores.resize(150);
    QCOMPARE(scoreGradient(layered, scores).shape, (Shape{2, 4}));
    QVERIFY(!errorOf([&] { scoreGradient(latents, scores); }).empty());
    QVERIFY(!errorOf([&] { scoreGradient(latents, std::vector<float>(300, 1.0F)); }).empty());
  }

  void entanglementShows() {
    const std::shared_ptr<Generator> generator = test::planted();
    const AttributeBoundaries found =
        attributeBoundaries(*generator, about({"brightness@bottom", "brightness@top", "warmth", "area:gold"}, 600));
    const auto at = [&](const Array& table, std::size_t a, std::size_t b) {
      return static_cast<double>(table.values[a * 4 + b]);
    };
    QVERIFY(std::abs(at(found.entanglement.correlation, 0, 1) - std::sqrt(0.5)) < 0.1);
    QVERIFY(std::abs(at(found.entanglement.correlation, 0, 2)) < 0.15);
    QVERIFY(std::abs(at(found.entanglement.cosine, 0, 1) - std::sqrt(0.5)) < 0.12);
    QVERIFY(std::abs(at(found.entanglement.cosine, 2, 2) - 1.0) < 1e-5);
    // What no sample has gives no boundary, and does not keep the others from theirs.
    QVERIFY(found.boundaries[3].failure.find("equal") != std::string::npos);
    QVERIFY(std::isnan(at(found.entanglement.cosine, 3, 0)) && std::isnan(at(found.entanglement.correlation, 3, 3)));
    QCOMPARE(found.directions().size(), std::size_t{3});
  }

  void rareThingsAreTheirOwnPositives() {
    // Light pixels are there only where brightness is far up: few samples, and all others have exactly none.
    const std::shared_ptr<Generator> generator = test::planted();
    BoundaryQuestion question = about({"area:light"}, 500);
    const std::shared_ptr<Model> judge = test::lightJudge(test::kPlantedSide);
    ModelCard card = judge->card();
    card.mean = {0.05, 0.05, 0.05};  // darker for the judge: only the brightest stay light
    judge->setCard(card);
    question.models.segmenter = judge;
    question.attributes.front().band = PictureAttribute::Band::Bottom;
    const AttributeBoundaries found = attributeBoundaries(*generator, question);
    const Boundary& boundary = found.boundaries[0].boundary;
    const auto some =
        static_cast<std::size_t>(std::ranges::count_if(found.scores.values, [](float share) { return share > 0.0F; }));
    QVERIFY2(some > 20 && some < 120, std::to_string(some).c_str());
    QVERIFY(boundary.trainPositive.size() + boundary.validationPositive.size() <= some);
    for (const std::int64_t row : boundary.trainPositive)
      QVERIFY(found.scores.values[static_cast<std::size_t>(row)] > 0.0F);
  }

  void networksWithoutStylesHaveBoundariesInZ() {
    const std::shared_ptr<Generator> generator = Generator::from(test::modelOf(test::dcgan()));
    BoundaryQuestion question = about({"brightness"}, 200);
    const AttributeBoundaries found = attributeBoundaries(*generator, question);
    QCOMPARE(found.space, std::string("z"));
    QCOMPARE(found.directions().front().space, std::string("z"));
    question.space = "w";
    QVERIFY(!errorOf([&] { attributeBoundaries(*generator, question); }).empty());
    const std::shared_ptr<Generator> styled = test::planted();
    question.space = "z";
    const AttributeBoundaries inZ = attributeBoundaries(*styled, question);
    QCOMPARE(inZ.directions().front().space, std::string("z"));
    QVERIFY(inZ.directions().front().layers.empty());
  }

  void handLabels() {
    const std::shared_ptr<Generator> generator = test::planted();
    HandLabelled labels{"cosy", {}, {}, {}};
    for (std::uint64_t seed = 0; seed < 120; ++seed) {
      labels.seeds.push_back(seed);
      labels.positive.push_back(generator->drawLatents({seed}).values[1] > 0.0F);
    }
    const AttributeBoundary found = boundaryFromLabels(*generator, labels, {});
    QVERIFY(dot(found.direction.vector, test::axis(1)) > 0.8);
    QVERIFY(found.direction.details.at("validation_accuracy") > 0.7);
    QCOMPARE(found.direction.name, std::string("hand:cosy"));

    HandLabelled few = labels;
    few.seeds.resize(12);
    few.positive = {true, true, true, true, true, true, false, false, false, false, false, false};
    QVERIFY(std::isnan(boundaryFromLabels(*generator, few, {}).boundary.validationAccuracy));
    HandLabelled given = labels;
    given.seeds.clear();
    given.latents = generator->drawLatents(labels.seeds);
    const AttributeBoundary same = boundaryFromLabels(*generator, given, {});
    QVERIFY(dot(same.direction.vector, found.direction.vector) > 1.0 - 1e-6);
    few.positive = {true, true, false, false, false, false, false, false, false, false, false, false};
    QVERIFY(errorOf([&] { boundaryFromLabels(*generator, few, {}); }).find("three") != std::string::npos);
    few.positive.pop_back();
    few.positive[2] = true;
    QVERIFY(errorOf([&] { boundaryFromLabels(*generator, few, {}); }).find("11 labels for 12") != std::string::npos);
  }

  void whatDoesNotFitIsRefused() {
    const std::shared_ptr<Generator> generator = test::planted();
    BoundaryQuestion question = about({"brightness"});
    question.layers = {4};
    QVERIFY(errorOf([&] { attributeBoundaries(*generator, question); }).find("layer 4") != std::string::npos);
    question = about({});
    QVERIFY(!errorOf([&] { attributeBoundaries(*generator, question); }).empty());
    question = about({"brightness"}, 5);
    QVERIFY(!errorOf([&] { attributeBoundaries(*generator, question); }).empty());
    question = about({"class:green"});
    QVERIFY(!errorOf([&] { attributeBoundaries(*generator, question); }).empty());
    question = about({"brightness"});
    question.space = "v";
    QVERIFY(!errorOf([&] { attributeBoundaries(*generator, question); }).empty());
    CancelToken stopped;
    stopped.cancel();
    QVERIFY_EXCEPTION_THROWN(attributeBoundaries(*generator, about({"brightness"}), {}, stopped), Cancelled);
  }

  void sceneGenerator() {
    if (findEmbeddedModel("scene-generator") == nullptr) QSKIP("this build has no embedded generators");
    ReadModel read = readEmbeddedModel("scene-generator");
    const std::shared_ptr<Generator> generator =
        Generator::from(Model::fromGraph(std::move(read.graph), std::move(read.card)));
    BoundaryQuestion question;
    question.attributes = {attributeFrom("brightness@top"), attributeFrom("warmth@top")};
    question.samples = 500;
    const AttributeBoundaries found = attributeBoundaries(*generator, question);
    for (const AttributeBoundary& one : found.boundaries) {
      QVERIFY2(one.failure.empty(), one.failure.c_str());
      QVERIFY(one.boundary.validationAccuracy > 0.8);
    }
  }
};

QTEST_GUILESS_MAIN(TestAttributeBoundaries)
#include "test_attribute_boundaries.moc"
