#include <ATen/ATen.h>

#include <QtTest>

#include "engine/model_internal.h"
#include "engine/shared_models.h"
#include "gan/generator.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

double largest(const at::Tensor& t) {
  return t.abs().max().item<double>();
}

}  // namespace

/// Checkpoints as their projects write them, with pictures that the projects' own code has made.
class TestPublished : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void agrees_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("stem");
    QTest::addColumn<double>("truncation");
    QTest::newRow("stylegan2-ada") << "stylegan2-ada.pkl"
                                   << "stylegan2-ada" << 0.7;
    QTest::newRow("stylegan3") << "stylegan3.pkl"
                               << "stylegan3" << 0.7;
    QTest::newRow("rosinality") << "stylegan2-rosinality.pt"
                                << "stylegan2-rosinality" << 0.7;
    QTest::newRow("stylegan-genforce") << "stylegan-genforce.pth"
                                       << "stylegan-genforce" << 0.7;
    QTest::newRow("stylegan2-genforce") << "stylegan2-genforce.pth"
                                        << "stylegan2-genforce" << 0.7;
    QTest::newRow("pggan-genforce") << "pggan-genforce.pth"
                                    << "pggan-genforce" << 1.0;
    QTest::newRow("biggan-deep") << "biggan-deep"
                                 << "biggan-deep" << 0.4;
  }

  void agrees() {
    QFETCH(QString, file);
    QFETCH(QString, stem);
    QFETCH(double, truncation);
    const std::string folder = "models/gan/";
    const std::string name = stem.toStdString();
    if (!isThere(folder + name + "_z.npy")) QSKIP("there is no shared folder with published generators");
    const auto generator = Generator::from(Model::open(shared(folder + file.toStdString())));
    const GeneratorPlan& plan = generator->plan();
    QCOMPARE(plan.z, std::string("z"));
    QCOMPARE(generator->black(), -1.0);
    QCOMPARE(generator->white(), 1.0);

    SynthesisQuestion question;
    question.latents = arrayFrom(folder + name + "_z.npy");
    question.truncation = truncation;
    if (isThere(folder + name + "_class_vector.npy")) {
      QVERIFY(!plan.classes.empty());
      question.classes = arrayFrom(folder + name + "_class_vector.npy");
    }
    const Array expected = arrayFrom(folder + name + "_image.npy");
    const double scale = largest(viewOf(expected));
    const Array images = generator->synthesise(question);
    QCOMPARE(images.shape, expected.shape);
    const double fromZ = largest(viewOf(images) - viewOf(expected)) / scale;
    qInfo("%s: %.1e of the largest value from z", name.c_str(), fromZ);
    QVERIFY(fromZ < 1e-3);

    if (!isThere(folder + name + "_w.npy")) {
      QVERIFY(!plan.hasStyles());
      return;
    }
    QVERIFY(plan.hasStyles());
    SynthesisQuestion inner;
    inner.latents = arrayFrom(folder + name + "_w.npy");
    inner.space = inner.latents.shape.size() == 3 ? LatentSpace::WPlus : LatentSpace::W;
    const Array styles = generator->styles(question);
    const at::Tensor wanted =
        inner.space == LatentSpace::WPlus ? viewOf(inner.latents) : viewOf(inner.latents).unsqueeze(1);
    QVERIFY(largest(viewOf(styles) - wanted) < 1e-3 * largest(wanted));
    // Styles are taken as they are, whatever the truncation.
    inner.truncation = 0.1;
    QVERIFY(largest(viewOf(generator->synthesise(inner)) - viewOf(expected)) < 1e-3 * scale);
  }
};

QTEST_GUILESS_MAIN(TestPublished)
#include "test_published.moc"
