#include <ATen/ATen.h>

#include <QtTest>

#include "attribution/nets.h"
#include "engine/model.h"
#include "engine/model_internal.h"
#include "engine/shared_models.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

constexpr const char* kModel = "models/squeezenet1_0-imagenet.onnx";

double rankCorrelation(const at::Tensor& a, const at::Tensor& b) {
  const auto ranks = [](const at::Tensor& t) { return t.flatten().argsort().argsort().to(at::kDouble); };
  return correlation(ranks(a), ranks(b));
}

}  // namespace

/// Every method beside what other people's programs computed on the same network and input (Captum, TorchRay).
class TestReference : public QObject {
  Q_OBJECT

  std::shared_ptr<Model> model_;

  AttributionAnswer ask(const QString& photo, const char* method, std::int64_t target,
                        const std::vector<std::pair<const char*, const char*>>& settings = {}) {
    AttributionQuestion question;
    question.method = method;
    question.input = arrayFrom("reference/" + photo.toStdString() + "_input.npy");
    question.target = target;
    for (const MethodInfo& info : attributionMethods())
      if (info.id == method)
        for (const auto& [name, value] : settings) question.parameters.set(info, name, std::string_view(value));
    return model_->attribute(question);
  }

 private Q_SLOTS:
  void initTestCase() {
    UNITSCOPE_NEED(kModel);
    model_ = Model::open(shared(kModel));
  }

  void logits_data() {
    QTest::addColumn<QString>("photo");
    for (const char* photo : {"chelsea", "coffee"}) QTest::newRow(photo) << photo;
  }
  void logits() {
    QFETCH(QString, photo);
    const std::string stem = "reference/" + photo.toStdString();
    const Array scores = model_->scores(arrayFrom(stem + "_input.npy"));
    const Array expected = arrayFrom(stem + "_logits.npy");
    QCOMPARE(scores.shape, expected.shape);
    QVERIFY(largestDifference(viewOf(scores), viewOf(expected)) < 1e-3);
  }

  void activationsOfALayer() {
    const Array expected = arrayFrom("reference/chelsea_layer_activation_features7.npy");
    const ValueId layer = resolveLayer(model_->graph(), model_->layers(), "features.7");
    const Array ours = model_->activations(arrayFrom("reference/chelsea_input.npy"), layer);
    QCOMPARE(ours.shape, expected.shape);
    const double difference = largestDifference(viewOf(ours), viewOf(expected));
    // Values reach 3000 here, so that float32 itself leaves 1e-3 open: relative to the largest.
    const double largest = viewOf(expected).abs().max().item<double>();
    QVERIFY2(difference < 1e-6 * largest, qPrintable(QString::number(difference)));
  }

  void agrees_data() {
    QTest::addColumn<QString>("photo");
    QTest::addColumn<int>("target");
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("file");
    QTest::addColumn<double>("tolerance");  // of the largest value; 1 where only the correlation counts
    QTest::addColumn<double>("correlated");
    QTest::addColumn<QString>("setting");
    for (const auto& [photo, target] : {std::pair{"chelsea", 285}, std::pair{"coffee", 967}}) {
      const auto row = [&](const char* method, const char* file, double tolerance, double correlated,
                           const char* setting = "", int other = -1) {
        QTest::addRow("%s %s", photo, file)
            << photo << (other < 0 ? target : other) << method << file << tolerance << correlated << setting;
      };
      // On the cup of coffee a unit lies so near to zero that rounding decides whether it passes: PyTorch in double
      // precision differs by 1e-3 of the largest from PyTorch in single.
      const double tied = target == 967 ? 5e-3 : 1e-4;
      row("gradient", "saliency", tied, 0.999);
      row("input_x_gradient", "input_x_gradient", tied, 0.999);
      row("integrated_gradients", "integrated_gradients_gausslegendre50", 1e-2, 0.999);
      row("integrated_gradients", "integrated_gradients_trapezoid50", 1e-2, 0.999, "rule=trapezoid");
      row("guided_backprop", "guided_backprop", 1, 0.999);
      row("deconvnet", "deconvolution_target243", 1, 0.999, "", 243);
      row("grad_cam", "grad_cam_features12", 1, 0.999);
      row("guided_grad_cam", "guided_grad_cam_features12", 1, 0.999);
      row("linear_approximation", "torchray_linear_approx_features12", 1, 0.999);
      // Slow, so one photo is enough.
      if (target == 285) row("occlusion", "occlusion_w16_s8", 1e-3, 0.999);
    }
  }
  void agrees() {
    QFETCH(QString, photo);
    QFETCH(int, target);
    QFETCH(QString, method);
    QFETCH(QString, file);
    QFETCH(double, tolerance);
    QFETCH(double, correlated);
    QFETCH(QString, setting);
    const Array expected = arrayFrom("reference/" + photo.toStdString() + "_" + file.toStdString() + ".npy");
    std::vector<std::pair<const char*, const char*>> settings;
    const QByteArray name = setting.section('=', 0, 0).toUtf8();
    const QByteArray value = setting.section('=', 1).toUtf8();
    if (!setting.isEmpty()) settings.emplace_back(name.constData(), value.constData());
    const AttributionAnswer answer = ask(photo, qPrintable(method), target, settings);
    QCOMPARE(answer.map.shape, expected.shape);
    const at::Tensor theirs = viewOf(expected);
    const double difference = largestDifference(viewOf(answer.map), theirs) / theirs.abs().max().item<double>();
    const double agreement = correlation(viewOf(answer.map), theirs);
    const QString numbers = QString("difference %1 of the largest, correlation %2, %3 s")
                                .arg(difference)
                                .arg(agreement, 0, 'f', 6)
                                .arg(answer.seconds, 0, 'f', 2);
    qInfo().noquote() << numbers;
    QVERIFY2(difference < tolerance, qPrintable(numbers));
    QVERIFY2(agreement > correlated, qPrintable(numbers));
    if (method.contains("cam")) QCOMPARE(answer.layer, std::string("features.12"));
  }

  // TorchRay takes the sigmoid of a logit around 15, so its map is nearly the mean of its masks whatever the picture
  // shows: the maps of both photos are one and the same. It is matched with the same score and the same masks; the
  // default (the paper's probabilities) is another quantity.
  void riseWithTorchRaysScore() {
    const QString photo = "chelsea";
    const Array expected = arrayFrom("reference/" + photo.toStdString() + "_torchray_rise_1000.npy");
    const AttributionAnswer answer = ask(photo, "rise", 285, {{"masks", "1000"}, {"score", "sigmoid"}});
    QCOMPARE(answer.map.shape, expected.shape);
    const double agreement = rankCorrelation(viewOf(answer.map), viewOf(expected));
    qInfo() << "rank correlation" << agreement << answer.seconds << "s";
    QVERIFY2(agreement > 0.8, qPrintable(QString::number(agreement)));
  }
};

QTEST_GUILESS_MAIN(TestReference)
#include "test_reference.moc"
