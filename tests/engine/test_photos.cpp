#include <cmath>

#include <QtTest>

#include "engine/model.h"
#include "engine/shared_models.h"
#include "image/image.h"

using namespace unitscope;
using namespace unitscope::test;

/// SqueezeNet on four photographs: the probabilities that PyTorch gives, and the same first choice from the file.
class TestPhotos : public QObject {
  Q_OBJECT

  std::shared_ptr<Model> model_;

 private Q_SLOTS:
  void initTestCase() {
    UNITSCOPE_NEED("models/squeezenet1_0-imagenet.onnx");
    model_ = Model::open(shared("models/squeezenet1_0-imagenet.onnx"));
    QCOMPARE(model_->card().labels.size(), std::size_t{1000});
  }

  void preparedInputs_data() {
    QTest::addColumn<QString>("photo");
    QTest::addColumn<QStringList>("labels");
    QTest::addColumn<QList<double>>("probabilities");
    QTest::newRow("chelsea") << "chelsea" << QStringList{"Egyptian cat", "tiger cat", "tabby", "lynx", "cheetah"}
                             << QList<double>{0.583, 0.260, 0.144, 0.009, 0.003};
    QTest::newRow("coffee") << "coffee" << QStringList{"espresso", "soup bowl", "chocolate sauce", "consomme", "cup"}
                            << QList<double>{0.823, 0.071, 0.026, 0.024, 0.023};
  }
  void preparedInputs() {
    QFETCH(QString, photo);
    QFETCH(QStringList, labels);
    QFETCH(QList<double>, probabilities);
    const auto best = model_->classify(arrayFrom("reference/" + photo.toStdString() + "_input.npy"), 5);
    QCOMPARE(best.size(), std::size_t{5});
    for (int i = 0; i < 5; ++i) {
      const Prediction& p = best[static_cast<std::size_t>(i)];
      QVERIFY2(QString::fromStdString(p.label).contains(labels[i]), p.label.c_str());
      QVERIFY2(std::abs(p.probability - probabilities[i]) < 0.002,
               qPrintable(labels[i] + ' ' + QString::number(p.probability)));
    }
  }

  void photosThroughOurPreprocessing_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("first");
    QTest::newRow("chelsea") << "chelsea.png"
                             << "Egyptian cat";
    QTest::newRow("coffee") << "coffee.png"
                            << "espresso";
    QTest::newRow("rocket") << "rocket.jpg"
                            << "pole";
    QTest::newRow("astronaut") << "astronaut.png"
                               << "Crock Pot";
  }
  void photosThroughOurPreprocessing() {
#ifndef UNITSCOPE_HAS_OPENCV
    QSKIP("this build cannot decode pictures");
#endif
    QFETCH(QString, file);
    QFETCH(QString, first);
    const Array input = model_->preprocess(loadImage(shared("images/" + file.toStdString())));
    QCOMPARE(input.shape, (Shape{1, 3, 224, 224}));
    const auto best = model_->classify(input, 1);
    qInfo() << best.front().label.c_str() << best.front().probability;
    QVERIFY2(QString::fromStdString(best.front().label).contains(first), best.front().label.c_str());
  }

  void preprocessingIsNearPyTorchs_data() {
    QTest::addColumn<QString>("photo");
    for (const char* photo : {"chelsea", "coffee"}) QTest::newRow(photo) << photo;
  }
  void preprocessingIsNearPyTorchs() {
#ifndef UNITSCOPE_HAS_OPENCV
    QSKIP("this build cannot decode pictures");
#endif
    QFETCH(QString, photo);
    const Array ours = model_->preprocess(loadImage(shared("images/" + photo.toStdString() + ".png")));
    const Array theirs = arrayFrom("reference/" + photo.toStdString() + "_input.npy");
    QCOMPARE(ours.shape, theirs.shape);
    double sum = 0.0;
    for (std::size_t i = 0; i < ours.values.size(); ++i) sum += std::abs(ours.values[i] - theirs.values[i]);
    const double mean = sum / static_cast<double>(ours.values.size());
    QVERIFY2(mean < 0.02, qPrintable(QString::number(mean)));
  }
};

QTEST_GUILESS_MAIN(TestPhotos)
#include "test_photos.moc"
