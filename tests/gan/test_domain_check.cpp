#include <cmath>

#include <ATen/ATen.h>

#include <QtTest>

#include "engine/model_internal.h"
#include "gan/domain_check.h"
#include "gan/domain_file.h"
#include "gan/generators.h"
#include "runtime/error.h"
#include "zoo/embedded_models.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

std::shared_ptr<Generator> generatorOf(Graph graph) {
  return Generator::from(modelOf(std::move(graph)));
}

std::vector<Image> drawnBy(Generator& generator, std::uint64_t first, std::int64_t count) {
  std::vector<std::uint64_t> seeds;
  for (std::int64_t i = 0; i < count; ++i) seeds.push_back(first + static_cast<std::uint64_t>(i));
  SynthesisQuestion question;
  question.latents = generator.drawLatents(seeds);
  return generator.picturesOf(generator.synthesise(question));
}

/// Black and white squares, which no small generator draws.
Image checkers(int side, int size) {
  Image picture{side, side, 3, {}};
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x)
      picture.pixels.insert(picture.pixels.end(), 3, static_cast<std::uint8_t>((x / size + y / size) % 2 ? 255 : 0));
  return picture;
}

DomainQuestion smallQuestion() {
  DomainQuestion question;
  question.samples = 16;
  question.latents = 2000;
  question.inversion.steps = 60;
  question.inversion.perceptualWeight = 0.0;
  return question;
}

DomainReference madeUp() {
  DomainReference reference;
  reference.space = LatentSpace::Z;
  for (int i = 0; i < 10; ++i) {
    reference.distances.push_back(1.0 + 0.01 * i);
    reference.pixelResiduals.push_back(0.05 + 0.002 * i);
    reference.perceptualResiduals.push_back(0.2 + 0.01 * i);
  }
  reference.generated = 10;
  return reference;
}

InversionAnswer answerWith(double pixels, double features) {
  InversionAnswer answer;
  answer.space = LatentSpace::Z;
  answer.latents = {{1, 4}, {1.0F, -1.0F, 1.0F, -1.0F}};
  answer.pixelResidual = pixels;
  answer.perceptualResidual = features;
  return answer;
}

}  // namespace

class TestDomainCheck : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void areaUnderTheCurve() {
    QCOMPARE(aucOf({1.0, 2.0, 3.0}, {4.0, 5.0}), 1.0);
    QCOMPARE(aucOf({4.0, 5.0}, {1.0, 2.0}), 0.0);
    QCOMPARE(aucOf({1.0, 2.0}, {1.0, 2.0}), 0.5);
    QCOMPARE(aucOf({1.0, 3.0}, {2.0, 4.0}), 0.75);
    QVERIFY(std::isnan(aucOf({}, {1.0})));
  }

  void drawnLatentsAreAtOne() {
    const auto generator = generatorOf(styleGan(true));
    const DomainReference reference = domainReference(*generator, smallQuestion());
    SynthesisQuestion drawn;
    std::vector<std::uint64_t> seeds;
    for (std::uint64_t i = 0; i < 200; ++i) seeds.push_back(5000 + i);
    drawn.latents = generator->drawLatents(seeds);
    const Array styles = generator->styles(drawn);
    const auto size = styles.values.size() / 200;
    double sum = 0.0;
    for (std::size_t i = 0; i < 200; ++i) {
      const auto first = styles.values.begin() + static_cast<std::ptrdiff_t>(i * size);
      const Array one{{1, 4, kLatent}, {first, first + static_cast<std::ptrdiff_t>(size)}};
      const double distance = latentDistance(reference, one, LatentSpace::WPlus);
      sum += distance * distance / 200.0;
      Array far = one;
      for (float& value : far.values) value *= 6.0F;
      QVERIFY(latentDistance(reference, far, LatentSpace::WPlus) > distance);
    }
    // The mean of the squared distances of a distribution's own samples is one for each number.
    QVERIFY2(std::abs(sum - 1.0) < 0.15, qPrintable(QString::number(sum)));
    QVERIFY_EXCEPTION_THROWN(latentDistance(reference, drawn.latents, LatentSpace::Z), Error);
    QVERIFY_EXCEPTION_THROWN(latentDistance(reference, {{1, 5}, std::vector<float>(5)}, LatentSpace::W), Error);
  }

  void tellsOthersFromItsOwn() {
    const auto generator = generatorOf(dcgan());
    const DomainQuestion question = smallQuestion();
    const DomainReference reference = domainReference(*generator, question);
    QCOMPARE(reference.generated, std::int64_t{16});
    QCOMPARE(reference.pixelResiduals.size(), std::size_t{16});
    std::vector<double> own, others;
    for (const InversionAnswer& answer : invertAll(*generator, drawnBy(*generator, 700, 6), question.inversion)) {
      const DomainFinding finding = checkDomain(reference, answer);
      QVERIFY(finding.verdict != DomainVerdict::Outside);
      own.push_back(finding.score);
    }
    for (const InversionAnswer& answer :
         invertAll(*generator, {checkers(8, 1), checkers(8, 2), checkers(8, 4)}, question.inversion)) {
      const DomainFinding finding = checkDomain(reference, answer);
      QCOMPARE(finding.measures.size(), std::size_t{3});
      QVERIFY2(finding.verdict != DomainVerdict::Inside, finding.reason.c_str());
      QVERIFY(!finding.reason.empty());
      others.push_back(finding.score);
    }
    QVERIFY2(aucOf(own, others) == 1.0, qPrintable(QString::number(aucOf(own, others))));
  }

  void verdicts() {
    const DomainReference reference = madeUp();
    const DomainFinding fine = checkDomain(reference, answerWith(0.058, 0.24));
    QVERIFY(fine.verdict == DomainVerdict::Inside);
    QVERIFY(fine.percentile > 20.0 && fine.percentile < 80.0);
    const DomainFinding edge = checkDomain(reference, answerWith(0.06, 0.32));
    QVERIFY2(edge.verdict == DomainVerdict::Edge, qPrintable(QString::number(edge.score)));
    const DomainFinding outside = checkDomain(reference, answerWith(0.3, 0.9));
    QVERIFY(outside.verdict == DomainVerdict::Outside);
    QCOMPARE(outside.percentile, 100.0);
    QCOMPARE(QString::fromStdString(nameOf(outside.verdict)), QString("outside"));
    // Better than any of the reference is no reason to worry.
    QVERIFY(checkDomain(reference, answerWith(0.0, 0.0)).verdict == DomainVerdict::Inside);
    DomainReference broken = reference;
    broken.distances.pop_back();
    QVERIFY_EXCEPTION_THROWN(checkDomain(broken, answerWith(0.1, 0.1)), Error);
  }

  void knownPicturesCountAlone() {
    DomainReference reference = madeUp();
    for (int i = 0; i < 8; ++i) {
      reference.distances.push_back(1.5);
      reference.pixelResiduals.push_back(0.3 + 0.01 * i);
      reference.perceptualResiduals.push_back(0.8 + 0.01 * i);
    }
    reference.usesKnown = true;
    QVERIFY(checkDomain(reference, answerWith(0.3, 0.85)).verdict == DomainVerdict::Inside);
    const auto generator = generatorOf(pggan());
    DomainQuestion question = smallQuestion();
    question.samples = 8;
    question.inversion.steps = 5;
    question.known = drawnBy(*generator, 50, 8);
    const DomainReference made = domainReference(*generator, question);
    QVERIFY(made.usesKnown);
    QCOMPARE(made.distances.size(), std::size_t{16});
    QVERIFY(made.mean.values.empty());
    question.samples = 2;
    QVERIFY_EXCEPTION_THROWN(domainReference(*generator, question), Error);
  }

  void keptAndReadAgain() {
    const auto generator = generatorOf(styleGan(true));
    DomainQuestion question = smallQuestion();
    question.samples = 8;
    question.inversion.steps = 3;
    const DomainReference reference = domainReference(*generator, question);
    const std::string text = toJson(reference);
    const DomainReference again = domainReferenceFromJson(text, "here");
    QCOMPARE(again.settings, reference.settings);
    QCOMPARE(again.settings, domainSettings(*generator, question));
    QCOMPARE(again.whitening.values, reference.whitening.values);
    QCOMPARE(again.pixelResiduals, reference.pixelResiduals);
    question.inversion.steps = 4;
    QVERIFY(again.settings != domainSettings(*generator, question));
    QVERIFY_EXCEPTION_THROWN(domainReferenceFromJson("{}", "here"), Error);
    QVERIFY_EXCEPTION_THROWN(domainReferenceFromJson("[1,2", "here"), Error);
    for (const auto& [from, to] : {std::pair<std::string, std::string>{"\"space\":\"w+\"", "\"space\":\"q\""},
                                   {"\"generated\":8", "\"generated\":9"},
                                   {"\"generated\":8", "\"generated\":-1"},
                                   {"\"distances\":[", "\"distances\":[1,"},
                                   {"\"mean\":[", "\"mean\":[0,"},
                                   {"\"mean\":[", "\"mean\":[\"x\","}}) {
      std::string bad = text;
      const std::size_t at = bad.find(from);
      QVERIFY(at != std::string::npos);
      bad.replace(at, from.size(), to);
      QVERIFY_EXCEPTION_THROWN(domainReferenceFromJson(bad, "here"), Error);
    }
    for (std::size_t length = 0; length < text.size(); length += text.size() / 50 + 1)
      QVERIFY_EXCEPTION_THROWN(domainReferenceFromJson(text.substr(0, length), "here"), Error);
  }
};

QTEST_APPLESS_MAIN(TestDomainCheck)
#include "test_domain_check.moc"
