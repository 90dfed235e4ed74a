#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>

#include <QtTest>

#include "engine/model_internal.h"
#include "gan/compare_inversions.h"
#include "gan/generators.h"
#include "gan/inversion.h"
#include "runtime/error.h"
#include "zoo/embedded_models.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

std::shared_ptr<Model> embedded(const std::string& name) {
  ReadModel own = readEmbeddedModel(name);
  return Model::fromGraph(std::move(own.graph), std::move(own.card));
}

/// The small networks' pictures are far brighter than white and darker than black; a range that holds them all.
std::shared_ptr<Generator> generatorOf(Graph graph) {
  ModelCard card;
  card.task = ModelCard::Task::Generator;
  card.mean = {0.5, 0.5, 0.5};
  card.std = {0.05, 0.05, 0.05};
  card.guessed = false;
  return Generator::from(Model::fromGraph(std::move(graph), std::move(card)));
}

Image drawnBy(Generator& generator, std::uint64_t seed) {
  SynthesisQuestion question;
  question.latents = generator.drawLatents({seed});
  return generator.picturesOf(generator.synthesise(question)).front();
}

/// From a picture of 8 x 8 to `size` numbers, with weights that look drawn.
std::shared_ptr<Model> smallEncoder(std::int64_t size, const std::string& output) {
  SmallGenerator g("encoder");
  GraphBuilder& b = g.graph();
  const ValueId x = b.input("input", DType::Float32, Shape{-1, 3, 8, 8});
  b.output(g.dense("head", b.op("Flatten", {x}), 192, size), output);
  ModelCard card;
  card.title = "Small encoder";
  card.task = ModelCard::Task::Features;
  card.height = card.width = card.resizeTo = 8;
  card.mean = {0.5, 0.5, 0.5};
  card.std = {0.5, 0.5, 0.5};
  return Model::fromGraph(g.take(), card);
}

/// A classifier of 8 x 8 pictures, so that small tests need not look through a large one.
std::shared_ptr<Model> smallLens() {
  SmallGenerator g("lens");
  GraphBuilder& b = g.graph();
  const ValueId x = b.input("input", DType::Float32, Shape{-1, 3, 8, 8});
  const ValueId maps = b.op("Relu", {g.conv("first", x, 3, 6)}, {}, "first.relu");
  const ValueId more = b.op("Relu", {g.conv("second", maps, 6, 6)}, {}, "second.relu");
  b.setScope("pool");
  b.output(g.dense("head", b.op("Flatten", {b.op("GlobalAveragePool", {more})}), 6, 4), "scores");
  ModelCard card;
  card.title = "Small lens";
  card.height = card.width = card.resizeTo = 8;
  card.mean = {0.5, 0.5, 0.5};
  card.std = {0.5, 0.5, 0.5};
  return Model::fromGraph(g.take(), card);
}

InversionQuestion questionFor(Image picture, std::int64_t steps) {
  InversionQuestion question;
  question.picture = std::move(picture);
  question.steps = steps;
  question.perceptual = smallLens();
  question.perceptualLayers = {"first", "second"};
  question.perceptualWeight = 0.01;
  return question;
}

}  // namespace

class TestInversion : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void cropsToTheGeneratorsForm() {
    const auto generator = generatorOf(styleGan(true));
    Image wide{40, 20, 4, {}};
    for (int y = 0; y < 20; ++y)
      for (int x = 0; x < 40; ++x)
        wide.pixels.insert(wide.pixels.end(), {static_cast<std::uint8_t>(x < 20 ? 200 : 0), 100, 0, 255});
    const Image middle = cropFor(wide, *generator);
    QCOMPARE(middle.width, 8);
    QCOMPARE(middle.height, 8);
    QCOMPARE(middle.channels, 3);
    QCOMPARE(middle.pixels[0], std::uint8_t{200});
    QCOMPARE(middle.pixels[7 * 3], std::uint8_t{0});
    const Image left = cropFor(wide, *generator, {0.0, 0.5, 0.5});
    for (std::size_t i = 0; i < 64; ++i) QCOMPARE(left.pixels[3 * i], std::uint8_t{200});
    // See-through parts lie over white.
    for (std::size_t i = 3; i < wide.pixels.size(); i += 4) wide.pixels[i] = 0;
    QCOMPARE(cropFor(wide, *generator).pixels.front(), std::uint8_t{255});
    const Image grey{5, 9, 1, std::vector<std::uint8_t>(45, 77)};
    QCOMPARE(cropFor(grey, *generator).pixels, std::vector<std::uint8_t>(192, 77));
    // What has the form already stays as it is.
    const Image own = drawnBy(*generator, 3);
    QCOMPARE(cropFor(own, *generator).pixels, own.pixels);
    QVERIFY_EXCEPTION_THROWN(cropFor({}, *generator), Error);
    QVERIFY_EXCEPTION_THROWN(cropFor(own, *generator, {0.5, 0.5, 0.0}), Error);
    QVERIFY_EXCEPTION_THROWN(cropFor({4, 4, 3, {1, 2, 3}}, *generator), Error);
  }

  void qualityOfKnownPairs() {
    const Image a{16, 16, 1, std::vector<std::uint8_t>(256, 100)}, b{16, 16, 1, std::vector<std::uint8_t>(256, 110)};
    QVERIFY(std::abs(peakSignalToNoise(a, b) - 20.0 * std::log10(25.5)) < 1e-9);
    QVERIFY(peakSignalToNoise(a, a) > 77.0);
    // Without contrast only the term of the brightness is left.
    const double c1 = 2.55 * 2.55;
    QVERIFY(std::abs(structuralSimilarity(a, b) - (2.0 * 100 * 110 + c1) / (100.0 * 100 + 110 * 110 + c1)) < 1e-9);
    QVERIFY(std::abs(structuralSimilarity(a, a) - 1.0) < 1e-12);
    Image noisy = a;
    for (std::size_t i = 0; i < noisy.pixels.size(); ++i) noisy.pixels[i] = static_cast<std::uint8_t>(i * 97 % 251);
    QVERIFY(structuralSimilarity(a, noisy) < 0.1);
    QCOMPARE(structuralSimilarity(a, noisy), structuralSimilarity(noisy, a));
    const Image tiny{3, 2, 3, std::vector<std::uint8_t>(18, 9)};
    QVERIFY(std::abs(structuralSimilarity(tiny, tiny) - 1.0) < 1e-12);
    QVERIFY_EXCEPTION_THROWN(structuralSimilarity(a, tiny), Error);
    QVERIFY_EXCEPTION_THROWN(peakSignalToNoise(a, tiny), Error);
  }

  void findsItsOwnPictures_data() {
    QTest::addColumn<int>("family");
    QTest::addColumn<QString>("space");
    QTest::newRow("StyleGAN in w+") << 0 << "w+";
    QTest::newRow("StyleGAN in w") << 0 << "w";
    QTest::newRow("StyleGAN in z") << 0 << "z";
    QTest::newRow("one w for all, in w+") << 1 << "w+";
    QTest::newRow("PGGAN") << 2 << "z";
    QTest::newRow("DCGAN") << 3 << "z";
    QTest::newRow("conditional, in w") << 4 << "w";
    QTest::newRow("BigGAN") << 5 << "z";
  }
  void findsItsOwnPictures() {
    QFETCH(int, family);
    QFETCH(QString, space);
    const auto graph = [&] {
      switch (family) {
        case 0: return styleGan(true);
        case 1: return styleGan(false, true);
        case 2: return pggan();
        case 3: return dcgan();
        case 4: return conditionalStyleGan();
        default: return bigGan();
      }
    };
    const auto generator = generatorOf(graph());
    SynthesisQuestion drawn;
    drawn.latents = generator->drawLatents({17});
    if (family >= 4) drawn.classes = generator->oneClass(3);
    InversionQuestion question = questionFor(generator->picturesOf(generator->synthesise(drawn)).front(), 150);
    question.space = latentSpaceFrom(space.toStdString());
    question.classes = drawn.classes;
    std::vector<std::int64_t> seen;
    double last = 0.0;
    const InversionAnswer answer = invert(*generator, question, [&](const InversionPreview& preview) {
      seen.push_back(preview.step);
      QCOMPARE(preview.picture.width, 8);
      last = preview.total;
    });
    QCOMPARE(answer.space, *question.space);
    QVERIFY(!answer.fromEncoder && !answer.cancelled && std::isnan(answer.domainResidual));
    QCOMPARE(answer.stepsDone, std::int64_t{150});
    QCOMPARE(answer.curves.total.size(), std::size_t{151});
    QCOMPARE(seen.front(), std::int64_t{0});
    QCOMPARE(seen.back(), std::int64_t{150});
    QCOMPARE(seen.size(), std::size_t{31});
    QCOMPARE(last, answer.curves.total.back());
    const auto least = std::ranges::min_element(answer.curves.total);
    QCOMPARE(answer.bestStep, static_cast<std::int64_t>(least - answer.curves.total.begin()));
    QVERIFY2(*least < 0.99 * answer.curves.total.front(),
             qPrintable(QString("%1 of %2").arg(*least).arg(answer.curves.total.front())));
    QVERIFY2(answer.psnr > answer.startPsnr + 0.05,
             qPrintable(QString("%1 after %2").arg(answer.psnr).arg(answer.startPsnr)));
    // The latents draw the picture.
    SynthesisQuestion again;
    again.latents = answer.latents;
    again.space = answer.space;
    again.classes = answer.classes;
    const Image redrawn = generator->picturesOf(generator->synthesise(again)).front();
    QVERIFY(peakSignalToNoise(redrawn, answer.picture) > 60.0);
    double sum = 0.0;
    for (const float value : answer.errorMap.values) sum += static_cast<double>(value);
    QVERIFY(sum > 0.0 && answer.pixelResidual > 0.0 && answer.perceptualResidual >= 0.0);
    QCOMPARE(answer.errorMap.shape, (Shape{8, 8}));
  }

  void startsWhereItIsTold() {
    const auto generator = generatorOf(styleGan(true));
    SynthesisQuestion drawn;
    drawn.latents = generator->drawLatents({5});
    InversionQuestion question = questionFor(drawnBy(*generator, 5), 1);
    question.start = generator->styles(drawn);
    question.togetherShare = 0.0;
    const InversionAnswer answer = invert(*generator, question);
    QVERIFY2(answer.startPsnr > 50.0, qPrintable(QString::number(answer.startPsnr)));
    QCOMPARE(answer.bestStep, std::int64_t{0});
    QVERIFY((viewOf(answer.latents) - viewOf(question.start)).abs().max().item<double>() < 1e-3);
    question.start.shape = {1, 4, 4, 4};
    question.start.values.resize(63);
    QVERIFY_EXCEPTION_THROWN(invert(*generator, question), Error);
  }

  void followsAnEncoder_data() {
    QTest::addColumn<int>("size");
    QTest::addColumn<QString>("output");
    QTest::addColumn<QString>("space");
    QTest::newRow("w+ into w+") << 64 << "codes"
                                << "w+";
    QTest::newRow("w into w+") << 16 << "codes"
                               << "w+";
    QTest::newRow("z into w+") << 16 << "z"
                               << "w+";
    QTest::newRow("w+ into w") << 64 << "codes"
                               << "w";
    QTest::newRow("z into z") << 16 << "z"
                              << "z";
    QTest::newRow("w+ into z") << 64 << "codes"
                               << "z";
  }
  void followsAnEncoder() {
    QFETCH(int, size);
    QFETCH(QString, output);
    QFETCH(QString, space);
    const auto generator = generatorOf(styleGan(true));
    InversionQuestion question = questionFor(drawnBy(*generator, 8), 40);
    question.encoder = smallEncoder(size, output.toStdString());
    question.space = latentSpaceFrom(space.toStdString());
    const InversionAnswer answer = invert(*generator, question);
    QVERIFY(answer.fromEncoder);
    QVERIFY(std::isfinite(answer.domainResidual));
    QVERIFY(std::ranges::all_of(answer.curves.domain, [](double value) { return value > 0.0; }));
    const double best = *std::ranges::min_element(answer.curves.total);
    QVERIFY(best < answer.curves.total.front());
    question.domainWeight = 50.0;
    const InversionAnswer held = invert(*generator, question);
    // Where both speak the same language, the heavier weight holds the code.
    const bool same = (size == 64 && space == "w+") || (output == "z" && space == "z");
    QVERIFY2(!same || held.domainResidual < answer.domainResidual,
             qPrintable(QString("%1 < %2").arg(held.domainResidual).arg(answer.domainResidual)));
    question.domainWeight = 0.0;
    QVERIFY(std::isnan(invert(*generator, question).domainResidual));
  }

  void cancellingKeepsTheBest() {
    const auto generator = generatorOf(styleGan(true));
    const InversionQuestion question = questionFor(drawnBy(*generator, 4), 500);
    CancelToken cancel;
    const InversionAnswer answer = invert(
        *generator, question,
        [&](const InversionPreview& preview) {
          if (preview.step >= 20) cancel.cancel();
        },
        {}, cancel);
    QVERIFY(answer.cancelled);
    QVERIFY(answer.stepsDone >= 20 && answer.stepsDone < 30);
    QCOMPARE(answer.curves.total.size(), static_cast<std::size_t>(answer.stepsDone));
    QVERIFY(answer.psnr > answer.startPsnr);
    QVERIFY(!answer.picture.empty() && answer.errorMap.values.size() == 64);
    QVERIFY_EXCEPTION_THROWN(invert(*generator, question, {}, {}, cancel), Cancelled);
    QVERIFY_EXCEPTION_THROWN(invertAll(*generator, {question.picture}, question, {}, cancel), Cancelled);
  }

  void manyAreLikeEach() {
    const auto generator = generatorOf(styleGan(true));
    const std::vector<Image> pictures{drawnBy(*generator, 1), drawnBy(*generator, 2), drawnBy(*generator, 3)};
    InversionQuestion question = questionFor({}, 20);
    const std::vector<InversionAnswer> all = invertAll(*generator, pictures, question);
    QCOMPARE(all.size(), std::size_t{3});
    for (std::size_t i = 0; i < 3; ++i) {
      question.picture = pictures[i];
      const InversionAnswer one = invert(*generator, question);
      QVERIFY(std::abs(one.psnr - all[i].psnr) < 0.2);
      QVERIFY(std::abs(one.startPsnr - all[i].startPsnr) < 0.01);
    }
  }

  void refusesWhatDoesNotFit() {
    const auto generator = generatorOf(styleGan(true));
    const InversionQuestion fine = questionFor(drawnBy(*generator, 4), 2);
    const auto fails = [&](auto change) {
      InversionQuestion question = fine;
      change(question);
      try {
        invert(*generator, question);
      } catch (const Error&) {
        return true;
      }
      return false;
    };
    QVERIFY(!fails([](InversionQuestion&) {}));
    QVERIFY(fails([](InversionQuestion& q) { q.learningRate = 0.0; }));
    QVERIFY(fails([](InversionQuestion& q) { q.steps = -1; }));
    QVERIFY(fails([](InversionQuestion& q) { q.pixelWeight = -1.0; }));
    QVERIFY(fails([](InversionQuestion& q) { q.domainWeight = std::nan(""); }));
    QVERIFY(fails([](InversionQuestion& q) { q.togetherShare = 1.5; }));
    QVERIFY(fails([](InversionQuestion& q) { q.perceptualLayers = {"nowhere"}; }));
    QVERIFY(fails([](InversionQuestion& q) { q.encoder = smallEncoder(7, "codes"); }));
    QVERIFY(fails([](InversionQuestion& q) { q.encoder = modelOf(styleGan(true)); }));
    QVERIFY(fails([](InversionQuestion& q) { q.picture = {}; }));
    const auto plain = generatorOf(pggan());
    InversionQuestion question = questionFor(drawnBy(*plain, 4), 2);
    question.space = LatentSpace::WPlus;
    QVERIFY_EXCEPTION_THROWN(invert(*plain, question), Error);
  }

  void encoderKnowsItsGenerator() {
    const auto scenes = Generator::from(embedded("scene-generator"));
    QVERIFY(embeddedEncoderFor(*scenes) != nullptr);
    QVERIFY(embeddedEncoderFor(*Generator::from(embedded("fashion-generator"))) == nullptr);
    QVERIFY(embeddedEncoderFor(*generatorOf(truncatedStyleGan())) == nullptr);
  }

  void sceneIsFoundAgain() {
    const auto generator = Generator::from(embedded("scene-generator"));
    InversionQuestion question;
    question.picture = drawnBy(*generator, 900'001);
    question.steps = 20;
    const InversionAnswer answer = invert(*generator, question);
    QVERIFY(answer.fromEncoder);
    QCOMPARE(answer.latents.shape, (Shape{1, generator->plan().styleCount, generator->plan().styleSize}));
    QVERIFY2(answer.psnr > answer.startPsnr + 0.3,
             qPrintable(QString("%1 after %2").arg(answer.psnr).arg(answer.startPsnr)));
  }

  void comparesWithAndWithoutTheDomain() {
    const auto generator = generatorOf(styleGan(true));
    CompareInversionsQuestion question;
    question.inversion = questionFor(drawnBy(*generator, 8), 30);
    question.inversion.encoder = smallEncoder(64, "codes");
    question.inversion.domainWeight = 20.0;
    question.samples = 8;
    EditProbe shift;
    shift.name = "a way";
    shift.direction.space = "w";
    shift.direction.vector = {{kLatent}, std::vector<float>(kLatent, 0.3F)};
    shift.amount = 1.0;
    shift.judge = smallLens();
    shift.target = 2;
    EditProbe units = shift;
    units.name = "units off";
    units.direction = {};
    units.units = {{{"layer1", {0, 1, 2, 3, 4, 5, 6, 7}, UnitSwitch::Kind::Scale, 0.0}, {}}};
    question.edits = {shift, units};
    const InversionComparison found = compareInversions(*generator, question);
    QVERIFY(found.with.domainResidual > 0.0 && std::isnan(found.without.domainResidual));
    QCOMPARE(found.edits.size(), std::size_t{2});
    for (const EditComparison& edit : found.edits) {
      QVERIFY(edit.meanChange != 0.0);
      QVERIFY(edit.deviation > 0.0);
      for (const EditEffect* effect : {&edit.with, &edit.without}) {
        QVERIFY(!effect->picture.empty());
        QVERIFY(std::abs(effect->share - (effect->after - effect->before) / edit.meanChange) < 1e-9);
      }
    }
    QVERIFY(found.edits[1].with.picture.pixels != found.with.picture.pixels);
    question.inversion.useEncoder = false;
    QVERIFY_EXCEPTION_THROWN(compareInversions(*generator, question), Error);
    question.inversion.useEncoder = true;
    question.edits[0].judge = nullptr;
    QVERIFY_EXCEPTION_THROWN(compareInversions(*generator, question), Error);
  }
};

QTEST_APPLESS_MAIN(TestInversion)
#include "test_inversion.moc"
