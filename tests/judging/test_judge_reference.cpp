#include <cmath>
#include <utility>

#include <QtTest>

#include "engine/model.h"
#include "engine/shared_models.h"
#include "judging/judge.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

constexpr const char* kModel = "models/squeezenet1_0-imagenet.onnx";

}  // namespace

/// Deletion and insertion beside the curves that RISE's authors' own program computed.
class TestJudgeReference : public QObject {
  Q_OBJECT

  std::shared_ptr<Model> model_;

 private Q_SLOTS:
  void initTestCase() {
    UNITSCOPE_NEED(kModel);
    model_ = Model::open(shared(kModel));
  }

  void agrees_data() {
    QTest::addColumn<QString>("photo");
    QTest::addColumn<QString>("map");
    QTest::addColumn<QString>("metric");
    // Each takes 225 passes, so the cup stands for one map alone.
    for (const auto& [photo, map] :
         {std::pair{"chelsea", "torchray_gradient"}, std::pair{"chelsea", "torchray_rise_1000"},
          std::pair{"coffee", "torchray_gradient"}})
      for (const char* metric : {"deletion", "insertion"})
        QTest::addRow("%s %s %s", photo, map, metric) << photo << map << metric;
  }
  void agrees() {
    QFETCH(QString, photo);
    QFETCH(QString, map);
    QFETCH(QString, metric);
    const std::string stem = "reference/" + photo.toStdString() + "_";
    JudgeQuestion question;
    question.asked.input = arrayFrom(stem + "input.npy");
    question.map = arrayFrom(stem + map.toStdString() + ".npy");
    question.metrics = {metric.toStdString()};
    const MetricResult result = judge(*model_, question).front();
    const Array expected = arrayFrom(stem + "judge_" + metric.toStdString() + "_" + map.toStdString() + ".npy");
    QCOMPARE(result.curve.size(), expected.values.size());
    double area = -0.5 * (expected.values.front() + expected.values.back()), largest = 0.0;
    for (std::size_t i = 0; i < result.curve.size(); ++i) {
      area += expected.values[i];
      largest = std::max(largest, std::abs(result.curve[i] - expected.values[i]));
    }
    area /= static_cast<double>(expected.values.size() - 1);
    const QString numbers = QString("ours %1, theirs %2, curves %3 apart, %4 s")
                                .arg(result.value, 0, 'f', 5)
                                .arg(area, 0, 'f', 5)
                                .arg(largest, 0, 'g', 2)
                                .arg(result.seconds, 0, 'f', 2);
    qInfo().noquote() << numbers;
    QVERIFY2(std::abs(result.value - area) < 0.005, qPrintable(numbers));
    QVERIFY2(largest < 0.02, qPrintable(numbers));
  }
};

QTEST_GUILESS_MAIN(TestJudgeReference)
#include "test_judge_reference.moc"
