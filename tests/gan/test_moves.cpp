#include <cmath>

#include <QtTest>

#include "gan/generators.h"
#include "gan/latent_samples.h"
#include "gan/moves.h"
#include "support/files.h"

using namespace unitscope;
using namespace unitscope::test;

/// Sliders of different latent spaces, added up.
class TestMoves : public QObject {
  Q_OBJECT

  static LatentDirection along(const std::string& space, std::int64_t size, std::vector<std::int64_t> layers = {}) {
    LatentDirection direction;
    direction.name = "along " + space;
    direction.space = space;
    direction.layers = std::move(layers);
    direction.vector.shape = {size};
    for (std::int64_t i = 0; i < size; ++i) direction.vector.values.push_back(i % 2 == 0 ? 0.5F : -0.25F);
    return direction;
  }
  static SynthesisQuestion sample(Generator& generator) {
    SynthesisQuestion question;
    question.latents = generator.drawLatents({3, 4});
    return question;
  }

 private Q_SLOTS:
  void withoutMovesNothingChanges() {
    const auto generator = Generator::from(modelOf(styleGan(true)));
    const SynthesisQuestion base = sample(*generator);
    for (const auto& moves : {std::vector<LatentMove>{}, {{along("w", generator->plan().styleSize), 0.0}}}) {
      const SynthesisQuestion same = withMoves(*generator, base, moves);
      QVERIFY(same.space == LatentSpace::Z);
      QCOMPARE(same.latents.values, base.latents.values);
    }
  }

  void zMovesBeforeTheMappingAndWBehindIt() {
    const auto generator = Generator::from(modelOf(truncatedStyleGan()));
    SynthesisQuestion base = sample(*generator);
    base.truncation = 0.6;
    const LatentDirection inZ = along("z", kLatent), inW = along("w", generator->plan().styleSize, {1});
    // Whatever the order of the list.
    const SynthesisQuestion both = withMoves(*generator, base, {{inW, -1.5}, {inZ, 2.0}});
    QVERIFY(both.space == LatentSpace::WPlus);
    QCOMPARE(both.truncation, 1.0);
    SynthesisQuestion byHand = base;
    byHand.latents = moved(base.latents, inZ, 2.0);
    const Array styles = generator->styles(byHand);
    const std::int64_t layers = styles.shape[1], width = styles.shape[2];
    QCOMPARE(both.latents.shape, styles.shape);
    for (std::size_t i = 0; i < styles.values.size(); ++i) {
      const auto at = std::int64_t(i);
      const float step = at / width % layers == 1 ? -1.5F * inW.vector.values[std::size_t(at % width)] : 0.0F;
      QVERIFY(std::abs(both.latents.values[i] - styles.values[i] - step) < 1e-5F);
    }
    // Truncation was done once: the moved code draws what it says.
    byHand.latents = styles;
    byHand.space = LatentSpace::WPlus;
    byHand.truncation = 1.0;
    const Array plain = generator->synthesise(byHand);
    const Array still = generator->synthesise(withMoves(*generator, base, {{inZ, 2.0}}));
    for (std::size_t i = 0; i < plain.values.size(); ++i) QVERIFY(std::abs(plain.values[i] - still.values[i]) < 1e-4F);
  }

  void whatCannotBeMovedSaysWhy() {
    const auto styled = Generator::from(modelOf(styleGan(true)));
    SynthesisQuestion inverted = sample(*styled);
    inverted.latents = styled->styles(inverted);
    inverted.space = LatentSpace::WPlus;
    QVERIFY(errorOf([&] {
              withMoves(*styled, inverted, {{along("z", kLatent), 1.0}});
            }).find("mapping") != std::string::npos);
    const auto plain = Generator::from(modelOf(dcgan()));
    QVERIFY(errorOf([&] {
              withMoves(*plain, sample(*plain), {{along("w", kLatent), 1.0}});
            }).find("no styles") != std::string::npos);
    QVERIFY(errorOf([&] {
              withMoves(*styled, sample(*styled), {{along("z", 3), 1.0}});
            }).find("fit") != std::string::npos);
  }
};

QTEST_APPLESS_MAIN(TestMoves)
#include "test_moves.moc"
